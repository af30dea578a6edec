"""The slice of each row (its file's, else its column's), files that only their rows place, rows of another slice than
the file's, and files without rows of their own slice.

Stays out: the slice of a path (`ingest.finding.slice_of_path`).
"""

from __future__ import annotations

import duckdb

from ingest import sql
from registry.model import Feed
from registry.types import CLEAN, TYPE_MACROS

_ONE_OWN_ROW_IN = 10  # a file with a smaller share of its own rows is refused: one stray row does not make it its own


def slice_of(feed: Feed) -> str:
    """SQL expression of a row's slice, over `src` joined with `files`; '' where its column names none."""
    if feed.slice.column is None:
        return "coalesce(_scope, '')"
    return f"coalesce(_scope, {_slice_column(feed)}, '')"


def files_of_other_slices(connection: duckdb.DuckDBPyConnection, feed: Feed) -> dict[int, str]:
    """Files with next to no row of their own slice, and another slice of which they have rows."""
    if feed.slice.column is None and feed.slice.within is None:
        return {}
    row_slice, is_own = (
        (_slice_column(feed), f"{_slice_column(feed)} = _scope")
        if feed.slice.column
        else (_area_of(feed), _is_in_area(feed))
    )
    rows = connection.execute(f"""
        SELECT _file, max({row_slice}) FILTER (NOT ({is_own}))
        FROM src JOIN files USING (_file) ANTI JOIN skipped_row USING (_file, _row)
        WHERE _scope IS NOT NULL AND {row_slice} IS NOT NULL
        GROUP BY _file HAVING count_if({is_own}) * {_ONE_OWN_ROW_IN} < count(*)""").fetchall()
    return {int(number): str(other) for number, other in rows}


def slices_of_unnamed_files(connection: duckdb.DuckDBPyConnection, feed: Feed) -> dict[int, str]:
    """Files whose path names no slice and whose rows are all of one, with that slice: they are the whole of it.

    Rows that name none may be among them. Not where a file of several slices has rows of it as well, which may be a
    list in parts.
    """
    if feed.slice.column is None:
        return {}
    rows = connection.execute(f"""
        WITH slice_row AS (
            SELECT _file, {_slice_column(feed)} AS part
            FROM src JOIN files USING (_file) ANTI JOIN skipped_row USING (_file, _row)
            WHERE _scope IS NULL AND NOT _by_key
        ), slice_file AS (
            SELECT _file, min(part) AS part, min(part) = max(part) AS is_one,
                   count(part) * {_ONE_OWN_ROW_IN} >= count(*) * ({_ONE_OWN_ROW_IN} - 1) AS is_named
            FROM slice_row GROUP BY _file
        )
        SELECT _file, part FROM slice_file
        WHERE is_one AND is_named AND part NOT IN (
            SELECT slice_row.part FROM slice_row JOIN slice_file USING (_file)
            WHERE NOT is_one AND slice_row.part IS NOT NULL
        )""").fetchall()
    return {int(number): str(part) for number, part in rows}


def find_rows_of_other_slices(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Enter rows of another slice than their file's in `violation`."""
    column = feed.slice.column or feed.slice.within
    if column is None:
        return
    is_other = f"{_slice_column(feed)} <> _scope" if feed.slice.column else f"NOT ({_is_in_area(feed)})"
    connection.execute(f"""
        INSERT INTO violation
        SELECT _file, _row, 'wrong_slice', 'row', {sql.text(column)}, {sql.name(column)}
        FROM src JOIN files USING (_file) ANTI JOIN skipped_row USING (_file, _row)
        WHERE _scope IS NOT NULL AND {is_other} AND _surplus IS NULL""")


def _slice_column(feed: Feed) -> str:
    column = next(c for c in feed.columns if c.name == feed.slice.column)
    value = sql.name(column.name)
    return f"{TYPE_MACROS.get(column.type, CLEAN)}({value})"


def _area_of(feed: Feed) -> str:
    """The area of a row's organisation, or NULL (a school's code names only its province)."""
    return f"{TYPE_MACROS['area_code']}({sql.name(feed.slice.within or '')})"


def _is_in_area(feed: Feed) -> str:
    """Whether a row's organisation is in its file's area: an area by the digits before its trailing zeros, a school or
    class by the province in its code (GB/T 2260). Other organisations count as inside.
    """
    value = f"{CLEAN}({sql.name(feed.slice.within or '')})"
    return (
        f"CASE WHEN {_area_of(feed)} IS NOT NULL THEN starts_with({value}, regexp_replace(_scope, '(00)+$', '')) "
        rf"WHEN regexp_full_match({value}, '\d{{10}}(:.*)?') THEN {value}[3:4] = _scope[1:2] ELSE true END"
    )
