"""A large text as a UTF-8 file, its records counted on the way.

Lives here: writing it without its head, and cutting the blank lines at its end.
Stays out: which encoding it is (`encodings`), several processes (`gb18030_pool`).
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ingest.decoding import gb18030_pool
from ingest.decoding.encodings import Encoding, broken
from ingest.decoding.record_count import Records
from ingest.errors import Refused

_CHUNK = 8 << 20
_PARALLEL = 16 << 20  # bytes from which several processes decode


@dataclass(frozen=True)
class Copied:
    """Records in a text, by counting line ends outside quotes; blank lines at its end are counted apart."""

    records: int
    blank: int


def copy(path: Path, encoding: Encoding, target: Path, skip: int, *, quotes: bool = True) -> Copied:
    """Write the text as UTF-8 to `target`, without its first `skip` lines, and count its records.

    Where `quotes` stand around cells, a line end between them ends no record. Raises Refused where a byte is
    not of the encoding (of UTF-8, the reader finds out).
    """
    with target.open("wb") as file:
        sink = _Sink(file, skip, quotes=quotes)
        for piece in _utf8(path, encoding):
            sink.write(piece)
    return sink.close(target)


def _utf8(path: Path, encoding: Encoding) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(encoding.mark)
        if encoding.codec == "utf-8":
            while chunk := file.read(_CHUNK):
                yield chunk
            return
        if encoding.codec == "gb18030" and path.stat().st_size > _PARALLEL:
            try:
                yield from gb18030_pool.decoded(path, encoding.codec)
            except UnicodeError as error:
                raise Refused(broken(encoding)) from error
            return
        decoder = codecs.getincrementaldecoder(encoding.codec)()
        try:
            while chunk := file.read(_CHUNK):
                yield decoder.decode(chunk).encode()
            yield decoder.decode(b"", final=True).encode()
        except UnicodeError as error:
            raise Refused(broken(encoding)) from error


class _Sink:
    """A file that drops the first lines and counts the rest."""

    def __init__(self, file: IO[bytes], skip: int, *, quotes: bool) -> None:
        self._file, self._skip, self._records = file, skip, Records(quotes=quotes)

    def write(self, piece: bytes) -> None:
        while self._skip and piece:
            end = piece.find(b"\n") + 1
            if not end:
                return
            piece = piece[end:]
            self._skip -= 1
        if piece:
            self._file.write(piece)
            self._records.add(piece)

    def close(self, target: Path) -> Copied:
        """Drop the blank lines at the end, and say what was counted."""
        blank = 0 if self._records.open else _trim(target)
        return Copied(self._records.count - blank, blank)


def _trim(target: Path) -> int:
    """Cut blank lines off the end of a file; how many there were."""
    size = target.stat().st_size
    with target.open("r+b") as file:
        start = max(0, size - _CHUNK)
        file.seek(start)
        tail = file.read()
        kept = tail.rstrip(b"\r\n")
        ending = tail[len(kept) :]
        lines = ending.count(b"\n")
        if lines <= 1 or (not kept and start):
            return 0
        first = ending.find(b"\n") + 1 if kept else 0
        file.truncate(start + len(kept) + first)
    return lines - 1 if kept else lines
