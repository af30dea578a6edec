"""The turn of the school year: who moves up, who leaves, who enters, and the classes they are then in.

Lives here: next year's city from this year's, and this year's without its leavers.
Add here: another way to pass from year to year (repeating a grade).
Stays out: files and nights (`rollover`).
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pyarrow as pa

from samples.city import City, Seats, advisers_of
from samples.world.people import Guardians, Students, make_students
from samples.world.randomness import stream
from samples.world.schools import Classes
from samples.world.strings import Bools, Ints

NO_CLASS = -1  # class of a student who has left
_SIZE = 42


def without_leavers(city: City) -> Seats:
    """The seats when those of the last grades are gone and nobody has entered."""
    last = _is_last(city)[city.students.klass]
    return Seats(np.where(last, NO_CLASS, city.students.klass), city.students.seat)


def next_year(city: City) -> City:
    """The city a year later: the same schools and teachers; its students begin with last year's, in their order.

    As many enter a stage as leave it, as far as there are; who finds no place has left the city.
    """
    rng = stream(city.seed, "new year")
    school, grade, number, people = _classes(city, rng)
    order = np.lexsort((number, grade, school))
    school, grade, number = school[order], grade[order], number[order]
    size = np.array([len(people[n]) for n in order])
    classes = Classes.of(city.schools, school, grade, number, size)
    entering = replace(classes, size=np.where(grade == 1, size, 0))
    entrants = make_students(city.schools, entering, city.seed + 1, city.year + 1)
    klass, seat = np.full(len(city.students), NO_CLASS), np.zeros(len(city.students), np.int64)
    for place, n in enumerate(order):
        if grade[place] > 1:
            klass[people[n]], seat[people[n]] = place, np.arange(len(people[n])) + 1
    students = _together(city.students, entrants)
    students = replace(
        students, klass=np.concatenate([klass, entrants.klass]), seat=np.concatenate([seat, entrants.seat])
    )
    return replace(
        city,
        classes=classes,
        students=students,
        advisers=advisers_of(classes, city.teachers),
        year=city.year + 1,
    )


def _classes(city: City, rng: np.random.Generator) -> tuple[Ints, Ints, Ints, list[Ints]]:
    """School, grade and number of each class of the new year, and who is in it (of grade 1: so many zeros)."""
    old, students = city.classes, city.students
    new_classes: list[tuple[int, int, int, Ints]] = []
    for n in np.flatnonzero(~_is_last(city)):
        sitting = np.flatnonzero(students.klass == n)
        new_classes.append((int(old.school[n]), int(old.grade[n]) + 1, int(old.number[n]), sitting))
    for first in np.unique(old.first_grade):
        new_classes += _entering(city, int(first), rng)
    school, grade, number, people = zip(*new_classes, strict=True)
    return np.array(school), np.array(grade), np.array(number), list(people)


def _is_last(city: City) -> Bools:
    """Classes in the last grade of their stage."""
    kinds, classes = city.schools.kind, city.classes
    last = [kinds[s].stage_of(int(g))[2] for s, g in zip(classes.school, classes.grade, strict=True)]
    return np.asarray(classes.grade == np.array(last))


def _entering(city: City, grade: int, rng: np.random.Generator) -> list[tuple[int, int, int, Ints]]:
    """The classes of the first grade of stages that begin with `grade`: each school takes as many as leave it."""
    old, leaving = city.classes, _is_last(city)
    places = np.where(leaving & (old.first_grade == grade), old.size, 0)
    room = np.bincount(old.school, places, len(city.schools.kind)).astype(int)
    if grade == 1:
        who = np.zeros(int(room.sum()), np.int64)
    else:
        who = rng.permutation(np.flatnonzero((leaving & (old.grade == grade - 1))[city.students.klass]))
    new_classes: list[tuple[int, int, int, Ints]] = []
    for school in np.flatnonzero(room):
        mine, who = who[: room[school]], who[room[school] :]
        for n, part in enumerate(np.array_split(mine, max(1, round(len(mine) / _SIZE)))):
            if len(part):
                new_classes.append((int(school), grade, n + 1, part))
    return new_classes


def _together(first: Students, second: Students) -> Students:
    return Students(**_joined(first, second))


def _joined(first: Any, second: Any) -> dict[str, Any]:
    """Each field of the first with that of the second behind it."""
    return {f.name: _behind(getattr(first, f.name), getattr(second, f.name)) for f in fields(first)}


def _behind(first: Any, second: Any) -> Any:
    if isinstance(first, np.ndarray):
        return np.concatenate([first, second], axis=-1)
    if isinstance(first, Guardians):
        return Guardians(**_joined(first, second))
    return pa.concat_arrays([first, second])
