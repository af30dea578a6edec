"""The lake and its releases as they were known on a past night.

Stays out: queries on them (`release.query`, `trace`).
"""
