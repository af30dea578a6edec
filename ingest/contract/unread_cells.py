"""Cells that were delivered and say nothing: error values of spreadsheets (#N/A), formulas without a stored value, and
texts with a damaged character. Each is listed and becomes null, also among the columns that no contract names.

What counts as such a cell says `unread_cell` in `registry/types.sql`.
Stays out: values that can be read and are wrong (`ingest.contract.wrong_values`).
"""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from ingest import sql
from ingest.readers.sheets import FORMULA_MARK
from registry.model import Column, Feed, Severity
from registry.types import UNREAD_CELL


def find_unread_cells(connection: duckdb.DuckDBPyConnection, feed: Feed, columns: Collection[str]) -> None:
    """Enter in `violation` every unread cell of rows that are not in `skipped_row`, in place of what other rules say
    of the same cell. `columns`: those that some file has.
    """
    present = [c for c in feed.loaded_columns if c.name in columns]
    counts = [f"count_if({UNREAD_CELL}({sql.name(c.name)}) IS NOT NULL)" for c in present]
    if feed.rest:
        counts.append(f"count_if({_has_unread_rest(feed.rest)})")
    found = connection.execute(f"SELECT {', '.join(counts)} FROM src").fetchone() if counts else None
    if not found or not any(found):
        return
    queries = [_of_column(c, feed) for c, count in zip(present, found, strict=False) if count]
    queries += [_of_rest(feed.rest)] if feed.rest and found[-1] else []
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE unread_cell AS
        SELECT _file, _row, _rule, _severity, _column, _value FROM ({" UNION ALL ".join(queries)})
        ANTI JOIN skipped_row USING (_file, _row)""")
    connection.execute("""
        DELETE FROM violation WHERE (_file, _row, _column) IN (SELECT (_file, _row, _column) FROM unread_cell)""")
    connection.execute("INSERT INTO violation SELECT * FROM unread_cell")


def _of_column(column: Column, feed: Feed) -> str:
    value = sql.name(column.name)
    severity: Severity = "row" if column.severity == "row" or column.name in feed.key else "cell"
    return (
        f"SELECT _file, _row, {UNREAD_CELL}({value}) AS _rule, {sql.text(severity)} AS _severity, "
        f"{sql.text(column.name)} AS _column, {_shown(value)} AS _value FROM src "
        f"WHERE {UNREAD_CELL}({value}) IS NOT NULL AND _surplus IS NULL"
    )


def _of_rest(rest: str) -> str:
    cells = (
        f"SELECT _file, _row, unnest(map_entries({sql.name(rest)})) AS cell FROM src "
        f"WHERE _surplus IS NULL AND {_has_unread_rest(rest)}"
    )
    return (
        f"SELECT _file, _row, {UNREAD_CELL}(cell.value) AS _rule, 'cell' AS _severity, cell.key AS _column, "
        f"{_shown('cell.value')} AS _value FROM ({cells}) WHERE {UNREAD_CELL}(cell.value) IS NOT NULL"
    )


def _shown(value: str) -> str:
    """A cell as a person sees it."""
    return f"ltrim({value}, {sql.text(FORMULA_MARK)})"


def _has_unread_rest(rest: str) -> str:
    values = f"list_filter(map_values({sql.name(rest)}), lambda v: {UNREAD_CELL}(v) IS NOT NULL)"
    return f"len({values}) > 0"
