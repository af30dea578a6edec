"""A UTF-8 copy of a large text without its head and the blank lines at its end, its records counted on the way.

Stays out: detecting the encoding (`ingest.decoding.encodings`), processes (`ingest.decoding.gb18030_pool`).
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ingest.decoding import gb18030_pool
from ingest.decoding.encodings import DAMAGED, Encoding, check_file
from ingest.decoding.record_count import RecordCounter

_CHUNK_BYTES = 8 << 20
_DAMAGED_BYTES = DAMAGED.encode()
_PARALLEL_FROM_BYTES = 16 << 20  # file size from which several processes decode


@dataclass(frozen=True)
class CopyCounts:
    """Record count of a text; blank lines at its end are counted separately."""

    records: int
    blank: int


def copy(path: Path, encoding: Encoding, target: Path, skip: int, *, quotes: bool = True) -> CopyCounts:
    """Write the text as UTF-8 to `target`, without its first `skip` lines, and count its records.

    With `quotes`, a line end inside quotation marks ends no record. Damaged characters become U+FFFD (those of UTF-8
    are left for its reader). Raises Refused where there are too many.
    """
    is_damaged = False
    with target.open("wb") as file:
        writer = _CountingWriter(file, skip, quotes=quotes)
        for piece in _utf8(path, encoding):
            is_damaged = is_damaged or (encoding.codec != "utf-8" and _DAMAGED_BYTES in piece)
            writer.write(piece)
    if is_damaged:
        check_file(path, encoding)
    return writer.close(target)


def _utf8(path: Path, encoding: Encoding) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(encoding.mark)
        if encoding.codec == "utf-8":
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk
            return
        if encoding.codec == "gb18030" and path.stat().st_size > _PARALLEL_FROM_BYTES:
            yield from gb18030_pool.decode_file(path, encoding.codec)
            return
        decoder = codecs.getincrementaldecoder(encoding.codec)("replace")
        while chunk := file.read(_CHUNK_BYTES):
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()


class _CountingWriter:
    """Writes a text without its first lines, and counts the records of the rest."""

    def __init__(self, file: IO[bytes], skip: int, *, quotes: bool) -> None:
        self._file, self._skip, self._records = file, skip, RecordCounter(quotes=quotes)

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

    def close(self, target: Path) -> CopyCounts:
        """Drop the blank lines at the end; the counts."""
        blank = 0 if self._records.in_quotes else _trim(target)
        return CopyCounts(self._records.count - blank, blank)


def _trim(target: Path) -> int:
    """Cut blank lines off the end of a file; their number."""
    size = target.stat().st_size
    with target.open("r+b") as file:
        start = max(0, size - _CHUNK_BYTES)
        file.seek(start)
        tail = file.read()
        content = tail.rstrip(b"\r\n")
        line_ends = tail[len(content) :]
        lines = line_ends.count(b"\n")
        if lines <= 1 or (not content and start):
            return 0
        first_line_end = line_ends.find(b"\n") + 1 if content else 0
        file.truncate(start + len(content) + first_line_end)
    return lines - 1 if content else lines
