"""Tables without a header: their columns are told by their order, or by their place in a line.

Lives here: the layouts of the register as places in a row, and whether the first rows of a table look like them, so
that a file of another feed is not taken for one by accident.
Add here: another sign that a table is not of a layout.
Stays out: headers (`header_row`), cutting lines (`readers.fixed_width`), what each value must be (`contract`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import duckdb

from ingest import sql
from ingest.errors import Refused
from ingest.readers.sheets import Row
from ingest.tables import header_row
from ingest.tables.header_texts import Names
from ingest.tables.layout import Layout
from registry import model
from registry.codes import code_of
from registry.model import Column, Feed, Register
from registry.types import CLEAN, CODE_KEY, TYPE_MACROS

_SHARE = 2  # at least one in two values must be of its type
_FREE = ("text", "name", "identifier")  # types that nearly any text is of


class Layouts:
    """All forms in which a feed comes. `find` says which one a table has; the header wins."""

    def __init__(
        self, feed: Feed, others: Sequence[Feed], register: Register, connection: duckdb.DuckDBPyConnection
    ) -> None:
        self.names = Names(feed)
        self.positioned = [v for v in feed.layouts if v.found_by == "position"]
        self._others = [Names(other) for other in others]
        self._ordered = [v for v in feed.layouts if v.found_by == "order"]
        self._register, self._connection = register, connection

    def find(self, rows: Sequence[Row]) -> Layout:
        """The layout of a table whose first rows (`header.HEAD_ROWS` of them at most) are given. Raises Refused."""
        whys = []
        if self.names.versions or not self._ordered:
            try:
                return header_row.find(rows, self.names, self._others)
            except Refused as refused:
                whys.append(str(refused))
        for version in self._ordered:
            try:
                return self._in_order(rows, version)
            except Refused as refused:
                whys.append(str(refused))
        raise Refused(together(whys))

    def cut(self, rows: Sequence[Row], version: model.Layout) -> Layout:
        """The layout of lines that were cut by the places of `version`. Raises Refused where they do not fit."""
        found = Layout(self._loaded(list(version.positions)), (), len(version.positions), 0, version.version)
        filled = _filled(rows)
        if sum(len(row) > found.width for row in filled) * _SHARE > len(filled):
            raise Refused(f"{_is_not(self.names.feed, version)} its lines are longer: {_TODO}.")
        self._judge(filled, found, version)
        return found

    def _in_order(self, rows: Sequence[Row], version: model.Layout) -> Layout:
        """Raises Refused where the rows are not those of `version`."""
        feed, filled = self.names.feed, _filled(rows)
        width = Counter(len(row) for row in filled).most_common(1)[0][0] if filled else 0
        if width != len(version.order):
            raise Refused(
                f"{_is_not(feed, version)} its rows have {width} cells and not {len(version.order)}: {_TODO}."
            )
        if self.names.hits(filled[0]) * _SHARE > width:
            raise Refused(f"{_is_not(feed, version)} it begins with a header: {_TODO}.")
        found = Layout(self._loaded(version.order), (), width, 0, version.version)
        self._judge(filled, found, version)
        return found

    def _loaded(self, order: Sequence[str]) -> dict[str, int]:
        return {name: place for place, name in enumerate(order) if name and name not in self.names.unloaded}

    def _judge(self, rows: Sequence[Row], layout: Layout, version: model.Layout) -> None:
        """Ask the first rows whether they hold what the layout says. Raises Refused."""
        feed = self.names.feed
        columns = [c for c in feed.loaded_columns if c.name in layout.columns]
        must = [c for c in columns if c.required or c.filled or c.name in feed.key]
        asked = [c for c in must if c.type not in _FREE] or [c for c in columns if c.type not in _FREE]
        asked += [c for c in must if c not in asked]
        if not asked:
            return
        values = [[row[p] if (p := layout.columns[c.name]) < len(row) else None for row in rows] for c in asked]
        cells = ", ".join(f"unnest(?::VARCHAR[]) AS c{n}" for n in range(len(asked)))
        told = ", ".join(f"count_if({self._valid(c, f'c{n}')}), count({CLEAN}(c{n}))" for n, c in enumerate(asked))
        counts = self._connection.cursor().execute(f"SELECT {told} FROM (SELECT {cells})", values).fetchone() or ()
        for column, valid, filled in zip(asked, counts[::2], counts[1::2], strict=True):
            of = len(rows) if column in must else filled
            if valid * _SHARE < of:
                raise Refused(
                    f"{_is_not(feed, version)} only {valid} of its first {of} rows hold {column.headers[0]} "
                    f"({column.type}) in place {layout.columns[column.name] + 1}: {_TODO}."
                )

    def _valid(self, column: Column, value: str) -> str:
        if column.type == "code" and column.code_set:
            known = sql.texts(sorted(code_of(self._register, column.code_set, self.names.feed.source)))
            return f"{CODE_KEY}({value}) IN ({known})"
        return f"{TYPE_MACROS.get(column.type, CLEAN)}({value}) IS NOT NULL"


_TODO = "put it where its feed's files lie, or declare its layout in the register"


def together(whys: Sequence[str]) -> str:
    """One sentence of why a file is in none of several layouts."""
    return "; and ".join([*(why.rstrip(".") for why in whys[:-1]), *whys[-1:]])


def _is_not(feed: Feed, version: model.Layout) -> str:
    return f"is no file of {feed.id} in layout {version.version}, for"


def _filled(rows: Sequence[Row]) -> list[Row]:
    return [list(row) for row in rows if any(cell and cell.strip() for cell in row)]
