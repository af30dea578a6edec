"""The columns of marks of a score sheet: the headers beside the contract's, read by the register's grammar.

A mark's cell is kept under `<subject>_<measure>`, then after a bar the header as delivered where it says it otherwise
(`英语_得分|外语成绩`); any other cell under its header, after a bar where that would read as a mark that counts. In a
list of one row per pupil and subject the column that names the subject is kept as `subject`, and each row's mark under
that row's subject.
Stays out: the grammar (`registry.mark_sheets`), finding the header (`ingest.tables.header_row`).
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Final

from common.delivered_text import delivered
from ingest.errors import Refused
from ingest.tables.header_texts import label
from ingest.tables.layout import Layout, MarkColumns
from registry.mark_sheets import SUBJECT, Heading, MarkSheets
from registry.model import Exam, Feed
from registry.reading import MEASURES

NOT_UNDERSTOOD: Final = "mark_header"
NO_SUBJECT_OF_EXAM: Final = "exam_subject"
_SHOWN_HEADERS = 12


def header_of(key: str) -> str:
    """The header, as delivered, of the cells kept under a key."""
    reading, bar, header = key.partition("|")
    return header if bar else reading


def read_marks(layout: Layout, sheets: MarkSheets, scope: str | None, said: Sequence[str] = ()) -> Layout:
    """The layout with its other columns read as those of a score sheet. `said`: the name of its sheet, and its titles.

    Raises Refused where no column is a mark, or several could be the mark of one subject.
    """
    reader = _Reader(sheets, sheets.exam_of(scope), layout)
    if not reader.measures or reader.has_marks:
        return reader.wide(is_sheet=bool(said))
    if reader.subject_column is not None:
        return reader.list_of_marks()
    subjects = {heading.subject for text in said if (heading := sheets.heading(text)).kind == "mark"}
    if len(subjects) == 1:
        return reader.of_one_subject(sheets.label(next(iter(subjects))))
    return reader.wide(is_sheet=bool(said))


def refuse_marks_of_others(layout: Layout, sheets: MarkSheets, again: Sequence[int]) -> None:
    """Raises Refused where marks stand on both sides of a name that comes again (姓名 语文 姓名 数学): those behind it
    are another pupil's. `again`: where such columns are.
    """
    marks = [index for header, index in layout.rest if sheets.heading(header).kind == "mark"]
    for index in again:
        if marks and min(marks) < index < max(marks):
            raise Refused(
                f"names a pupil a second time in column {index + 1}, with marks behind both names: "
                "put the second table on a sheet of its own, with 学籍号, and send it again."
            )


def read_items(layout: Layout, sheets: MarkSheets, feed: Feed) -> Layout:
    """The layout of item scores without the columns that are no items: ranks, totals, and what nobody needs. One that
    is a column of the feed with more around its name is none either, and not understood.
    """
    missing = [(label(h), c.type in MEASURES) for c in feed.columns if c.name not in layout.columns for h in c.headers]
    items, dressed = [], []
    for header, index in layout.rest:
        is_known = sheets.heading(header).kind in ("other", "total") or not sheets.is_needed(header)
        if any(_is_dressed(header, name, is_measure=is_measure, is_known=is_known) for name, is_measure in missing):
            dressed.append((header, index))
        elif not is_known:
            items.append((header, index))
    return replace(layout, rest=tuple(items), unread=tuple(sorted({*layout.unread, *dressed})))


def _is_dressed(header: str, name: str, *, is_measure: bool, is_known: bool) -> bool:
    """Whether a header is a column's with more before or behind it (A01考号, 客观题得分值) and no item (第1题得分).

    Of what the grammar knows (班级排名), only one with a remark in brackets is: 主观题得分(新).
    """
    more = header.removesuffix(name) if header.endswith(name) else header.removeprefix(name)
    is_item = "题" in more or (is_measure and any(c.isascii() and c.isalnum() for c in more))
    is_remark = more.startswith("(") and more.endswith(")")
    return bool(more) and more != header and not is_item and (is_remark or not is_known)


class _Reader:
    """Reads the headers of one file."""

    def __init__(self, sheets: MarkSheets, exam: Exam | None, layout: Layout) -> None:
        self._sheets, self._exam, self._layout = sheets, exam, layout
        headers = {header for header, _ in layout.rest}
        self._headings = {header: sheets.heading(_without_number(header, headers)) for header in sorted(headers)}
        self._columns = MarkColumns()
        self.has_marks = any(heading.kind == "mark" for heading in self._headings.values())
        self.measures = [pair for pair in layout.rest if self._headings[pair[0]].kind == "measure"]
        self.subject_column = next((pair for pair in layout.rest if sheets.is_subject_column(pair[0])), None)

    def wide(self, *, is_sheet: bool) -> Layout:
        """A sheet of one row per pupil. Where a workbook's sheet is of one subject alone, its rows say so: another may
        hold the same pupils. Raises Refused.
        """
        chosen: dict[str, tuple[int, str]] = {}
        for header, heading in self._headings.items():
            subject = self._subject(heading)
            if subject is None:
                continue
            rank, other = chosen.get(subject, (9, ""))
            if rank == heading.rank:
                raise Refused(_two_marks(f"the mark of {self._sheets.label(subject)}", other, header))
            if heading.rank < rank:
                chosen[subject] = (heading.rank, header)
        if not chosen:
            raise Refused(_no_marks(self._layout.rest, self._headings))
        marks = {header: subject for subject, (_, header) in chosen.items()}
        layout = self._with_keys(lambda header: self._key(header, self._headings[header], marks.get(header)))
        return _of_subject(layout, self._sheets.label(*chosen)) if is_sheet and len(chosen) == 1 else layout

    def of_one_subject(self, subject: str) -> Layout:
        """A sheet of one row per pupil, whose name or title says the subject of its mark. Raises Refused."""
        mark = self._mark_of_measures()
        key = self._row_key(subject, mark, is_absent=False)
        return _of_subject(self._with_keys(lambda header: key if header == mark else self._other(header)), subject)

    def list_of_marks(self) -> Layout:
        """A list of one row per pupil and subject; of several measures the first by rank counts. Raises Refused."""
        mark = self._mark_of_measures()
        subject = self.subject_column or ("", 0)
        absence = next((index for header, index in self._layout.rest if self._sheets.is_absence_column(header)), None)
        layout = self._with_keys(
            lambda header: SUBJECT if header == subject[0] else header if header == mark else self._other(header)
        )
        keys: dict[tuple[str, bool], str] = {}

        def key_of(row: Sequence[str | None]) -> str:
            name, said = _cell(row, subject[1]), _cell(row, absence)
            is_absent = bool(said) and self._sheets.is_absent(said)
            if (name, is_absent) not in keys:
                keys[name, is_absent] = self._row_key(name, mark, is_absent=is_absent)
            return keys[name, is_absent]

        def rest_of(row: Sequence[str | None]) -> list[tuple[str, str]]:
            return [(key_of(row) if header == mark else header, cell) for header, cell in _filled(row, layout)]

        return replace(layout, rest_of=rest_of)

    def _with_keys(self, key_of: Callable[[str], str]) -> Layout:
        rest = sorted((key_of(header), index) for header, index in self._layout.rest)
        return replace(self._layout, rest=tuple(rest), marks=self._columns)

    def _mark_of_measures(self) -> str:
        """The header of the mark among measures that name no subject. Raises Refused."""
        (rank, mark), *others = sorted((self._headings[header].rank, header) for header, _ in self.measures)
        if others and others[0][0] == rank:
            raise Refused(_two_marks("the mark", mark, others[0][1]))
        return mark

    def _row_key(self, name: str, mark: str, *, is_absent: bool) -> str:
        """The key of a mark whose subject is named beside the header; what stands beside "absent" is no mark."""
        header = f"{name}_{mark}"
        if is_absent:
            self._columns.marks.add(f"|{header}")
            return f"|{header}"
        heading = self._sheets.named(name)
        return self._key(header, heading, self._subject(heading))

    def _subject(self, heading: Heading) -> str | None:
        return self._sheets.subject_of(heading.subject, self._exam) if heading.kind == "mark" else None

    def _key(self, header: str, heading: Heading, subject: str | None) -> str:
        """The key of a header: of a mark where `subject` is given, else that of a cell kept as it is."""
        if subject is not None:
            reading = f"{self._sheets.label(subject)}_{self._sheets.measure}"
            key = reading if reading == header else f"{reading}|{header}"
            self._columns.marks.add(key)
            return key
        if heading.kind == "mark":  # of no subject of the exam, or a second one
            if self._subject(heading) is None:
                nearest = self._nearest(self._sheets.label(heading.subject))
                self._columns.unread[f"|{header}"] = (NO_SUBJECT_OF_EXAM, nearest)
            return f"|{header}"
        if heading.kind in ("unknown", "measure"):
            self._list(header)
        return header

    def _other(self, header: str) -> str:
        """The key of a column that is not the mark."""
        if self._headings[header].kind == "unknown":
            self._list(header)
        return header

    def _list(self, header: str) -> None:
        if self._sheets.is_needed(header):
            self._columns.unread[header] = (NOT_UNDERSTOOD, self._nearest(header))

    def _nearest(self, header: str) -> str:
        return next(iter(difflib.get_close_matches(header, self._sheets.names(self._exam), 1, 0.3)), "")


def _without_number(header: str, headers: Collection[str]) -> str:
    """A header as delivered, without the number by which a second one of the same text is told apart."""
    text, _, number = header.rpartition("_")
    return text if number.isdigit() and text in headers else header


def _of_subject(layout: Layout, subject: str) -> Layout:
    """The layout of a sheet of one subject, which each row says."""
    return replace(layout, rest_of=lambda row: [(SUBJECT, subject), *_filled(row, layout)], adds=SUBJECT)


def _filled(row: Sequence[str | None], layout: Layout) -> list[tuple[str, str]]:
    return [(header, cell) for header, index in layout.rest if index < len(row) and (cell := row[index])]


def _two_marks(what: str, one: str, other: str) -> str:
    return (
        f"has two columns that may be {what} ({delivered(one)}, {delivered(other)}): "
        "leave the one that counts, or say in the header which is 原始分 and which 赋分."
    )


def _no_marks(rest: Sequence[tuple[str, int]], headings: dict[str, Heading]) -> str:
    words = {
        "mark": "of no subject of the exam", "measure": "a mark that names no subject", "total": "a total",
        "other": "no mark", "unknown": "not understood",
    }  # fmt: skip
    in_order = [header for header, _ in sorted(rest, key=lambda pair: pair[1])]
    said = [f"{delivered(header)} is {words[headings[header].kind]}" for header in in_order[:_SHOWN_HEADERS]]
    more = f" and {len(in_order) - _SHOWN_HEADERS} more" if len(in_order) > _SHOWN_HEADERS else ""
    read = (
        f"beside the pupil's columns its header says: {', '.join(said)}{more}" if said else "only the pupil's columns"
    )
    return (
        f"has no column that is the mark of a subject ({read}): "
        "name each column of marks by its subject, such as 语文 or 语文得分, and send it again."
    )


def _cell(row: Sequence[str | None], index: int | None) -> str:
    return (row[index] or "").strip() if index is not None and index < len(row) else ""
