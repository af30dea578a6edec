"""Committing a night to the lake: raw rows, the history of problems, and the intake tables.

Stays out: holds (`ingest.guarding`), checking rows (`ingest.contract`).
"""
