"""A header that comes again with its columns in another order: the rows below it are not under the first one's.

Stays out: that a row is a header (`ingest.contract.no_data_rows`, `ingest.contract.foot_rows`).
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from common.delivered_text import delivered
from ingest import sql
from ingest.tables.header_texts import Names
from ingest.tables.mark_columns import header_of
from registry.mark_sheets import MarkSheets
from registry.model import Feed, Register

_SHOWN_CELLS = 3


def files_with_other_headers(
    connection: duckdb.DuckDBPyConnection, register: Register, feed: Feed
) -> dict[int, tuple[int, str]]:
    """By number, the files in which a further header has other columns than the first: its row, and some of them."""
    if not connection.execute("SELECT 1 FROM skipped_row WHERE _reason = 'header' LIMIT 1").fetchone():
        return {}
    names = Names(feed)
    sheets = MarkSheets(register, feed.source) if feed.grammar == "marks" else None
    columns = [c.name for c in feed.loaded_columns]
    rest = sql.name(feed.rest) if feed.rest else "NULL"
    rows = connection.execute(f"""
        SELECT _file, min(_row), {", ".join(map(sql.name, columns))}, {rest}
        FROM src JOIN skipped_row USING (_file, _row) WHERE _reason = 'header' GROUP BY ALL ORDER BY 1, 2""").fetchall()
    found: dict[int, tuple[int, str]] = {}
    for number, row, *cells, others in rows:
        moved = list(_moved_columns(dict(zip(columns, cells, strict=True)), names))
        moved += list(_moved_marks(others or {}, sheets)) if sheets else []
        if moved:
            found.setdefault(number, (row, ", ".join(moved[:_SHOWN_CELLS])))
    return found


def _moved_columns(cells: dict[str, str | None], names: Names) -> Iterator[str]:
    for column, cell in cells.items():
        if cell and names.column(cell) not in (None, column):
            yield f"{delivered(cell)} under {names.headers_of(column)[0]}"


def _moved_marks(cells: dict[str, str], sheets: MarkSheets) -> Iterator[str]:
    """Subjects under another one; in the second row of a header (得分, 校次) stands none."""
    for key, cell in cells.items():
        above, said = sheets.heading(header_of(key)), sheets.heading(cell)
        if {above.kind, said.kind} <= {"mark", "total"} and (above.kind, above.subject) != (said.kind, said.subject):
            yield f"{delivered(cell)} under {delivered(header_of(key))}"
