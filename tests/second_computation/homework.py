"""Homework of a student and of a class on a day (F§4).

Lives here: the records of both platforms made one, `homework_load_student_day`, `homework_load_class_day`.
Add here: another figure of a day.
Stays out: figures of a month (`compliance`) and of the clauses (`double_reduction`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property

from tests.second_computation import cells, numbers, register, rosters
from tests.second_computation.events import Delivery, Events, Row

PLATFORMS = ("homework_a/records", "homework_b/records")  # by the rank of the register's union
_TOLERANCE = timedelta(seconds=120)
_BORNE_OUT_BY = ("student_name", "school_code", "class_code")  # what must agree with a student number


@dataclass(frozen=True)
class Record:
    """One student's record of one task, on one platform."""

    platform: str
    record_id: str
    student: str
    subject: str | None
    title: str | None
    written: bool | None
    planned: Decimal | None
    actual: Decimal | None
    assigned_at: datetime
    due_at: datetime | None
    published: bool
    layered: bool | None
    submitted_at: datetime | None
    is_marked: bool
    is_returned: bool

    @property
    def due_on(self) -> date | None:
        return self.due_at.date() if self.due_at else None

    @property
    def minutes(self) -> Decimal | None:
        """'Actual, else planned'; 'unknown minutes are null, not 0'."""
        return self.planned if self.actual is None else self.actual


@dataclass
class StudentDay:
    """What a student was set on a day; `copies` are records that may be one with another of the day, `shared` those
    that both platforms hold.
    """

    records: list[Record] = field(default_factory=list)
    platforms: set[str] = field(default_factory=set)
    copies: list[Record] = field(default_factory=list)
    shared: set[Record] = field(default_factory=set)

    def minutes(self, *, written: bool, without: Sequence[Record] = ()) -> Decimal | None:
        """'A sum of which a part is unknown is unknown'; so is one of which nobody knows whether a record is in it."""
        if any(r.written is None for r in self.records):
            return None
        return numbers.known_sum(r.minutes for r in self.records if r.written is written and r not in without)

    @cached_property
    def written_minutes(self) -> Decimal | None:
        return self.minutes(written=True)

    @cached_property
    def written_minutes_if_one(self) -> Decimal | None:
        """'Written minutes if records that overlap doubtfully were one'."""
        return self.minutes(written=True, without=self.copies)

    @property
    def published(self) -> bool:
        return any(r.published for r in self.records)


@cache
def _records(delivery: Delivery) -> list[Record]:
    """The records of a delivery that say of whom they are: 'a number alone joins nobody'."""
    return [_record(delivery.feed, row) for row in delivery.rows if any(row.get(column) for column in _BORNE_OUT_BY)]


def _record(platform: str, row: Row) -> Record:
    return Record(
        platform,
        str(cells.identifier(row["record_id"])),
        str(cells.identifier(row["student_number"])),
        cells.code("subject", row["subject"]),
        cells.text(row["title"]),
        cells.yes(row["written"]),
        cells.decimal(row["planned_minutes"]),
        cells.decimal(row["actual_minutes"]),
        _moment(row["assigned_at"]),
        cells.moment(row["due_at"]),
        cells.moment(row["published_at"]) is not None,
        cells.yes(row["layered"]),
        cells.moment(row["submitted_at"]),
        cells.moment(row["marked_at"]) is not None,
        cells.moment(row["returned_at"]) is not None,
    )


def _moment(cell: str | None) -> datetime:
    moment = cells.moment(cell)
    if moment is None:
        raise AssertionError(f"{cell} is no time, and not among the planted flaws.")
    return moment


@cache
def student_days(events: Events) -> dict[tuple[str, date], StudentDay]:
    """By student and local date of assignment: 'a record that two platforms both hold counts once, two records of one
    platform never unite'. Students whom the registry does not know are nobody's.
    """
    known = rosters.seats(events, events.last)
    by_task: dict[tuple[str, str | None], list[Record]] = defaultdict(list)
    for platform in PLATFORMS:
        for delivery in events.current(platform).values():
            for record in _records(delivery):
                if record.student in known:
                    by_task[record.student, record.subject].append(record)
    days: dict[tuple[str, date], StudentDay] = defaultdict(StudentDay)
    for (student, _), records in by_task.items():
        copy_of, overlaps = _copies(records)
        for record in records:
            counting = copy_of.get(record, record)
            day = days[student, counting.assigned_at.date()]
            day.platforms.add(record.platform)
            if counting is record:
                day.records.append(record)
            else:
                day.shared.add(counting)
            if record in overlaps:
                day.copies.append(record)
    return dict(days)


def _copies(records: list[Record]) -> tuple[dict[Record, Record], set[Record]]:
    """The record that counts, by its copy; and the copies that are doubtful and count too.

    'Clocks may differ by a declared tolerance'; 'each takes at most one of each other platform, the best supported and
    nearest first'; 'a pair of which more speaks against than for is doubtful: it stays two'.
    """
    first, second = ([r for r in records if r.platform == p] for p in PLATFORMS)
    pairs = [
        (-_support(a, b), abs(a.assigned_at - b.assigned_at), a.record_id, b.record_id, a, b)
        for a in first
        for b in second
        if a.subject is not None and abs(a.assigned_at - b.assigned_at) <= _TOLERANCE
    ]
    copy_of: dict[Record, Record] = {}
    taken, doubtful = set[Record](), set[Record]()
    for against, _, _, _, a, b in sorted(pairs, key=lambda pair: pair[:4]):
        if a in taken or b in copy_of or b in doubtful:
            continue
        taken.add(a)
        if against > 0:
            doubtful.add(b)
        else:
            copy_of[b] = a
    return copy_of, doubtful


