"""Whose slice a row is.

Lives here: the slice of each row (its file's, else its column's), rows of a school that did not send the
file, and files that hold no row of theirs.
Add here: another way in which a row names its slice.
Stays out: what a path says (`ingest.finding.slice_of_path`).
"""

from __future__ import annotations

import duckdb

from ingest import sql
from registry.model import Feed
from registry.types import CLEAN, TYPE_MACROS

_NEXT_TO_NONE = 10  # a stray row of the sender in another's list does not make it the sender's


def slice_of(feed: Feed) -> str:
    """The slice of a row of `src` joined with `files`; '' where its column does not say."""
    if feed.slice.column is None:
        return "coalesce(_scope, '')"
    return f"coalesce(_scope, {_named(feed)}, '')"


def foreign(connection: duckdb.DuckDBPyConnection, feed: Feed) -> dict[int, str]:
    """Files that hold next to no row of the slice they speak for, and a slice whose rows they hold."""
    if feed.slice.column is None and feed.slice.within is None:
        return {}
    named, own = (_named(feed), f"{_named(feed)} = _scope") if feed.slice.column else (_area(feed), _lies_in(feed))
    found = connection.execute(f"""
        SELECT _file, max({named}) FILTER (NOT ({own}))
        FROM src JOIN files USING (_file) ANTI JOIN skipped USING (_file, _row)
        WHERE _scope IS NOT NULL AND {named} IS NOT NULL
        GROUP BY _file HAVING count_if({own}) * {_NEXT_TO_NONE} < count(*)""").fetchall()
    return {int(number): str(other) for number, other in found}


def find(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Add the rows of another slice than their file's to `found`."""
    column = feed.slice.column or feed.slice.within
    if column is None:
        return
    other = f"{_named(feed)} <> _scope" if feed.slice.column else f"NOT ({_lies_in(feed)})"
    connection.execute(f"""
        INSERT INTO found
        SELECT _file, _row, 'wrong_slice', 'row', {sql.text(column)}, {sql.name(column)}
        FROM src JOIN files USING (_file) ANTI JOIN skipped USING (_file, _row)
        WHERE _scope IS NOT NULL AND {other} AND _surplus IS NULL""")


def _named(feed: Feed) -> str:
    column = next(c for c in feed.columns if c.name == feed.slice.column)
    value = sql.name(column.name)
    return f"{TYPE_MACROS.get(column.type, CLEAN)}({value})"


def _area(feed: Feed) -> str:
    """The area that a row's organisation is, or NULL (a school's code names no more than its province)."""
    return f"{TYPE_MACROS['area_code']}({sql.name(feed.slice.within or '')})"


def _lies_in(feed: Feed) -> str:
    """Whether a row's organisation lies in its file's area: an area by the digits before its last noughts, a school
    or class by the province in its code (GB/T 2260). Of other organisations nothing is known.
    """
    value = f"{CLEAN}({sql.name(feed.slice.within or '')})"
    return (
        f"CASE WHEN {_area(feed)} IS NOT NULL THEN starts_with({value}, regexp_replace(_scope, '(00)+$', '')) "
        rf"WHEN regexp_full_match({value}, '\d{{10}}(:.*)?') THEN {value}[3:4] = _scope[1:2] ELSE true END"
    )
