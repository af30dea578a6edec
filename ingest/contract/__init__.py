"""The contract of a feed, checked in SQL over all its files of a night: accepted rows and problems.

Add here: a rule, with its remedy in `ingest.contract.remedies`.
Stays out: what a value means (`dbt_project`), reading files.
"""

from ingest.contract.check import check

__all__ = ["check"]
