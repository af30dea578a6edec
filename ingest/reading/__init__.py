"""Reading all files of a feed: what is unpacked, which reader a file gets, what becomes of one that cannot be read.

Stays out: the formats (`readers`), what a row must be (`contract`).
"""
