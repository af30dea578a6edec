"""Error values in the cells of an xls (BIFF in a compound file, [MS-XLS] and [MS-CFB]), which calamine gives as blank.

The bytes are searched for them, which is fast; only a workbook that has some is read record by record.
Stays out: the other cells (`ingest.readers.workbook`), what an error value is (`ingest.contract.unread_cells`).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path

from ingest.errors import Refused
from ingest.readers.xlsx_cells import SheetCells

_FREE_FROM = 0xFFFFFFFA  # sector numbers from here on end a chain
_ENTRY_BYTES = 128
_STREAMS = ("Workbook", "Book")
_BOF, _EOF, _BOUNDSHEET, _BOOLERR, _FORMULA = (0x0809, 0x000A, 0x0085, 0x0205, 0x0006)
_MAY_HAVE_ERROR = re.compile(rb"\x05\x02\x08\x00.{7}\x01|\x06\x00..[\s\S]{6}\x02.[\s\S].{3}\xff\xff", re.DOTALL)
ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


def cells_of(path: Path) -> dict[str, SheetCells]:
    """By sheet, its error cells; a sheet without any is left out. Raises Refused where the file is damaged."""
    content = path.read_bytes()
    if not _MAY_HAVE_ERROR.search(content):
        return {}
    try:
        stream = _workbook_stream(content)
        found = {name: _sheet_cells(stream, start) for name, start in _sheets(stream)}
    except (struct.error, IndexError, ValueError) as error:
        raise Refused("is a damaged workbook (its cells cannot be read): open it, save it as xlsx.") from error
    return {name: cells for name, cells in found.items() if cells.texts}


def _workbook_stream(content: bytes) -> bytes:
    """The stream of the workbook inside the compound file; b'' where there is none."""
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    mini_size = 1 << struct.unpack_from("<H", content, 32)[0]
    directory_start, cutoff, mini_start = (struct.unpack_from("<I", content, place)[0] for place in (48, 56, 60))
    table = _sector_table(content, size)
    directory = _chain(content, table, directory_start, size, size)
    root_start = struct.unpack_from("<I", directory, 116)[0]
    for place in range(0, len(directory) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        entry = directory[place : place + _ENTRY_BYTES]
        name = entry[: max(0, struct.unpack_from("<H", entry, 64)[0] - 2)].decode("utf-16-le", "replace")
        if name in _STREAMS:
            start, length = struct.unpack_from("<II", entry, 116)
            if length >= cutoff:
                return _chain(content, table, start, size, size)[:length]
            mini_table = _numbers(_chain(content, table, mini_start, size, size))
            return _chain(_chain(content, table, root_start, size, size), mini_table, start, mini_size, 0)[:length]
    return b""


def _sector_table(content: bytes, size: int) -> list[int]:
    """The number of the sector that follows each sector."""
    sectors = list(struct.unpack_from("<109I", content, 76))
    further = struct.unpack_from("<I", content, 68)[0]
    while further < _FREE_FROM and len(sectors) * size <= len(content):
        numbers = _numbers(content[(further + 1) * size : (further + 2) * size])
        sectors += numbers[:-1]
        further = numbers[-1]
    used = [sector for sector in sectors if sector < _FREE_FROM]
    return _numbers(b"".join(content[(sector + 1) * size : (sector + 2) * size] for sector in used))


def _chain(content: bytes, table: list[int], sector: int, size: int, offset: int) -> bytes:
    """The sectors of a chain, whose first stands `offset` bytes into the content. Raises ValueError at a circle."""
    parts: list[bytes] = []
    while sector < _FREE_FROM:
        if len(parts) > len(table):
            raise ValueError("a chain of sectors runs in a circle")
        parts.append(content[offset + sector * size : offset + (sector + 1) * size])
        sector = table[sector]
    return b"".join(parts)


def _numbers(content: bytes) -> list[int]:
    return [number for (number,) in struct.iter_unpack("<I", content[: len(content) // 4 * 4])]


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """The records from a place to the end of that part."""
    depth = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        yield kind, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _sheets(stream: bytes) -> Iterator[tuple[str, int]]:
    """Name and place of each sheet."""
    is_unicode = struct.unpack_from("<H", stream, 4)[0] >= 0x0600
    for kind, content in _records(stream, 0):
        if kind == _BOUNDSHEET:
            length, text = content[6], content[7:]
            if is_unicode:
                is_wide, text = text[0] & 1, text[1:]
                name = text[: 2 * length].decode("utf-16-le") if is_wide else text[:length].decode("latin-1")
            else:
                name = text[:length].decode("gb18030", "replace")
            yield name, struct.unpack_from("<I", content)[0]


def _sheet_cells(stream: bytes, place: int) -> SheetCells:
    cells = SheetCells()
    for kind, content in _records(stream, place):
        code = None
        if kind == _BOOLERR and content[7]:
            code = content[6]
        elif kind == _FORMULA and content[12:14] == b"\xff\xff" and content[6] == 2:
            code = content[8]
        if code is not None:
            row, column = struct.unpack_from("<HH", content)
            cells.texts[row][column] = ERRORS.get(code, "#VALUE!")
    return cells
