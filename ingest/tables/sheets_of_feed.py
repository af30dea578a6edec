"""The sheets of a file that hold a feed's table, their rows read and counted; other sheets are skipped.

Stays out: opening files and choosing their reader (`ingest.reading.read_files`), column positions
(`ingest.tables.layout`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path

from common.delivered_text import delivered
from ingest.deliveries import Delivery
from ingest.errors import Refused
from ingest.readers import fixed_width
from ingest.readers.sheets import Row, Sheet
from ingest.reading import files_to_read
from ingest.reading.files_to_read import Part
from ingest.tables import arrow_rows, header_row, merged_cells, side_by_side, value_counts
from ingest.tables.layout import Layout
from ingest.tables.layouts_of_feed import Layouts, join_reasons
from ingest.tables.row_buffer import FileRows, Notice, RowBuffer
from registry.model import Feed

OTHER_SHEET = "other_sheet"
PASSED_OVER_SHEET = "passed_over_sheet"
HIDDEN_PARTS = "hidden_parts"
_EXAMPLE_SHEET = re.compile("示例|样例|范例|填写说明|example|template", re.IGNORECASE)


def delivery_of(part: Part, sheet: str, version: str = "") -> Delivery:
    """The delivery of a sheet ('' for a text) with a version of its feed's layout."""
    member = files_to_read.member_name(part, sheet)
    return Delivery.of(part.arrival, member, scope=part.scope, mode=part.mode, layout=version or None)


class TableReader:
    """Reads the tables of one feed; rows of large tables are written below `scratch`."""

    def __init__(self, feed: Feed, layouts: Layouts, scratch: Path) -> None:
        self._feed, self._layouts, self._scratch = feed, layouts, scratch

    def read_sheets(self, part: Part, sheets: Iterator[Sheet]) -> Iterator[FileRows]:
        """Read every sheet that holds the feed (or those that the feed names); other sheets are skipped and counted,
        and so are hidden ones and examples, of which a problem says what they hold.

        Raises Refused where no other sheet holds it; but workbooks of another feed may lack the sheet that stands
        beside its own.
        """
        has_table, reason, filled_sheets, passed_over = False, "", list[str](), list[str]()
        for sheet, first_rows in self._tables(sheets):
            filled_sheets += [sheet.name] if first_rows else []
            layout = None
            if first_rows and self._is_wanted(sheet.name, has_table=has_table):
                head = first_rows[: header_row.HEAD_ROWS] if sheet.numbered_from else first_rows[:1]  # json: its keys
                try:
                    layout = self._layouts.layout_of(head, part.scope, sheet.name)
                except Refused as refused:
                    reason = reason or refused.sentence
            if layout and (why := _why_passed_over(sheet)):
                passed_over.append(f"{delivered(sheet.name)} ({why})")
                yield _passed_over_sheet(part, sheet, layout, why)
            elif layout:
                has_table = True
                yield self.read_table(part, sheet, layout, sheet.pieces)
            elif first_rows:
                yield _skipped_sheet(part, sheet.name, sheet.pieces)
        if not has_table and passed_over:
            raise Refused(
                f"has {self._feed.id} only in sheets that are not read: {', '.join(passed_over)}: "
                "show that sheet or name it otherwise, and send it again."
            )
        is_guest = self._feed.beside and filled_sheets and not reason  # a workbook may lack this sheet
        if not has_table and not is_guest:
            raise Refused(reason or self._no_sheet_reason(filled_sheets))

    def _tables(self, sheets: Iterator[Sheet]) -> Iterator[tuple[Sheet, list[Row]]]:
        """The sheets with their first rows, those with blocks side by side split."""
        for sheet in sheets:
            for table in side_by_side.tables_of(sheet, _first_rows(sheet), self._layouts.names):
                first_rows = _first_rows(table)
                yield replace(table, pieces=chain([first_rows], table.pieces)), first_rows

    def read_table(self, part: Part, sheet: Sheet, layout: Layout, pieces: Iterator[list[Row]]) -> FileRows:
        """Read all rows of a sheet below its header, numbered as a person counts."""
        file_rows = FileRows(delivery_of(part, sheet.name, layout.version), layout, strict=sheet.strict)
        buffer = RowBuffer(file_rows, self.target(file_rows.delivery))
        number, rows_to_skip, row_count = sheet.numbered_from, layout.head, 0
        for piece in merged_cells.filled(pieces, sheet.merged, layout.head):
            data_rows = piece[rows_to_skip:]
            number += len(piece) - len(data_rows)
            rows_to_skip -= len(piece) - len(data_rows)
            if data_rows:
                data_rows = [layout.beside_sheet_name(row, _name_of(sheet.name)) for row in data_rows]
                batch = arrow_rows.batch_of(data_rows, layout, self._feed, number, strict=sheet.strict)
                buffer.add(batch, value_counts.of_rows(data_rows))
            number += len(data_rows)
            row_count += len(data_rows)
        buffer.close()
        file_rows.delivery.rows_read = row_count
        file_rows.notices += _hidden_parts(sheet, layout, layout.head + row_count)
        return file_rows

    def read_fixed_width(self, part: Part, header_reasons: Sequence[str]) -> list[FileRows]:
        """Read the lines of a fixed-width text. `header_reasons`: why it has none of the feed's other
        layouts. Raises Refused.
        """
        reasons = list(header_reasons)
        for version in self._layouts.positioned:
            sheet = fixed_width.sheet(part.path, version, self._feed.encoding)
            first_rows = _first_rows(sheet)
            try:
                layout = self._layouts.fixed_width_layout(first_rows[: header_row.HEAD_ROWS], version)
                return [self.read_table(part, sheet, layout, chain([first_rows], sheet.pieces))]
            except Refused as refused:
                reasons.append(refused.sentence)
        raise Refused(join_reasons(reasons))

    def target(self, delivery: Delivery) -> Path:
        """Parquet file for the rows of a delivery, if they exceed the buffer."""
        return self._scratch / f"{delivery.delivery_id}.parquet"

    def _no_sheet_reason(self, sheets: Sequence[str]) -> str:
        """The reason why none of these sheets (those with rows) is the feed's."""
        if not sheets:
            return "has no rows, not even a header: export it again."
        expected, present = ", ".join(self._feed.sheets), ", ".join(map(delivered, sheets))
        remedy = "add that sheet or name it so, and send it again"
        return f"has no sheet of {self._feed.id} ({expected}), only {present}: {remedy}."

    def _is_wanted(self, sheet: str, *, has_table: bool) -> bool:
        if not sheet:  # a text is one table without sheets
            return not has_table
        return not self._feed.sheets or any(fnmatchcase(_name_of(sheet), pattern) for pattern in self._feed.sheets)


