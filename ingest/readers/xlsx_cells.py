"""What calamine does not tell of an xlsx: error values, formulas without a stored value, hidden rows and columns.

The XML of a sheet is searched for these, which is fast; only a sheet that has errors or such formulas is parsed as a
second reader would. Hidden rows alone, as under the machine keys of a registry's rosters, are found by the search.
Stays out: the other cells (`ingest.readers.workbook`), what an error value is (`ingest.contract.unread_cells`).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers import expat

from ingest.errors import Refused
from ingest.readers.sheets import FORMULA_MARK, Merged

_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_DAMAGE_ERRORS = (
    expat.ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    StopIteration,
    OSError,
    EOFError,
)
_CHUNK_BYTES = 4 << 20
_OVERLAP_BYTES = 16 << 10  # of two chunks; longer than a cell with its formula
_STYLE_BYTES = 4096  # of a sheet's XML, which show how it is written
_MAX_UNREAD_CELLS = 2_000_000
_MAX_ROWS, _MAX_COLUMNS = 1 << 20, 1 << 14  # of a sheet
_ERROR_MARK, _FORMULA_MARK, _HIDDEN_MARK = b't="e"', b"<f", b'hidden="'
_HIDDEN_ROW = re.compile(rb'<row\b[^>]*\bhidden="(?:1|true)"[^>]*>')
_HIDDEN_COLUMNS = re.compile(rb'<col\b[^>]*\bhidden="(?:1|true)"[^>]*>')
_ATTRIBUTE = re.compile(rb'\b(r|min|max)="(\d+)"')
_OTHER_STYLE = re.compile(rb"<\w+:(?:worksheet|sheetData|row)|r='")  # prefixes, other quotation marks
_FORMULA_WITHOUT_VALUE = re.compile(rb"<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


@dataclass
class SheetCells:
    """Of a sheet: the texts of cells that calamine leaves blank, by row and column (from 0), its hidden parts, and
    the merged cells that calamine does not know.
    """

    texts: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[Merged] = field(default_factory=list)


def cells_of(path: Path) -> dict[str, SheetCells]:
    """By sheet, what is found; a sheet without any such cell is left out, and so is each of a file that is no xlsx.

    Raises Refused where there are too many, or the file is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _cells_of(archive) if _WORKBOOK in archive.NameToInfo else {}
    except _DAMAGE_ERRORS as error:
        raise Refused("is a damaged workbook (its sheets cannot be parsed): open it, save it again.") from error


def _cells_of(archive: zipfile.ZipFile) -> dict[str, SheetCells]:
    found = {}
    for sheet, place in _places(archive).items():
        if place not in archive.NameToInfo:
            continue
        cells = _searched(archive, place)
        if cells is None:
            with archive.open(place) as file:
                cells = _parsed(file)
        if cells != SheetCells():
            found[sheet] = cells
    return found


def _places(archive: zipfile.ZipFile) -> dict[str, str]:
    """The place in the archive of each sheet."""
    sheets: dict[str, str] = {}

    def on_sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            relation = next(value for name, value in attributes.items() if name.endswith("relationships id"))
            sheets[attributes["name"]] = relation

    targets = targets_of(archive, _RELATIONS)
    with archive.open(_WORKBOOK) as file:
        parse(file, on_sheet)
    return {name: targets[relation] for name, relation in sheets.items() if relation in targets}


def targets_of(archive: zipfile.ZipFile, place: str) -> dict[str, str]:
    """The place in the archive of each part of a workbook, by its relation's id."""
    targets: dict[str, str] = {}

    def on_relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            targets[attributes["Id"]] = posixpath.normpath(posixpath.join("/xl", attributes["Target"])).lstrip("/")

    with archive.open(place) as file:
        parse(file, on_relation)
    return targets


def _searched(archive: zipfile.ZipFile, place: str) -> SheetCells | None:
    """The hidden parts of a sheet, by a search of its XML; None where it must be parsed, since it may hold an error
    value or a formula without a stored value, or is written in another style.
    """
    found, tail = SheetCells(), b""
    with archive.open(place) as file:
        while chunk := file.read(_CHUNK_BYTES):
            if not tail and _OTHER_STYLE.search(chunk, 0, _STYLE_BYTES):
                return None
            piece = tail + chunk
            if _ERROR_MARK in piece or (_FORMULA_MARK in piece and _FORMULA_WITHOUT_VALUE.search(piece)):
                return None
            if _HIDDEN_MARK in piece and not _add_hidden(found, piece):
                return None
            tail = piece[-_OVERLAP_BYTES:]
    return found


