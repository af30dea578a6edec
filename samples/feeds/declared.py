"""Feeds made from their contract: rows about students, teachers, schools or classes, file by file.

Lives here: whom the rows are about, the bad rows among them, and their files of a night.
Add here: another way in which rows go to files.
Stays out: the list of these feeds (`declared_specs`), what a column holds (`declared_columns`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np

from registry.model import Feed
from samples.city import City
from samples.feeds.conditions import condition_rows
from samples.feeds.contracts import contract, slice_of
from samples.feeds.declared_columns import Rows, columns, crossed
from samples.feeds.declared_facts import declared
from samples.feeds.declared_flaws import flaws_of
from samples.feeds.declared_specs import SPECS, Spec
from samples.feeds.declared_values import concerns, plain_teachers, stated
from samples.files.accounts import Book, Night
from samples.files.books import write_books
from samples.files.rows import place_rows, plant
from samples.files.workbooks import HeadRow, letter
from samples.sender import Sender
from samples.world.calendar import is_school_day
from samples.world.randomness import stream
from samples.world.strings import Bools, Ints


def send_declared(sender: Sender, night: Night) -> None:
    """Tonight's files of every feed of the list that the register has."""
    for spec in SPECS:
        feed = contract(spec.feed)
        for day in _days(spec, night) if feed else ():
            _send(sender, night, spec, feed, day)  # type: ignore[arg-type]
        if feed and len(_days(spec, night)):
            sender.progress(f"{night.day.isoformat()}: {spec.feed}")


def _days(spec: Spec, night: Night) -> list[date]:
    before = night.day - timedelta(days=1)
    if spec.daily:
        return [before] if is_school_day(before) else []
    return [before] if night.number == 1 else []


def _send(sender: Sender, night: Night, spec: Spec, feed: Feed, day: date) -> None:
    city = sender.city
    rng = stream(city.seed, "declared", spec.feed, day.isoformat())
    rows = _rows(city, spec, feed, rng, day)
    if spec.by_school:
        schools = np.unique(rows.school)
        file = np.searchsorted(schools, rows.school)
    else:
        schools, file = np.zeros(1, np.int64), np.zeros(len(rows), np.int64)
    books = [_book(city, spec, feed, int(s), day) for s in schools]
    values = columns(city, feed, spec, rows, rng) | stated(city, spec.feed, rows)
    flaws = [] if spec.about == "fact" else flaws_of(feed, rows, values, rng, day)  # the truth tells each fact
    file_rows = place_rows(np.arange(len(rows)), file, flaws, lambda f: int(file[f.entity]))
    content = plant(
        file_rows,
        {n: c.take(file_rows.entity) for n, c in values.items()},
        file_rows.entity,
        [],
        flaws,
    )
    numeric = frozenset(c.name for c in feed.columns if c.type in ("integer", "decimal"))
    write_books(night, books, content, list(values), numeric)


def _book(city: City, spec: Spec, feed: Feed, school: int, day: date) -> Book:
    below = spec.path.format(day=f"{day:%Y%m%d}", school=city.schools.code[school])
    head: tuple[HeadRow, ...] = (HeadRow(tuple(c.headers[0] for c in feed.columns)),)
    merged: tuple[str, ...] = ()
    if spec.title and below.endswith(".xlsx"):
        head, merged = (HeadRow((spec.title,)), *head), (f"A1:{letter(len(feed.columns) - 1)}1",)
    return Book(spec.feed, f"{spec.feed}/{below}", slice_of(feed, below), head, sheet=feed.label.zh[:20], merged=merged)


def _rows(city: City, spec: Spec, feed: Feed, rng: np.random.Generator, day: date) -> Rows:
    if spec.about == "fact":
        return _fact_rows(city, day)
    if spec.about == "stage":
        return condition_rows(city, day)
    entity = _entities(city, spec, rng)
    times = min(spec.times, len(crossed(feed, spec)) or spec.times)
    repeated = np.repeat(entity, times)
    turn = np.tile(np.arange(times), len(entity))
    nobody = np.full(len(repeated), -1)
    student = teacher = klass = nobody
    if spec.about == "student":
        student, klass = repeated, city.students.klass[repeated]
        school = city.classes.school[klass]
    elif spec.about == "teacher":
        teacher, school = repeated, city.teachers.school[repeated]
    elif spec.about == "class":
        klass, school = repeated, city.classes.school[repeated]
        teacher = city.advisers[klass]
    else:
        school = repeated
    return Rows(student, teacher, school, klass, turn, day)


def _fact_rows(city: City, day: date) -> Rows:
    """A row for each declared fact, of a school or (behind the schools) of an area."""
    places = {code: n for n, code in enumerate(city.organisations)}
    organisation = np.array([places[fact.organisation_code] for fact in declared(city)], np.int64)
    nobody = np.full(len(organisation), -1)
    return Rows(nobody, nobody, organisation, nobody, np.arange(len(organisation)), day)


def _entities(city: City, spec: Spec, rng: np.random.Generator) -> Ints:
    able = {
        "student": plain_students(city),
        "teacher": plain_teachers(city),
        "class": np.ones(len(city.classes.size), bool),
    }.get(spec.about, np.ones(len(city.schools.code), bool))
    concerned = concerns(city, spec.feed)
    everyone = np.flatnonzero(able if concerned is None else able & concerned)
    count = min(max(1, round(len(everyone) * spec.share)), max(1, spec.max_rows // spec.times))
    if count >= len(everyone):
        return everyone
    return np.sort(rng.choice(everyone, count, replace=False))


def plain_students(city: City) -> Bools:
    """Students of whom the registry says the same on all nights: any copy agrees with it."""
    plain: Bools = ~city.plan.silent
    plain[city.plan.movers] = False
    plain[[e.person for e in city.plan.edits if e.kind in ("rename", "birth_date")]] = False
    return plain


def feeds_of(specs: Sequence[Spec] = SPECS) -> Iterator[str]:
    """The feeds that come this way."""
    return (s.feed for s in specs if contract(s.feed))
