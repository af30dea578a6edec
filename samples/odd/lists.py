"""Lists of the whole city, days of homework, and files of an exam or school that nobody knows.

Lives here: one function a kind, which makes its own draft.
Add here: another kind, and its night in `NIGHTS`.
Stays out: rosters and score sheets of one school.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np

from samples.feeds import exam_results, homework_files
from samples.feeds.lists import headers, names
from samples.files.accounts import Night
from samples.files.rows import Content, Mark
from samples.odd.draft import Draft, Notice, as_csv, as_workbook
from samples.odd.entry import enter
from samples.odd.score_sheets import one_header_row
from samples.planted.flaw_kinds import CLASSES, EXAMS
from samples.sender import Sender
from samples.sending import exam_content, list_content
from samples.truth.records import Hold, LedgerEntry
from samples.world import homework
from samples.world.calendar import is_school_day
from samples.world.exams import Exam, monthly_exams

UNKNOWN_SCHOOL = "2132999999"  # of a valid form, and in no list


def list_without_a_school(sender: Sender, night: Night) -> bool:
    """The list of classes without one school: that school keeps its classes, the others are taken."""
    book, content, columns = list_content(sender, night, CLASSES)
    schools = np.array(content.columns["school_code"].to_pylist())
    spoilt = {schools[mark.row] for mark in content.marks}
    gone = next((code for code in sender.city.schools.code if code not in spoilt), None)
    if gone is None:
        return False
    kept = np.flatnonzero(schools != gone)
    place = {int(row): n for n, row in enumerate(kept)}
    rows = replace(
        content.rows, entity=content.rows.entity[kept], file=content.rows.file[kept], extra=content.rows.extra[kept]
    )
    marks = tuple(replace(m, row=place[m.row]) for m in content.marks)
    content = Content(rows, {n: c.take(kept) for n, c in content.columns.items()}, marks)
    draft = _draft(replace(book, examples=0), tuple(columns), tuple(book.head[0].cells), content, "class_code")
    odd = as_csv(draft, "gb18030")
    enter(night, "list_without_a_school", draft, content, odd)
    night.holds.append(Hold(night.number, "list_without_a_school", CLASSES, gone, "rows fell from"))
    return True


def list_with_a_further_column(sender: Sender, night: Night) -> bool:
    """The list of classes with a column that no contract knows."""
    book, content, columns = list_content(sender, night, CLASSES)
    draft = _draft(book, tuple(columns), tuple(book.head[0].cells), content, "class_code")
    rooms = [f"{n % 4 + 1}楼" if n % 2 else None for n in range(len(draft.lines))]
    filled = sum(room is not None for room in rooms)
    notice = Notice("unknown_column", "所在教室", "", "cell", row_key="row:1", values=filled)
    enter(
        night,
        "list_with_a_further_column",
        draft,
        content,
        as_csv(draft.with_column("所在教室", rooms), notices=(notice,)),
    )
    return True


def exam_that_no_register_knows(sender: Sender, night: Night) -> bool:
    """Marks of an exam that the register does not have: their rows wait, and the exam is listed."""
    return _parked(sender, night, "exam", lambda exam, code: f"2025-2026-1-m9-g{exam.grade}/{code}")


def school_that_no_register_knows(sender: Sender, night: Night) -> bool:
    """Marks that come under the code of a school that is in no list."""
    return _parked(sender, night, "school", lambda exam, _: f"{exam.id}/{UNKNOWN_SCHOOL}")


def _parked(sender: Sender, night: Night, unknown: str, slice_of: Callable[[Exam, str], str]) -> bool:
    city = sender.city
    for exam in monthly_exams():
        sitting = exam_results.sit(city, exam)
        for school in np.unique(sitting.school):
            content = exam_content(sender, night, sitting, np.array([school], np.int64))
            if content.marks or exam.held_on >= night.day:
                continue
            book = exam_results.book(city, exam, int(school))
            part = slice_of(exam, city.schools.code[school])
            book = replace(book, path=f"{book.feed}/{part}.xlsx", slice=part)
            columns = exam_results.names(exam)
            draft = replace(_draft(book, columns, columns, content, "student_number"), subjects=exam.subjects)
            enter(night, f"{unknown}_that_no_register_knows", draft, content, one_header_row(draft))
            value = part.split("/")[unknown == "school"]
            night.parked.append(
                LedgerEntry(
                    EXAMS, "", f"unknown_{unknown}", "row", unknown, value, value, night.number, night.number, None
                )
            )  # fmt: skip
            return True
    return False


def homework_with_renamed_minutes(sender: Sender, night: Night) -> bool:
    """A day of homework once more, after the vendor has renamed its minutes: it waits, and the day before it stays."""
    day = night.day - timedelta(days=2)
    name = f"{homework_files.HOMEWORK_A}/homework_a_{day:%Y%m%d}"
    came = any(a.file_name.startswith(name) and a.status == "loaded" for a in sender.truth.files)
    if not is_school_day(day) or not came:
        return False
    city, platform = sender.city, homework.A
    made = homework.make_day(city, sender.habits, day)
    feed = homework_files.FEEDS[platform]
    flaws = homework_files.day_flaws(city, made, platform)
    content = homework_files.day_content(city, made, platform, sender.edits_of(feed, night.number), flaws)
    minutes = ("planned_minutes", "actual_minutes")
    marks = (m for m in content.marks if m.flaw.kind.column not in ("", *minutes))  # the draft has no surplus cells
    content = replace(content, marks=tuple(_unread(m, minutes) for m in marks))
    book = homework_files.day_book(made, platform)
    fields = homework_files.FIELDS_OF_A
    draft = _draft(book, names(fields), headers(fields), content, "record_id")
    filled = [sum(bool(c) for c in draft.column(name)) for name in minutes]
    draft = draft.headed("planned_minutes", "计划用时").headed("actual_minutes", "实际用时")
    notices = (
        Notice("unknown_column", "计划用时", "", "cell", row_key="row:1", nearest="计划时长", values=filled[0]),
        Notice("unknown_column", "实际用时", "", "cell", row_key="row:1", nearest="实际时长", values=filled[1]),
    )
    enter(night, "homework_with_renamed_minutes", draft, content,
          as_workbook(draft, status="held", says="计划时长 or 实际时长", notices=notices))  # fmt: skip
    return True


def _unread(mark: Mark, columns: tuple[str, ...]) -> Mark:
    """A flaw where some columns are not read: a record that comes twice and differs in them alone is a copy."""
    kind = mark.flaw.kind
    if kind.alters not in columns:
        return mark
    return replace(mark, flaw=replace(mark.flaw, kind=replace(
        kind, name="duplicate_row", rule="duplicate_row", severity="skip", spoil=None, alters=None
    )))  # fmt: skip


def _draft(book: object, columns: tuple[str, ...], heads: tuple[str, ...], content: Content, key: str) -> Draft:
    lines = tuple(list(line) for line in zip(*(content.columns[n].to_pylist() for n in columns), strict=True))
    keys = tuple(k or "" for k in content.columns[key].to_pylist())
    return Draft(book, columns, heads, lines, keys, ())  # type: ignore[arg-type]


Kind = Callable[[Sender, Night], bool]
KINDS: dict[str, Kind] = {
    kind.__name__: kind
    for kind in (
        list_with_a_further_column, list_without_a_school, exam_that_no_register_knows, school_that_no_register_knows,
        homework_with_renamed_minutes,
    )
}  # fmt: skip
