"""SpreadsheetML 2003, the XML that older platforms save under the name .xls.

Lives here: the rows of its worksheets, with cells and rows that are skipped or merged.
Add here: another oddity of such files.
Stays out: entities and document types, which are refused; nothing is fetched or expanded.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from ingest.errors import Refused
from ingest.readers.sheets import Row, Sheet

MAX_BYTES = 128 << 20
MAX_CELLS = 5_000_000  # of a sheet, with those that it skips
_WIDEST = 100_001  # cells of a row
_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet "


def sheets(path: Path) -> Iterator[Sheet]:
    """The worksheets, in order. Raises Refused where it is damaged, too large, or declares entities."""
    if path.stat().st_size > MAX_BYTES:
        raise Refused(f"is an XML workbook of more than {MAX_BYTES >> 20} MiB: export the table as csv.")
    book = _Book()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = book.start, book.end
    parser.CharacterDataHandler = book.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except expat.ExpatError as error:
        raise Refused(
            f"is a damaged XML workbook (line {error.lineno}): open it, save it as xlsx, send that."
        ) from error
    if not book.sheets:
        raise Refused("is an XML workbook without sheets: export the table as csv or xlsx.")
    for name, rows in book.sheets:
        yield Sheet(name, iter([rows]))


def _refuse_doctype(*_: object) -> None:
    raise Refused("is an XML workbook that declares a document type, which is not read: save it as xlsx.")


class _Book:
    """Collects the text of `Data` by `Row` and `Cell`; `Index` skips, `MergeAcross` leaves blanks."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, list[Row]]] = []
        self._row: Row | None = None
        self._data: list[str] | None = None
        self._cells = 0
        self._merged = 0

    def start(self, tag: str, given: dict[str, str]) -> None:
        kind = tag.removeprefix(_NAMESPACE)
        if kind == "Worksheet":
            self.sheets.append((given.get(f"{_NAMESPACE}Name", ""), []))
        elif kind == "Row" and self.sheets:
            rows = self.sheets[-1][1]
            self._skip(rows, _number(given, "Index", len(rows) + 1) - 1 - len(rows), [])
            self._row = []
        elif kind == "Cell" and self._row is not None:
            self._skip(self._row, _number(given, "Index", len(self._row) + 1) - 1 - len(self._row), None)
            self._merged = _number(given, "MergeAcross", 0)
            self._skip(self._row, 1, None)
        elif kind == "Data" and self._row:
            self._data = []

    def text(self, data: str) -> None:
        if self._data is not None:
            self._data.append(data)

    def end(self, tag: str) -> None:
        kind = tag.removeprefix(_NAMESPACE)
        if kind == "Data" and self._row and self._data is not None:
            self._row[-1] = _shown("".join(self._data))
            self._data = None
        elif kind == "Cell" and self._row is not None:
            self._skip(self._row, self._merged, None)
            self._merged = 0
        elif kind == "Row" and self._row is not None:
            self.sheets[-1][1].append(self._row)
            self._row = None

    def _skip(self, items: list[Any], count: int, blank: object) -> None:
        """Raises Refused where a number in the file asks for all memory."""
        self._cells += max(count, 0)
        if self._cells > MAX_CELLS or (self._row is items and len(items) + count > _WIDEST):
            raise Refused("is an XML workbook that is too large: export the table as csv.")
        items += [blank] * count


def _number(given: dict[str, str], name: str, otherwise: int) -> int:
    said = given.get(f"{_NAMESPACE}{name}", "")
    return int(said) if said.isdecimal() and len(said) < 10 else otherwise


def _shown(data: str) -> str | None:
    """A date at midnight is a date; everything else is as written."""
    text = data.strip(" \t\r\n")
    if len(text) == 23 and text.endswith("T00:00:00.000"):
        return text[:10]
    return text or None
