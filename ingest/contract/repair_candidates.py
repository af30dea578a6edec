"""What a damaged identifier may have been, for the person who mends it; nothing is ever put in its place.

Lives here: the candidate of an identification number that a spreadsheet has cut: the one in the same row's student
number (G and the identification number, which is text and safe), if it begins with what has survived.
Add here: another column that keeps what a spreadsheet takes.
Stays out: finding the damage (`wrong_values`).
"""

from __future__ import annotations

from ingest import sql
from registry.model import Column, Feed
from registry.types import CLEAN, TYPE_MACROS

_KEPT = 15  # digits that a spreadsheet keeps


def candidate_of(feed: Feed) -> str:
    """An expression over `found` and `src`: the candidate of a problem, or NULL."""
    whens = [_when(column, column.repair_from) for column in feed.loaded_columns if column.repair_from]
    return f"CASE {' '.join(whens)} END" if whens else "NULL::VARCHAR"


def _when(column: Column, other: str) -> str:
    safe = f"{TYPE_MACROS['student_number']}({sql.name(other)})"
    mantissa = f"regexp_replace(regexp_replace(upper({CLEAN}({sql.name(column.name)})), 'E.*$', ''), '[^0-9]', '', 'g')"
    return (
        f"WHEN _rule = 'id_truncated' AND _column = {sql.text(column.name)} AND {safe} LIKE 'G%' "
        f"AND starts_with(substr({safe}, 2), left({mantissa}, {_KEPT})) THEN substr({safe}, 2)"
    )