def _name_of(sheet: str) -> str:
    """The name of a sheet, of which a table may be one of several blocks side by side."""
    return sheet.rpartition(side_by_side.BLOCK_MARK)[0] or sheet


def _first_rows(sheet: Sheet) -> list[Row]:
    """Enough rows to find the header in."""
    first: list[Row] = []
    for piece in sheet.pieces:
        first = [*first, *piece]
        if len(first) >= header_row.HEAD_ROWS:
            break
    return first


def _why_passed_over(sheet: Sheet) -> str:
    """Why a sheet with the feed's header is not read; '' where it is."""
    if sheet.is_hidden:
        return "hidden"
    return "example" if _EXAMPLE_SHEET.search(sheet.name) else ""


def _hidden_parts(sheet: Sheet, layout: Layout, height: int) -> list[Notice]:
    """The notice of hidden rows and columns of data: they are read, for a filter hides what belongs to the table."""
    rows = sum(layout.head <= row < height for row in sheet.hidden_rows)
    read = {*layout.columns.values(), *(index for _, index in layout.rest)}
    columns = sum(column in read for column in sheet.hidden_columns)
    if not rows and not columns:
        return []
    return [Notice(HIDDEN_PARTS, f"sheet:{sheet.name}", f"{sheet.name}: {rows} hidden rows, {columns} hidden columns")]


def _passed_over_sheet(part: Part, sheet: Sheet, layout: Layout, why: str) -> FileRows:
    """A sheet with the feed's header that is not read, and the problem that says what it holds."""
    rows = [row for piece in sheet.pieces for row in piece]
    delivery = delivery_of(part, sheet.name)
    delivery.rows_read = len(rows)
    delivery.skipped = {PASSED_OVER_SHEET: len(rows)}
    values = sum(bool(cell) for row in rows[layout.head :] for cell in row)
    count = sum(any(row) for row in rows[layout.head :])
    notice = Notice(PASSED_OVER_SHEET, f"sheet:{sheet.name}", f"{sheet.name} ({why}): {count} rows, {values} values")
    return FileRows(delivery, notices=[notice])


def _skipped_sheet(part: Part, sheet: str, pieces: Iterator[list[Row]]) -> FileRows:
    delivery = delivery_of(part, sheet)
    delivery.rows_read = sum(len(piece) for piece in pieces)
    delivery.skipped = {OTHER_SHEET: delivery.rows_read}
    return FileRows(delivery)
