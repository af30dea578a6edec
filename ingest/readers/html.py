"""HTML tables, which platforms save as .xls: the rows of all tables of a page, merged cells in place.

Nothing that a page refers to is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from ingest.decoding import encodings
from ingest.errors import Refused
from ingest.readers.delimited import text_of_cell
from ingest.readers.sheets import Merged, Row, Sheet

MAX_FILE_BYTES = 256 << 20
_MAX_SPAN = 1000
_IGNORED_TAGS = frozenset({"style", "script", "title"})


def sheets(path: Path, encoding: str | None = None) -> Iterator[Sheet]:
    """The tables of a page as one sheet, a row for each of theirs. Raises Refused where there is none."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise Refused(f"is a web page of more than {MAX_FILE_BYTES >> 20} MiB: export the table as csv.")
    page = _Page()
    page.feed(encodings.text_of(path.read_bytes(), encoding))
    page.close()
    page.end_row()
    if not page.rows:
        raise Refused("is a web page without a table: export the table as csv or xlsx.")
    yield Sheet("", iter([page.rows]), merged=page.merged)


class _Page(HTMLParser):
    """Collects the cells of `tr`, `td` and `th`, with the rows that a cell spans."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[Row] = []
        self.merged: list[Merged] = []
        self._row: Row | None = None
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._below: dict[int, int] = {}  # column index -> rows that a cell above still spans
        self._ignored_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.end_row()
            self._row = []
        elif tag in ("td", "th"):
            self._end_cell()
            self._row = [] if self._row is None else self._row
            attributes = dict(attrs)
            self._span = _span(attributes.get("colspan")), _span(attributes.get("rowspan"))
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")
        elif tag in _IGNORED_TAGS:
            self._ignored_depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self.end_row()
        elif tag in _IGNORED_TAGS and self._ignored_depth:
            self._ignored_depth -= 1

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._ignored_depth:
            self._cell.append(data)

    def end_row(self) -> None:
        """Close the open row, if there is one."""
        self._end_cell()
        if self._row is not None:
            self._fill_below()
            self.rows.append(self._row)
        self._row = None

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        self._fill_below()
        across, down = self._span
        text = text_of_cell("".join(self._cell).strip(" \t\r\n"))
        if across > 1 or down > 1:
            top, left = len(self.rows), len(self._row)
            self.merged.append(((top, left), (top + down - 1, left + across - 1)))
        for n in range(across):
            if down > 1:
                self._below[len(self._row)] = down - 1
            self._row.append(text or None if n == 0 else None)
        self._cell = None

    def _fill_below(self) -> None:
        """Blank cells where cells of the rows above span this row."""
        while self._row is not None and self._below.get(len(self._row)):
            self._below[len(self._row)] -= 1
            self._row.append(None)


def _span(text: str | None) -> int:
    return max(1, min(_MAX_SPAN, int(text))) if text and text.isdigit() else 1
