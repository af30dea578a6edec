"""The contract of a feed, checked over all its files of a night at once, in SQL.

Lives here: rows that are no data (`skips`), values that are not what they must be (`values`), whose slice a
row is (`slices`), rows said twice (`keys`), and what comes of it: accepted rows and problems (`outputs`).
Add here: another rule, with its remedy in `remedies`.
Stays out: what a value means (`dbt_project`), reading files.
"""

from ingest.contract.check import check

__all__ = ["check"]
