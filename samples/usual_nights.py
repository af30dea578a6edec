"""Usual nights of a city without an error, in csv: what a measurement of speed reads.

Lives here: `write_usual_nights`, and what each night after the first brings: every roster, of which one row in a
hundred changed, moves, students whose number changed, a day of homework with late rows and corrections of another
month, one exam.
Add here: another thing that a usual night brings.
Stays out: errors of the feeds that are measured, and the planted truth (`nights`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from samples import moves
from samples.city import City, Seats, build_city
from samples.feeds import homework_files
from samples.feeds.declared import send_declared
from samples.feeds.exam_items import send_items
from samples.feeds.exam_results import sit
from samples.feeds.fitness_results import send_fitness
from samples.feeds.lower_release import send_release
from samples.feeds.record_changes import send_changes
from samples.files.accounts import Night
from samples.files.text import append_text, csv_lines
from samples.planted.copies import name_edits
from samples.planted.flaw_kinds import EXAMS, HOMEWORK_A, STUDENTS
from samples.planted.plan import Edit, Plan
from samples.sender import Sender
from samples.sending import send_exam, send_lists, send_rosters
from samples.world import homework
from samples.world.calendar import is_school_day, school_days_before
from samples.world.exams import Exam, all_exams, exams_of
from samples.world.identifiers import student_numbers
from samples.world.randomness import stream
from samples.world.strings import Bools, Columns, digits, text_slices

FIRST_NIGHT = date(2025, 11, 3)  # a Monday: the days that it brings are of the month before
CHANGED_SHARE = 0.01  # of the students, whose roster row differs from the night before
MOVED_SHARE, MAX_MOVED = 0.002, 200
RENUMBERED_SHARE, MAX_RENUMBERED = 0.0002, 20
CORRECTIONS = 3  # records of homework, of the month before the first night
_DIFFERENT_SHARE = 0.0005  # of the students, whose name is another in exams and on homework platform A
_HELD_BACK = (8, 4, 5, 6, 7, 9)  # grades whose second exam is marked late, in the order of the nights


def write_usual_nights(
    out: Path,
    students: int,
    nights: int = 3,
    seed: int = 7,
    progress: Callable[[str], None] | None = None,
    *,
    usual_every: int = 1,
) -> list[date]:
    """Write a city's exports to `out`/<yyyy-mm-dd>/<source>/<feed>/…, and return the dates of the nights.

    After the first, one night of `usual_every` is usual, the last among them; the others bring homework alone, of which
    no copy differs. The same arguments give the same bytes. Raises ValueError where the city would be too small.
    """
    city = _clean(build_city(students, seed))
    sender = Sender(city, progress or (lambda _: None))
    days = [FIRST_NIGHT + timedelta(days=n) for n in range(nights)]
    before = seats = moves.first_seats(city)
    earliest, late, turn = _day(sender, seats, _first_days(city)[0]), None, 0
    for number, day in enumerate(days, 1):
        night = Night(number, nights, day, Path(out) / day.isoformat(), seed=seed)
        night.folder.mkdir(parents=True, exist_ok=True)
        is_usual = number > 1 and (nights - number) % usual_every == 0
        if number == 1:
            _send_first(sender, night, seats)
        elif is_usual:
            turn += 1
            seats, moved = moves.move(city, before, turn + 1)
            sender.truth.moves += [replace(move, night=number) for move in moved]
            sender.edits += _roster_changes(city, number, turn)
            _send_usual(sender, night, seats, turn)
        if number > 1 and is_school_day(yesterday := day - timedelta(days=1)):
            homework_day = _day(sender, before, yesterday)
            _send_homework(sender, night, before, homework_day, late, differs=is_usual)
            _append(night, _corrections(sender, earliest, number))
            late = _Late(_seated(city, before), homework_day)
        before = seats
        sender.progress(f"{day}: {len(night.accounts)} files written")
    return days


def _clean(city: City) -> City:
    """The city without an error; some names differ in exams and homework, and some students will move."""
    rng, count = stream(city.seed, "usual nights"), len(city.students)
    nobody = np.zeros(count, bool)
    able = np.isin(np.arange(count), city.plan.movers)
    people = rng.permutation(np.flatnonzero(~able))[: max(2, round(count * _DIFFERENT_SHARE))]
    plan = Plan(
        edits=[edit for feed in (EXAMS, HOMEWORK_A) for edit in name_edits(feed, people, city.students)],
        movers=city.plan.movers,
        moves_a_night=min(MAX_MOVED, max(2, round(count * MOVED_SHARE))),
        silent=nobody,
        no_homework=nobody,
        blank_exam_class=nobody,
        free=~able,
    )
    return replace(city, plan=plan, csv=True)


def _send_first(sender: Sender, night: Night, seats: Seats) -> None:
    """Everything there is, and the homework of the days before."""
    send_lists(sender, night)
    send_rosters(sender, night, seats, full=True)
    for day in _first_days(sender.city):
        records = _day(sender, seats, day)
        for platform, feed in homework_files.FEEDS.items():
            homework_files.write_day(night, sender.city, records, platform, sender.edits_of(feed, 1), [])
    for exam in (e for e in all_exams() if e not in _late_exams()):
        _send_exam(sender, night, exam)
    send_declared(sender, night)
    send_fitness(sender, night)
    send_items(sender, night)
    send_release(sender, night)


def _send_usual(sender: Sender, night: Night, seats: Seats, turn: int) -> None:
    """What a usual night brings beside homework."""
    send_rosters(sender, night, seats, full=True)
    for exam in _late_exams()[turn - 1 : turn]:
        _send_exam(sender, night, exam)
    send_declared(sender, night)
    send_changes(sender, night)


def _send_exam(sender: Sender, night: Night, exam: Exam) -> None:
    sitting = sit(sender.city, exam)
    if len(sitting.people):
        send_exam(sender, night, sitting, np.unique(sitting.school))


def _late_exams() -> list[Exam]:
    """Those that are marked after the first night, in the order of the nights that bring them."""
    return [exams_of(grade)[1] for grade in _HELD_BACK]


def _roster_changes(city: City, night: int, turn: int) -> list[Edit]:
    """Tonight's changed addresses, and numbers that begin with J and become those of an ID card."""
    count = len(city.students)
    changed = stream(city.seed, "changed", night).choice(count, round(count * CHANGED_SHARE), replace=False)
    edits = [Edit(STUDENTS, "residence", int(p), f"书院路{night}号", "changed", first=night) for p in changed]
    settled = np.flatnonzero((city.students.letter == 1) & city.plan.free)
    each = max(1, min(MAX_RENUMBERED, round(count * RENUMBERED_SHARE)))
    people = stream(city.seed, "renumbered").permutation(settled)[(turn - 1) * each : turn * each]
    of = city.students
    numbers = student_numbers(np.zeros(len(people), np.int64), of.area[people], of.birth[people], of.sequence[people])
    return edits + [
        Edit(STUDENTS, "student_number", int(p), str(n), "renumbered", first=night)
        for p, n in zip(people, numbers.to_pylist(), strict=True)
    ]


