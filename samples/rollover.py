"""A city across the turn of the school year: rosters of June, of July without leavers, of September.

Lives here: `write_rollover`, and what it sends: every roster, the lists of classes, teachers and schools; the truth
says who was known where, from which night to which.
Add here: another file that a platform sends at the turn.
Stays out: who moves up where (`world.new_year`); errors (a turn without any must raise none).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from samples.city import City, Seats, build_city
from samples.feeds import lists, student_roster, teacher_list
from samples.files.accounts import Book, Night
from samples.files.books import write_books
from samples.files.rows import place_rows, plant
from samples.planted.flaw_kinds import CLASSES, SCHOOLS, TEACHERS
from samples.truth.records import FileAccount
from samples.truth.truth_files import write_records, write_table
from samples.world.new_year import NO_CLASS, next_year, without_leavers
from samples.world.strings import Columns, Ints, digits, take, where

JUNE, JULY, SEPTEMBER = date(2025, 6, 25), date(2025, 7, 10), date(2025, 9, 2)


def write_rollover(
    out: Path, students: int, seed: int = 7, nights: Sequence[date] = (JUNE, JULY, SEPTEMBER)
) -> None:
    """Write a city of `students` to `out`/<yyyy-mm-dd>/…, and its truth (`files.csv`, `spans.csv`) to `out`/truth.

    The first of `nights` is in the old school year, the last in the new one; one between them has rosters without
    those who leave. Raises ValueError where the city would be too small, or there are fewer than two nights.
    """
    if len(nights) < 2:
        raise ValueError(f"A school year turns between two nights at least, not {len(nights)}: name more.")
    old = build_city(students, seed, year=2024)
    new = next_year(old)
    states = [(old, Seats(old.students.klass, old.students.seat))]
    states += [(old, without_leavers(old)) for _ in nights[1:-1]]
    states += [(new, Seats(new.students.klass, new.students.seat))]
    accounts: list[FileAccount] = []
    for number, (day, (city, seats)) in enumerate(zip(nights, states, strict=True), 1):
        night = Night(number, len(nights), day, Path(out) / day.isoformat(), seed=seed)
        if number in (1, len(nights)):
            _send_lists(night, city)
        _send_rosters(night, city, seats)
        accounts += night.accounts
    _as_unchanged(accounts)
    folder = Path(out) / "truth"
    folder.mkdir(parents=True, exist_ok=True)
    write_records(folder / "files.csv", [_dated(a, nights) for a in accounts], date.min, FileAccount)
    write_table(folder / "spans.csv", _spans(nights, states))


def _send_lists(night: Night, city: City) -> None:
    books: tuple[tuple[str, Book, Columns], ...] = (
        (SCHOOLS, lists.school_book(city), lists.school_columns(city)),
        (TEACHERS, teacher_list.book(), teacher_list.columns(city)),
        (CLASSES, lists.class_book(), lists.class_columns(city)),
    )
    for _, book, columns in books:
        size = len(next(iter(columns.values())))
        rows = place_rows(np.arange(size), np.zeros(size, np.int64), [], lambda _: 0)
        write_books(night, [book], plant(rows, columns, rows.entity, [], []), list(columns))


def _send_rosters(night: Night, city: City, seats: Seats) -> None:
    """The roster of every school."""
    people = np.flatnonzero(seats.klass != NO_CLASS)
    order = people[np.lexsort((seats.seat[people], seats.klass[people]))]
    school = city.classes.school[seats.klass[order]]
    schools, file = np.unique(school, return_inverse=True)
    rows = place_rows(order, file, [], lambda _: 0)
    content = plant(rows, student_roster.columns(city, rows.entity, seats), rows.entity, [], [])
    write_books(night, [student_roster.book(city, int(s)) for s in schools], content, student_roster.NAMES)


def _as_unchanged(accounts: list[FileAccount]) -> None:
    """A file that comes again with the bytes of its slice is not read."""
    last_sha256: dict[tuple[str, str], str] = {}
    for n, account in enumerate(accounts):
        if last_sha256.get((account.feed, account.slice)) == account.sha256:
            accounts[n] = replace(
                account, status="unchanged", rows_read=None, rows_loaded=None, rows_quarantined=None, rows_held=None,
                skipped=None,
            )  # fmt: skip
        last_sha256[account.feed, account.slice] = account.sha256


def _dated(account: FileAccount, nights: Sequence[date]) -> FileAccount:
    """The number of a night is days since the first day there is, as `write_records` counts them."""
    return replace(account, night=nights[account.night - 1].toordinal() - date.min.toordinal() + 1)


def _spans(nights: Sequence[date], states: Sequence[tuple[City, Seats]]) -> Columns:
    """Who was in which school, grade and class, from the night that first says so to the one that no longer does."""
    city = states[-1][0]
    people = len(city.students)
    spans: list[tuple[Ints, Ints, City, int, int]] = []
    for n, (city_of_night, seats) in enumerate(states):
        klass = _klass(seats, people)
        before = _klass(states[n - 1][1], people) if n else np.full(people, NO_CLASS)
        starting = (klass != NO_CLASS) & ((klass != before) | (city_of_night is not states[n - 1][0]))
        for end in range(n + 1, len(states) + 1):
            same_city = end < len(states) and states[end][0] is city_of_night
            later = _klass(states[end][1], people) if end < len(states) else klass
            ending = starting & (True if end == len(states) or not same_city else later != klass)
            spans.append((np.flatnonzero(ending), klass, city_of_night, n, end))
            starting = starting & ~ending
    parts = [_span_columns(city, *f, nights) for f in spans if len(f[0])]
    import pyarrow as pa

    return {name: pa.concat_arrays([p[name] for p in parts]) for name in parts[0]}


def _klass(seats: Seats, people: int) -> Ints:
    return np.concatenate([seats.klass, np.full(people - len(seats.klass), NO_CLASS)])


def _span_columns(
    city: City, people: Ints, klass: Ints, of: City, first: int, end: int, nights: Sequence[date]
) -> Columns:
    days = [*(d.isoformat() for d in nights), ""]
    seat = klass[people]
    return {
        "student_number": city.students.number.take(people),
        "school_code": take(of.schools.code, of.classes.school[seat]),
        "class_code": take(of.classes.code, seat),
        "grade": digits(of.classes.grade[seat]),
        "known_from": take(days, np.full(len(people), first)),
        "known_to": where(np.full(len(people), end < len(nights)), days[min(end, len(nights))], None),
    }
