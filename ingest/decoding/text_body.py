"""The bytes of a large text below its head, as a file that is read once.

Lives here: passing over the head, the blank lines at the end, and counting what passes.
Stays out: which encoding it is (`encodings`), cutting cells (`readers.columns`).
"""

from __future__ import annotations

import codecs
import io
from pathlib import Path

from ingest.decoding.encodings import Encoding
from ingest.decoding.record_count import Records

# Encodings whose separators, quotation marks and line ends are those bytes and nothing else.
_PLAIN = {"utf-8": ",\t;|", "gb18030": ",\t;"}
_MANY = 1 << 20  # bytes of line ends that are no longer taken for those at the end


def is_plain(encoding: Encoding, separator: str) -> bool:
    """Whether a csv can be cut into cells before it is decoded."""
    return separator in _PLAIN.get(encoding.codec, "")


class Body(io.RawIOBase):
    """A text's bytes without its first `skip` lines, in UTF-8; where it `is_plain`, in its own encoding.

    `blank` counts the blank lines that were left out at the end. Reading raises UnicodeError where a byte is not of
    the encoding (of a plain text, the reader finds out).
    """

    def __init__(self, path: Path, encoding: Encoding, skip: int, records: Records, *, plain: bool) -> None:
        super().__init__()
        self._file = path.open("rb")
        self._file.seek(encoding.mark)
        self._decoder = None if plain else codecs.getincrementaldecoder(encoding.codec)()
        self._skip, self._records = skip, records
        self._held = b""  # line ends that may be the last
        self._begun = False
        self.blank = 0

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; none at the end."""
        wanted = size if self._decoder is None else max(1, size // 2)
        while chunk := self._file.read(max(1, wanted - len(self._held))):
            piece = self._held + self._below_head(self._decoder.decode(chunk).encode() if self._decoder else chunk)
            kept = piece.rstrip(b"\r\n") if len(piece) < len(chunk) + _MANY else piece
            self._held = piece[len(kept) :]
            if kept:
                return self._count(kept)
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
        """The line end of the last row, without those of blank lines below it."""
        held, self._held = self._held, b""
        if self._records.open or held.count(b"\n") <= self._begun:
            return held
        end = held.find(b"\n") + 1 if self._begun else 0
        self.blank = held.count(b"\n", end)
        return held[:end]

    def _count(self, piece: bytes) -> bytes:
        self._begun = True
        self._records.add(piece)
        return piece