@dataclass(frozen=True)
class _Late:
    """A day of homework of which platform A has not sent one task yet."""

    city: City  # as everyone sat on that day
    day: homework.Day

    @property
    def task(self) -> int:
        """The task: the first that platform A holds."""
        return int(np.flatnonzero(self.day.platform & homework.A)[0])

    def without(self) -> homework.Day:
        """The day as it is sent on the night after it."""
        platform = self.day.platform.copy()
        platform[self.task] &= ~homework.A
        return replace(self.day, platform=platform)

    def columns(self) -> Columns:
        """The rows of the task."""
        records = np.flatnonzero(self.day.assignment == self.task)
        return homework_files.columns(self.city, self.day, records, homework.A)


def _send_homework(
    sender: Sender, night: Night, before: Seats, day: homework.Day, late: _Late | None, *, differs: bool
) -> None:
    """A day of homework, as the platforms then knew the classes, and what the night before should have brought."""
    city = _seated(sender.city, before)
    for platform, feed in homework_files.FEEDS.items():
        edits = sender.edits_of(feed, night.number) if differs else []
        sent = _Late(city, day).without() if platform == homework.A else day
        homework_files.write_day(night, city, sent, platform, edits, [])
    if late is not None:
        _append(night, late.columns())


def _day(sender: Sender, seats: Seats, day: date) -> homework.Day:
    """The homework of a day, on which everyone sat as in `seats`: about four rows a student, since everyone takes part
    whose class uses a platform.
    """
    habits = sender.habits
    takes_part: Bools = habits.uses[seats.klass] > 0
    return homework.make_day(_seated(sender.city, seats), replace(habits, takes_part=takes_part), day)


def _seated(city: City, seats: Seats) -> City:
    return replace(city, students=replace(city.students, klass=seats.klass))


def _first_days(city: City) -> list[date]:
    """Fewer in large cities: a million students make four million records a day."""
    return school_days_before(FIRST_NIGHT, 2 if len(city.students) < 500_000 else 1)


def _corrections(sender: Sender, day: homework.Day, night: int) -> Columns:
    """A few records of an earlier `day`, with other minutes; platform A alone holds them, so that no copy differs."""
    able = np.flatnonzero((day.platform[day.assignment] == homework.A) & (day.actual >= 0))
    place = (night - 2) * CORRECTIONS
    records = np.sort(stream(sender.city.seed, "corrections").permutation(able)[place : place + CORRECTIONS])
    minutes = digits(day.actual[records] + 1)
    return homework_files.columns(sender.city, day, records, homework.A) | {"actual_minutes": minutes}


def _append(night: Night, values: Columns) -> None:
    """Put rows of an earlier day at the end of tonight's file of platform A."""
    (path,) = (night.folder / homework_files.FEEDS[homework.A]).iterdir()
    lines = csv_lines(values, homework_files.names(homework_files.FIELDS_OF_A))
    append_text(path, text_slices(lines, np.zeros(1, np.int64))[0], "gb18030")
