"""From the sheets of a file to the rows of a feed.

Lives here: which sheet holds the feed, lines that are cut by their places, and the count of what a sheet holds.
Add here: another way in which a file holds a feed's table.
Stays out: opening files and choosing their reader (`read_files`), where a header's columns stand (`layout`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path

from ingest.deliveries import Delivery
from ingest.errors import Refused
from ingest.readers import fixed_width
from ingest.readers.sheets import Row, Sheet
from ingest.reading import files_to_read
from ingest.reading.files_to_read import Part
from ingest.tables import arrow_rows, header_row
from ingest.tables.layout import Layout
from ingest.tables.layouts_of_feed import Layouts, together
from ingest.tables.row_buffer import Keeper, Read
from registry.model import Feed

OTHER_SHEET = "other_sheet"


def delivery_of(part: Part, sheet: str, version: str = "") -> Delivery:
    """The delivery of a sheet ('' for a text) that was met in a version of its feed's layout."""
    member = files_to_read.named(part, sheet)
    return Delivery.of(part.arrival, member, scope=part.scope, mode=part.mode, layout=version or None)


class Tables:
    """Reads the tables of one feed. `scratch` takes the rows of those that are long."""

    def __init__(self, feed: Feed, layouts: Layouts, scratch: Path) -> None:
        self._feed, self._layouts, self._scratch = feed, layouts, scratch

    def among(self, part: Part, sheets: Iterator[Sheet]) -> Iterator[Read]:
        """The sheet that holds the feed (or those it names); the others are passed over, and counted.

        Raises Refused where none does.
        """
        taken, why, held = False, "", list[str]()
        for sheet in sheets:
            first = _first_rows(sheet)
            held += [sheet.name] if first else []
            layout = None
            if first and self._wanted(sheet.name, taken=taken):
                head = first[: header_row.HEAD_ROWS] if sheet.numbered_from else first[:1]  # the keys of json
                try:
                    layout = self._layouts.find(head)
                except Refused as refused:
                    why = why or str(refused)
            pieces = chain([first], sheet.pieces)
            if layout:
                taken = True
                yield self.table(part, sheet, layout, pieces)
            elif first:
                yield _passed_over(part, sheet.name, pieces)
        if not taken:
            raise Refused(why or self._nothing(held))

    def table(self, part: Part, sheet: Sheet, layout: Layout, pieces: Iterator[list[Row]]) -> Read:
        """All rows of a sheet below its header, numbered as a person counts them."""
        read = Read(delivery_of(part, sheet.name, layout.version), frozenset(layout.columns))
        keeper = Keeper(read, self.target(read.delivery))
        number, skip, counted = sheet.numbered_from, layout.head, 0
        for piece in pieces:
            kept = piece[skip:]
            number += len(piece) - len(kept)
            skip -= len(piece) - len(kept)
            if kept:
                keeper.add(arrow_rows.batch_of(kept, layout, self._feed, number, strict=sheet.strict))
            number += len(kept)
            counted += len(kept)
        keeper.close()
        read.delivery.rows_read = counted
        return read

    def cut(self, part: Part, whys: Sequence[str]) -> list[Read]:
        """The lines of a text in fixed width. `whys`: why it is in none of the feed's other layouts. Raises Refused."""
        told = list(whys)
        for version in self._layouts.positioned:
            sheet = fixed_width.sheet(part.path, version)
            first = _first_rows(sheet)
            try:
                layout = self._layouts.cut(first[: header_row.HEAD_ROWS], version)
                return [self.table(part, sheet, layout, chain([first], sheet.pieces))]
            except Refused as refused:
                told.append(str(refused))
        raise Refused(together(told))

    def target(self, delivery: Delivery) -> Path:
        """Where the rows of a delivery wait if they are many."""
        return self._scratch / f"{delivery.delivery_id}.parquet"

    def _nothing(self, sheets: Sequence[str]) -> str:
        """Why no sheet was taken, of those that hold rows."""
        if not sheets:
            return "has no rows, not even a header: export it again."
        wanted, there = ", ".join(self._feed.sheets), ", ".join(sheets)
        todo = "add that sheet or name it so, and send it again"
        return f"has no sheet of {self._feed.id} ({wanted}), only {there}: {todo}."

    def _wanted(self, sheet: str, *, taken: bool) -> bool:
        if not (sheet and self._feed.sheets):  # a text has one table and no sheets
            return not taken
        return any(fnmatchcase(sheet, name) for name in self._feed.sheets)


def _first_rows(sheet: Sheet) -> list[Row]:
    """Enough rows to find the header in."""
    first: list[Row] = []
    for piece in sheet.pieces:
        first = [*first, *piece]
        if len(first) >= header_row.HEAD_ROWS:
            break
    return first


def _passed_over(part: Part, sheet: str, pieces: Iterator[list[Row]]) -> Read:
    delivery = delivery_of(part, sheet)
    delivery.rows_read = sum(len(piece) for piece in pieces)
    delivery.skipped = {OTHER_SHEET: delivery.rows_read}
    return Read(delivery)
