"""Homework of a subject in a week: 'minutes, share of the limit, on-time rate, publication rate'.

Lives here: `homework_load_subject_week`, from the days of students.
Stays out: how records of two platforms are made one (`homework`), figures of a month (`compliance`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache

from tests.second_computation import cells, contracts, numbers, register, rosters
from tests.second_computation.events import Events
from tests.second_computation.homework import PLATFORMS, Record, StudentDay, homework_days, student_days
from tests.second_computation.weeks import monday

_KINDS = {"school_day": {"school_day"}, "weekend": {"weekend"}, "holiday": {"holiday", "vacation"}}
_Grade = tuple[str, str]  # school and grade


@dataclass
class GradeWeek:
    """A grade of a school in a week: its school days, and whose homework was to be known on them, and was."""

    days: set[date] = field(default_factory=set)
    told: set[date] = field(default_factory=set)
    expected: int = 0
    measured: int = 0


@dataclass
class SubjectWeek:
    """The records of a subject, each with its day, whose day it is, and whether that is measured."""

    records: list[tuple[date, Record, StudentDay, bool]] = field(default_factory=list)


@cache
def _grades(events: Events, night: date) -> dict[tuple[str, str], str]:
    """The grade of a class: that of the list, else the lowest of its students."""
    found: dict[tuple[str, str], str] = {}
    for seat in rosters.seats(events, night).values():
        if seat.class_code and seat.grade:
            key = (seat.school_code, seat.class_code)
            found[key] = min(found.get(key, seat.grade), seat.grade)
    listed = {key: klass.grade for key, klass in rosters.classes(events).items() if klass.grade}
    return found | listed


def place_on(events: Events, seat: rosters.Seat | None, day: date) -> _Grade | None:
    if seat is None:
        return None
    night = max([n for n in events.nights if n <= day], default=events.nights[0])
    grade = _grades(events, night).get((seat.school_code, seat.class_code)) if seat.class_code else seat.grade
    return (seat.school_code, grade) if grade else None


def _is_whole(events: Events, day: date) -> bool:
    return all(f"{day:%Y%m%d}" in events.current(platform) for platform in PLATFORMS)


def _grade_weeks(events: Events) -> dict[tuple[_Grade, date], GradeWeek]:
    """'Who is expected': all who are enrolled, on each school day of homework."""
    weeks: dict[tuple[_Grade, date], GradeWeek] = defaultdict(GradeWeek)
    listed = {(k.school_code, k.grade) for k in rosters.classes(events).values() if k.grade}
    for day in homework_days(events):
        places = [place_on(events, seat, day) for seat in rosters.seats_on(events, day).values()]
        for place in [*places, *listed]:
            if place:
                week = weeks[place, monday(day)]
                week.days.add(day)
                week.told |= {day} if _is_whole(events, day) else set()
        for place in filter(None, places):
            weeks[place, monday(day)].expected += 1
    return weeks


def is_measured(events: Events, load: StudentDay, day: date) -> bool:
    """'Of known written minutes', on a school day of which every platform has delivered."""
    return load.written_minutes is not None and day in set(homework_days(events)) and _is_whole(events, day)


@cache
def _known_since(events: Events) -> dict[tuple[str, str], date]:
    """The night on which a platform first told of a record what it tells now."""
    nights: dict[tuple[str, str], date] = {}
    for platform in PLATFORMS:
        before: dict[str, dict[tuple[tuple[str, str | None], ...], date]] = {}
        for delivery in events.deliveries.get(platform, ()):
            rows = {tuple(row.items()): str(cells.identifier(row["record_id"])) for row in delivery.rows}
            known = before.get(delivery.slice, {})
            before[delivery.slice] = {row: known.get(row, delivery.night) for row in rows}
            nights |= {(platform, record): before[delivery.slice][row] for row, record in rows.items()}
    return nights


def _on_time(events: Events, record: Record) -> bool | None:
    """'What had not come when the platform told of it after the day it was due is late, what was told before is
    unknown.'
    """
    if record.due_at is None:
        return None
    if record.submitted_at is not None:
        return record.submitted_at <= record.due_at
    return False if record.due_at.date() < _known_since(events)[record.platform, record.record_id] else None


def _tells(platform: str, element: str) -> bool:
    return any(element in column.get("elements", ()) for column in contracts.contract(platform)["columns"])


def homework_load_subject_week(events: Events) -> Iterator[dict[str, object]]:
    """One row per school, grade, subject and week in which there is homework."""
    grades, subjects = _grade_weeks(events), defaultdict[tuple[_Grade, str, date], SubjectWeek](SubjectWeek)
    for (student, day), load in student_days(events).items():
        place = place_on(events, rosters.seats_on(events, day).get(student), day)
        if place is None:
            continue
        counts = is_measured(events, load, day)
        if counts:
            grades[place, monday(day)].measured += 1
        for record in load.records:
            some = subjects[place, record.subject or "unknown", monday(day)]
            some.records.append((day, record, load, counts))
    for (place, subject, week), some in subjects.items():
        yield _row(events, place, subject, week, some, grades.get((place, week), GradeWeek()))


def _row(
    events: Events, place: _Grade, subject: str, week: date, some: SubjectWeek, grade: GradeWeek
) -> dict[str, object]:
    school, name = place
    records = [record for _, record, _, _ in some.records]
    limit = register.limit_minutes(rosters.schools(events)[school].stage_of(name), name) if grade.days else None
    written = sum((r.minutes or 0 for _, r, _, measured in some.records if measured and r.written), Decimal(0))
    on_time = [verdict for r in records if (verdict := _on_time(events, r)) is not None]
    layered = [r.layered for r in records if r.layered is not None]
    published_told = [r for r in records if _tells(r.platform, "homework_record.published_at")]
    published = sum(r.published for r in records)
    return {
        "school_code": school,
        "grade": name,
        "subject": subject,
        "week": week,
        "school_days": len(grade.days),
        "school_days_told": len(grade.told),
        "student_days_expected": grade.expected,
        "student_days": grade.measured,
        "completeness": numbers.share(grade.measured, grade.expected),
        "written_minutes_mean": Fraction(written) / grade.measured if grade.measured else None,
        "limit_minutes": limit,
        "limit_share": numbers.share(written, grade.measured * limit) if limit else None,
        "records": len(records),
        "records_without_minutes": sum(r.minutes is None for r in records),
        "records_shared": sum(r in load.shared for _, r, load, _ in some.records),
        "overlapping_records": sum(r in load.copies for _, r, load, _ in some.records),
        **{name: value for kind, days in _KINDS.items() for name, value in _of_days(some, kind, days).items()},
        "records_planned": sum(r.planned is not None for r in records),
        "records_submitted": sum(r.submitted_at is not None for r in records),
        "records_marked": sum(r.is_marked for r in records),
        "records_returned": sum(r.is_returned for r in records),
        "records_published": published,
        "records_all_steps": sum(
            r.planned is not None and r.is_marked and r.is_returned and r.published for r in records
        ),
        "publication_rate": numbers.share(published, len(published_told)),
        "publication_completeness": numbers.share(len(published_told), len(records)),
        "records_on_time": sum(on_time),
        "on_time_rate": numbers.share(sum(on_time), len(on_time)),
        "on_time_completeness": numbers.share(len(on_time), len(records)),
        "records_layered": sum(layered),
        "layered_share": numbers.share(sum(layered), len(layered)),
        "layered_completeness": numbers.share(len(layered), len(records)),
    }


def _of_days(some: SubjectWeek, kind: str, days: set[str]) -> dict[str, object]:
    """Records and minutes of a kind of day: 'null where a part is unknown or nothing was told'."""
    records = [record for day, record, _, _ in some.records if register.day_type(day) in days]
    is_known = records and all(r.minutes is not None and r.written is not None for r in records)
    sums = {w: sum((r.minutes or 0 for r in records if r.written is w), Decimal(0)) for w in (True, False)}
    return {
        f"{kind}_records": len(records),
        f"{kind}_minutes": sums[True] if is_known else None,
        f"{kind}_other_minutes": sums[False] if is_known else None,
    }
