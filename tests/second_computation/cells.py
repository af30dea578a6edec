"""What a cell says, however a platform wrote it.

Lives here: the forms of the dirt catalogue (F§3.6) undone, one function a kind of value; nothing readable is None.
Add here: another form.
Stays out: which values are wrong; the planted flaws tell (`events`).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

REGISTRY = Path(__file__).parents[2] / "registry"
_INVISIBLE = re.compile("_x000D_|[\u200b\ufeff\r\n\t]")
_DOTS = re.compile("[•.．・·]")
_DAY = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})日?(?: 00:00:00)?")
_MOMENT = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\+08:00)?")
_YES, _NO = {"是", "true", "1", "y"}, {"否", "false", "0", "n"}
_DAY_ZERO = date(1899, 12, 30)  # of a spreadsheet


@cache
def text(cell: str | None) -> str | None:
    """Full-width digits narrow, what nobody sees taken out, no blank at the ends, no mark of text before it."""
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", cell or "")).strip().removeprefix("'").strip()
    return plain or None


def name(cell: str | None) -> str | None:
    """A person's name: no blank inside, one kind of middle dot."""
    plain = text(cell)
    return _DOTS.sub("·", re.sub(r"\s", "", plain)) if plain else None


def identifier(cell: str | None) -> str | None:
    plain = text(cell)
    return plain.upper() if plain else None


@cache
def day(cell: str | None) -> date | None:
    plain = text(cell)
    if plain is None:
        return None
    if re.fullmatch(r"\d{5}", plain):
        return _DAY_ZERO + timedelta(days=int(plain))
    match = _DAY.fullmatch(plain)
    return date(*(int(part) for part in match.groups())) if match else None


@cache
def moment(cell: str | None) -> datetime | None:
    plain = text(cell)
    match = _MOMENT.fullmatch(plain) if plain else None
    if match is None:
        return None
    year, month, day_, hour, minute, second = match.groups("0")
    return datetime.fromisoformat(f"{year}-{month:0>2}-{day_:0>2}T{hour:0>2}:{minute}:{second:0>2}")


def decimal(cell: str | None) -> Decimal | None:
    plain = text(cell)
    return Decimal(plain) if plain and re.fullmatch(r"-?\d+(\.\d+)?", plain) else None


def integer(cell: str | None) -> int | None:
    number = decimal(cell)
    return int(number) if number is not None else None


def yes(cell: str | None) -> bool | None:
    plain = (text(cell) or "").lower()
    return True if plain in _YES else False if plain in _NO else None


def code(code_set: str, cell: str | None) -> str | None:
    """The code of an option, told by code, by name or by another name, perhaps with a number before it."""
    plain = text(cell)
    if plain is None:
        return None
    options = options_of(code_set)
    bare = re.sub(r"^\d+[-、]", "", plain)
    return options.get(plain.lower()) or options.get(bare.lower())


@cache
def options_of(code_set: str) -> dict[str, str]:
    """Every way to write an option of a code set of the register, in small letters, to its code."""
    options = {}
    with (REGISTRY / "codes" / f"{code_set}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for word in (row["code"], row["label_zh"], row["label_en"], *row["aliases"].split("|")):
                if word:
                    options.setdefault(word.lower(), row["code"])
    return options
