"""Reading: 'readers, books', of a class in a week.

Lives here: `reading`, from the records of the reading platform.
Stays out: who is expected (`weeks`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tests.second_computation import cells, numbers, weeks
from tests.second_computation.events import Events

FEED = "reading/records"


@dataclass
class Sums:
    """The readings of a class in a week, and those that count nowhere."""

    readers: set[str] = field(default_factory=set)
    books: set[str] = field(default_factory=set)
    finished: set[str] = field(default_factory=set)
    minutes: list[Decimal | None] = field(default_factory=list)
    others: int = 0


def reading(events: Events) -> Iterator[dict[str, object]]:
    """One row per school, class and week."""
    sums = _sums(events)
    classes = {
        (school, klass, week.monday): (len(here), len(away), grade, week.told)
        for week in weeks.weeks(events, FEED)
        for (school, klass), (here, away, grade) in weeks.at_school(events, week.counted_on).items()
    }
    for place in {*sums, *classes}:
        yield _row(place, sums[place], *classes.get(place, (None, None, None, {})))


def _sums(events: Events) -> dict[tuple[str, str, date], Sums]:
    sums: dict[tuple[str, str, date], Sums] = defaultdict(Sums)
    for row in events.rows(FEED):
        student, day = str(cells.identifier(row["student_number"])), cells.day(row["read_on"])
        if day is None:
            raise AssertionError(f"{row} has no day")
        place = weeks.place_in_week(events, FEED, student, day)
        school = place.school if place.school else cells.identifier(row["school_code"]) or "-"
        of_class = sums[school, place.klass if place.school else "-", weeks.monday(day)]
        if not place.counts:
            of_class.others += 1
            continue
        of_class.readers.add(student)
        of_class.minutes.append(cells.decimal(row["minutes"]))
        title = re.sub(r"[《》\s]", "", cells.text(row["book"]) or "").lower()
        of_class.books |= {title} - {""}
        of_class.finished |= {title} - {""} if cells.yes(row["finished"]) else set()
    return sums


def _row(
    place: tuple[str, str, date],
    sums: Sums,
    enrolled: int | None,
    away: int | None,
    grade: str | None,
    told: dict[str | None, int],
) -> dict[str, object]:
    days = told.get(None, 0) or told.get(place[0], 0)
    is_measured = bool(days and enrolled)
    return {
        "school_code": place[0],
        "grade": grade,
        "class_code": place[1],
        "week": place[2],
        "days_told": days if enrolled is not None else 0,
        "students_enrolled": enrolled,
        "students_away": away,
        "readers": len(sums.readers) if is_measured else None,
        "reader_share": numbers.share(len(sums.readers), enrolled or 0) if is_measured else None,
        "readings": len(sums.minutes) if is_measured else None,
        "books": len(sums.books) if is_measured else None,
        "books_finished": len(sums.finished) if is_measured else None,
        "minutes": numbers.known_sum(sums.minutes) if is_measured else None,
        "readings_without_minutes": sums.minutes.count(None) if is_measured else None,
        "other_readings": sums.others + (0 if is_measured else len(sums.minutes)),
        "reason": "no_student_expected" if not enrolled else None if days else "not_delivered",
    }
