"""Tables: from the cells of a sheet to the columns of a feed: header, layout, rows in one schema.

Stays out: opening a file (`ingest.readers`), what a value must be (`ingest.contract`).
"""
