"""The record count of a csv, from its bytes and independent of the reader: line ends outside quotation marks.

Stays out: reading records (`ingest.readers`), copying them (`ingest.decoding.utf8_copy`).
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

_QUOTE, _LINE_END = ord('"'), ord("\n")
_TEXT_FORMULA = b'"=""'  # how a quoted cell begins that holds the formula ="007"
_PIECE_BYTES = 4 << 20


class _Bytes(Protocol):
    """A file opened for bytes."""

    def read(self, size: int, /) -> bytes: ...


class RecordCounter:
    """Counts the records of a text piece by piece: line ends outside quotation marks, and a last line without one.

    The bytes may be UTF-8 or GB18030: in neither is a quotation mark, a comma or a line end part of a longer
    character.
    """

    def __init__(self, *, quotes: bool, separator: str = ",") -> None:
        self._quotes, self._line_ends, self._last_byte, self._tail = quotes, 0, b"\n", b""
        self._allowed_neighbours = np.zeros(256, np.bool_)
        self._allowed_neighbours[list(b'\r\n"' + separator.encode()[:1])] = True
        self.in_quotes = False  # whether the text so far ends inside quotation marks
        self.well_quoted = True  # whether quotation marks enclose whole cells only, none of them the formula ="007"

    @property
    def count(self) -> int:
        """Records so far."""
        return self._line_ends + (self._last_byte != b"\n")

    def add(self, piece: bytes) -> None:
        """Count a piece."""
        if not piece:
            return
        if self._quotes and (self.in_quotes or self._last_byte == b'"' or b'"' in piece):
            self._add_quoted(piece)
        else:
            self._line_ends += int(
                np.count_nonzero(np.frombuffer(piece, np.uint8) == _LINE_END)
            )  # faster than bytes.count
        self._last_byte = piece[-1:]
        self._tail = (self._tail + piece[1 - len(_TEXT_FORMULA) :])[1 - len(_TEXT_FORMULA) :]

    def _add_quoted(self, piece: bytes) -> None:
        """Every second quotation mark closes a cell; a doubled mark closes and reopens it."""
        content = np.frombuffer(piece, np.uint8)
        self.well_quoted &= _TEXT_FORMULA not in piece and _TEXT_FORMULA not in self._tail + piece[: len(_TEXT_FORMULA)]
        marks = np.flatnonzero(content == _QUOTE)
        marks_before = np.searchsorted(marks, np.flatnonzero(content == _LINE_END)) + self.in_quotes
        self._line_ends += int(np.count_nonzero(marks_before % 2 == 0))
        opens, closes = marks[int(self.in_quotes) :: 2], marks[1 - int(self.in_quotes) :: 2]
        left = content[opens[opens > 0] - 1]
        right = content[closes[closes < len(content) - 1] + 1]
        self.well_quoted &= bool(self._allowed_neighbours[left].all() and self._allowed_neighbours[right].all())
        if content[0] == _QUOTE and not self.in_quotes:
            self.well_quoted &= bool(self._allowed_neighbours[ord(self._last_byte)])
        if self._last_byte == b'"' and not self.in_quotes:
            self.well_quoted &= bool(self._allowed_neighbours[content[0]])
        self.in_quotes = bool((len(marks) + self.in_quotes) % 2)


def rows_below_header(file: _Bytes) -> int:
    """The records of a csv below its header, in a file that is not read otherwise."""
    counter = RecordCounter(quotes=True)
    while piece := file.read(_PIECE_BYTES):
        counter.add(piece)
    return max(counter.count - 1, 0)
