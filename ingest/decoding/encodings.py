"""Encodings of texts: a byte order mark, the one that the register declares, else evidence; refusal where it cannot be
told. UTF-8, UTF-16, GB18030 and Windows-1252 are told apart; others must be declared.

Half a character costs its cell: it becomes U+FFFD, which the contract lists (`ingest.contract.unread_cells`).
DuckDB's own `encodings` extension is not used: it corrupts GB18030 at buffer borders.
Stays out: what speaks for an encoding (`ingest.decoding.encoding_evidence`), cells (`ingest.readers`).
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from ingest.decoding.encoding_evidence import is_utf8, reading_of, utf8_line
from ingest.errors import Refused

HEAD_BYTES = 1 << 20
DAMAGED = "\ufffd"
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_READINGS = ("gb18030", "windows-1252")
_ONE_DAMAGED_IN = 5  # characters beyond ASCII; a text with more is not of the encoding
_MAX_SHOWN_CHARACTERS = 40
_CHUNK_BYTES = 4 << 20


@dataclass(frozen=True)
class Encoding:
    """A codec's name, and the length in bytes of the byte order mark before the text."""

    codec: str
    mark: int = 0


def encoding_of(content: bytes, declared: str | None = None) -> Encoding:
    """The encoding of a text, by its bytes or their beginning (`sample_of`), and by what the register has `declared`.

    Raises Refused where it is no text, or its encoding cannot be told.
    """
    for mark, codec in _MARKS:
        if content.startswith(mark):
            return Encoding(codec, len(mark))
    if declared:
        return Encoding(declared)
    codec_without_mark = utf16_codec(content)
    if codec_without_mark:
        return Encoding(codec_without_mark)
    if sum(content[:4096].count(bytes([c])) for c in range(9)) > 8:
        raise Refused("is no table of a known format: send it as csv, xlsx, json or a zip of these.")
    if content.isascii() or is_utf8(content):
        return Encoding("utf-8")
    reading = reading_of(content)
    if reading is None:
        raise Refused(_ambiguity(content))
    if reading == "gb18030" and (other := utf8_line(content)) is not None:
        raise Refused(_two_encodings(content, other))
    return Encoding(reading)


def encoding_of_file(path: Path, declared: str | None = None) -> Encoding:
    """The encoding of a file. Raises Refused where it is no text, or its encoding cannot be told."""
    return encoding_of(sample_of(path), declared)


def sample_of(path: Path) -> bytes:
    """The first `HEAD_BYTES`, up to the last whole line; where they are ASCII, with those that follow and are not."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        further = b""
        if head.isascii() and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            while further.isascii() and (further := file.read(HEAD_BYTES)):
                pass
        has_more = bool(file.read(1))
    sample = head + further
    return sample[: sample.rfind(b"\n") + 1] or sample if has_more else sample


def _ambiguity(content: bytes) -> str:
    """The sentence that shows the first line that is not ASCII in each encoding in which it can be read."""
    number, line = next((n, line) for n, line in enumerate(content.splitlines(), 1) if not line.isascii())
    first = next(n for n, byte in enumerate(line) if byte >= 0x80)
    readings = {}
    for codec in _READINGS:
        shown = line[max(0, first - 10) :].decode(codec, "replace")[:_MAX_SHOWN_CHARACTERS]
        if DAMAGED not in shown:
            readings[codec] = shown
    is_what = "is in an encoding that cannot be told" if "gb18030" in readings else "is neither UTF-8 nor GB18030 text"
    shown = " or ".join(f"“{text}” ({codec})" for codec, text in readings.items())
    where = f"line {number} reads {shown}" if readings else f"line {number}"
    return f"{is_what} ({where}): export it as UTF-8, or declare the feed's `encoding` in the register."


def _two_encodings(content: bytes, number: int) -> str:
    """The sentence that shows a line of another encoding than the rest of its file."""
    line = content.splitlines()[number - 1].decode("utf-8", "replace").strip()[:_MAX_SHOWN_CHARACTERS]
    return f"is in two encodings: line {number} is UTF-8 (“{line}”) in a file of GB18030: export it as UTF-8 alone."


def utf16_codec(head: bytes) -> str | None:
    """The codec of UTF-16 without a mark, or None: every second byte of its commas, digits and line ends is null."""
    even, odd = head[0:4096:2].count(0), head[1:4096:2].count(0)
    if max(even, odd) < len(head[:4096]) // 40 or max(even, odd) < 9 * min(even, odd):
        return None
    return ("utf-16-le" if odd > even else "utf-16-be") if even or odd else None


def text_of(content: bytes, declared: str | None = None) -> str:
    """A whole small file as text, a few damaged characters as U+FFFD. Raises Refused."""
    encoding = encoding_of(content, declared)
    body = content[encoding.mark :]
    try:
        return body.decode(encoding.codec)
    except UnicodeDecodeError as error:
        text = body.decode(encoding.codec, "replace")
        refuse_damage(encoding, text.count(DAMAGED), _beyond_ascii(text), body[: error.start].count(b"\n") + 1)
        return text


def refuse_damage(encoding: Encoding, damaged: int, others: int, line: int | None = None) -> None:
    """Raises Refused where too many characters beyond ASCII are damaged for a text of this encoding."""
    if damaged * _ONE_DAMAGED_IN > damaged + others:
        raise Refused(damage_reason(encoding, line))


def check_file(path: Path, encoding: Encoding) -> None:
    """Raises Refused where too much of a file is not of an encoding."""
    decoder = codecs.getincrementaldecoder(encoding.codec)("replace")
    damaged = others = 0
    with path.open("rb") as file:
        file.seek(encoding.mark)
        while chunk := file.read(_CHUNK_BYTES):
            text = decoder.decode(chunk)
            damaged += text.count(DAMAGED)
            others += _beyond_ascii(text)
        damaged += decoder.decode(b"", final=True).count(DAMAGED)
    refuse_damage(encoding, damaged, others)


def _beyond_ascii(text: str) -> int:
    """Characters beyond ASCII that are not damaged, about: each has two or three bytes in UTF-8."""
    return (len(text.encode()) - len(text)) // 2 - text.count(DAMAGED)


def head_of(path: Path, encoding: Encoding) -> str:
    """The first `HEAD_BYTES` as text, up to the last whole line. Raises Refused where a line never ends."""
    with path.open("rb") as file:
        content = file.read(HEAD_BYTES)
        has_more = bool(file.read(1))
    decoder = codecs.getincrementaldecoder(encoding.codec)("replace")
    text = decoder.decode(content[encoding.mark :], final=not has_more)
    if not has_more:
        return text
    end = max(text.rfind("\n"), text.rfind("\r"))
    if end < 0:
        raise Refused(f"begins with a line of more than {HEAD_BYTES >> 20} MiB: it is no table; export it again.")
    return text[: end + 1]


def damage_reason(encoding: Encoding, line: int | None = None) -> str:
    """The reason to refuse a file with bytes that are not of an encoding."""
    where = f" (line {line})" if line else ""
    return f"is {encoding.codec.upper()} text with damaged bytes{where}: export it again."
