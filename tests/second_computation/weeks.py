"""Days, weeks and who is expected in them: 'denominators are enrolled pupils, not who was seen'.

Lives here: the days of which a feed of a file a day is asked and has told, who is enrolled and at school on a day.
Add here: another thing that all marts by week need.
Stays out: the figures of a feed (`attendance`, …).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from tests.second_computation import cells, numbers, register, rosters
from tests.second_computation.events import Events

_NEVER_CAME, _BACK = "90", {"08", "12", "15", "17"}


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@cache
def told_days(events: Events, feed: str) -> dict[date, set[str | None]]:
    """By day, of which schools the feed has told it: those of its slices, None for all."""
    told: dict[date, set[str | None]] = defaultdict(set)
    for part in events.current(feed):
        day, _, school = part.partition("/")
        told[date.fromisoformat(f"{day[:4]}-{day[4:6]}-{day[6:]}")].add(school or None)
    return dict(told)


@cache
def asked_days(events: Events, feed: str) -> list[date]:
    """'Every school day from the first day of which the feed has told anything', of days that are over or told."""
    told = told_days(events, feed)
    if not told:
        return []
    last = max(events.last - timedelta(days=1), *told)
    days = register.school_days(min(told), last)
    return [day for day in days if day < events.last or day in told]


def is_told(events: Events, feed: str, school: str, day: date) -> bool:
    return bool(told_days(events, feed).get(day, set()) & {None, school})


@cache
def absences(events: Events) -> dict[str, list[tuple[date, date | None]]]:
    """By student, from when until when: 'who never came is away from the first day of that school year'."""
    changes = defaultdict(list)
    for row in events.rows("student_registry/changes"):
        kind, day = cells.code("student_change", row["change_type"]), cells.day(row["changed_on"])
        if kind and day:
            changes[str(cells.identifier(row["student_number"]))].append((day, kind))
    first = {t["school_year"]: t["first_day"] for t in reversed(register.document("calendar.yml")["terms"])}
    found: dict[str, list[tuple[date, date | None]]] = {}
    for student, told in changes.items():
        for day, kind in told:
            if kind == _NEVER_CAME:
                back = min((d for d, k in told if k in _BACK and d > day), default=None)
                found.setdefault(student, []).append((first[register.school_year(day)], back))
    return found


def is_away(events: Events, student: str, day: date) -> bool:
    spans = absences(events).get(student, [])
    return any(begin <= day and (end is None or day < end) for begin, end in spans)


@cache
def at_school(events: Events, day: date) -> dict[tuple[str, str], tuple[set[str], set[str], str | None]]:
    """By school and class (`-` where there is none): who is at school on a day, who is away, and the grade."""
    classes: dict[tuple[str, str], tuple[set[str], set[str], list[str]]] = {}
    for student, seat in rosters.seats_on(events, day).items():
        here, away, grades = classes.setdefault((seat.school_code, seat.class_code or "-"), (set(), set(), []))
        (away if is_away(events, student, day) else here).add(student)
        if seat.grade:
            grades.append(seat.grade)
    return {key: (here, away, min(grades, default=None)) for key, (here, away, grades) in classes.items()}


@cache
def known_students(events: Events) -> set[str]:
    """Whom the registry has ever had."""
    return {student for night in events.nights for student in rosters.seats(events, night)}


@dataclass(frozen=True)
class Week:
    """A week of which a feed is asked: its school days that are over, and how many days it has told of a school."""

    monday: date
    counted_on: date  # the day on which its students are counted
    school_days: int
    told: dict[str | None, int]  # days by school, None: by files of all schools
    school_days_told: dict[str | None, int]


@cache
def weeks(events: Events, feed: str) -> list[Week]:
    """The weeks with a school day that is over, or of which the feed tells."""
    told, asked = told_days(events, feed), asked_days(events, feed)
    found = []
    for first in sorted({monday(day) for day in (*told, *asked)}):
        days = [first + timedelta(days=n) for n in range(7)]
        school_days = [day for day in days if day in asked]
        here = {day: schools for day, schools in told.items() if day in days}
        schools = {school for some in here.values() for school in some}
        found.append(
            Week(
                first,
                max(school_days or here),
                len(school_days),
                {s: sum(s in some for some in here.values()) for s in schools},
                {s: sum(s in here.get(day, ()) for day in school_days) for s in schools},
            )
        )
    return found


@dataclass(frozen=True)
class Place:
    """Where a student stands in a week; `counts`: enrolled there and at school."""

    school: str | None
    klass: str
    counts: bool


def place_in_week(events: Events, feed: str, student: str, day: date) -> Place:
    """'On the last school day of the week that is over', for whom the registry has ever had."""
    if student not in known_students(events):
        return Place(None, "-", counts=False)
    first = monday(day)
    counted_on = next((w.counted_on for w in weeks(events, feed) if w.monday == first), first + timedelta(days=6))
    seat = rosters.seats_on(events, counted_on).get(student)
    if seat is None:
        return Place(None, "-", counts=False)
    return Place(seat.school_code, seat.class_code or "-", counts=not is_away(events, student, counted_on))


@dataclass(frozen=True)
class SchoolWeek:
    """A week of a school: its school days that are over, those that are told, and its students."""

    school_days: int
    school_days_told: int
    days_told: int
    enrolled: int
    away: int

    @property
    def is_measured(self) -> bool:
        return bool(self.days_told and self.enrolled)

    @property
    def is_whole(self) -> bool:
        """'Coverage is given only where every school day was delivered.'"""
        return self.is_measured and self.school_days_told == self.school_days


@cache
def school_weeks(events: Events, feed: str) -> dict[tuple[str, date], SchoolWeek]:
    """Every school of the list in every week of which the feed is asked, with or without students."""
    found = {}
    for week in weeks(events, feed):
        here: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for (school, _), (present, away, _) in at_school(events, week.counted_on).items():
            here[school][0] += len(present)
            here[school][1] += len(away)
        for school in {*rosters.schools(events), *here}:
            told = [week.told.get(key, 0) for key in (None, school)]
            told_school_days = [week.school_days_told.get(key, 0) for key in (None, school)]
            found[school, week.monday] = SchoolWeek(
                week.school_days, max(told_school_days), max(told), here[school][0], here[school][1]
            )
    return found


def of_week(week: SchoolWeek | None) -> dict[str, object]:
    """The cells that all marts by school and week share; None: a school of which no week is asked."""
    if week is None:
        nothing = dict.fromkeys(("students_enrolled", "students_away"))
        return {"school_days": 0, "school_days_told": 0, **nothing, "reason": "no_student_expected"}
    reason = None if week.is_whole else "days_missing" if week.is_measured else "not_delivered"
    return {
        "school_days": week.school_days,
        "school_days_told": week.school_days_told,
        "students_enrolled": week.enrolled,
        "students_away": week.away,
        "reason": reason if week.enrolled else "no_student_expected",
    }


def hours(minutes: Decimal | None) -> Decimal | None:
    return None if minutes is None else numbers.half_up(minutes / 60, Decimal("0.0001"))
