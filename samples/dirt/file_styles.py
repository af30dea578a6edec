"""The style of each file: format, encoding, extra rows and columns; chosen by feed, place and night.

Add here: another style, or a field of one.
Stays out: writing a file in its style (`styled_files`), single values (`cells`).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace

from samples.files.accounts import Book, Night
from samples.planted.flaw_kinds import HOMEWORK_B, STUDENTS
from samples.world.randomness import stream


@dataclass(frozen=True)
class FileStyle:
    """The style of a file: its format and encoding, the rows and columns around the data, the form of dates."""

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
        """The style as text, for the truth."""
        style = [n for n in _OPTIONAL if getattr(self, n)]
        return " ".join([self.form, self.encoding, f"dates-{self.dates}", *style])


_OPTIONAL = (
    "zipped", "nested", "notes", "serial", "numbered", "blank", "example", "footnote", "shuffled",
    "sheets_before", "sheets_after",
)  # fmt: skip
_TABLES = (
    FileStyle("xlsx", sheets_before=True, notes=2),
    FileStyle("xls", "gb18030", notes=1),
    FileStyle("csv", "gb18030", blank=2),
    FileStyle("ods", sheets_after=True),
    FileStyle("xlsx", zipped=True, nested=True, sheets_after=True),
    FileStyle("csv", "utf-16", notes=3),
    FileStyle("csv", "utf-8-sig", nested=True),
    FileStyle("xls", "utf-8", example=True),
    FileStyle("tsv", "utf-16", zipped=True),
    FileStyle("xlsx", example=True),
)
_TEXTS = (
    FileStyle("csv", "gb18030"),
    FileStyle("csv", "utf-16", blank=1),
    FileStyle("tsv", "utf-8-sig"),
    FileStyle("csv", "utf-8", zipped=True),
)
_OBJECTS = (
    FileStyle("jsonl"),
    FileStyle("json", "utf-8-sig"),
    FileStyle("jsonl", "gb18030", zipped=True),
    FileStyle("json", "utf-16"),
)
DATE_FORM_COUNT = 8  # forms of a date
_WORKBOOKS = frozenset({"xlsx", "ods"})


def style_of(night: Night, book: Book, place: int) -> FileStyle:
    """The style of the `place`-th file of its feed tonight. After the first night few are zipped."""
    usual = _TABLES if book.path.endswith(".xlsx") else _TEXTS
    pool = _OBJECTS if book.feed == HOMEWORK_B else usual
    rng = stream(night.seed, "clothes", book.feed, book.slice, night.number)
    turn = place + night.number - 1 + (zlib.crc32(book.slice.encode()) if book.feed != STUDENTS else 0)
    style = replace(pool[turn % len(pool)], dates=int(rng.integers(DATE_FORM_COUNT)))
    if style.form in ("json", "jsonl"):
        return style
    if night.number > 1 and not book.feed.startswith("homework"):
        style = replace(style, zipped=False)  # a zip may hold any slice, so that others cannot be told unchanged
    if style.nested and not style.zipped and book.feed != STUDENTS:
        style = replace(style, nested=False)
    headers = book.head[-1].cells
    alone = len(headers) == sum(bool(c) for c in headers)
    in_order = len(set(headers)) < len(headers)  # 得分 says of what by its place
    serial = alone and bool(rng.random() < 0.4)
    return replace(
        style,
        serial=serial,
        numbered=int(rng.integers(1, 6)) if serial else 0,
        blank=style.blank or int(rng.integers(0, 3)),
        footnote=bool(rng.random() < 0.4),
        shuffled=alone and bool(rng.random() < 0.5) and not in_order,
    )


def is_workbook(style: FileStyle) -> bool:
    """Whether the form has sheets with names."""
    return style.form in _WORKBOOKS
