"""Cells that were delivered and say nothing: error values of spreadsheets (#N/A), formulas without a stored value, and
texts with a damaged character. Each is listed and becomes null, also among the columns that no contract names.

What counts as such a cell says `unread_cell` in `registry/types.sql`.
Stays out: values that can be read and are wrong (`ingest.contract.wrong_values`).
"""

from __future__ import annotations

import duckdb

from ingest import sql
from ingest.readers.sheets import FORMULA_MARK
from registry.model import Feed
from registry.types import UNREAD_CELL


def name_unread_cells(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Name the unread cells among the values in `violation` as what they are, once each; enter those of columns that no
    contract names, of rows that are not in `skipped_row`.
    """
    row_columns = [c.name for c in feed.loaded_columns if c.severity == "row" or c.name in feed.key]
    found = (
        f"SELECT DISTINCT _file, _row, {UNREAD_CELL}(_value) AS _rule, "
        f"if(_column IN ({sql.texts(['', *row_columns])}), 'row', 'cell') AS _severity, _column, "
        f"{_shown('_value')} AS _value FROM violation WHERE {UNREAD_CELL}(_value) IS NOT NULL AND _column <> ''"
    )
    queries = [found, _of_rest(feed.rest)] if feed.rest else [found]
    connection.execute(f"CREATE OR REPLACE TEMP TABLE unread_cell AS {' UNION ALL '.join(queries)}")
    connection.execute("""
        DELETE FROM violation WHERE (_file, _row, _column) IN (SELECT (_file, _row, _column) FROM unread_cell)""")
    connection.execute("INSERT INTO violation SELECT * FROM unread_cell")


def _of_rest(rest: str) -> str:
    values = f"list_filter(map_values({sql.name(rest)}), lambda _v: {UNREAD_CELL}(_v) IS NOT NULL)"
    cells = (
        f"SELECT _file, _row, unnest(map_entries({sql.name(rest)})) AS cell FROM src "
        f"ANTI JOIN skipped_row USING (_file, _row) WHERE _surplus IS NULL AND len({values}) > 0"
    )
    return (
        f"SELECT _file, _row, {UNREAD_CELL}(cell.value) AS _rule, 'cell' AS _severity, cell.key AS _column, "
        f"{_shown('cell.value')} AS _value FROM ({cells}) WHERE {UNREAD_CELL}(cell.value) IS NOT NULL"
    )


def _shown(value: str) -> str:
    """A cell as a person sees it."""
    return f"ltrim({value}, {sql.text(FORMULA_MARK)})"
