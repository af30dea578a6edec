"""Reading of all files of a feed: unpacking, the reader of each file, refusals.

Stays out: the formats (`ingest.readers`), what a row must be (`ingest.contract`).
"""
