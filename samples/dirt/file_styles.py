"""Which clothes a file comes in.

Lives here: the clothes there are, and the choice for each file, from its feed, its place and the night.
Add here: another piece of clothing.
Stays out: putting them on (`styled_files`), single values (`cells`).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace

from samples.files.accounts import Book, Night
from samples.planted.flaw_kinds import HOMEWORK_B, STUDENTS
from samples.world.randomness import stream


@dataclass(frozen=True)
class Clothes:
    """How a file is dressed: its form and encoding, what stands round the rows, and how dates are written."""

    form: str  # xlsx | xls (a page saved under that name) | ods | csv | tsv | json | jsonl
    encoding: str = "utf-8"
    zipped: bool = False
    nested: bool = False  # in a folder of its own, or of the zip
    notes: int = 0  # note rows above the header
    serial: bool = False  # a column of row numbers
    numbered: int = 0  # rows with nothing but their number, at the end
    blank: int = 0  # blank rows among the data
    example: bool = False
    footnote: bool = False
    shuffled: bool = False  # columns in another order
    sheets_before: bool = False
    sheets_after: bool = False
    dates: int = 0  # which of the forms of a date

    def __str__(self) -> str:
        """The clothes by name, for the truth."""
        worn = [n for n in _OPTIONAL if getattr(self, n)]
        return " ".join([self.form, self.encoding, f"dates-{self.dates}", *worn])


_OPTIONAL = (
    "zipped", "nested", "notes", "serial", "numbered", "blank", "example", "footnote", "shuffled",
    "sheets_before", "sheets_after",
)  # fmt: skip
_TABLES = (
    Clothes("xlsx", sheets_before=True, notes=2),
    Clothes("xls", "gb18030", notes=1),
    Clothes("csv", "gb18030", blank=2),
    Clothes("ods", sheets_after=True),
    Clothes("xlsx", zipped=True, nested=True, sheets_after=True),
    Clothes("csv", "utf-16", notes=3),
    Clothes("csv", "utf-8-sig", nested=True),
    Clothes("xls", "utf-8", example=True),
    Clothes("tsv", "utf-16", zipped=True),
    Clothes("xlsx", example=True),
)
_TEXTS = (
    Clothes("csv", "gb18030"),
    Clothes("csv", "utf-16", blank=1),
    Clothes("tsv", "utf-8-sig"),
    Clothes("csv", "utf-8", zipped=True),
)
_OBJECTS = (
    Clothes("jsonl"),
    Clothes("json", "utf-8-sig"),
    Clothes("jsonl", "gb18030", zipped=True),
    Clothes("json", "utf-16"),
)
DATES = 8  # forms of a date
_WORKBOOKS = frozenset({"xlsx", "ods"})


def clothes_of(night: Night, book: Book, place: int) -> Clothes:
    """The clothes of the `place`-th file of its feed tonight. After the first night few are packed."""
    usual = _TABLES if book.path.endswith(".xlsx") else _TEXTS
    pool = _OBJECTS if book.feed == HOMEWORK_B else usual
    rng = stream(night.seed, "clothes", book.feed, book.slice, night.number)
    turn = place + night.number - 1 + (zlib.crc32(book.slice.encode()) if book.feed != STUDENTS else 0)
    worn = replace(pool[turn % len(pool)], dates=int(rng.integers(DATES)))
    if worn.form in ("json", "jsonl"):
        return worn
    if night.number > 1 and not book.feed.startswith("homework"):
        worn = replace(worn, zipped=False)  # a zip may speak for any slice, and stops others from being known
    if worn.nested and not worn.zipped and book.feed != STUDENTS:
        worn = replace(worn, nested=False)
    alone = len(book.head[-1].cells) == sum(bool(c) for c in book.head[-1].cells)
    serial = alone and bool(rng.random() < 0.4)
    return replace(
        worn,
        serial=serial,
        numbered=int(rng.integers(1, 6)) if serial else 0,
        blank=worn.blank or int(rng.integers(0, 3)),
        footnote=bool(rng.random() < 0.4),
        shuffled=alone and bool(rng.random() < 0.5),
    )


def is_workbook(worn: Clothes) -> bool:
    """Whether the form has sheets with names."""
    return worn.form in _WORKBOOKS