def _add_hidden(found: SheetCells, piece: bytes) -> bool:
    """Add the hidden rows and columns of a piece of XML; whether each says which it is."""
    for row in _HIDDEN_ROW.findall(piece):
        said = dict(_ATTRIBUTE.findall(row))
        if b"r" not in said:
            return False
        found.hidden_rows.add(min(int(said[b"r"]), _MAX_ROWS) - 1)
    for columns in _HIDDEN_COLUMNS.findall(piece):
        said = dict(_ATTRIBUTE.findall(columns))
        if not {b"min", b"max"} <= said.keys():
            return False
        found.hidden_columns.update(range(int(said[b"min"]) - 1, min(int(said[b"max"]), _MAX_COLUMNS)))
    return True


def parse(file: IO[bytes], on_start: Start, on_end: End | None = None, on_text: Text | None = None) -> None:
    """Parse XML; the handlers get tags without their namespace. Raises expat.ExpatError."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, attributes: on_start(tag.rpartition(" ")[2], attributes)
    if on_end:
        parser.EndElementHandler = lambda tag: on_end(tag.rpartition(" ")[2])
    parser.CharacterDataHandler = on_text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.ParseFile(file)


def _refuse_doctype(*_: object) -> None:
    raise Refused("is a workbook that declares a document type, which is not read: save it again as xlsx.")


class _SheetParser:
    """Collects the cells of `row` and `c` that say nothing: `f` is a formula, `v` its stored value."""

    def __init__(self) -> None:
        self.found = SheetCells()
        self._row = self._column = -1
        self._kind = ""
        self._parts: dict[str, list[str]] = {}
        self._part: list[str] | None = None
        self._shared: dict[str, str] = {}  # formula by the index under which further cells share it
        self._index = ""
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._column = _column_of(attributes["r"]) if "r" in attributes else self._column + 1
            self._kind, self._parts, self._index = attributes.get("t", ""), {}, ""
        elif tag in ("f", "v"):
            self._part = self._parts[tag] = []
            self._index = attributes.get("si", "") if tag == "f" else self._index
        elif tag == "row":
            self._row, self._column = min(int(attributes.get("r", self._row + 2)), _MAX_ROWS) - 1, -1
            if _is_hidden(attributes):
                self.found.hidden_rows.add(self._row)
        elif tag == "col" and _is_hidden(attributes):
            last = min(int(attributes["max"]), _MAX_COLUMNS)
            self.found.hidden_columns.update(range(int(attributes["min"]) - 1, last))

    def text(self, data: str) -> None:
        if self._part is not None:
            self._part.append(data)

    def end(self, tag: str) -> None:
        if tag in ("f", "v"):
            self._part = None
        elif tag == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        value = "".join(self._parts.get("v", ()))
        formula = "".join(self._parts.get("f", ()))
        if self._index:
            formula = formula or self._shared.get(self._index, "")
            self._shared[self._index] = formula
        if self._kind == "e":
            self._add(value or "#VALUE!")
        elif "f" in self._parts and not value and not (self._kind == "str" and "v" in self._parts):
            self._add(f"{FORMULA_MARK}={formula}")

    def _add(self, text: str) -> None:
        self._count += 1
        if self._count > _MAX_UNREAD_CELLS:
            raise Refused(
                f"has more than {_MAX_UNREAD_CELLS:,} cells with an error or a formula without a value: "
                "open it in Excel or WPS, save it, and send that."
            )
        self.found.texts[self._row][self._column] = text


def _parsed(file: IO[bytes]) -> SheetCells:
    parser = _SheetParser()
    parse(file, parser.start, parser.end, parser.text)
    return parser.found


def _is_hidden(attributes: dict[str, str]) -> bool:
    return attributes.get("hidden") in ("1", "true")


def _column_of(place: str) -> int:
    """The column (from 0) of a cell such as AB12."""
    column = 0
    for letter in place.rstrip("0123456789"):
        column = column * 26 + ord(letter) - 64
    return min(column, _MAX_COLUMNS) - 1
