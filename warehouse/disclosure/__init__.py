"""What may leave the lake, and how: policies, pseudonyms, their secret. The one folder to audit.

Stays out: writing a release (`release`), who has seen identifiers (`lake.access_log`).
"""
