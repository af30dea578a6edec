"""The lake and its releases as they were known on a night of the past.

Stays out: questions to them (`release.query`, `trace`).
"""
