"""Changes to names of people: damaged ones are listed and become nobody's value, other writings are the same name.

Lives here: what systems leave of a name that they cannot write, and writings that compare as equal.
Add here: another trace in a name, or another writing of one.
Stays out: other cells (`cells`).
"""

from __future__ import annotations

from random import Random

from registry.model import Column
from tests.mutations.drafts import Line
from tests.mutations.law.delivered import LISTED, Delivered, LawMutator, free_columns

_DAMAGED = ("{0}?", "?{1}", "{0}□", "{0}*{2}", "**", "{0}\ufffd", "锟斤拷", "{0}{1}1", "#N/A", "None", "nan", "null",
            "无", "{0}{1}2022", "???", "■{1}", "å¼\u00a0ä¸\u0089", "{0}某某")  # fmt: skip
_OWNED = {"student.name", "teacher.name", "student.guardian_name"}
_DOTS = "・•．‧∙·⋅●"


def _names(d: Delivered) -> list[tuple[int, Column]]:
    return [(n, c) for n, c in free_columns(d) if (c.type == "name" and c.filled) or _OWNED & {*c.elements}]


def _chosen(draw: Random, d: Delivered) -> list[tuple[Line, int, Column]]:
    places = _names(d)
    lines = draw.sample(d.lines, min(len(d.lines), draw.randrange(1, 5))) if places else []
    return [(line, *draw.choice(places)) for line in lines]


def damaged(draw: Random, d: Delivered) -> bool:
    """A name of which characters were lost, or that is none."""
    chosen = _chosen(draw, d)
    for line, n, column in chosen:
        line.cells[n] = draw.choice(_DAMAGED).format(*"书香晨")
        line.means[column.name] = LISTED
    return bool(chosen) and d.uncertain()


def dotted(draw: Random, d: Delivered) -> bool:
    """A transcribed name with any of the dots that systems have for it."""
    chosen = _chosen(draw, d)
    for line, n, column in chosen:
        dot = draw.choice(_DOTS)
        line.cells[n] = f"阿依古丽{dot}买买提"
        line.means[column.name] = "阿依古丽·买买提"
    return bool(chosen)


def other_characters(draw: Random, d: Delivered) -> bool:
    """Radicals, compatibility forms and private characters of old fonts: the same name in standard characters."""
    pairs = (
        ("李\u2f2d", "李山"),
        ("\u2f63伟", "生伟"),
        ("王\uf9b5", "王例"),
        ("方\ue863", "方䶮"),
        ("陈\u2f63\u2f2d", "陈生山"),
    )
    chosen = _chosen(draw, d)
    for line, n, column in chosen:
        line.cells[n], line.means[column.name] = draw.choice(pairs)
    return bool(chosen)


def spaced(draw: Random, d: Delivered) -> bool:
    """Blanks that align names, and signs that nobody sees."""
    chosen = _chosen(draw, d)
    for line, n, column in chosen:
        form = draw.choice(["{0}\u3000{1}", "{0}  {1}", " {0}{1} ", "{0}\u200b{1}", "\ufeff{0}{1}", "{0}\u00a0{1}"])
        line.cells[n], line.means[column.name] = form.format("于", "晨"), "于晨"
    return bool(chosen)


def of_other_scripts(draw: Random, d: Delivered) -> bool:
    """Names as passports have them; a joiner that its script needs stays."""
    names = ("Renée Muñoz", "Nguyễn Thị Ánh", "O'Connor", "Жанна Ким", "佐藤 さくら", "김민준", "Anne-Marie Žižek",
             "می\u200cخواهم", "欧阳𠮷")  # fmt: skip
    chosen = _chosen(draw, d)
    for line, n, column in chosen:
        name = draw.choice(names)
        if d.form in ("csv", "html", "json", "jsonl") and d.encoding == "gb18030" and not name.isascii():
            name = "欧阳𠮷"
        line.cells[n], line.means[column.name] = name, name
    return bool(chosen)


ALL: tuple[LawMutator, ...] = (damaged, damaged, dotted, other_characters, spaced, of_other_scripts)
