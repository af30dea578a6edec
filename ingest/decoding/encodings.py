"""Encoding detection and strict decoding: UTF-8 and UTF-16 with and without a byte order mark, GB18030.

DuckDB's own `encodings` extension is not used: it corrupts GB18030 at buffer borders.
Stays out: cells (`ingest.readers`).
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import Refused

HEAD_BYTES = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True)
class Encoding:
    """A codec's name, and the length in bytes of the byte order mark before the text."""

    codec: str
    mark: int = 0


def candidate_encodings(head: bytes) -> list[Encoding]:
    """The possible encodings of a text, by its first bytes, likeliest first. Raises Refused where it is no text."""
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return [Encoding(codec, len(mark))]
    codec_without_mark = _utf16_codec(head)
    if codec_without_mark:
        return [Encoding(codec_without_mark)]
    if sum(head[:4096].count(bytes([c])) for c in range(9)) > 8:
        raise Refused("is no table of a known format: send it as csv, xlsx, json or a zip of these.")
    first_non_ascii = next((line for line in head.split(b"\n")[:-1] or [head] if not line.isascii()), b"")
    if not first_non_ascii:
        return [Encoding("utf-8"), Encoding("gb18030")]
    try:
        codecs.getincrementaldecoder("utf-8")().decode(first_non_ascii)
    except UnicodeDecodeError:
        return [Encoding("gb18030")]
    return [Encoding("utf-8")]


def _utf16_codec(head: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of its commas, digits and line ends is null."""
    even, odd = head[0:4096:2].count(0), head[1:4096:2].count(0)
    if max(even, odd) < len(head[:4096]) // 40 or max(even, odd) < 9 * min(even, odd):
        return None
    return ("utf-16-le" if odd > even else "utf-16-be") if even or odd else None


def text_of(content: bytes) -> str:
    """A whole small file as text. Raises Refused where it is in none of the encodings."""
    reason = ""
    for encoding in candidate_encodings(content[:HEAD_BYTES]):
        try:
            return content[encoding.mark :].decode(encoding.codec)
        except UnicodeDecodeError as error:
            reason = damage_reason(encoding, content[: encoding.mark + error.start].count(b"\n") + 1)
    raise Refused(reason)


def head_of(path: Path, encoding: Encoding) -> str:
    """The first `HEAD_BYTES` as text, up to the last whole line. Raises Refused where a line never ends."""
    with path.open("rb") as file:
        content = file.read(HEAD_BYTES)
        has_more = bool(file.read(1))
    try:
        text = codecs.getincrementaldecoder(encoding.codec)().decode(content[encoding.mark :], final=not has_more)
    except UnicodeDecodeError as error:
        raise Refused(damage_reason(encoding, content[: error.start].count(b"\n") + 1)) from error
    if not has_more:
        return text
    end = max(text.rfind("\n"), text.rfind("\r"))
    if end < 0:
        raise Refused(f"begins with a line of more than {HEAD_BYTES >> 20} MiB: it is no table; export it again.")
    return text[: end + 1]


def damage_reason(encoding: Encoding, line: int | None = None) -> str:
    """The reason to refuse a file with bytes that are not of an encoding."""
    where = f" (line {line})" if line else ""
    if encoding.codec == "gb18030":
        return f"is neither UTF-8 nor GB18030 text{where}: export it in one of these encodings."
    return f"is {encoding.codec.upper()} text with damaged bytes{where}: export it again."
