"""Error values in the cells of an xlsb ([MS-XLSB]), which calamine gives as blank.

Stays out: the other cells (`ingest.readers.workbook`), what an error value is (`ingest.contract.unread_cells`).
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from ingest.errors import Refused
from ingest.readers.xls_cells import ERRORS
from ingest.readers.xlsx_cells import SheetCells, targets_of

_WORKBOOK, _RELATIONS = "xl/workbook.bin", "xl/_rels/workbook.bin.rels"
_ROW, _CELL_ERROR, _FORMULA_ERROR, _SHEET = 0, 3, 11, 156
_MAX_BYTES = 512 << 20  # of the records of a sheet
_DAMAGE_ERRORS = (struct.error, zipfile.BadZipFile, zlib.error, LookupError, ValueError, OSError)


def cells_of(path: Path) -> dict[str, SheetCells]:
    """By sheet, its error cells; nothing where the file is no xlsb. Raises Refused where it is damaged or too large."""
    try:
        with zipfile.ZipFile(path) as archive:
            if _WORKBOOK not in archive.NameToInfo:
                return {}
            found = {name: _cells(archive, place) for name, place in _places(archive)}
    except _DAMAGE_ERRORS as error:
        raise Refused("is a damaged workbook (its cells cannot be read): open it, save it as xlsx.") from error
    return {name: cells for name, cells in found.items() if cells.texts}


def _places(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name and place in the archive of each sheet."""
    targets = targets_of(archive, _RELATIONS)
    for kind, content in _records(archive.read(_WORKBOOK)):
        if kind == _SHEET:
            relation, end = _text(content, 8)
            name, _ = _text(content, end)
            if targets.get(relation) in archive.NameToInfo:
                yield name, targets[relation]


def _cells(archive: zipfile.ZipFile, place: str) -> SheetCells:
    if archive.NameToInfo[place].file_size > _MAX_BYTES:
        raise Refused("is too large for a workbook: export it as csv.")
    cells, row = SheetCells(), 0
    for kind, content in _records(archive.read(place)):
        if kind == _ROW:
            row = struct.unpack_from("<I", content)[0]
        elif kind in (_CELL_ERROR, _FORMULA_ERROR):
            column = struct.unpack_from("<I", content)[0]
            cells.texts[row][column] = ERRORS.get(content[8], "#VALUE!")
    return cells


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record; both numbers before it have seven bits a byte."""
    place = 0
    while place < len(content):
        kind, size = content[place], 0
        place += 1
        if kind & 0x80:
            kind = kind & 0x7F | (content[place] & 0x7F) << 7
            place += 1
        for shift in (0, 7, 14, 21):
            byte = content[place]
            place += 1
            size |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
        yield kind, content[place : place + size]
        place += size


def _text(content: bytes, place: int) -> tuple[str, int]:
    """A text, and the place after it."""
    end = place + 4 + 2 * struct.unpack_from("<I", content, place)[0]
    return content[place + 4 : end].decode("utf-16-le"), end
