"""The layout of a table among those of its feed: by header, by column order, or by positions in fixed-width lines.

Without a header the first rows must match the layout, so that a file of another feed is not loaded by accident.
Stays out: headers (`ingest.tables.header_row`), cutting lines (`ingest.readers.fixed_width`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import duckdb

from ingest import sql
from ingest.errors import Refused
from ingest.readers.sheets import Row
from ingest.tables import header_row, mark_columns, side_by_side
from ingest.tables.header_texts import Names
from ingest.tables.layout import Layout
from registry import model
from registry.codes import code_of
from registry.mark_sheets import MarkSheets
from registry.model import Column, Feed, Register
from registry.types import CLEAN, CODE_KEY, TYPE_MACROS

_ONE_VALID_IN = 2  # at least half of the values must be of their type
_UNCHECKABLE_TYPES = ("text", "name", "identifier")  # types that nearly any text satisfies


class Layouts:
    """All layouts of a feed. `layout_of` chooses that of a table; a header takes precedence."""

    def __init__(
        self, feed: Feed, others: Sequence[Feed], register: Register, connection: duckdb.DuckDBPyConnection
    ) -> None:
        self._mark_sheets = MarkSheets(register, feed.source) if feed.grammar else None
        self.names = Names(feed, self._mark_sheets if feed.grammar == "marks" else None)
        self.positioned = [v for v in feed.layouts if v.found_by == "position"]
        self._others = [Names(other) for other in others]
        self._ordered = [v for v in feed.layouts if v.found_by == "order"]
        self._register, self._connection = register, connection

    def layout_of(self, rows: Sequence[Row], scope: str | None, sheet: str = "") -> Layout:
        """The layout of a table of a slice, whose first rows (`header_row.HEAD_ROWS` of them at most) are given.

        Raises Refused where the feed has no such layout, or it is a score sheet without a mark.
        """
        reasons = []
        if self.names.versions or not self._ordered:
            side_by_side.refuse_blocks(rows, self.names)
            try:
                layout = self._with_sheet_name(header_row.header_layout(rows, self.names, self._others), sheet)
                return self._read_rest(layout, scope, [sheet, *_titles(rows[: layout.head])] if sheet else [])
            except Refused as refused:
                reasons.append(refused.sentence)
        for version in self._ordered:
            try:
                return self._in_order(rows, version)
            except Refused as refused:
                reasons.append(refused.sentence)
        raise Refused(join_reasons(reasons))

    def fixed_width_layout(self, rows: Sequence[Row], version: model.Layout) -> Layout:
        """The layout of lines cut by the positions of `version`. Raises Refused where they do not match."""
        layout = Layout(self._loaded_columns(list(version.positions)), (), len(version.positions), 0, version.version)
        filled_rows = _filled_rows(rows)
        if sum(len(row) > layout.width for row in filled_rows) * _ONE_VALID_IN > len(filled_rows):
            raise Refused(f"{_mismatch(self.names.feed, version)} its lines are longer: {_REMEDY}.")
        self._check_first_rows(filled_rows, layout, version)
        return layout

    def _with_sheet_name(self, layout: Layout, sheet: str) -> Layout:
        """The layout with the column that the name of a sheet says, where its header has none. Raises Refused."""
        column = next((c for c in self.names.feed.loaded_columns if c.of_sheet and c.name not in layout.columns), None)
        if column is None or (not sheet and not column.required):
            return layout
        if not sheet:
            raise Refused(
                f"is no file of {self.names.feed.id}, for its header lacks {column.headers[0]}, and there is no sheet "
                "whose name says it: export it with that column."
            )
        columns = layout.columns | {column.name: layout.width}
        return replace(layout, columns=columns, width=layout.width + 1, named_by_sheet=True)

    def _read_rest(self, layout: Layout, scope: str | None, said: Sequence[str]) -> Layout:
        """The layout with its other columns read as marks or items, where the feed's are. `said`: the name and titles
        of its sheet. Raises Refused.
        """
        if self._mark_sheets is None:
            return layout
        if self.names.feed.grammar == "items":
            return mark_columns.read_items(layout, self._mark_sheets, self.names.feed)
        people = {c.name for c in self.names.feed.columns if c.type in ("name", "student_number")}
        again = [index for header, index in layout.unread if self.names.column(header) in people]
        mark_columns.refuse_marks_of_others(layout, self._mark_sheets, again)
        return mark_columns.read_marks(layout, self._mark_sheets, scope, said)

    def _in_order(self, rows: Sequence[Row], version: model.Layout) -> Layout:
        """Raises Refused where the rows are not those of `version`."""
        feed, filled_rows = self.names.feed, _filled_rows(rows)
        width = Counter(len(row) for row in filled_rows).most_common(1)[0][0] if filled_rows else 0
        if width != len(version.order):
            raise Refused(
                f"{_mismatch(feed, version)} its rows have {width} cells and not {len(version.order)}: {_REMEDY}."
            )
        if self.names.hits(filled_rows[0]) * _ONE_VALID_IN > width:
            raise Refused(f"{_mismatch(feed, version)} it begins with a header: {_REMEDY}.")
        layout = Layout(self._loaded_columns(version.order), (), width, 0, version.version)
        self._check_first_rows(filled_rows, layout, version)
        return layout

    def _loaded_columns(self, order: Sequence[str]) -> dict[str, int]:
        return {name: index for index, name in enumerate(order) if name and name not in self.names.unloaded}

    def _check_first_rows(self, rows: Sequence[Row], layout: Layout, version: model.Layout) -> None:
        """Check the types of the first rows against the layout. Raises Refused."""
        feed = self.names.feed
        columns = [c for c in feed.loaded_columns if c.name in layout.columns]
        mandatory = [c for c in columns if c.required or c.filled or c.name in feed.key]
        checked = [c for c in mandatory if c.type not in _UNCHECKABLE_TYPES] or [
            c for c in columns if c.type not in _UNCHECKABLE_TYPES
        ]
        checked += [c for c in mandatory if c not in checked]
        if not checked:
            return
        cell_lists = [[row[p] if (p := layout.columns[c.name]) < len(row) else None for row in rows] for c in checked]
        cells = ", ".join(f"unnest(?::VARCHAR[]) AS c{n}" for n in range(len(checked)))
        counts_sql = ", ".join(
            f"count_if({self._valid(c, f'c{n}')}), count({CLEAN}(c{n}))" for n, c in enumerate(checked)
        )
        counts = (
            self._connection.cursor().execute(f"SELECT {counts_sql} FROM (SELECT {cells})", cell_lists).fetchone() or ()
        )
        for column, valid, filled in zip(checked, counts[::2], counts[1::2], strict=True):
            expected = len(rows) if column in mandatory else filled
            if valid * _ONE_VALID_IN < expected:
                raise Refused(
                    f"{_mismatch(feed, version)} only {valid} of its first {expected} rows hold {column.headers[0]} "
                    f"({column.type}) in place {layout.columns[column.name] + 1}: {_REMEDY}."
                )

    def _valid(self, column: Column, value: str) -> str:
        if column.type == "code" and column.code_set:
            codes = sql.texts(sorted(code_of(self._register, column.code_set, self.names.feed.source)))
            return f"{CODE_KEY}({value}) IN ({codes})"
        return f"{TYPE_MACROS.get(column.type, CLEAN)}({value}) IS NOT NULL"


_REMEDY = "put it into the folder of its feed, or declare its layout in the register"


def join_reasons(reasons: Sequence[str]) -> str:
    """Join the reasons why a file is in none of several layouts into one sentence."""
    return "; and ".join([*(reason.rstrip(".") for reason in reasons[:-1]), *reasons[-1:]])


def _titles(rows: Sequence[Row]) -> list[str]:
    """The cells that stand alone in their row."""
    alone = [{cell for cell in row if cell and cell.strip()} for row in rows]
    return [title for cells in alone if len(cells) == 1 for title in cells]


def _mismatch(feed: Feed, version: model.Layout) -> str:
    return f"is no file of {feed.id} in layout {version.version}, for"


def _filled_rows(rows: Sequence[Row]) -> list[Row]:
    return [list(row) for row in rows if any(cell and cell.strip() for cell in row)]
