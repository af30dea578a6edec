"""Counting the records of a csv in its bytes, apart from whatever reads them later.

Lives here: line ends outside quotes, and whether each quotation mark stands where it may.
Stays out: reading them (`readers`), writing them (`utf8_copy`).
"""

from __future__ import annotations

import numpy as np

_QUOTE, _END = ord('"'), ord("\n")


class Records:
    """Counts the records of a text that comes in pieces: line ends outside quotes, and a last line without one.

    The bytes may be UTF-8 or GB18030: in neither is a quotation mark, a comma or a line end part of a longer
    character.
    """

    def __init__(self, *, quotes: bool, separator: str = ",") -> None:
        self._quotes, self._ends, self._last = quotes, 0, b"\n"
        self._beside = np.zeros(256, np.bool_)
        self._beside[list(b'\r\n"' + separator.encode()[:1])] = True
        self.open = False  # whether a quotation mark waits for the one that closes it
        self.strict = True  # whether quotation marks stand around whole cells alone

    @property
    def count(self) -> int:
        """Records so far."""
        return self._ends + (self._last != b"\n")

    def add(self, piece: bytes) -> None:
        """Count a piece."""
        if not piece:
            return
        if self._quotes and (self.open or self._last == b'"' or b'"' in piece):
            self._quoted(piece)
        else:
            self._ends += int(np.count_nonzero(np.frombuffer(piece, np.uint8) == _END))  # bytes.count takes longer
        self._last = piece[-1:]

    def _quoted(self, piece: bytes) -> None:
        """Every second quotation mark closes a cell; two in a row are a closing one and one that opens again."""
        content = np.frombuffer(piece, np.uint8)
        marks = np.flatnonzero(content == _QUOTE)
        before = np.searchsorted(marks, np.flatnonzero(content == _END)) + self.open
        self._ends += int(np.count_nonzero(before % 2 == 0))
        opens, closes = marks[int(self.open) :: 2], marks[1 - int(self.open) :: 2]
        left = content[opens[opens > 0] - 1]
        right = content[closes[closes < len(content) - 1] + 1]
        self.strict &= bool(self._beside[left].all() and self._beside[right].all())
        if content[0] == _QUOTE and not self.open:
            self.strict &= bool(self._beside[ord(self._last)])
        if self._last == b'"' and not self.open:
            self.strict &= bool(self._beside[content[0]])
        self.open = bool((len(marks) + self.open) % 2)
