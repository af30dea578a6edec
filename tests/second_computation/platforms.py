"""Use of learning platforms: 'coverage, hours, active learners' of a school in a week.

Lives here: `platform_usage`, from the accounts' days.
Stays out: who is expected (`weeks`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tests.second_computation import cells, numbers, weeks
from tests.second_computation.events import Events

FEED = "platform_usage/daily"


@dataclass
class Sums:
    """The use of a school's students in a week, and what counts nowhere."""

    visitors: set[str] = field(default_factory=set)
    learners: set[str] = field(default_factory=set)
    minutes: list[Decimal | None] = field(default_factory=list)
    platforms: set[str | None] = field(default_factory=set)
    others: int = 0


def platform_usage(events: Events) -> Iterator[dict[str, object]]:
    """One row per school and week."""
    sums, schools = _sums(events), weeks.school_weeks(events, FEED)
    for place in {*sums, *schools}:
        some, week = sums[place], schools.get(place)
        is_measured = week is not None and week.is_measured
        hours = numbers.known_sum(some.minutes)
        yield {
            "school_code": place[0],
            "week": place[1],
            **weeks.of_week(week),
            "visitors": len(some.visitors) if is_measured else None,
            "active_learners": len(some.learners) if is_measured else None,
            "coverage": numbers.share(len(some.learners), week.enrolled) if week and week.is_whole else None,
            "learning_hours": weeks.hours(hours) if is_measured else None,
            "records_without_minutes": some.minutes.count(None) if is_measured else None,
            "platforms": len(some.platforms) if is_measured else None,
            "other_records": some.others + (0 if is_measured else len(some.minutes)),
        }


def _sums(events: Events) -> dict[tuple[str, date], Sums]:
    sums: dict[tuple[str, date], Sums] = defaultdict(Sums)
    for row in events.rows(FEED):
        day, minutes = cells.day(row["used_on"]), cells.decimal(row["minutes"])
        if day is None:
            raise AssertionError(f"{row} has no day")
        student = (
            cells.identifier(row["student_number"]) if cells.code("person_role", row["role"]) == "student" else None
        )
        place = weeks.place_in_week(events, FEED, student or "", day)
        of_school = sums[place.school or cells.identifier(row["school_code"]) or "-", weeks.monday(day)]
        if student is None or not place.counts:
            of_school.others += 1
            continue
        of_school.visitors.add(student)
        of_school.minutes.append(minutes)
        if minutes:
            of_school.learners.add(student)
            of_school.platforms.add(cells.code("platform", row["platform"]))
    return sums
