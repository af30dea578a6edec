"""The contract of a feed, checked over all its files of a night at once, in SQL.

Lives here: rows that are no data, values that are not what they must be, whose slice a row is, rows said twice, and
what comes of it: accepted rows and problems. A further rule gets its remedy in `remedies`.
Stays out: what a value means (`dbt_project`), reading files.
"""

from ingest.contract.check import check

__all__ = ["check"]
