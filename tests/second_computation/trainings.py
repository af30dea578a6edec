"""Training of teachers: 'what each teacher, and the teachers of each school, took and passed in a year'.

Lives here: `training`; since when a row is known (`known_rows`).
Stays out: awards (`awards`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.second_computation import cells, pseudonyms, records, register
from tests.second_computation.events import Events, Row

FEED, TEACHERS = "training/records", "teacher_system/teachers"


@dataclass(frozen=True)
class Training:
    """A training of a teacher; `teacher` is None where nobody knows the number."""

    teacher: str | None
    school: str
    year: int | None
    kind: str | None
    result: str | None
    hours: Decimal | None
    known_from: date

    @property
    def is_passed(self) -> bool:
        return self.result in register.codes_of("training_passed")

    @property
    def is_project20(self) -> bool:
        return self.kind in register.codes_of("project20")


def known_rows(events: Events, feed: str) -> Iterator[tuple[Row, date]]:
    """The rows that count, each with the night on which its slice first said so."""
    since: dict[str, dict[tuple[tuple[str, str | None], ...], date]] = {}
    for delivery in events.deliveries.get(feed, ()):
        before = since.get(delivery.slice, {})
        rows = [tuple(sorted(row.items())) for row in delivery.rows]
        since[delivery.slice] = {row: before.get(row, delivery.night) for row in rows}
    for some in since.values():
        yield from ((dict(row), night) for row, night in some.items())


def known_teacher(events: Events, cell: str | None) -> str | None:
    number = cells.identifier(cell)
    return number if number and (number,) in records.owned_rows(events, TEACHERS, "teacher", events.last) else None


def school_of(events: Events, teacher: str) -> object:
    """The school of the file of a teacher tonight."""
    return records.owned_values(events, "teacher.school", events.last).get((teacher,))


def _teacher_of(events: Events, row: Row) -> str | None:
    """'A number alone joins nobody': the name or the school says that it is the teacher."""
    teacher = known_teacher(events, row["staff_number"])
    if teacher is None:
        return None
    name = records.owned_values(events, "teacher.name", events.last).get((teacher,))
    is_named = cells.name(row.get("name")) is not None and cells.name(row.get("name")) == name
    return teacher if is_named or cells.identifier(row["school_code"]) == school_of(events, teacher) else None


def _trainings(events: Events) -> list[Training]:
    """'One number counts once for a teacher, as it was told last; records of nobody known count each.'"""
    of_teachers: dict[tuple[str, str], Training] = {}
    of_nobody = []
    for row, night in sorted(known_rows(events, FEED), key=lambda told: told[1]):
        days = [cells.day(row.get(name)) for name in ("finished_on", "started_on")]
        day = next((d for d in days if d), None)
        told = Training(
            _teacher_of(events, row),
            str(cells.identifier(row["school_code"])),
            day.year if day else None,
            cells.code("training_kind", row.get("kind")),
            cells.code("training_result", row.get("result")),
            cells.decimal(row.get("hours")),
            night,
        )
        if told.teacher:
            of_teachers[told.teacher, str(cells.identifier(row["training_id"]))] = told
        else:
            of_nobody.append(told)
    return [*of_teachers.values(), *of_nobody]


def training(events: Events) -> list[dict[str, object]]:
    """One row per holder (a teacher or a school) and year."""
    schools: dict[tuple[str, int | None], list[Training]] = defaultdict(list)
    teachers: dict[tuple[str, int | None], list[Training]] = defaultdict(list)
    for told in _trainings(events):
        schools[told.school, told.year].append(told)
        if told.teacher:
            teachers[told.teacher, told.year].append(told)
    rows = []
    for (teacher, year), some in teachers.items():
        key, school = pseudonyms.record_key(events, "teacher", (teacher,)), school_of(events, teacher)
        rows.append({"holder": "teacher", "teacher_key": key, "school_code": school, "year": year, **_counts(some)})
    for (code, year), some in schools.items():
        rows.append({"holder": "school", "teacher_key": None, "school_code": code, "year": year, **_counts(some)})
    return [{**row, "as_of_date": events.last} for row in rows]


def _counts(some: list[Training]) -> dict[str, object]:
    passed, unknown = [t for t in some if t.is_passed], [t for t in some if t.result is None]
    hours = [t.hours for t in passed]
    project = [t for t in some if t.is_project20]
    project_passed = _teachers(t for t in project if t.is_passed)
    return {
        "trainings": len(some),
        "trainings_passed": len(passed),
        "trainings_not_passed": len(some) - len(passed) - len(unknown),
        "results_unknown": len(unknown),
        "hours_passed": None if unknown or None in hours else sum((h for h in hours if h is not None), Decimal(0)),
        "teachers": len(_teachers(iter(some))),
        "teachers_passed": len(_teachers(iter(passed))),
        "project20_teachers": len(_teachers(iter(project))),
        "project20_teachers_passed": len(project_passed),
        "project20_teachers_unclear": len(_teachers(t for t in project if t.result is None) - project_passed),
        "kinds_unknown": sum(t.kind is None for t in some),
        "without_teacher": sum(t.teacher is None for t in some),
        "known_from": max(t.known_from for t in some),
    }


def _teachers(some: Iterator[Training]) -> set[str]:
    return {t.teacher for t in some if t.teacher}
