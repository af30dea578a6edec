"""What calamine does not tell of the cells of an ods: error values, formulas without a stored value, merged cells.

Stays out: the other cells (`ingest.readers.workbook`), what an error value is (`ingest.contract.unread_cells`).
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from typing import IO
from xml.parsers import expat

from ingest.errors import Refused
from ingest.readers.sheets import FORMULA_MARK
from ingest.readers.xlsx_cells import SheetCells, parse

_CONTENT = "content.xml"
_MAX_BYTES = 512 << 20
_MAX_REPEATED = 1 << 14  # of a cell that says nothing: a row of a sheet has no more
_MARKS = re.compile(rb"table:formula|-spanned=\"(?!1\")")
_DAMAGE_ERRORS = (expat.ExpatError, zipfile.BadZipFile, zlib.error, LookupError, ValueError, OSError)


def cells_of(path: Path) -> dict[str, SheetCells]:
    """By sheet, what is found; nothing where the file is no ods. Raises Refused where it is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            if _CONTENT not in archive.NameToInfo or archive.NameToInfo[_CONTENT].file_size > _MAX_BYTES:
                return {}
            if not _MARKS.search(archive.read(_CONTENT)):
                return {}
            with archive.open(_CONTENT) as file:
                return _parsed(file)
    except _DAMAGE_ERRORS as error:
        raise Refused("is a damaged workbook (its cells cannot be parsed): open it, save it again.") from error


def _parsed(file: IO[bytes]) -> dict[str, SheetCells]:
    parser = _TableParser()
    parse(file, parser.start, parser.end, parser.text)
    return parser.found


class _TableParser:
    """Follows rows and cells of each table, repeated ones too."""

    def __init__(self) -> None:
        self.found: dict[str, SheetCells] = {}
        self._cells = SheetCells()
        self._row = self._column = 0
        self._rows = self._columns = 1  # how often the row and the cell stand there
        self._attributes: dict[str, str] = {}
        self._text: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = {name.rpartition(" ")[2]: value for name, value in attributes.items()}
        if tag == "table":
            self._cells = self.found[local["name"]] = SheetCells()
            self._row = 0
        elif tag == "table-row":
            self._column, self._rows = 0, int(local.get("number-rows-repeated", 1))
        elif tag in ("table-cell", "covered-table-cell"):
            self._columns = int(local.get("number-columns-repeated", 1))
            is_error = any(name.endswith("calc:xmlns:calcext:1.0 value-type") and value == "error"
                           for name, value in attributes.items())  # fmt: skip
            self._attributes = local | {"error": "yes"} if is_error else local
            self._text = []

    def text(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def end(self, tag: str) -> None:
        if tag in ("table-cell", "covered-table-cell"):
            self._end_cell(self._attributes, "".join(self._text or ()).strip())
            self._text = None
            self._column += self._columns
        elif tag == "table-row":
            self._row += self._rows

    def _end_cell(self, attributes: dict[str, str], text: str) -> None:
        formula = attributes.get("formula")
        down, across = (int(attributes.get(f"number-{what}-spanned", 1)) for what in ("rows", "columns"))
        if down > 1 or across > 1:
            last = self._row + down - 1, self._column + across - 1
            self._cells.merged.append(((self._row, self._column), last))
        if "error" in attributes or (formula and text.startswith(("#", "Err:"))):
            said = text or "#VALUE!"
        elif formula and "value-type" not in attributes:
            said = f"{FORMULA_MARK}={formula.partition(':=')[2] or formula.lstrip('=')}"
        else:
            return
        for row in range(self._row, self._row + min(self._rows, _MAX_REPEATED)):
            for column in range(self._column, self._column + min(self._columns, _MAX_REPEATED)):
                self._cells.texts[row][column] = said
