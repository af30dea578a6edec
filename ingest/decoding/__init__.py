"""From bytes to UTF-8: which encoding a text is of, and its copy.

Lives here: telling encodings (`decode`), several processes (`decode_pool`, `decode_worker`), the copy (`utf8_copy`).
Add here: another encoding that platforms export.
Stays out: what the text says (`ingest.readers`).
"""
