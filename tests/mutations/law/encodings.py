"""Changes to the bytes of a text: it is read as it was written, or refused with what to do; never as something else.

Lives here: the encodings of exports, marks, halves of characters, files of two encodings, and text that was read
wrongly once.
Add here: another encoding or damage to one.
Stays out: names that came out broken in the source (`names`).
"""

from __future__ import annotations

import codecs
from random import Random

from tests.mutations.drafts import TEXTS
from tests.mutations.law.delivered import LISTED, Delivered, Either, LawMutator, free_columns

_SAID = ("encoding", "UTF-8", "header", "text", "character", "expected", "table")


def _is_text(d: Delivered) -> bool:
    return d.form in TEXTS and d.encoding == "utf-8"


def known(draw: Random, d: Delivered) -> bool:
    """The encodings that can be told by their bytes or their mark."""
    if not _is_text(d):
        return False
    chosen = draw.choice(["gb18030", "gbk", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
    if chosen == "gbk" and any("·" in str(c) or not _fits(str(c), "gbk") for line in d.lines for c in line.cells):
        chosen = "gb18030"
    if chosen in ("gb18030", "gbk") and d.form == "html":
        return False  # the page itself says UTF-8
    if chosen in ("utf-16-le", "utf-16-be"):
        mark = codecs.BOM_UTF16_LE if chosen.endswith("le") else codecs.BOM_UTF16_BE
        d.encoding = chosen
        if draw.random() < 0.5:
            d.spoil.append(lambda content: mark + content)
        return True
    d.encoding = chosen
    return True


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def other(draw: Random, d: Delivered) -> bool:
    """Encodings that must be declared: read rightly, or refused; never as other characters."""
    chosen = draw.choice(["big5", "shift_jis", "euc_kr", "windows-1252", "utf-32", "cp437", "iso-8859-15"])
    cells = [*d.headers, *(str(c) for line in d.lines for c in line.cells)]
    if not _is_text(d) or d.form == "html" or not all(_fits(c, chosen) for c in cells):
        return False
    d.encoding = chosen
    return d.uncertain(*_SAID)


def western(draw: Random, d: Delivered) -> bool:
    """A roster of Western names in Windows-1252, of which all bytes are also valid GB18030."""
    places = free_columns(d, "text", "name")
    if not _is_text(d) or d.form == "html" or not all(h.isascii() for h in d.headers) or not places:
        return False
    names = ("Renée Muñoz", "Zoë", "André", "François Côté", "Jürgen Müller", "Núria", "Søren")
    words = {n for n, c in enumerate(d.columns) if c and c.type in ("text", "name")}
    if not all(_fits(str(c), "windows-1252") for line in d.lines for n, c in enumerate(line.cells) if n not in words):
        return False
    for line in d.lines:
        for n in (n for n in words if not str(line.cells[n]).isascii()):
            column = d.columns[n]
            line.cells[n] = line.means[column.name if column else ""] = draw.choice(names)
    d.encoding = "windows-1252"
    return d.uncertain(*_SAID)


def half_a_character(draw: Random, d: Delivered) -> bool:
    """A field that was cut in the middle of a character costs that cell, and neither row nor file."""
    places = free_columns(d, "text", "name")
    if not _is_text(d) or d.form not in ("csv", "jsonl", "json") or not places:
        return False
    n, column = draw.choice(places)
    line = draw.choice(d.lines)
    if draw.random() < 0.5 and d.form == "csv":
        d.encoding = "gb18030"
    whole, mark = "残缺之字", "残缺之字".encode(d.encoding)
    line.cells[n], line.means[column.name] = whole, LISTED
    d.spoil.append(lambda content: content.replace(mark, mark[:-1]))
    return d.uncertain(*_SAID)


def two_encodings(draw: Random, d: Delivered) -> bool:
    """A file that was put together from one in UTF-8 and one in GBK: no row may come out as something else."""
    if not _is_text(d) or d.form not in ("csv", "jsonl"):
        return False
    share = draw.choice([0.2, 0.5, 0.8, 0.97])

    def spoil(content: bytes) -> bytes:
        at = content.find(b"\n", int(share * len(content))) + 1
        return content[:at] + content[at:].decode("utf-8").encode("gb18030") if at else content

    d.spoil.append(spoil)
    d.is_counted = False
    return d.uncertain(*_SAID)


def read_wrongly_once(draw: Random, d: Delivered) -> bool:
    """A whole file in UTF-8 that a tool has read as GBK, or as Windows-1252, and stored again."""
    if not _is_text(d) or d.form not in ("csv", "json", "jsonl") or all(h.isascii() for h in d.headers):
        return False
    codec = draw.choice(["gb18030", "latin-1"])
    d.spoil.append(lambda content: content.decode(codec, "replace").encode())
    for line in d.lines:
        for column in d.columns:
            if column and column.type in ("text", "name"):
                line.means[column.name] = Either({line.means[column.name]})
    d.is_counted = False
    d.extra_rows = len(d.lines)
    return d.uncertain()


ALL: tuple[LawMutator, ...] = (known, known, other, western, half_a_character, two_encodings, read_wrongly_once)
