"""Reading of all files of a feed into rows of one schema: several at once, fast paths, refusal of unreadable files.

Stays out: the formats and the choice of a reader (`ingest.readers`), the choice of a sheet
(`ingest.tables.sheets_of_feed`).
"""

from __future__ import annotations

import logging
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import duckdb

from common import disk_space, machine_share
from common.delivered_text import delivered
from ingest import readers
from ingest.archives import bundles
from ingest.deliveries import Delivery
from ingest.errors import Refused
from ingest.readers import json_rows, parquet
from ingest.readers.sheets import Sheet
from ingest.readers.workbook import Workbooks, twice_if_killed
from ingest.reading import files_to_read, large_text, small_csv
from ingest.reading.files_to_read import Part
from ingest.tables import arrow_rows, value_counts
from ingest.tables.layouts_of_feed import Layouts
from ingest.tables.row_buffer import FileRows, RowBuffer
from ingest.tables.sheets_of_feed import TableReader, delivery_of
from registry.model import Feed, Register

log = logging.getLogger("shuyuan.ingest")

_AHEAD = 64  # small files that are read ahead of the one whose rows are taken
LARGE_FROM_BYTES = {"text": 2 << 20, "json": 1 << 19}  # by format, the size from which a text is large


class Reader:
    """Reads the parts of one feed; the register's other feeds are known for the messages of refusals."""

    def __init__(self, register: Register, feed: Feed, scratch: Path, connection: duckdb.DuckDBPyConnection) -> None:
        others = [other for other in register.feeds if other.id != feed.id]
        self._layouts = Layouts(feed, others, register, connection)
        self._tables = TableReader(feed, self._layouts, scratch)
        self._has_header_layouts = len(self._layouts.positioned) < len(feed.layouts)
        self._scratch = scratch
        self._connection = connection

    def read(self, parts: Sequence[Part | Delivery]) -> Iterator[FileRows]:
        """Read all parts, in order; a refused one has a delivery and no rows."""
        with Workbooks() as workbooks, ThreadPoolExecutor(machine_share.processors()) as pool:
            waiting: deque[tuple[Part | Delivery, Future[list[FileRows]] | None]] = deque()
            for item in parts:
                waiting.append((item, pool.submit(self._small, item, workbooks) if _is_small(item) else None))
                if len(waiting) > _AHEAD:
                    yield from self._rows_of(*waiting.popleft())
            while waiting:
                yield from self._rows_of(*waiting.popleft())

    def _rows_of(self, item: Part | Delivery, future: Future[list[FileRows]] | None) -> list[FileRows]:
        """The rows of a part, as they are read in another thread, or read here."""
        if isinstance(item, Delivery):
            return [FileRows(item)]
        return self._refuse_on_error(item, self._large) if future is None else future.result()

    def _refuse_on_error(self, part: Part, read: Callable[[Part], list[FileRows]]) -> list[FileRows]:
        try:
            inputs = twice_if_killed(lambda: self._delimited_or_fixed_width(part, read))
            return bundles.check_row_count(part.declared_rows, inputs)
        except Refused as refused:
            return [FileRows(files_to_read.refusal(part, "", refused.sentence))]
        except Exception as error:  # the failure of one reader must not end the night
            if disk_space.is_full(error):
                raise
            # without the error's own text, which may quote a cell
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("a reader of %s failed with %s:\n%s", part.arrival.feed, type(error).__name__, where)  # noqa: TRY400
            reason = f"cannot be read ({type(error).__name__}: {delivered(error)}): send it again, or as csv."
            refusal = files_to_read.refusal(part, "", reason)
            refusal.defect = True
            return [FileRows(refusal)]

    def _delimited_or_fixed_width(self, part: Part, read: Callable[[Part], list[FileRows]]) -> list[FileRows]:
        """A text as delimited, else as fixed width where the feed has such a layout. Raises Refused."""
        if part.kind != "text" or not self._layouts.positioned:
            return read(part)
        try:
            return read(part)
        except Refused as refused:
            return self._tables.read_fixed_width(part, [refused.sentence] if self._has_header_layouts else [])

    def _small(self, item: Part | Delivery, workbooks: Workbooks) -> list[FileRows]:
        def read(part: Part) -> list[FileRows]:
            if part.kind == "parquet":
                return [self._parquet_rows(part)]
            return self._even_csv(part) or list(self._tables.read_sheets(part, self._sheets(part, workbooks)))

        return self._refuse_on_error(item, read) if isinstance(item, Part) else []

    def _sheets(self, part: Part, workbooks: Workbooks) -> Iterator[Sheet]:
        return readers.sheets_of(part.kind, part.path, [self._layouts.names], workbooks)

    def _even_csv(self, part: Part) -> list[FileRows]:
        """A small csv as Arrow columns; nothing where its rows differ in width, or its header is not found."""
        if part.kind != "text":
            return []
        try:
            csv = small_csv.SmallCsv(part.path, self._layouts, part.scope)
        except Refused:  # it may still be read cell by cell; if not, that gives the reason
            return []
        rows = csv.rows()
        if rows is None:
            return []
        delivery = delivery_of(part, "", csv.layout.version)
        delivery.rows_read = rows.num_rows
        return [FileRows(delivery, csv.layout, [rows], values=csv.values)]

    def _parquet_rows(self, part: Part) -> FileRows:
        """A Parquet file; the row count is that of its metadata. Raises Refused."""
        with parquet.open_parquet(part.path) as file:
            layout = self._layouts.layout_of([[*file.names]], part.scope)
            file_rows = FileRows(delivery_of(part, "", layout.version), layout)
            buffer, first_row = RowBuffer(file_rows, self._tables.target(file_rows.delivery)), 1
            for batch in file.batches():
                rows = arrow_rows.batch_of_columns(batch.columns, layout, self._layouts.names.feed, first_row)
                buffer.add(rows, value_counts.of_columns(batch.columns))
                first_row += batch.num_rows
            buffer.close()
            file_rows.delivery.rows_read = file.rows
        return file_rows

    def _large(self, part: Part) -> list[FileRows]:
        """A large text: by columns where its rows are of equal width, else cell by cell."""
        if part.kind == "json":
            return self._large_json(part)
        csv = large_text.LargeCsv(part.path, self._scratch, self._layouts, part.scope)
        layout = csv.layout
        file_rows = FileRows(delivery_of(part, "", layout.version), layout)
        buffer = RowBuffer(file_rows, self._tables.target(file_rows.delivery))
        if csv.read_even_rows(buffer):
            buffer.close()
            return [_with_row_count(file_rows, csv)]
        sheet = csv.cell_by_cell()
        body_layout = replace(layout, head=0)
        return [self._tables.read_table(part, sheet, body_layout, sheet.pieces)]

    def _large_json(self, part: Part) -> list[FileRows]:
        if json_rows.is_one_value(part.path):
            return list(self._tables.read_sheets(part, json_rows.sheets(part.path, [self._layouts.names])))
        lines = large_text.LargeJsonLines(part.path, self._scratch, self._layouts.names)
        delivery = delivery_of(part, "", lines.version)
        if not lines.read_even_rows(self._connection, target := self._tables.target(delivery)):
            return list(self._tables.read_sheets(part, lines.sheets()))
        layout, values = lines.delivered(self._connection)
        lines.utf8.unlink()
        return [_with_row_count(FileRows(delivery, layout, parquet=target, offset=1, values=values), lines)]


def _with_row_count(file_rows: FileRows, text: large_text.LargeText) -> FileRows:
    """The rows of a large text, with their count."""
    file_rows.delivery.rows_read = text.records
    file_rows.delivery.skipped = {"blank": text.blank} if text.blank else {}
    return file_rows


def _is_small(item: Part | Delivery) -> bool:
    if not isinstance(item, Part):
        return False
    return item.kind not in LARGE_FROM_BYTES or item.path.stat().st_size <= LARGE_FROM_BYTES[item.kind]
