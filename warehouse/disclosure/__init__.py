"""What may leave the lake, and how: the one folder to audit.

Lives here: the policy of each released column, what a policy does to a value, pseudonyms, and their secret.
Stays out: writing a release (`release`), who has seen identifiers (`lake.access_log`).
"""
