"""Cells that were delivered and say nothing: error values of spreadsheets (#N/A), formulas without a stored value, and
texts with a damaged character. Each is listed and becomes null, also among the columns that no contract names.

Where a line of a file in UTF-8 is in GB18030, some of its cells come out as letters that nobody wrote (远 as Զ), and
not as damaged; so in a row with a damaged character they are listed too.

What counts as such a cell says `unread_cell` in `registry/types.sql`.
Stays out: values that can be read and are wrong (`ingest.contract.wrong_values`).
"""

from __future__ import annotations

import duckdb

from ingest import sql
from ingest.readers.sheets import FORMULA_MARK
from registry.model import Feed
from registry.types import UNREAD_CELL

DAMAGED_CHARACTER = "damaged_character"
_OTHER_LETTERS = r"[\x{80}-\x{7FF}0-9\s\-./:]*[\x{A0}-\x{7FF}][\x{80}-\x{7FF}0-9\s\-./:]*"  # two bytes each in UTF-8


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
    if connection.execute(f"SELECT 1 FROM unread_cell WHERE _rule = '{DAMAGED_CHARACTER}' LIMIT 1").fetchone():
        _name_other_letters(connection, feed, row_columns)


def _name_other_letters(connection: duckdb.DuckDBPyConnection, feed: Feed, row_columns: list[str]) -> None:
    """List the cells of rows with a damaged character that hold nothing but letters of two bytes in UTF-8."""
    for column in (c.name for c in feed.loaded_columns):
        severity = "row" if column in row_columns else "cell"
        connection.execute(f"""
            INSERT INTO violation
            SELECT _file, _row, '{DAMAGED_CHARACTER}', '{severity}', {sql.text(column)}, {sql.name(column)} FROM src
            SEMI JOIN (SELECT _file, _row FROM unread_cell WHERE _rule = '{DAMAGED_CHARACTER}') USING (_file, _row)
            ANTI JOIN (SELECT _file, _row FROM violation WHERE _column = {sql.text(column)}) USING (_file, _row)
            WHERE regexp_full_match({sql.name(column)}, '{_OTHER_LETTERS}')""")


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
