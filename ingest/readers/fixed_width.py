"""Fixed-width text: cells by their position in the line, counted in characters after decoding.

A short line has blank cells; text beyond the last position, or the line's declared length, is surplus.
Stays out: whether the lines match the layout (`ingest.tables.layouts_of_feed`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.decoding import encodings
from ingest.decoding.encodings import Encoding
from ingest.errors import Refused
from ingest.readers.sheets import Row, Sheet
from registry.model import Layout

_MAX_LINE_CHARACTERS = 1 << 20
_BLANK = " \t\u3000\x1a"  # \x1a ends the files of old systems
_PIECE_ROWS = 5000


def sheet(path: Path, layout: Layout, declared: str | None = None) -> Sheet:
    """A text as one sheet, its cells in the order of the layout's positions; `declared` is its encoding in the
    register. Raises Refused.
    """
    encoding = encodings.encoding_of_file(path, declared)
    encodings.check_file(path, encoding)
    return Sheet("", _pieces(path, encoding, layout), strict=True)


def _pieces(path: Path, encoding: Encoding, layout: Layout) -> Iterator[list[Row]]:
    places = [(first - 1, first - 1 + length) for first, length in layout.positions.values()]
    width = layout.line_length or max(end for _, end in places)
    piece: list[Row] = []
    for line in _lines(path, encoding):
        row: Row = [line[start:end].strip(_BLANK) for start, end in places]
        surplus = line[width:].strip(_BLANK)
        piece.append([*row, surplus] if surplus else row)
        if len(piece) == _PIECE_ROWS:
            yield piece
            piece = []
    if piece:
        yield piece


def _lines(path: Path, encoding: Encoding) -> Iterator[str]:
    with path.open(encoding=encoding.codec, errors="replace") as file:
        file.seek(encoding.mark)
        number = 0
        while line := file.readline(_MAX_LINE_CHARACTERS):
            number += 1
            if len(line) == _MAX_LINE_CHARACTERS:
                raise Refused(f"has a line of more than a million characters (line {number}): export it again.")
            yield line.rstrip("\n")
