"""Formats and archives: the format of a file by its bytes, zip and gzip files, bundles, manifests.

Stays out: the feed of a member (`ingest.finding`), its rows (`ingest.readers`).
"""
