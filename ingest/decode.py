"""Bytes to text: UTF-8 with and without a mark, UTF-16, GB18030, each strictly.

Lives here: deciding the encoding, decoding a small file, and writing a large one as UTF-8 while its records are
counted, apart from whatever reads them later.
Add here: another encoding.
Stays out: cells (`readers`). DuckDB's own `encodings` extension breaks GB18030 at buffer borders and is not used.
"""

from __future__ import annotations

import codecs

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ingest import decode_pool
from ingest.errors import Refused

HEAD_BYTES = 1 << 20
_CHUNK = 8 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_OTHERS = bytes(set(range(256)) - set(b'"\n'))
_PARALLEL = 16 << 20


@dataclass(frozen=True)
class Encoding:
    """A codec's name, and the length of the mark before the text."""

    codec: str
    mark: int = 0


@dataclass(frozen=True)
class Copied:
    """Records in a text, by counting line ends outside quotes; blank lines at its end are counted apart."""

    records: int
    blank: int


def encodings(head: bytes) -> list[Encoding]:
    """The encodings a text can have, by its first bytes, likeliest first. Raises Refused where it is no text."""
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return [Encoding(codec, len(mark))]
    wide = _wide(head)
    if wide:
        return [Encoding(wide)]
    if sum(head[:4096].count(bytes([c])) for c in range(9)) > 8:
        raise Refused("is no table of a known format: send it as csv, xlsx, json or a zip of these.")
    first = next((line for line in head.split(b"\n")[:-1] or [head] if not line.isascii()), b"")
    if not first:
        return [Encoding("utf-8"), Encoding("gb18030")]
    try:
        codecs.getincrementaldecoder("utf-8")().decode(first)
    except UnicodeDecodeError:
        return [Encoding("gb18030")]
    return [Encoding("utf-8")]


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of its commas, digits and line ends is null."""
    even, odd = head[0:4096:2].count(0), head[1:4096:2].count(0)
    if max(even, odd) < len(head[:4096]) // 40 or max(even, odd) < 9 * min(even, odd):
        return None
    return ("utf-16-le" if odd > even else "utf-16-be") if even or odd else None


def text_of(content: bytes) -> str:
    """A whole small file as text. Raises Refused where it is in none of the encodings."""
    failed = ""
    for encoding in encodings(content[:HEAD_BYTES]):
        try:
            return content[encoding.mark :].decode(encoding.codec)
        except UnicodeDecodeError as error:
            failed = _broken(encoding, content[: encoding.mark + error.start].count(b"\n") + 1)
    raise Refused(failed)


def head_of(path: Path, encoding: Encoding) -> str:
    """The first `HEAD_BYTES` as text, up to the last whole line. Raises Refused where a line never ends."""
    with path.open("rb") as file:
        content = file.read(HEAD_BYTES)
        cut = bool(file.read(1))
    try:
        text = codecs.getincrementaldecoder(encoding.codec)().decode(content[encoding.mark :], final=not cut)
    except UnicodeDecodeError as error:
        raise Refused(_broken(encoding, content[: error.start].count(b"\n") + 1)) from error
    if not cut:
        return text
    end = max(text.rfind("\n"), text.rfind("\r"))
    if end < 0:
        raise Refused(f"begins with a line of more than {HEAD_BYTES >> 20} MiB: it is no table; export it again.")
    return text[: end + 1]


def copy(path: Path, encoding: Encoding, target: Path, skip: int, *, quotes: bool = True) -> Copied:
    """Write the text as UTF-8 to `target`, without its first `skip` lines, and count its records.

    Where `quotes` stand around cells, a line end between them ends no record. Raises Refused where a byte is not
    of the encoding (of UTF-8, the reader finds out).
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
                yield from decode_pool.decoded(path, encoding.codec)
            except UnicodeError as error:
                raise Refused(_broken(encoding)) from error
            return
        decoder = codecs.getincrementaldecoder(encoding.codec)()
        try:
            while chunk := file.read(_CHUNK):
                yield decoder.decode(chunk).encode()
            yield decoder.decode(b"", final=True).encode()
        except UnicodeError as error:
            raise Refused(_broken(encoding)) from error


def _broken(encoding: Encoding, line: int | None = None) -> str:
    where = f" (line {line})" if line else ""
    if encoding.codec == "gb18030":
        return f"is neither UTF-8 nor GB18030 text{where}: export it in one of these encodings."
    return f"is {encoding.codec.upper()} text with damaged bytes{where}: export it again."


class _Sink:
    """A file that drops the first lines and counts the rest."""

    def __init__(self, file: IO[bytes], skip: int, *, quotes: bool) -> None:
        self._file, self._skip, self._quotes = file, skip, quotes
        self._ends, self._quoted, self._last = 0, False, b"\n"

    def write(self, piece: bytes) -> None:
        while self._skip and piece:
            end = piece.find(b"\n") + 1
            if not end:
                return
            piece = piece[end:]
            self._skip -= 1
        if piece:
            self._file.write(piece)
            self._count(piece)
            self._last = piece[-1:]

    def _count(self, piece: bytes) -> None:
        """Line ends outside quotes. Two quotes without a line end between them change nothing, so they go first."""
        if not self._quotes or (not self._quoted and b'"' not in piece):
            self._ends += piece.count(b"\n")
            return
        for i, part in enumerate(piece.translate(None, _OTHERS).replace(b'""', b"").split(b'"')):
            if i:
                self._quoted = not self._quoted
            if not self._quoted:
                self._ends += part.count(b"\n")

    def close(self, target: Path) -> Copied:
        """Drop the blank lines at the end, and say what was counted."""
        blank = 0 if self._quoted else _trim(target)
        return Copied(self._ends + (self._last != b"\n") - blank, blank)


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


