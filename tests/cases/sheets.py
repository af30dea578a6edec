"""Score sheets of the town's classes as bytes: workbooks, texts and pages in the forms in which schools send them.

Lives here: a class that sits an exam, and its rows. Add here: a further container of rows.
Stays out: the forms themselves (`score_forms`), what must become of them (the tests).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.cases import town
from tests.ingest.makers import csv_text
from tests.ingest.raw_workbooks import sheet_xml, workbook_of

Rows = list[list[str]]
CODES = {
    "语文": "13", "数学": "14", "英语": "41", "道德与法治": "12", "历史": "21", "地理": "20", "生物": "18",
    "物理": "16", "化学": "17",
}  # fmt: skip


@dataclass(frozen=True)
class Sitting:
    """A class that sits an exam: one slice of `exams/results`."""

    school: str
    grade: int
    survey: int

    @property
    def exam(self) -> str:
        return town.exam(self.grade, self.survey)

    @property
    def pupils(self) -> list[town.Pupil]:
        return town.pupils(self.school, self.grade)

    @property
    def subjects(self) -> tuple[str, ...]:
        return town.subjects(self.grade)

    def path(self, suffix: str) -> str:
        return f"exams/results/{self.exam}/{self.school}{suffix}"

    def mark(self, pupil: town.Pupil, subject: str) -> str:
        return town.number(pupil.mark(self.exam, subject))

    def marks(self, pupil: town.Pupil) -> list[str]:
        return [self.mark(pupil, subject) for subject in self.subjects]

    def right(self) -> dict[tuple[str, str], float]:
        """(学籍号, subject) -> mark: what must stand in the growth mart when all of it arrives."""
        return {(p.number, CODES[s]): p.mark(self.exam, s) for p in self.pupils for s in self.subjects}

    def person(self, pupil: town.Pupil) -> list[str]:
        return [pupil.number, pupil.name, pupil.class_code]

    def rows(self) -> Rows:
        """学籍号, 姓名, 班级 and the marks in the order of the exam's subjects, without a header."""
        return [[*self.person(p), *self.marks(p)] for p in self.pupils]


PERSON = ["学籍号", "姓名", "班级"]
BLANK = ["", "", ""]


def under(headers: Sequence[str], measures: Sequence[str], before: int = 3) -> Rows:
    """A merged header of two rows: each of `headers` over `measures`, right of `before` columns of the pupil."""
    return [
        [cell for header in headers for cell in [header, *[""] * (len(measures) - 1)]],
        [*[""] * before, *(m for _ in headers for m in measures)],
    ]


def book(rows: Rows, name: str = "Sheet1", *, merged: Sequence[str] = (), **sheet: object) -> bytes:
    """A workbook of one sheet; a cell such as `e:#N/A` or `<f>…</f>` is that very content."""
    return workbook_of((name, sheet_xml(rows, merged=merged, **sheet)))  # type: ignore[arg-type]


def text(rows: Rows, encoding: str = "utf-8", separator: str = ",") -> bytes:
    return csv_text(rows, separator).encode(encoding)


def page(rows: Rows, *, spans: dict[tuple[int, int], int] | None = None) -> bytes:
    """A web page named .xls; `spans`: (row, column) of a cell -> rows that it spans."""
    spanned = spans or {}
    below = {(row + n, column) for (row, column), rows_ in spanned.items() for n in range(1, rows_)}
    lines = "".join(
        "<tr>" + "".join(
            f"<td rowspan={spanned[r, c]}>{cell}</td>" if (r, c) in spanned else f"<td>{cell}</td>"
            for c, cell in enumerate(row) if (r, c) not in below
        ) + "</tr>"
        for r, row in enumerate(rows)
    )  # fmt: skip
    return f"<html><head><meta charset=gb2312></head><body><table>{lines}</table></body></html>".encode("gb18030")
