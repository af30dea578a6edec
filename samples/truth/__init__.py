"""The truth: what was planted and what it should come to, machine-readable, apart from the exports.

Lives here: records, ledgers and sums, and their files.
Add here: another thing to be checked by.
Stays out: reading or checking an export.
"""
