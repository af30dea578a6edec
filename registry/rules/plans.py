"""Refusals about the bureau's areas and limits, its calendar and its exams.

Lives here: what `bureau.yml`, `calendar.yml` and `exams.yml` may not say.
Add here: another rule on those three files.
Stays out: indicators, whose thresholds come from documents (`indicators`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import get_args

from registry.codes import code_of
from registry.model import Calendar, Exam, Level, Register
from registry.rules.words import twice


def refusals(register: Register) -> Iterator[str]:
    """Contradictions in the bureau's own plans."""
    yield from _areas(register)
    yield from _limits(register)
    yield from _calendar(register.calendar)
    yield from _policies(register.calendar)
    yield from _exams(register)


def _areas(register: Register) -> Iterator[str]:
    levels = get_args(Level)
    areas = {a.code: a for a in register.bureau.areas}
    if not areas:
        yield "bureau.yml: the bureau has no areas; add at least one district."
    for code, start in twice((a.code, a.valid_from) for a in register.bureau.areas):
        yield f"bureau.yml: area {code} stands twice{f' from {start}' if start else ''}; remove one."
    for area in register.bureau.areas:
        parent = areas.get(area.parent or "")
        if area.parent and parent is None:
            yield f"bureau.yml: area {area.code} lies in {area.parent}, which is no area."
        elif parent and levels.index(parent.level) >= levels.index(area.level):
            yield f"bureau.yml: area {area.code} ({area.level}) cannot lie in {parent.code} ({parent.level})."


def _limits(register: Register) -> Iterator[str]:
    bureau = register.bureau
    for name in ("observed_share_min", "completeness_min"):
        if not 0 <= getattr(bureau, name) <= 1:
            yield f"bureau.yml: {name} is {getattr(bureau, name):g}; it lies between 0 and 1."
    for limit in bureau.homework_limits:
        if limit.grade_from > limit.grade_to:
            yield f"bureau.yml: a homework limit runs from {limit.grade_from} to {limit.grade_to}."
    ordered = sorted(bureau.homework_limits, key=lambda h: (h.stage, h.grade_from))
    for one, other in pairwise(ordered):
        if one.stage == other.stage and other.grade_from <= one.grade_to:
            yield f"bureau.yml: grade {other.grade_from} ({other.stage}) has two homework limits; leave it one."


def _calendar(calendar: Calendar) -> Iterator[str]:
    for name in twice(t.id for t in calendar.terms):
        yield f"calendar.yml: term `{name}` stands twice; remove one."
    for term in calendar.terms:
        if term.last_day < term.first_day:
            yield f"calendar.yml: term `{term.id}` ends {term.last_day}, before it begins {term.first_day}."
    for one, other in pairwise(sorted(calendar.terms, key=lambda t: t.first_day)):
        if other.first_day <= one.last_day:
            yield (
                f"calendar.yml: terms `{one.id}` and `{other.id}` overlap from {other.first_day} "
                f"until {min(one.last_day, other.last_day)}; correct their days."
            )
    for day in sorted(set(calendar.holidays) & set(calendar.workdays)):
        yield f"calendar.yml: {day} is a holiday and a workday; remove one."
    for day in calendar.workdays:
        if day.isoweekday() < 6:
            yield f"calendar.yml: workday {day} is no weekend day, so it is taught anyway."


def _policies(calendar: Calendar) -> Iterator[str]:
    for name in twice(p.id for p in calendar.policies):
        yield f"calendar.yml: policy `{name}` stands twice; remove one."
    for day in twice(str(p.since) for p in calendar.policies):
        yield f"calendar.yml: two policies begin on {day}, so that nobody can tell before from after; leave one."


def _exams(register: Register) -> Iterator[str]:
    known = {s.id for s in register.code_sets}
    subjects = set(code_of(register, "subject", "").values()) if "subject" in known else set()
    grades = set(code_of(register, "grade", "")) if "grade" in known else set()
    exams = {e.id: e for e in register.exams}
    for name in twice(e.id for e in register.exams):
        yield f"exams.yml: exam `{name}` stands twice; remove one."
    for exam in register.exams:
        at = f"exams.yml: exam `{exam.id}`"
        for subject in exam.subjects:
            if subject not in subjects:
                yield f"{at} names the unknown subject `{subject}`; use a code of codes/subject.csv."
        for subject in exam.full_marks:
            if subject not in exam.subjects:
                yield f"{at} has full marks of `{subject}`, which is not one of its subjects; correct it."
        if str(exam.grade) not in grades:
            yield f"{at} names the unknown grade `{exam.grade}`; use one of codes/grade.csv."
        yield from _previous(at, exam, exams)
    yield from _series(exams.values())


def _series(exams: Iterable[Exam]) -> Iterator[str]:
    first: dict[tuple[str, int, int], Exam] = {}
    for exam in exams:
        if exam.series is None:
            continue
        other = first.setdefault((exam.series, exam.school_year, exam.grade), exam)
        if other is not exam:
            yield (
                f"exams.yml: exam `{exam.id}` is of series `{exam.series}` like `{other.id}`, of the same grade and "
                "school year; a series has one exam a grade and year, so take one out."
            )


def _previous(at: str, exam: Exam, exams: dict[str, Exam]) -> Iterator[str]:
    if exam.previous is None:
        return
    before = exams.get(exam.previous)
    if before is None:
        yield f"{at} follows `{exam.previous}`, which is not an exam; correct `previous`."
    elif before.held_on >= exam.held_on:
        yield f"{at} of {exam.held_on} follows `{before.id}` of {before.held_on}, which is not earlier."
