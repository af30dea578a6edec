"""One problem list (问题数据清单) as a workbook, for the person who mends what it says.

Lives here: its sheets, its columns and the words at its head.
Add here: a column, in the order in which a person reads it.
Stays out: which lists there are and when one is written (`problem_lists`), what an entry says (dbt_project).

The same entries under the same head give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

from warehouse.problem_cells import is_formula, visible

SHEET_ROWS = 100_000  # entries of one sheet; what is more goes on the next
IN_MEMORY = 5_000  # entries up to which a workbook is made without temporary files
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 (a fixed day: equal content, equal bytes)
_HOW = "Mend it in the source system and deliver again: the entry closes by itself. Changes made here are not read."
_STATUS = {"open": "待改", "overdue": "逾期", "closed": "已改"}


@dataclass(frozen=True)
class Column:
    """A column: the entry's field, its head in two languages, its width in characters."""

    field: str
    zh: str
    en: str
    width: int


_WHEN = (Column("status", "状态", "status", 8), Column("due", "期限", "due", 12))
_WHAT = (
    Column("feed", "数据", "feed", 22),
    Column("file_name", "文件", "file", 40),
    Column("member", "工作表或成员", "sheet or member", 14),
    Column("delivered", "报送日", "delivered", 12),
    Column("row_number", "行号", "row", 8),
    Column("row_name", "姓名或名称", "name", 14),
    Column("row_key", "编号", "key", 24),
    Column("column_header", "列", "column", 16),
    Column("value", "报送的值", "value as delivered", 24),
    Column("rule_zh", "问题", "problem", 24),
    Column("owner_value", "数源的值", "owner's value", 18),
    Column("owner", "数源", "owner", 22),
    Column("candidate", "疑为", "may have been", 22),
    Column("remedy_zh", "怎么改", "what to do", 50),
    Column("opened", "首见", "opened", 12),
    Column("reopened", "重现", "came back", 12),
    Column("seen", "再见", "seen again", 12),
)
_MORE = (
    Column("rule_en", "问题（英文）", "problem, in English", 24),
    Column("remedy_en", "怎么改（英文）", "what to do, in English", 40),
    Column("whole_row", "整行原样", "row in full", 60),
)
OPEN = (*_WHEN, *_WHAT, *_MORE)
CLOSED = (Column("closed", "消除", "closed", 12), *_WHAT, *_MORE)
FIELDS = tuple(dict.fromkeys(column.field for column in (*OPEN, *CLOSED)))


@dataclass(frozen=True)
class Head:
    """What the first lines say: the addressee, the night, whom to ask, and how many entries there are."""

    bureau: str
    source: str
    office: str
    addressee: str
    night: date
    entries: int
    overdue: int
    closed: int

    def lines(self) -> tuple[str, ...]:
        """The lines above the table."""
        counted = (
            f"待改 {self.entries} 条，其中逾期 {self.overdue} 条；近30日已改 {self.closed} 条"
            if self.entries
            else f"全部已改；近30日已改 {self.closed} 条"
        )
        count = f"{self.entries} open, {self.overdue} of them overdue; {self.closed} closed within 30 days"
        return (
            f"问题数据清单 Problem list：{self.source}，{self.addressee}",
            f"截至 {self.night} 夜（此后无变化则不重发）：{counted}。",
            f"As of the night of {self.night}, and unchanged since then: {count}.",
            f"归口处室：{self.office}（{self.bureau}），有疑问请询问该处室。 Owner office, to be asked: {self.office}.",
            "请在源系统中更正后重新报送，读入后相应条目自动消除；在本表中改值无效。",
            _HOW,
            "含个人信息，只供收件方更正数据之用。 Holds personal data, for the addressee alone.",
        )


def write(path: Path, head: Head, entries: Iterable[Mapping[str, Any]]) -> None:
    """Write a list; `entries` have the fields `FIELDS`, those that are closed last."""
    import xlsxwriter

    small = head.entries + head.closed <= IN_MEMORY
    options = {"in_memory": True} if small else {"constant_memory": True, "tmpdir": str(path.parent)}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": "问题数据清单", "author": head.bureau, "created": _MADE})
        style = _Style(book)
        coming = iter(entries)
        opened = islice(coming, head.entries)
        for name, columns, found in (("待改 open", OPEN, opened), ("已改 closed", CLOSED, coming)):
            _sheets(book, style, name, columns, head, found)


class _Style:
    """The formats of a workbook. Text stays text also when a person edits the cell or saves it as CSV."""

    def __init__(self, book: Any) -> None:
        cell: dict[str, Any] = {"valign": "top", "num_format": "@"}
        self.title = book.add_format({"bold": True, "font_size": 14, "num_format": "@"})
        self.line = book.add_format({"num_format": "@"})
        self.zh = book.add_format({"bold": True, "bg_color": "#DDE8F0", "top": 1, "num_format": "@"})
        self.en = book.add_format({"italic": True, "bg_color": "#DDE8F0", "bottom": 1, "num_format": "@"})
        self.text = book.add_format(cell)
        self.quoted = book.add_format({**cell, "quote_prefix": True})
        self.late = book.add_format({**cell, "bold": True, "font_color": "#B00020"})
        self.day = book.add_format({"valign": "top", "align": "left", "num_format": "yyyy-mm-dd"})
        self.number = book.add_format({"valign": "top", "num_format": "0"})


def _sheets(
    book: Any,
    style: _Style,
    name: str,
    columns: tuple[Column, ...],
    head: Head,
    entries: Iterator[Mapping[str, Any]],
) -> None:
    """A sheet of entries, and as many more as they need."""
    part = 1
    while True:
        sheet = book.add_worksheet(name if part == 1 else f"{name} {part}")
        begin = _head(sheet, style, columns, head)
        last = begin
        for last, entry in enumerate(islice(entries, SHEET_ROWS), begin):
            for place, column in enumerate(columns):
                _write(sheet, style, last, place, entry[column.field])
        sheet.autofilter(begin - 1, 0, last, len(columns) - 1)
        following = next(entries, None)
        if following is None:
            return
        entries = chain([following], entries)
        part += 1


def _head(sheet: Any, style: _Style, columns: tuple[Column, ...], head: Head) -> int:
    """The lines and the two rows of column heads. Returns the first row of the table, counted from 0."""
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
    lines = head.lines()
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, visible(line), style.line if row else style.title)
    row = len(lines) + 1
    for place, column in enumerate(columns):
        sheet.write_string(row, place, column.zh, style.zh)
    for place, column in enumerate(columns):
        sheet.write_string(row + 1, place, column.en, style.en)
    sheet.freeze_panes(row + 2, 0)
    return row + 2


def _write(sheet: Any, style: _Style, row: int, place: int, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, date):
        sheet.write_datetime(row, place, datetime(value.year, value.month, value.day), style.day)  # noqa: DTZ001
    elif isinstance(value, int):
        sheet.write_number(row, place, value, style.number)
    else:
        _write_text(sheet, style, row, place, str(value))


def _write_text(sheet: Any, style: _Style, row: int, place: int, value: str) -> None:
    text = visible(_STATUS.get(value, value) if place == 0 else value)
    kind = style.quoted if is_formula(value) else style.late if place == 0 and value == "overdue" else style.text
    if text.startswith("<r>") and text.endswith("</r>"):
        text += "⟨⟩"  # xlsxwriter would take it for its own mark-up of rich text, and write it unescaped
    sheet.write_string(row, place, text, kind)
