"""Reading all files of a feed into rows of one shape.

Lives here: choosing the reader and the sheet, several workbooks at once, and the count of what each file
holds.
Add here: a reader's place in the choice.
Stays out: the formats (`readers`), what a row must be (`contract`).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path

import duckdb

from ingest import header, large, parts, rows, small
from ingest.errors import Refused
from ingest.headerless import Layouts, together
from ingest.keeping import Keeper, Read
from ingest.layout import Layout
from ingest.naming import Names
from ingest.parts import Part
from ingest.readers import delimited, fixed_width, html, json_rows, spreadsheet_xml
from ingest.readers.sheets import Row, Sheet
from ingest.readers.workbook import Workbooks
from ingest.records import Delivery
from registry.model import Feed, Register

log = logging.getLogger("shuyuan.ingest")

LARGE = {"text": 2 << 20, "json": 1 << 19}  # bytes from which a text is worth DuckDB's start
OTHER_SHEET = "other_sheet"


class Reader:
    """Reads the parts of one feed of a register; a refused one may be a file of its other feeds."""

    def __init__(self, register: Register, feed: Feed, scratch: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.feed = feed
        others = [other for other in register.feeds if other.id != feed.id]
        self._layouts = Layouts(feed, others, register, connection)
        self._names = self._layouts.names
        self._scratch = scratch
        self._connection = connection

    def read(self, found: Sequence[Part | Delivery]) -> Iterator[Read]:
        """Read all parts, in order. What is refused comes as a delivery without rows."""
        with Workbooks() as workbooks, ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            ahead = [pool.submit(self._small, item, workbooks) if _is_small(item) else None for item in found]
            for item, future in zip(found, ahead, strict=True):
                if isinstance(item, Delivery):
                    yield Read(item)
                elif future is None:
                    yield from self._guarded(item, lambda part: self._or_cut(part, self._large))
                else:
                    yield from future.result()

    def _small(self, item: Part | Delivery, workbooks: Workbooks) -> list[Read]:
        def tables(part: Part) -> list[Read]:
            return self._even(part) or list(self._tables(part, _sheets(part, workbooks, self._names)))

        def read(part: Part) -> list[Read]:
            return self._or_cut(part, tables)

        return self._guarded(item, read) if isinstance(item, Part) else []

    def _even(self, part: Part) -> list[Read]:
        """A small csv as columns at once; nothing where its rows are not even, or its header is not found."""
        if part.kind != "text":
            return []
        try:
            csv = small.SmallCsv(part.path, self._layouts)
        except Refused:  # cell by cell it may still be read; if not, that says why
            return []
        found = csv.rows()
        if found is None:
            return []
        delivery = _delivery(part, "", csv.layout.version)
        delivery.rows_read = found.num_rows
        return [Read(delivery, frozenset(csv.layout.columns), [found])]

    def _guarded(self, part: Part, read: Callable[[Part], list[Read]]) -> list[Read]:
        try:
            return read(part)
        except Refused as refused:
            return [Read(parts.refusal(part, "", str(refused)))]
        except Exception as error:  # one file's reader must not end the night
            log.exception("reading %s %s", part.arrival.path, part.member)
            told = f"cannot be read ({type(error).__name__}: {error}): send it again, or as csv."
            failed = parts.refusal(part, "", told)
            failed.defect = True
            return [Read(failed)]

    def _or_cut(self, part: Part, read: Callable[[Part], list[Read]]) -> list[Read]:
        """A text as a table with separators, else in fixed width where the feed comes so. Raises Refused."""
        if part.kind != "text" or not self._layouts.positioned:
            return read(part)
        whys = []
        try:
            return read(part)
        except Refused as refused:
            whys += [str(refused)] if len(self._layouts.positioned) < len(self.feed.layouts) else []
        for version in self._layouts.positioned:
            sheet = fixed_width.sheet(part.path, version)
            first = _first_rows(sheet)
            try:
                layout = self._layouts.cut(first[: header.HEAD_ROWS], version)
                return [self._table(part, sheet, layout, chain([first], sheet.pieces))]
            except Refused as refused:
                whys.append(str(refused))
        raise Refused(together(whys))

    def _tables(self, part: Part, sheets: Iterator[Sheet]) -> Iterator[Read]:
        """The sheet that holds the feed (or those it names); the others are passed over, and counted."""
        taken, why, held = False, "", list[str]()
        for sheet in sheets:
            first = _first_rows(sheet)
            held += [sheet.name] if first else []
            layout = None
            if first and self._wanted(sheet.name, taken=taken):
                head = first[: header.HEAD_ROWS] if sheet.numbered_from else first[:1]  # the keys of json
                try:
                    layout = self._layouts.find(head)
                except Refused as refused:
                    why = why or str(refused)
            pieces = chain([first], sheet.pieces)
            if layout:
                taken = True
                yield self._table(part, sheet, layout, pieces)
            elif first:
                yield _passed_over(part, sheet.name, pieces)
        if not taken:
            raise Refused(why or self._nothing(held))

    def _nothing(self, sheets: Sequence[str]) -> str:
        """Why no sheet was taken, of those that hold rows."""
        if not sheets:
            return "has no rows, not even a header: export it again."
        wanted, there = ", ".join(self.feed.sheets), ", ".join(sheets)
        return f"has no sheet of {self.feed.id} ({wanted}), only {there}: name its sheet so, and send it again."

    def _wanted(self, sheet: str, *, taken: bool) -> bool:
        if not (sheet and self.feed.sheets):  # a text has one table and no sheets
            return not taken
        return any(fnmatchcase(sheet, name) for name in self.feed.sheets)

    def _table(self, part: Part, sheet: Sheet, layout: Layout, pieces: Iterator[list[Row]]) -> Read:
        read = Read(_delivery(part, sheet.name, layout.version), frozenset(layout.columns))
        keeper = Keeper(read, self._target(read.delivery))
        number, skip, counted = sheet.numbered_from, layout.head, 0
        for piece in pieces:
            kept = piece[skip:]
            number += len(piece) - len(kept)
            skip -= len(piece) - len(kept)
            if kept:
                keeper.add(rows.batch_of(kept, layout, self.feed, number, strict=sheet.strict))
            number += len(kept)
            counted += len(kept)
        keeper.close()
        read.delivery.rows_read = counted
        return read

    def _target(self, delivery: Delivery) -> Path:
        return self._scratch / f"{delivery.delivery_id}.parquet"

    def _large(self, part: Part) -> list[Read]:
        """A large text: through DuckDB where its rows are even, else cell by cell."""
        if part.kind == "json" and json_rows.in_one_piece(part.path):
            return list(self._tables(part, json_rows.sheets(part.path)))
        if part.kind == "json":
            lines = large.JsonLines(part.path, self._scratch, self._names)
            if lines.evenly(self._connection, target := self._target(_delivery(part, ""))):
                return [self._read(part, lines, target, lines.columns, 1, lines.version)]
            return list(self._tables(part, lines.sheets()))
        csv = large.Csv(part.path, self._scratch, self._layouts)
        layout = csv.layout
        read = Read(_delivery(part, "", layout.version), frozenset(layout.columns))
        keeper = Keeper(read, self._target(read.delivery))
        if csv.evenly(keeper):
            keeper.close()
            read.delivery.rows_read = csv.records
            read.delivery.skipped = {"blank": csv.blank} if csv.blank else {}
            return [read]
        sheet = csv.cell_by_cell()
        below = replace(layout, head=0)
        return [self._table(part, sheet, below, sheet.pieces)]

    def _read(
        self, part: Part, text: large.Text, target: Path, columns: frozenset[str], offset: int, version: str
    ) -> Read:
        """A large text that DuckDB has read."""
        text.utf8.unlink()
        delivery = _delivery(part, "", version)
        delivery.rows_read = text.records
        delivery.skipped = {"blank": text.blank} if text.blank else {}
        return Read(delivery, columns, parquet=target, offset=offset)


def _is_small(item: Part | Delivery) -> bool:
    if not isinstance(item, Part):
        return False
    return item.kind not in LARGE or item.path.stat().st_size <= LARGE[item.kind]


def _sheets(part: Part, workbooks: Workbooks, names: Names) -> Iterator[Sheet]:
    if part.kind == "text":
        return delimited.sheets(part.path, [names])
    if part.kind == "json":
        return json_rows.sheets(part.path)
    if part.kind == "html":
        return html.sheets(part.path)
    if part.kind == "spreadsheet_xml":
        return spreadsheet_xml.sheets(part.path)
    return workbooks.sheets(part.path)


def _first_rows(sheet: Sheet) -> list[Row]:
    """Enough rows to find the header in."""
    first: list[Row] = []
    for piece in sheet.pieces:
        first = [*first, *piece]
        if len(first) >= header.HEAD_ROWS:
            break
    return first


def _delivery(part: Part, sheet: str, version: str = "") -> Delivery:
    return Delivery.of(part.arrival, parts.named(part, sheet), scope=part.scope, mode=part.mode, layout=version or None)


def _passed_over(part: Part, sheet: str, pieces: Iterator[list[Row]]) -> Read:
    delivery = _delivery(part, sheet)
    delivery.rows_read = sum(len(piece) for piece in pieces)
    delivery.skipped = {OTHER_SHEET: delivery.rows_read}
    return Read(delivery)
