"""The chain of a school life: 'entry, changes of the record, places in the rosters, exams, fitness tests, evaluations,
leaving'.

Lives here: `student_timeline`.
Add here: another kind of event.
Stays out: who is where (`rosters`), what a test or a mark comes to (`fitness`, `growth`, `evaluation`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.second_computation import cells, evaluation, fitness, growth, numbers, pseudonyms, register, rosters
from tests.second_computation.events import Events

_CHANGES, _STUDENTS = "student_registry/changes", "student_registry/students"
_KINDS = {"transferred": "transfer", "absence_begins": "absence", "absence_ends": "return", "left_school": "leaving"}
_MOVED_HERE, _MOVED_AWAY = "22", "21"
_Place = tuple[str | None, str | None, str | None]  # school, grade, class


@dataclass
class Event:
    """An event of a student; what does not apply to its kind is None."""

    chapter: str
    event_id: str
    kind: str
    event_date: date | None
    as_of: date
    source: str
    date_precision: str | None = None
    what_code_set: str | None = None
    what: str | None = None
    reference: str | None = None
    school_code: str | None = None
    to_school_code: str | None = None
    grade: str | None = None
    class_code: str | None = None
    items: int | None = None
    value: Decimal | None = None
    value_kind: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        """'Where there is a date its precision is said': a day, but of an entry, whose month alone is told."""
        if self.event_date and not self.date_precision:
            self.date_precision = "day"


def student_timeline(events: Events) -> Iterator[dict[str, object]]:
    """One row per student and event."""
    for of_kind in (_entries, _changes, _places, _exams, _tests, _evaluations):
        for student, event in of_kind(events):
            yield {"student_key": pseudonyms.student_key(events, student), **asdict(event)}


def _entries(events: Events) -> Iterator[tuple[str, Event]]:
    """Of whom the registry holds: 'the entry of a student whom it no longer holds is told no more'."""
    for row in events.rows(_STUDENTS):
        month = _month(row.get("entry_month"))
        if month:
            event = Event("entry", "entry", "entry", month, month, _STUDENTS, date_precision="month")
            yield str(cells.identifier(row["student_number"])), event


def _month(cell: str | None) -> date | None:
    """The first of a month: `202209`, `2022-09`, `2022年9月`."""
    match = re.fullmatch(r"(\d{4})\D?(\d{1,2})\D?", cells.text(cell) or "")
    return date(int(match[1]), int(match[2]), 1) if match else None


def _changes(events: Events) -> Iterator[tuple[str, Event]]:
    """'A change of a coming day enters on that day.'"""
    for row in events.rows(_CHANGES):
        what, day = cells.code("student_change", row["change_type"]), cells.day(row["changed_on"])
        student = str(cells.identifier(row["student_number"]))
        if what and day and day <= events.last and student in _known(events):
            kind = next((k for group, k in _KINDS.items() if what in register.codes_of(group)), "record_change")
            yield (
                student,
                Event(
                    f"change:{day.year}",
                    f"change:{what}:{day}",
                    kind,
                    day,
                    day,
                    _CHANGES,
                    what_code_set="student_change",
                    what=what,
                    school_code=cells.identifier(row["school_code"]),
                    to_school_code=cells.identifier(row.get("to_school_code")),
                    class_code=cells.identifier(row.get("new_class_code")),
                ),
            )


def _known(events: Events) -> set[str]:
    """Whom the registry has ever had."""
    return {student for night in events.nights for student in rosters.seats(events, night)}


def _places(events: Events) -> Iterator[tuple[str, Event]]:
    """'A place from the night on which it was first seen, and the night from which no roster has the student'.

    One of which a transfer or a return gives the day 'is left to that'; who was away by then is there from that day.
    """
    before: dict[str, rosters.Seat] = {}
    told = _told_moves(events)
    for night in events.nights:
        now = rosters.seats(events, night)
        for student, seat in now.items():
            if before.get(student) != seat and (student, seat.school_code) not in told:
                place = {"school_code": seat.school_code, "grade": seat.grade, "class_code": seat.class_code}
                away = _away_since(events, night).get(student) if student not in before else None
                yield student, _seen("placement", away or night, **place)
        for student in before.keys() - now.keys():
            yield student, _seen("out_of_rosters", night)
        before = now


def _away_since(events: Events, night: date) -> dict[str, date]:
    """The day from which a student is away by the changes that are known on a night."""
    return {
        str(cells.identifier(row["student_number"])): day
        for row in events.rows(_CHANGES, night)
        if cells.code("student_change", row["change_type"]) in register.codes_of("absence_begins")
        and (day := cells.day(row["changed_on"])) and day <= night
    }  # fmt: skip


def _seen(kind: str, night: date, **place: str | None) -> Event:
    return Event(f"{kind}:{night.year}", f"{kind}:{night}", kind, None, night, _STUDENTS, **place)  # type: ignore[arg-type]


def _told_moves(events: Events) -> set[tuple[str, str | None]]:
    """Student and school of each transfer of which the registry tells the day."""
    moves = set()
    for row in events.rows(_CHANGES):
        student, what = str(cells.identifier(row["student_number"])), cells.code("student_change", row["change_type"])
        column = {_MOVED_HERE: "school_code", _MOVED_AWAY: "to_school_code"}.get(str(what))
        if column:
            moves.add((student, cells.identifier(row.get(column))))
    return moves


def _exams(events: Events) -> Iterator[tuple[str, Event]]:
    """Exams of which a sheet has a mark of the student, or a reason for none; 'a line without either is no exam'."""
    known = rosters.seats(events, events.last)
    schools: dict[tuple[str, str], set[tuple[str, str | None]]] = defaultdict(set)
    for part, delivery in events.current("exams/results").items():
        exam, school = part.split("/")
        for row in delivery.rows:
            place = school, cells.identifier(row["class_code"])
            if any(row[name] for name in row if _is_mark(exam, name)):
                schools[exam, str(cells.identifier(row["student_number"]))].add(place)
    ranks: dict[tuple[str, str], list[Fraction]] = defaultdict(list)
    for (exam, _), standing in growth.standings(events).items():
        for student, rank in standing.ranks.items():
            ranks[exam, student].append(Fraction(numbers.half_up(rank) or 0))
    for (exam, student), places in schools.items():
        if student not in known:
            continue
        declared, some = register.exams()[exam], ranks.get((exam, student), [])
        day: date = declared["held_on"]
        yield (
            student,
            Event(
                f"exam:{exam}",
                f"exam:{exam}",
                "exam",
                day,
                day,
                "exams/results",
                reference=exam,
                grade=str(declared["grade"]),
                school_code=_only(school for school, _ in places),
                class_code=_only(klass for _, klass in places),
                items=len(some),
                value=numbers.half_up(sum(some, Fraction(0)) / len(some)) if some else None,
                value_kind="percentile_rank_mean" if some else None,
            ),
        )


def _is_mark(exam: str, name: str) -> bool:
    """Of a subject of the exam."""
    subject = cells.code("subject", name.removesuffix("_得分")) if name.endswith("_得分") else None
    return subject in register.exams()[exam]["subjects"]


def _only(values: Iterator[str | None]) -> str | None:
    """The one value, or None of several."""
    several = set(values)
    return several.pop() if len(several) == 1 else None


def _tests(events: Events) -> Iterator[tuple[str, Event]]:
    for test in fitness.tests(events):
        day = cells.day(test.row.get("tested_on"))
        yield (
            test.student,
            Event(
                f"fitness_test:{test.year}",
                f"fitness_test:{test.year}",
                "fitness_test",
                day,
                day or events.nights[0],
                "fitness/results",
                what_code_set="fitness_level" if test.total is not None else None,
                what=fitness.level(test.total),
                reference=test.year,
                school_code=test.school,
                grade=str(test.grade) if test.grade else None,
                items=1,
                value=test.total,
                value_kind=None if test.total is None else "fitness_total",
                reason=test.reason,
            ),
        )


def _evaluations(events: Events) -> Iterator[tuple[str, Event]]:
    """'Records of the evaluation' of a term, the day the last on which one was recorded."""
    terms: dict[tuple[str, str], list[tuple[str | None, date | None]]] = defaultdict(list)
    for student, term, _, rows in evaluation.groups(events):
        terms[student, term] += ((cells.identifier(r.get("school_code")), cells.day(r["recorded_on"])) for r in rows)
    for (student, term), records in terms.items():
        day = max((d for _, d in records if d), default=None)
        yield (
            student,
            Event(
                f"evaluation:{term}",
                f"evaluation:{term}",
                "evaluation",
                day,
                day or events.nights[0],
                "quality/records",
                reference=term,
                school_code=_only(school for school, _ in records),
                items=len(records),
            ),
        )
