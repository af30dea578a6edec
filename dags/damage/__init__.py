"""Damage to a lake: found by the checks of every room together, and mended where a release can be made again.

Stays out: the checks of one room (`warehouse.integrity`, `ingest.landing`), backups (`warehouse.backup`).
"""
