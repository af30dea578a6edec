"""What may leave the lake, and how: the one folder to audit.

Lives here: the policy of each released column, what each policy does to a value, pseudonyms, and the secret they hang on.
Stays out: writing a release (`release`), who has seen identifiers (`lake.access_log`).
"""
