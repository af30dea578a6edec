"""Whose slice a row is.

Lives here: the slice of each row (its file's, else its column's), rows of a school that did not send the
file, and files that hold no row of theirs.
Add here: another way in which a row names its slice.
Stays out: what a path says (`ingest.slices`).
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
    if feed.slice.column is None:
        return {}
    named = _named(feed)
    found = connection.execute(f"""
        SELECT _file, max({named}) FILTER ({named} <> _scope)
        FROM src JOIN files USING (_file) ANTI JOIN skipped USING (_file, _row)
        WHERE _scope IS NOT NULL AND {named} IS NOT NULL
        GROUP BY _file HAVING count_if({named} = _scope) * {_NEXT_TO_NONE} < count(*)""").fetchall()
    return {int(number): str(other) for number, other in found}


def find(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Add the rows of another slice than their file's to `found`."""
    if feed.slice.column is None:
        return
    named = _named(feed)
    connection.execute(f"""
        INSERT INTO found
        SELECT _file, _row, 'wrong_slice', 'row', {sql.text(feed.slice.column)}, {sql.name(feed.slice.column)}
        FROM src JOIN files USING (_file) ANTI JOIN skipped USING (_file, _row)
        WHERE _scope IS NOT NULL AND {named} <> _scope AND _surplus IS NULL""")


def _named(feed: Feed) -> str:
    column = next(c for c in feed.columns if c.name == feed.slice.column)
    value = sql.name(column.name)
    return f"{TYPE_MACROS.get(column.type, CLEAN)}({value})"
