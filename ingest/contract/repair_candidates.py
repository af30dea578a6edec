"""Repair candidates of damaged identifiers, for the person who corrects them; no value is replaced.

The candidate of an identification number truncated by a spreadsheet is the one inside the same row's student number
(G and the identification number, stored as text), if it begins with the remaining digits.
Stays out: finding the damage (`ingest.contract.wrong_values`).
"""

from __future__ import annotations

from ingest import sql
from registry.model import Column, Feed
from registry.types import CLEAN, TYPE_MACROS

_SPREADSHEET_DIGITS = 15


def candidate_of(feed: Feed) -> str:
    """SQL expression over `violation` and `src`: the candidate of a problem, or NULL."""
    cases = [_case_of(column, column.repair_from) for column in feed.loaded_columns if column.repair_from]
    return f"CASE {' '.join(cases)} END" if cases else "NULL::VARCHAR"


def _case_of(column: Column, other: str) -> str:
    safe = f"{TYPE_MACROS['student_number']}({sql.name(other)})"
    mantissa = f"regexp_replace(regexp_replace(upper({CLEAN}({sql.name(column.name)})), 'E.*$', ''), '[^0-9]', '', 'g')"
    return (
        f"WHEN _rule = 'id_truncated' AND _column = {sql.text(column.name)} AND {safe} LIKE 'G%' "
        f"AND starts_with(substr({safe}, 2), left({mantissa}, {_SPREADSHEET_DIGITS})) THEN substr({safe}, 2)"
    )
