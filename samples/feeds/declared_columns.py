"""The columns of a feed that is made from its contract: each by its name, else by its type.

Lives here: what a column of a name or type holds.
Add here: another column that must agree with the city.
Stays out: which rows there are (`declared`), the feeds themselves (`declared_specs`).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from registry.model import Column, Feed
from samples.city import City
from samples.feeds.contracts import options
from samples.feeds.declared_specs import Spec
from samples.feeds.school_counts import pupils
from samples.world import pools
from samples.world.identifiers import days_as_text
from samples.world.schools import type_name
from samples.world.strings import Columns, Ints, Strings, digits, join, same, take

_TIMES = tuple(f"{m // 60:02d}:{m % 60:02d}:00" for m in range(24 * 60))
_SPAN = 300  # days before the night in which a date lies
_ON_DAY = frozenset({"held_on", "used_on", "read_on"})  # dates of a daily file's day


@dataclass(frozen=True)
class Rows:
    """What each row is about (-1: nobody), how often before in its entity (`turn`), and the file's day."""

    student: Ints
    teacher: Ints
    school: Ints
    klass: Ints
    turn: Ints
    day: date

    def __len__(self) -> int:
        return len(self.school)


def columns(city: City, feed: Feed, spec: Spec, rows: Rows, rng: np.random.Generator) -> Columns:
    """Every column of the contract for the rows, as it would be without an error."""
    return {c.name: _column(city, feed, spec, rows, c, rng) for c in feed.columns}


def crossed(feed: Feed, spec: Spec) -> tuple[str, ...]:
    """What the repetitions of one entity run through."""
    column = next((c for c in feed.columns if c.name == spec.cross), None)
    if column is None:
        return ()
    return spec.pools.get(spec.cross) or options(column.code_set or "")


def _column(
    city: City, feed: Feed, spec: Spec, rows: Rows, column: Column, rng: np.random.Generator
) -> Strings:
    if column.name == spec.cross:
        return take(crossed(feed, spec), rows.turn)
    value_of = _VALUE_BY_COLUMN.get(column.name)
    if value_of is not None and (values := value_of(city, rows)) is not None:
        return values
    if column.name in spec.pools:
        words = spec.pools[column.name]
        return take(words, rng.integers(0, len(words), len(rows)))
    return _by_type(spec, rows, column, rng)


def _by_type(spec: Spec, rows: Rows, column: Column, rng: np.random.Generator) -> Strings:
    count = len(rows)
    if column.type in ("integer", "decimal"):
        return digits(_numbers(spec, column, count, rng))
    if column.type in ("date", "month", "datetime"):
        return _moments(rows, column, rng)
    if column.type in ("code", "boolean"):
        names = options(column.code_set) if column.code_set else pools.YES_NO
        return take(names, rng.integers(0, len(names), count))
    if column.type == "identifier" and column.filled:
        mark = zlib.crc32(f"{spec.feed}{column.name}{rows.day}".encode()) % 1_000_000
        return join(f"{mark:06d}-", digits(np.arange(count) + 1, 7))
    if column.type == "text" and column.filled:
        return join(column.headers[0], digits(np.arange(count) + 1))
    return same(None, count)


def _moments(rows: Rows, column: Column, rng: np.random.Generator) -> Strings:
    """Times of the file's day, dates of the months before (of that day where the file is the day's)."""
    if column.type == "datetime":
        times = [f"{rows.day.isoformat()} {t}" for t in _TIMES]
        return take(times, rng.integers(7 * 60, 18 * 60, len(rows)))
    ago = np.zeros(len(rows), np.int64) if column.name in _ON_DAY else rng.integers(1, _SPAN, len(rows))
    return take([(rows.day - timedelta(days=n)).isoformat() for n in range(_SPAN)], ago)


def _numbers(spec: Spec, column: Column, count: int, rng: np.random.Generator) -> Ints:
    minimum = column.minimum or 0
    low, high = spec.ranges.get(column.name, (max(minimum, 0), max(minimum, 0) + 10))
    if column.maximum is not None:
        high = min(high, column.maximum)
    return rng.integers(int(low), int(high) + 1, count)


def _of_student(value: Callable[[City, Ints], Strings]) -> Callable[[City, Rows], Strings | None]:
    return lambda city, rows: value(city, rows.student) if _any(rows.student) else None


def _of_teacher(value: Callable[[City, Ints], Strings]) -> Callable[[City, Rows], Strings | None]:
    return lambda city, rows: value(city, rows.teacher) if _any(rows.teacher) else None


def _any(people: Ints) -> bool:
    return bool(len(people)) and int(people[0]) >= 0


def _name(city: City, rows: Rows) -> Strings | None:
    if _any(rows.student):
        return city.students.name.take(rows.student)
    return city.teachers.name.take(rows.teacher) if _any(rows.teacher) else None


def _class(value: Callable[[City, Ints], Strings]) -> Callable[[City, Rows], Strings | None]:
    return lambda city, rows: value(city, rows.klass) if _any(rows.klass) else None


def _class_name(city: City, klass: Ints) -> Strings:
    return join(take(pools.GRADES, city.classes.grade[klass]), digits(city.classes.number[klass]), "班")


_VALUE_BY_COLUMN: dict[str, Callable[[City, Rows], Strings | None]] = {
    "student_number": _of_student(lambda city, who: city.students.number.take(who)),
    "account": _of_student(lambda _, who: join("u", digits(who + 1, 8))),
    "sex": _of_student(lambda city, who: take(pools.SEXES, city.students.sex[who])),
    "birth_date": _of_student(lambda city, who: days_as_text(city.students.birth[who])),
    "ethnicity": _of_student(lambda city, who: take(pools.ETHNICITIES, city.students.ethnicity[who])),
    "role": _of_student(lambda _, who: same("学生", len(who))),
    "staff_number": _of_teacher(lambda city, who: city.teachers.staff_number.take(who)),
    "teacher_name": _of_teacher(lambda city, who: city.teachers.name.take(who)),
    "name": _name,
    "school_code": lambda city, rows: take(city.schools.code, rows.school),
    "organisation_code": lambda city, rows: take(city.organisations, rows.school),
    "school_name": lambda city, rows: take(city.schools.name, rows.school),
    "organisation": lambda city, rows: take(city.organisation_names, rows.school),
    "type_code": lambda city, rows: take([type_name(k) for k in city.schools.kind], rows.school),
    "urban_rural": lambda city, rows: take(city.schools.place, rows.school),
    "students": lambda city, rows: digits(pupils(city)[rows.school]),
    "class_code": _class(lambda city, klass: take(city.classes.code, klass)),
    "grade": _class(lambda city, klass: take(pools.GRADES, city.classes.grade[klass])),
    "class_name": _class(_class_name),
}
