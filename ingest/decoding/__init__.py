"""From bytes to UTF-8: which encoding a text is of, its copy, and the count of its records.

Stays out: cells (`readers`).
"""
