"""Reading all files of a feed into rows of one shape.

Lives here: several files at once, the quick ways of even csv, json-lines and Parquet, and what becomes of a file that
cannot be read.
Stays out: the formats and the choice of a reader (`readers`), which sheet it is (`sheets_of_feed`).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import duckdb

from ingest import readers
from ingest.archives import bundles
from ingest.deliveries import Delivery
from ingest.errors import Refused
from ingest.readers import json_rows, parquet
from ingest.readers.sheets import Sheet
from ingest.readers.workbook import Workbooks
from ingest.reading import files_to_read, large_text, small_csv
from ingest.reading.files_to_read import Part
from ingest.tables import arrow_rows
from ingest.tables.layouts_of_feed import Layouts
from ingest.tables.row_buffer import Keeper, Read
from ingest.tables.sheets_of_feed import Tables, delivery_of
from registry.model import Feed, Register

log = logging.getLogger("shuyuan.ingest")

LARGE = {"text": 2 << 20, "json": 1 << 19}  # bytes from which a text is worth DuckDB's start


class Reader:
    """Reads the parts of one feed of a register; a refused one may be a file of its other feeds."""

    def __init__(self, register: Register, feed: Feed, scratch: Path, connection: duckdb.DuckDBPyConnection) -> None:
        others = [other for other in register.feeds if other.id != feed.id]
        self._layouts = Layouts(feed, others, register, connection)
        self._tables = Tables(feed, self._layouts, scratch)
        self._headed = len(self._layouts.positioned) < len(feed.layouts)
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
                    yield from self._guarded(item, self._large)
                else:
                    yield from future.result()

    def _guarded(self, part: Part, read: Callable[[Part], list[Read]]) -> list[Read]:
        try:
            return bundles.agreed(part.told, self._or_cut(part, read))
        except Refused as refused:
            return [Read(files_to_read.refusal(part, "", str(refused)))]
        except Exception as error:  # one file's reader must not end the night
            log.exception("reading %s %s", part.arrival.path, part.member)
            told = f"cannot be read ({type(error).__name__}: {error}): send it again, or as csv."
            failed = files_to_read.refusal(part, "", told)
            failed.defect = True
            return [Read(failed)]

    def _or_cut(self, part: Part, read: Callable[[Part], list[Read]]) -> list[Read]:
        """A text as a table with separators, else in fixed width where the feed comes so. Raises Refused."""
        if part.kind != "text" or not self._layouts.positioned:
            return read(part)
        try:
            return read(part)
        except Refused as refused:
            return self._tables.cut(part, [str(refused)] if self._headed else [])

    def _small(self, item: Part | Delivery, workbooks: Workbooks) -> list[Read]:
        def read(part: Part) -> list[Read]:
            if part.kind == "parquet":
                return [self._typed(part)]
            return self._even(part) or list(self._tables.among(part, self._sheets(part, workbooks)))

        return self._guarded(item, read) if isinstance(item, Part) else []

    def _sheets(self, part: Part, workbooks: Workbooks) -> Iterator[Sheet]:
        return readers.sheets_of(part.kind, part.path, [self._layouts.names], workbooks)

    def _even(self, part: Part) -> list[Read]:
        """A small csv as columns at once; nothing where its rows are not even, or its header is not found."""
        if part.kind != "text":
            return []
        try:
            csv = small_csv.SmallCsv(part.path, self._layouts)
        except Refused:  # cell by cell it may still be read; if not, that says why
            return []
        found = csv.rows()
        if found is None:
            return []
        delivery = delivery_of(part, "", csv.layout.version)
        delivery.rows_read = found.num_rows
        return [Read(delivery, frozenset(csv.layout.columns), [found])]

    def _typed(self, part: Part) -> Read:
        """A Parquet file, whose own account counts its rows. Raises Refused."""
        with parquet.opened(part.path) as file:
            layout = self._layouts.find([[*file.names]])
            read = Read(delivery_of(part, "", layout.version), frozenset(layout.columns))
            keeper, first = Keeper(read, self._tables.target(read.delivery)), 1
            for batch in file.batches():
                keeper.add(arrow_rows.batch_of_columns(batch.columns, layout, self._layouts.names.feed, first))
                first += batch.num_rows
            keeper.close()
            read.delivery.rows_read = file.rows
        return read

    def _large(self, part: Part) -> list[Read]:
        """A large text: through DuckDB where its rows are even, else cell by cell."""
        if part.kind == "json":
            return self._large_json(part)
        csv = large_text.Csv(part.path, self._scratch, self._layouts)
        layout = csv.layout
        read = Read(delivery_of(part, "", layout.version), frozenset(layout.columns))
        keeper = Keeper(read, self._tables.target(read.delivery))
        if csv.evenly(keeper):
            keeper.close()
            return [_counted(read, csv)]
        sheet = csv.cell_by_cell()
        below = replace(layout, head=0)
        return [self._tables.table(part, sheet, below, sheet.pieces)]

    def _large_json(self, part: Part) -> list[Read]:
        if json_rows.in_one_piece(part.path):
            return list(self._tables.among(part, json_rows.sheets(part.path)))
        lines = large_text.JsonLines(part.path, self._scratch, self._layouts.names)
        delivery = delivery_of(part, "", lines.version)
        if not lines.evenly(self._connection, target := self._tables.target(delivery)):
            return list(self._tables.among(part, lines.sheets()))
        lines.utf8.unlink()
        return [_counted(Read(delivery, lines.columns, parquet=target, offset=1), lines)]


def _counted(read: Read, text: large_text.Text) -> Read:
    """A large text that was read, with the count of its rows."""
    read.delivery.rows_read = text.records
    read.delivery.skipped = {"blank": text.blank} if text.blank else {}
    return read


def _is_small(item: Part | Delivery) -> bool:
    if not isinstance(item, Part):
        return False
    return item.kind not in LARGE or item.path.stat().st_size <= LARGE[item.kind]
