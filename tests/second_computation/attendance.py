"""Attendance: 'rows are passages: no row is no absence; what a day and half day are stands in the register'.

Lives here: `attendance`, from the passages of each student and day.
Stays out: who is expected (`weeks`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache

from tests.second_computation import cells, numbers, register, rosters, weeks
from tests.second_computation.events import Events

FEED = "attendance/events"
_NO_PASSAGE = {"4", "5"}  # leave, absence
Place = tuple[str, str, date]  # school, class, week


@dataclass
class Sums:
    """What a class comes to in a week."""

    days: list[date] = field(default_factory=list)
    told: int = 0
    seen_days: int = 0
    enrolled: int = 0
    away: int = 0
    grades: set[str] = field(default_factory=set)
    expected: int = 0
    measured: int = 0
    seen: int = 0
    present: int = 0
    halves: int = 0
    others: int = 0


@cache
def passages(events: Events) -> dict[tuple[str, date], list[tuple[datetime, str | None, str]]]:
    """By student and day: time, direction and school of each passage, in order; out before in at one moment."""
    found = defaultdict(list)
    for row in events.rows(FEED):
        at = cells.moment(row["occurred_at"])
        if at is None:
            raise AssertionError(f"{row} has no time")
        if cells.code("presence", row["status"]) not in _NO_PASSAGE:
            direction = cells.code("direction", row["direction"])
            student, school = str(cells.identifier(row["student_number"])), str(cells.identifier(row["school_code"]))
            found[student, at.date()].append((at, direction, school))
    return {key: sorted(some, key=lambda p: (p[0], p[1] != "out")) for key, some in found.items()}


def half_days(day: date, some: list[tuple[datetime, str | None, str]]) -> int:
    """In how many halves of the day somebody of these passages was inside for long enough."""
    midnight = datetime.combine(day, datetime.min.time())
    turns = [(at, direction) for at, direction, _ in some if direction]
    inside: list[tuple[datetime, datetime]] = []
    if turns and turns[0][1] == "out":
        inside.append((midnight, turns[0][0]))
    for n, (at, direction) in enumerate(turns):
        until = turns[n + 1][0] if n + 1 < len(turns) else midnight + timedelta(days=1)
        if direction == "in":
            inside.append((at, until))
    return sum(_is_present(day, half, inside) for half in register.document("bureau.yml")["half_days"])


def _is_present(day: date, half: dict[str, object], inside: list[tuple[datetime, datetime]]) -> bool:
    begin, end = (datetime.fromisoformat(f"{day}T{half[name]}:00") for name in ("from", "until"))
    minutes = timedelta(minutes=int(str(half["minutes_min"])))
    return sum((max(min(b, end) - max(a, begin), timedelta()) for a, b in inside), timedelta()) >= minutes


def attendance(events: Events) -> Iterator[dict[str, object]]:
    """One row per school, class and week."""
    for place, sums in _sums(events).items():
        yield _row(place, sums)


def _sums(events: Events) -> dict[Place, Sums]:
    sums: dict[Place, Sums] = defaultdict(Sums)
    gates = {(school, day) for (_, day), some in passages(events).items() for _, _, school in some}
    asked = weeks.asked_days(events, FEED)
    for day in asked:
        for (school, klass), (here, away, grade) in weeks.at_school(events, day).items():
            told = weeks.is_told(events, FEED, school, day)
            of_class = sums[school, klass, weeks.monday(day)]
            of_class.days.append(day)
            of_class.told += told
            of_class.seen_days += told and (school, day) in gates
            of_class.enrolled, of_class.away = len(here), len(away)
            of_class.grades |= {grade} if grade else set()
            of_class.expected += len(here)
            of_class.measured += len(here) * (told and (school, day) in gates)
    for (student, day), some in passages(events).items():
        if student in weeks.known_students(events):
            _add(events, sums, student, day, some, is_school_day=day in asked, gates=gates)
    return sums


def _add(
    events: Events,
    sums: dict[Place, Sums],
    student: str,
    day: date,
    some: list[tuple[datetime, str | None, str]],
    *,
    is_school_day: bool,
    gates: set[tuple[str, date]],
) -> None:
    """A student who was seen on a day."""
    seat = rosters.seats_on(events, day).get(student)
    if seat is None:
        sums[min(school for *_, school in some), "-", weeks.monday(day)].others += 1
        return
    school = seat.school_code
    of_class = sums[school, seat.class_code or "-", weeks.monday(day)]
    counts = is_school_day and weeks.is_told(events, FEED, school, day) and (school, day) in gates
    if not counts or weeks.is_away(events, student, day):
        of_class.others += 1
        return
    halves = half_days(day, some)
    of_class.seen += 1
    of_class.halves += halves
    of_class.present += halves == len(register.document("bureau.yml")["half_days"])


def _row(place: Place, sums: Sums) -> dict[str, object]:
    halves = len(register.document("bureau.yml")["half_days"])
    is_measured = sums.measured > 0
    reason = (
        "no_student_expected"
        if not sums.expected
        else "not_delivered"
        if not sums.told
        else None
        if is_measured
        else "no_passages"
    )
    return {
        "school_code": place[0],
        "grade": min(sums.grades, default=None),
        "class_code": place[1],
        "week": place[2],
        "school_days": len(sums.days),
        "school_days_seen": sums.seen_days,
        "students_enrolled": sums.enrolled if sums.days else None,
        "students_away": sums.away if sums.days else None,
        "days_expected": sums.expected,
        "days_measured": sums.measured,
        "days_seen": sums.seen if is_measured else None,
        "days_present": sums.present if is_measured else None,
        "half_days_expected": sums.expected * halves,
        "half_days_measured": sums.measured * halves,
        "half_days_present": sums.halves if is_measured else None,
        "attendance_rate": numbers.share(sums.halves, sums.measured * halves),
        "completeness": numbers.share(sums.measured, sums.expected),
        "other_days_seen": sums.others,
        "reason": reason,
    }
