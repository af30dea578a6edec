"""Decoding: from bytes to UTF-8, and the record count of a text.

Stays out: cells (`ingest.readers`).
"""