def _support(a: Record, b: Record) -> int:
    """What speaks for a pair, less what speaks against: 'title, planned minutes, due date, and the very same time'."""
    told = ((a.title, b.title), (a.planned, b.planned), (a.due_on, b.due_on))
    evidence = sum(0 if x is None or y is None else 1 if x == y else -1 for x, y in told)
    return evidence + (a.assigned_at == b.assigned_at)


@dataclass(frozen=True)
class ClassDay:
    """A class on a day; `students` are those observed: with one homework record or more."""

    klass: rosters.Klass
    day: date
    stage: str | None
    students: tuple[StudentDay, ...]
    enrolled: int
    platforms_missing: tuple[str, ...]

    @cached_property
    def limit(self) -> Decimal | None:
        """'The limit follows the school's own 学制'; there is none on weekends and holidays."""
        if register.day_type(self.day) != "school_day":
            return None
        return register.limit_minutes(self.stage, self.klass.grade)

    @cached_property
    def measured(self) -> list[StudentDay]:
        """'Measured = of known written minutes'."""
        return [s for s in self.students if s.written_minutes is not None]

    @cached_property
    def mean(self) -> Fraction | None:
        """'Mean, over the students measured that day, of their summed written minutes'."""
        return numbers.mean([s.written_minutes for s in self.measured if s.written_minutes is not None])

    @cached_property
    def mean_if_one(self) -> Fraction | None:
        """'The mean if records that overlap doubtfully were one', over whose minutes are then known."""
        sums = (s.written_minutes_if_one for s in self.students)
        return numbers.mean([minutes for minutes in sums if minutes is not None])

    @property
    def subject_medians(self) -> Fraction | None:
        """'Σ over subjects of the per-subject median' of what each student has in it, 'drop non-written'; 'null where a
        subject is unknown'.
        """
        by_subject: dict[str | None, list[Decimal | None]] = defaultdict(list)
        for student in self.students:
            subjects: dict[str | None, list[Decimal | None]] = defaultdict(list)
            for record in student.records:
                if record.written:
                    subjects[record.subject].append(record.minutes)
            for subject, minutes in subjects.items():
                by_subject[subject].append(numbers.known_sum(minutes))
        total = Fraction(0)
        for sums in by_subject.values():
            known = [minutes for minutes in sums if minutes is not None]
            if not known:
                return None
            total += numbers.median(known)
        return total if self.students else None

    @cached_property
    def over_limit(self) -> bool | None:
        """'不超过 includes' the limit. Null where 'under half of the class is measured, an expected platform has not
        delivered, or a doubtful overlap decides'.
        """
        if self.limit is None or self.mean is None or self.mean_if_one is None or self.platforms_missing:
            return None
        if len(self.measured) < register.bureau("observed_share_min") * self.enrolled:
            return None
        verdicts = {self.mean > self.limit, self.mean_if_one > self.limit}
        return verdicts.pop() if len(verdicts) == 1 else None

    @property
    def completeness(self) -> Decimal | None:
        """'Measured ÷ enrolled × platforms delivered ÷ expected; null on days without school'."""
        if register.day_type(self.day) != "school_day":
            return None
        delivered = Fraction(len(PLATFORMS) - len(self.platforms_missing), len(PLATFORMS))
        return numbers.share(len(self.measured) * delivered, self.enrolled)

    @property
    def published(self) -> bool:
        return any(s.published for s in self.students)


def homework_days(events: Events) -> list[date]:
    """The school days 'since there has been homework data', whosever it is, as far as the night can know them."""
    rows = (row for platform in PLATFORMS for row in events.rows(platform))
    seen = [_moment(row["assigned_at"]).date() for row in rows]
    return register.school_days(min(seen), events.last - timedelta(days=1)) if seen else []


@cache
def class_days(events: Events) -> list[ClassDay]:
    """'A class that a limit binds has every school day, seen or not'; others the days on which they were seen."""
    students: dict[tuple[str, str | None, date], list[StudentDay]] = defaultdict(list)
    for (student, day), load in student_days(events).items():
        seat = rosters.seats_on(events, day).get(student)
        if seat:
            students[seat.school_code, seat.class_code, day].append(load)
    days = {day for _, _, day in students} | set(homework_days(events))
    return [
        class_day
        for klass in rosters.classes(events).values()
        for day in sorted(days)
        if (class_day := _class_day(events, klass, day, students.get((klass.school_code, klass.class_code, day), [])))
    ]


def _class_day(events: Events, klass: rosters.Klass, day: date, students: list[StudentDay]) -> ClassDay | None:
    seats = rosters.seats_on(events, day).values()
    enrolled = sum((s.school_code, s.class_code) == (klass.school_code, klass.class_code) for s in seats)
    stage = rosters.schools(events)[klass.school_code].stage_of(klass.grade)
    is_school_day = register.day_type(day) == "school_day"
    missing = [p for p in PLATFORMS if is_school_day and f"{day:%Y%m%d}" not in events.current(p)]
    class_day = ClassDay(klass, day, stage, tuple(students), enrolled, tuple(missing))
    return class_day if students or class_day.limit is not None else None
