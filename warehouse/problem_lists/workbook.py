"""One problem list (问题数据清单) as a workbook: its sheets, columns and head.

Add here: a column, in reading order.
Stays out: which lists there are and when one is written (`lists`), the content of an entry (`dbt_project`).

The same entries under the same head give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

from warehouse.problem_lists import xlsx
from warehouse.problem_lists.cells import cell_text, is_formula

SHEET_ROWS = 100_000  # entries per sheet; more go on further sheets
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_INSTRUCTION_EN = (
    "Mend it in the source system and deliver again: the entry closes by itself. Changes made here are not read."
)
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
    Column("effect", "影响", "effect", 14),
    Column("owner_value", "数源的值", "owner's value", 18),
    Column("owner", "数源", "owner", 22),
    Column("candidate", "疑为", "may have been", 22),
    Column("remedy_zh", "怎么改", "what to do", 50),
    Column("opened", "首见", "opened", 12),
    Column("reopened", "重现", "came back", 12),
    Column("seen", "最近出现", "last seen", 12),
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
    """The data of the head: addressee, night, office to ask, and counts of entries."""

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
        counts_zh = (
            f"待改 {self.entries} 条，其中逾期 {self.overdue} 条；近30日已改 {self.closed} 条"
            if self.entries
            else f"全部已改；近30日已改 {self.closed} 条"
        )
        counts_en = f"{self.entries} open, {self.overdue} of them overdue; {self.closed} closed within 30 days"
        return (
            f"问题数据清单 Problem list：{self.source}，{self.addressee}",
            f"截至 {self.night} 夜（此后无变化则不重发）：{counts_zh}。",
            f"As of the night of {self.night}, and unchanged since then: {counts_en}.",
            f"归口处室：{self.office}（{self.bureau}），有疑问请询问该处室。 Owner office, to be asked: {self.office}.",
            "请在源系统中更正后重新报送，读入后相应条目自动消除；在本表中改值无效。",
            _INSTRUCTION_EN,
            "含个人信息，只供收件方更正数据之用。 Holds personal data, for the addressee alone.",
        )


def write(path: Path, head: Head, entries: Iterable[Mapping[str, Any]]) -> None:
    """Write a list; `entries` have the fields `FIELDS`, those that are closed last."""
    with xlsx.Book(path) as book:
        remaining = iter(entries)
        open_entries = islice(remaining, head.entries)
        for name, columns, part in (("待改 open", OPEN, open_entries), ("已改 closed", CLOSED, remaining)):
            _sheets(book, name, columns, head, part)


def _sheets(
    book: xlsx.Book, name: str, columns: tuple[Column, ...], head: Head, entries: Iterator[Mapping[str, Any]]
) -> None:
    """Write entries on one sheet, or on several where there are many."""
    header_rows = _header_rows(columns, head)
    widths = [column.width for column in columns]
    columns_by_letter = list(zip(_LETTERS, (column.field for column in columns), strict=False))
    for part in count(1):
        rows = (
            _row(columns_by_letter, entry, n)
            for n, entry in enumerate(islice(entries, SHEET_ROWS), len(header_rows) + 1)
        )
        book.sheet(name if part == 1 else f"{name} {part}", widths, chain(header_rows, rows), len(header_rows))
        first_of_next = next(entries, None)
        if first_of_next is None:
            return
        entries = chain([first_of_next], entries)


def _header_rows(columns: tuple[Column, ...], head: Head) -> list[str]:
    """The cells of the first rows: the head's lines and the two rows of column headers."""
    lines = [xlsx.escaped(cell_text(line)) for line in head.lines()]
    rows = [xlsx.text("A", n, line, xlsx.LINE if n > 1 else xlsx.TITLE) for n, line in enumerate(lines, 1)]
    for style, words in ((xlsx.HEAD, [c.zh for c in columns]), (xlsx.SUBHEAD, [c.en for c in columns])):
        n = len(rows) + 1
        rows.append("".join(xlsx.text(letter, n, word, style) for letter, word in zip(_LETTERS, words, strict=False)))
    return rows


def _row(columns_by_letter: list[tuple[str, str]], entry: Mapping[str, Any], row: int) -> str:
    return "".join(
        _cell(letter, row, field, entry[field]) for letter, field in columns_by_letter if entry[field] is not None
    )


def _cell(letter: str, row: int, field: str, value: Any) -> str:
    if isinstance(value, date):
        return xlsx.day(letter, row, value)
    if isinstance(value, int):
        return xlsx.number(letter, row, value)
    if field == "status":
        return xlsx.text(letter, row, _STATUS[value], xlsx.LATE if value == "overdue" else xlsx.TEXT)
    return xlsx.text(letter, row, *_styled_text(value))


@lru_cache(maxsize=10_000)  # files, rules and remedies repeat in many rows
def _styled_text(value: str) -> tuple[str, int]:
    """A value as a cell's text, and its style."""
    return xlsx.escaped(cell_text(value)), xlsx.QUOTED if is_formula(value) else xlsx.TEXT
