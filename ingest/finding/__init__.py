"""Finding: the files of the inbox, the feed and the slice of each, and which of them are new.

Stays out: the content of a file (`ingest.archives`, `ingest.decoding`, `ingest.readers`).
"""
