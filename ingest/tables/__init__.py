"""From the cells of a sheet to the columns of a feed: its header, its layout, its rows in one shape.

Stays out: opening a file (`readers`), what a value must be (`contract`).
"""
