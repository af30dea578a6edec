"""SpreadsheetML 2003, the XML that older platforms save as .xls: the rows of its worksheets, skipped and merged cells
included.

Entities and document types are refused; nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from ingest.errors import Refused
from ingest.readers.delimited import text_of_cell
from ingest.readers.sheets import FORMULA_MARK, Merged, Row, Sheet

MAX_FILE_BYTES = 128 << 20
MAX_CELLS = 5_000_000  # of a sheet, skipped ones included
_MAX_ROW_CELLS = 100_001
_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet "
_VISIBLE = "urn:schemas-microsoft-com:office:excel Visible"


def sheets(path: Path) -> Iterator[Sheet]:
    """The worksheets, in order. Raises Refused where it is damaged, too large, or declares entities."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise Refused(f"is an XML workbook of more than {MAX_FILE_BYTES >> 20} MiB: export the table as csv.")
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
        yield Sheet(name, iter([rows]), is_hidden=name in book.hidden, merged=book.merged.get(name, []))


def _refuse_doctype(*_: object) -> None:
    raise Refused("is an XML workbook that declares a document type, which is not read: save it as xlsx.")


class _Book:
    """Collects the text of `Data` by `Row` and `Cell`; `Index` skips, `MergeAcross` leaves blanks; a formula without a
    `Data` stands as itself.
    """

    def __init__(self) -> None:
        self.sheets: list[tuple[str, list[Row]]] = []
        self.merged: dict[str, list[Merged]] = {}
        self.hidden: set[str] = set()
        self._row: Row | None = None
        self._data: list[str] | None = None
        self._cells = 0
        self._merged = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        kind = tag.removeprefix(_NAMESPACE)
        if kind == "Worksheet":
            self.sheets.append((attributes.get(f"{_NAMESPACE}Name", ""), []))
        elif kind == "Row" and self.sheets:
            rows = self.sheets[-1][1]
            self._skip(rows, _number(attributes, "Index", len(rows) + 1) - 1 - len(rows), [])
            self._row = []
        elif kind == "Cell" and self._row is not None:
            self._skip(self._row, _number(attributes, "Index", len(self._row) + 1) - 1 - len(self._row), None)
            self._merged = _number(attributes, "MergeAcross", 0)
            self._merge(self._merged, _number(attributes, "MergeDown", 0))
            self._skip(self._row, 1, None)
            formula = attributes.get(f"{_NAMESPACE}Formula")
            self._row[-1] = f"{FORMULA_MARK}{formula}" if formula else None  # unless `Data` holds its value
        elif (kind == "Data" and self._row) or tag == _VISIBLE:
            self._data = []

    def text(self, data: str) -> None:
        if self._data is not None:
            self._data.append(data)

    def end(self, tag: str) -> None:
        kind = tag.removeprefix(_NAMESPACE)
        if kind == "Data" and self._row and self._data is not None:
            self._row[-1] = _text_of("".join(self._data))
            self._data = None
        elif tag == _VISIBLE and self.sheets and self._data is not None:
            self.hidden |= {self.sheets[-1][0]} if "".join(self._data).strip() != "SheetVisible" else set()
            self._data = None
        elif kind == "Cell" and self._row is not None:
            self._skip(self._row, self._merged, None)
            self._merged = 0
        elif kind == "Row" and self._row is not None:
            self.sheets[-1][1].append(self._row)
            self._row = None

    def _merge(self, across: int, down: int) -> None:
        """Note the merged cells that begin with the next cell."""
        if (across or down) and self._row is not None:
            name, rows = self.sheets[-1]
            top, left = len(rows), len(self._row)
            self.merged.setdefault(name, []).append(((top, left), (top + down, left + across)))

    def _skip(self, items: list[Any], count: int, blank: object) -> None:
        """Append blanks. Raises Refused where an index in the file would exhaust the memory."""
        self._cells += max(count, 0)
        if self._cells > MAX_CELLS or (self._row is items and len(items) + count > _MAX_ROW_CELLS):
            raise Refused("is an XML workbook that is too large: export the table as csv.")
        items += [blank] * count


def _number(attributes: dict[str, str], name: str, default: int) -> int:
    text = attributes.get(f"{_NAMESPACE}{name}", "")
    return int(text) if text.isdecimal() and len(text) < 10 else default


def _text_of(data: str) -> str | None:
    """A date at midnight is a date; everything else is as written."""
    text = data.strip(" \t\r\n")
    if len(text) == 23 and text.endswith("T00:00:00.000"):
        return text[:10]
    return text_of_cell(text) or None
