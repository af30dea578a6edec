"""After-school service: 'coverage, hours' of a school in a week; and 'who is in which club'.

Lives here: `after_school_service` and `club_enrolment`, from the lists of sessions.
Stays out: who is expected (`weeks`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache

from tests.second_computation import cells, numbers, pseudonyms, register, weeks
from tests.second_computation.events import Events

FEED = "after_school/sessions"
_ABSENT = {"4", "5"}  # leave, absence
_CLUBS = "7"


@dataclass(frozen=True)
class Entry:
    """A student on the list of a session."""

    student: str
    school: str
    session: str
    day: date
    kind: str | None
    course: str | None
    minutes: Decimal | None
    is_present: bool | None


@dataclass
class Sums:
    """What a school held in a week, and whom of its students it served."""

    sessions: dict[tuple[str, date], list[Decimal | None]] = field(default_factory=lambda: defaultdict(list))
    kinds: set[str] = field(default_factory=set)
    served: set[str] = field(default_factory=set)
    minutes: list[Decimal | None] = field(default_factory=list)
    unknown: int = 0
    others: int = 0


@cache
def entries(events: Events) -> list[Entry]:
    found = []
    for row in events.rows(FEED):
        day, status = cells.day(row["held_on"]), cells.code("presence", row["status"])
        if day is None:
            raise AssertionError(f"{row} has no day")
        found.append(
            Entry(
                str(cells.identifier(row["student_number"])),
                str(cells.identifier(row["school_code"])),
                str(cells.identifier(row["session_id"])),
                day,
                cells.code("after_school_kind", row["kind"]),
                cells.text(row["course"]),
                cells.decimal(row["minutes"]),
                None if status is None else status not in _ABSENT,
            )
        )
    return found


def after_school_service(events: Events) -> Iterator[dict[str, object]]:
    """One row per school and week."""
    sums, schools = _sums(events), weeks.school_weeks(events, FEED)
    for place in {p for p, some in sums.items() if some.minutes or some.unknown or some.others} | set(schools):
        some, week = sums[place], schools.get(place)
        is_measured = week is not None and week.is_measured
        longest = [max((m for m in told if m is not None), default=None) for told in some.sessions.values()]
        offered, attended = numbers.known_sum(longest), numbers.known_sum(some.minutes)
        yield {
            "school_code": place[0],
            "week": place[1],
            **weeks.of_week(week),
            "students_served": len(some.served) if is_measured else None,
            "coverage": numbers.share(len(some.served), week.enrolled) if week and week.is_whole else None,
            "service_days": len({day for _, day in some.sessions}) if is_measured else None,
            "sessions": len(some.sessions) if is_measured else None,
            "kinds": len(some.kinds) if is_measured else None,
            "session_hours": weeks.hours(offered) if is_measured else None,
            "student_hours": weeks.hours(attended) if is_measured else None,
            "attendances": len(some.minutes) if is_measured else None,
            "attendances_unknown": some.unknown if is_measured else None,
            "other_attendances": some.others + (0 if is_measured else len(some.minutes)),
        }


def _sums(events: Events) -> dict[tuple[str, date], Sums]:
    sums: dict[tuple[str, date], Sums] = defaultdict(Sums)
    for entry in entries(events):
        week = weeks.monday(entry.day)
        held = sums[entry.school, week]
        held.sessions[entry.session, entry.day].append(entry.minutes)
        held.kinds |= {entry.kind} if entry.kind else set()
        place = weeks.place_in_week(events, FEED, entry.student, entry.day)
        of_school = sums[place.school or entry.school, week]
        if not place.counts:
            of_school.others += entry.is_present is not False
        elif entry.is_present is None:
            of_school.unknown += 1
        elif entry.is_present:
            of_school.served.add(entry.student)
            of_school.minutes.append(entry.minutes)
    return sums


def club_enrolment(events: Events) -> Iterator[dict[str, object]]:
    """One row per student, club and term."""
    clubs: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    terms = register.document("calendar.yml")["terms"]
    for entry in entries(events):
        if entry.kind == _CLUBS and entry.course and entry.student in weeks.known_students(events):
            term = next((t["id"] for t in terms if t["first_day"] <= entry.day <= t["last_day"]), "-")
            clubs[entry.student, entry.course, term].append(entry)
    for (student, club, term), some in clubs.items():
        yield {
            "student_key": pseudonyms.student_key(events, student),
            "club": club,
            "term": term,
            "school_code": min(e.school for e in some),
            "role": None,
            "sessions": len(some),
            "sessions_attended": sum(e.is_present is True for e in some),
            "first_day": min(e.day for e in some),
            "last_day": max(e.day for e in some),
            "sources": FEED,
        }
