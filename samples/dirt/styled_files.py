"""Writes files in their style: the lines in order (head, data, other rows), and the expected counts of each file.

Add here: another row that people put round their data.
Stays out: the choice of style (`file_styles`), the bytes (`formats`), what becomes of the data rows
(`files.accounts`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

import numpy as np

from samples.dirt import formats
from samples.dirt.cells import vary_cells
from samples.dirt.file_styles import FileStyle, is_workbook, style_of
from samples.files.accounts import Book, Night, WrittenFile
from samples.files.rows import Content
from samples.planted.flaw_kinds import SURPLUS
from samples.world.randomness import stream
from samples.world.strings import Ints

Line = list[str | None]
_ABOVE = ("填报说明：请于每周五前核对并上报", "导出时间：2025-10-14 23:05:11", "（本表由系统导出，请勿改动表头）")
_BELOW = "注：以上信息经学校核对无误"
_BESIDE = (("填表须知", (("一、本工作簿由系统导出",), ("二、请勿改动表头",))), ("代码表", (("01", "甲"), ("02", "乙"))))


@dataclass
class _Lines:
    """The lines of a file, the row number of each data line, and counts of other lines by reason."""

    head: list[Line]
    columns: list[str] = field(default_factory=list)  # the names of the columns, from the left
    body: list[Line] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    def data(self, line: Line) -> None:
        self.body.append(line)
        self.numbers.append(len(self.head) + len(self.body))

    def other(self, reason: str, line: Line) -> None:
        self.body.append(line)
        self.skipped[reason] += 1


def write_styled_files(
    night: Night, books: Sequence[Book], content: Content, names: Sequence[str], numeric: frozenset[str] = frozenset()
) -> tuple[list[WrittenFile], Ints]:
    """Write one feed's files, each in a style of its own; returns the files, and the row number of each content row.

    Where a book has no head (json), its keys are `names`.
    """
    starts = np.append(content.rows.starts(len(books)), len(content.rows))
    columns = [content.columns[name].to_pylist() for name in names]
    flawed = {int(content.rows.entity[m.row]) for m in content.marks}
    surplus = {m.row: m.value for m in content.marks if m.flaw.kind.rule == SURPLUS}
    row_number = np.zeros(len(content.rows), np.int64)
    files = []
    for place, book in enumerate(books):
        first, end = int(starts[place]), int(starts[place + 1])
        table: list[Line] = [
            list(cells) for cells in zip(*(column[first:end] for column in columns), strict=True)
        ]
        fixed_rows = frozenset(
            n for n in range(end - first) if int(content.rows.entity[first + n]) in flawed
        )
        style = style_of(night, book, place)
        rng = stream(night.seed, "dirt", book.feed, book.slice, night.number)
        vary_cells(rng, names, table, fixed_rows, style.dates)
        extra = {n - first: value for n, value in surplus.items() if first <= n < end}
        if book.head:
            lines = _lines(book, style, names, table, extra, rng)
        else:
            lines = _Lines([], [], table, list(range(1, end - first + 1)))
        row_number[first:end] = lines.numbers
        files.append(_write(night, book, style, lines, list(names), numeric))
    return files, row_number


def _lines(
    book: Book,
    style: FileStyle,
    names: Sequence[str],
    table: list[Line],
    extra: dict[int, str],
    rng: np.random.Generator,
) -> _Lines:
    width = len(book.head[-1 - book.examples].cells)
    order = list(rng.permutation(width)) if style.shuffled else list(range(width))

    def arrange(cells: Sequence[str | None], serial: str | None) -> Line:
        ordered = [cells[n] for n in order] if len(cells) == width else list(cells)
        return [serial, *ordered] if style.serial and len(cells) == width else ordered

    heads = list(book.head[: len(book.head) - book.examples])
    above: list[Line] = [[note] for note in _ABOVE[: style.notes]]
    titles = [arrange(h.cells, "序号" if h.cells[0] and "KD_F" not in h.cells[0] else None) for h in heads]
    head = [*titles[:-2], *above, *titles[-2:]] if len(titles) > 2 else [*above, *titles]
    lines = _Lines(head, [*["序号"][: style.serial], *(names[n] for n in order)])
    for example in book.head[len(heads) :]:
        lines.other("example", list(example.cells))
    if style.example:
        lines.other("example", ["示例：请勿删除本行", *[""] * (width - 1)])
    gaps = set(rng.integers(1, max(2, len(table)), style.blank).tolist())
    for n, row in enumerate(table):
        if n in gaps:
            lines.other("blank", [None] * (width + style.serial))
        lines.data([*arrange(row, str(n + 1)), *([extra[n]] if n in extra else [])])
    _add_tail(book, style, lines, len(table), width)
    return lines


def _add_tail(book: Book, style: FileStyle, lines: _Lines, count: int, width: int) -> None:
    for n in range(style.numbered):
        lines.other("numbered", [str(count + n + 1), *[None] * width])
    if book.total:
        lines.other("total", ["总  计" if style.serial else "合计", f"{count}行", *[None] * (width - 2)])
    if style.footnote:
        lines.other("note", [_BELOW, *[None] * (width - 1)])


def _write(
    night: Night, book: Book, style: FileStyle, lines: _Lines, names: list[str], numeric: frozenset[str]
) -> WrittenFile:
    path = PurePosixPath(book.path)
    name = path.with_suffix(f".{style.form}").name
    member, others = "", tuple[tuple[str, int], ...]()
    everything = [*lines.head, *lines.body]
    if is_workbook(style):
        before = _BESIDE[: int(style.sheets_before)]
        after = _BESIDE[1 : 1 + int(style.sheets_after)]
        numbers = _numbers(everything, lines, numeric)
        hidden = frozenset(n for n, line in enumerate(lines.head) if any("KD_F" in (c or "") for c in line))
        main = formats.Table(book.sheet, everything, hidden, numbers)
        sheets = [*(formats.Table(*b) for b in before), main, *(formats.Table(*a) for a in after)]
        content = formats.workbook(sheets) if style.form == "xlsx" else formats.open_document(sheets)
        member, others = book.sheet, tuple((sheet, len(rows)) for sheet, rows in (*before, *after))
    elif style.form == "xls":
        content = formats.page(everything, style.encoding)
    elif style.form in ("csv", "tsv"):
        content = formats.text(_padded(everything), "\t" if style.form == "tsv" else ",", style.encoding)
    else:
        content = formats.objects(names, lines.body, as_list=style.form == "json", encoding=style.encoding)
    if style.zipped:
        inner = f"导出文件/{name}" if style.nested else name
        content = formats.zip_of([(inner, content)])
        member = f"{inner}/{member}" if member else inner
        others = tuple((f"{inner}/{sheet}", rows) for sheet, rows in others)
        path = path.with_suffix(".zip")
    elif style.nested and book.slice and "/" not in book.slice:
        path = path.parent / book.slice / f"学生名单{PurePosixPath(name).suffix}"
    else:
        path = path.with_name(name)
    target = night.folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return WrittenFile(
        replace(book, path=path.as_posix()),
        len(lines.numbers),
        dict(lines.skipped),
        member,
        len(lines.head),
        others,
        str(style),
    )


def _padded(lines: list[Line]) -> list[Line]:
    """Lines of a text, as wide as its table: a title has its separators too."""
    width = sorted(len(line) for line in lines)[len(lines) // 2]
    return [[*line, *[None] * (width - len(line))] for line in lines]


def _numbers(lines: list[Line], table_lines: _Lines, numeric: frozenset[str]) -> frozenset[tuple[int, int]]:
    """Cells that a workbook holds as numbers: those of `numeric` columns."""
    places = [n for n, name in enumerate(table_lines.columns) if name in numeric]
    return frozenset(
        (n, place)
        for n, line in enumerate(lines[len(table_lines.head) :], len(table_lines.head))
        for place in places
        if place < len(line) and (line[place] or "").replace(".", "", 1).isdigit()
    )
