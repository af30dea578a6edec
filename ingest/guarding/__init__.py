"""Guards: what holds a slice so that its last good data stays, and the reviewed lines that lift a hold.

Stays out: applying slices (`ingest.committing`), checks of content (`expectations`).
"""
