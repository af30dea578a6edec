"""The body of a large text as a stream: without its head and the blank lines at its end, its records counted.

Stays out: detecting the encoding (`ingest.decoding.encodings`), cutting cells (`ingest.readers.csv_columns`).
"""

from __future__ import annotations

import codecs
import io
from pathlib import Path

from ingest.decoding.encodings import Encoding
from ingest.decoding.record_count import RecordCounter

# By encoding, the separators whose bytes are never part of a longer character.
_BYTE_SEPARATORS = {"utf-8": ",\t;|", "gb18030": ",\t;"}
_MAX_LINE_END_BYTES = 1 << 20  # line ends held back as possibly the last of the file


def is_plain(encoding: Encoding, separator: str) -> bool:
    """Whether a csv can be cut into cells before it is decoded."""
    return separator in _BYTE_SEPARATORS.get(encoding.codec, "")


class TextBody(io.RawIOBase):
    """A text's bytes without its first `skip` lines, in UTF-8; where it `is_plain`, in its own encoding.

    `blank_lines` counts the blank lines dropped at the end. Reading raises UnicodeError where a byte is not of the
    encoding (in a plain text, the csv reader detects it).
    """

    def __init__(self, path: Path, encoding: Encoding, skip: int, records: RecordCounter, *, plain: bool) -> None:
        super().__init__()
        self._file = path.open("rb")
        self._file.seek(encoding.mark)
        self._decoder = None if plain else codecs.getincrementaldecoder(encoding.codec)()
        self._skip, self._records = skip, records
        self._line_ends = b""  # line ends that may be the last of the file
        self._has_begun = False
        self.blank_lines = 0

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; none at the end."""
        read_size = size if self._decoder is None else max(1, size // 2)
        while chunk := self._file.read(max(1, read_size - len(self._line_ends))):
            piece = self._line_ends + self._below_head(self._decoder.decode(chunk).encode() if self._decoder else chunk)
            content = piece.rstrip(b"\r\n") if len(piece) < len(chunk) + _MAX_LINE_END_BYTES else piece
            self._line_ends = piece[len(content) :]
            if content:
                return self._count(content)
        if self._decoder:
            self._decoder.decode(b"", final=True)
        return self._count(self._last_line_end())

    def _below_head(self, piece: bytes) -> bytes:
        while self._skip and piece:
            end = piece.find(b"\n") + 1
            piece = piece[end:] if end else b""
            self._skip -= bool(end)
        return piece

    def _last_line_end(self) -> bytes:
        """The line end of the last row, without those of the blank lines below it."""
        line_ends, self._line_ends = self._line_ends, b""
        if self._records.in_quotes or line_ends.count(b"\n") <= self._has_begun:
            return line_ends
        end = line_ends.find(b"\n") + 1 if self._has_begun else 0
        self.blank_lines = line_ends.count(b"\n", end)
        return line_ends[:end]

    def _count(self, piece: bytes) -> bytes:
        self._has_begun = True
        self._records.add(piece)
        return piece
