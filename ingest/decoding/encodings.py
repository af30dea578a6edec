"""Bytes to text: UTF-8 with and without a mark, UTF-16, GB18030, each strictly.

Lives here: deciding the encoding, decoding a small file and the head of a large one.
Add here: another encoding.
Stays out: cells (`readers`). DuckDB's own `encodings` extension breaks GB18030 at buffer borders and is not
used.
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
    """A codec's name, and the length of the mark before the text."""

    codec: str
    mark: int = 0


def encodings(head: bytes) -> list[Encoding]:
    """The encodings a text can have, by its first bytes, likeliest first. Raises Refused for what is none."""
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
            failed = broken(encoding, content[: encoding.mark + error.start].count(b"\n") + 1)
    raise Refused(failed)


def head_of(path: Path, encoding: Encoding) -> str:
    """The first `HEAD_BYTES` as text, up to the last whole line. Raises Refused where a line never ends."""
    with path.open("rb") as file:
        content = file.read(HEAD_BYTES)
        cut = bool(file.read(1))
    try:
        text = codecs.getincrementaldecoder(encoding.codec)().decode(content[encoding.mark :], final=not cut)
    except UnicodeDecodeError as error:
        raise Refused(broken(encoding, content[: error.start].count(b"\n") + 1)) from error
    if not cut:
        return text
    end = max(text.rfind("\n"), text.rfind("\r"))
    if end < 0:
        raise Refused(f"begins with a line of more than {HEAD_BYTES >> 20} MiB: it is no table; export it again.")
    return text[: end + 1]


def broken(encoding: Encoding, line: int | None = None) -> str:
    """The refusal of a file that is not of an encoding."""
    where = f" (line {line})" if line else ""
    if encoding.codec == "gb18030":
        return f"is neither UTF-8 nor GB18030 text{where}: export it in one of these encodings."
    return f"is {encoding.codec.upper()} text with damaged bytes{where}: export it again."
