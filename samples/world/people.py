"""Students as columns of small numbers; names and identifiers as text.

Lives here: who there is, of which sex, age, class, with which number, and how able; how people are named.
Add here: another fact of a student.
Stays out: the 74 columns of an export (`feeds`); what is wrong with them (`planted`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow.compute as pc

from samples.world.identifiers import day_number, id_numbers, sequences, student_numbers
from samples.world.pools import ETHNICITIES, GIVEN_NAMES, MIDDLE_DOT, MINORITY_FIRST, MINORITY_LAST, SURNAMES
from samples.world.randomness import stream
from samples.world.schools import Classes, Schools
from samples.world.strings import Bools, Floats, Ints, Strings, join, take, where

_COMMON = 1.0 / (np.arange(len(SURNAMES)) + 8)  # a few surnames are very common


@dataclass(frozen=True)
class Guardians:
    """One guardian for each student, in the student's area."""

    name: Strings
    id_number: Strings


@dataclass(frozen=True)
class Students:
    """One entry per student, ordered by class and seat. `klass` is the class of night 1."""

    klass: Ints
    seat: Ints
    sex: Ints  # 1 male, 2 female
    birth: Ints  # day number
    area: Ints
    sequence: Ints
    letter: Ints  # 0 G, 1 J, 2 L
    ethnicity: Ints
    ability: Floats  # z score of the city
    number: Strings  # 学籍号
    id_number: Strings  # null for J
    name: Strings
    father: Guardians
    mother: Guardians
    chance: Ints  # a few numbers 0..65535 a person, for facts of no consequence

    def __len__(self) -> int:
        return len(self.klass)


def make_students(schools: Schools, classes: Classes, seed: int, year: int = 2025) -> Students:
    """The students of the classes in the school year that began in `year`: numbers unique, with valid checks, in
    fictional areas.
    """
    klass = np.repeat(np.arange(len(classes.size)), classes.size)
    count = len(klass)
    rng = stream(seed, "students")
    sex = rng.integers(1, 3, count)
    birth = _births(classes.grade[klass], rng, year)
    area = np.where(rng.random(count) < 0.85, schools.area[classes.school[klass]], rng.integers(0, 4, count))
    sequence = sequences(area, birth, sex)
    letter = np.zeros(count, np.int64)
    letter[_some(rng, count, 0.02)] = 1
    letter[_some(rng, count, 0.01)] = 2
    uygur = np.zeros(count, bool)
    uygur[_some(rng, count, 0.01)] = True
    first = np.cumsum(np.append(0, classes.size[:-1]))
    name = make_names(rng, uygur)
    return Students(
        klass=klass,
        seat=np.arange(count) - first[klass] + 1,
        sex=sex,
        birth=birth,
        area=area,
        sequence=sequence,
        letter=letter,
        ethnicity=_ethnicities(rng, uygur),
        ability=_ability(classes, klass, len(schools.code), rng),
        number=student_numbers(letter, area, birth, sequence),
        id_number=where(letter == 1, None, id_numbers(area, birth, sequence)),
        name=name,
        father=_guardians(rng, birth, area, 1, uygur, name),
        mother=_guardians(rng, birth, area, 2, uygur, None),
        chance=rng.integers(0, 1 << 16, (8, count), np.uint16),
    )


def _guardians(
    rng: np.random.Generator, birth: Ints, area: Ints, sex: int, uygur: Bools, child: Strings | None
) -> Guardians:
    """Guardians 22 to 38 years older; with the child's surname where `child` names are given."""
    born = birth - rng.integers(22 * 365, 38 * 365, len(birth))
    sequence = sequences(area, born, np.full(len(birth), sex))
    name = make_names(rng, uygur)
    if child is not None:
        name = where(
            uygur, name, join(pc.utf8_slice_codeunits(child, 0, 1), pc.utf8_slice_codeunits(name, 1))
        )
    return Guardians(name, id_numbers(area, born, sequence))


def _some(rng: np.random.Generator, count: int, share: float) -> Ints:
    """A share of the people, four at least."""
    return rng.choice(count, max(4, round(count * share)), replace=False)


def _births(grade: Ints, rng: np.random.Generator, year: int) -> Ints:
    """Birth dates from 1 September to 31 August: six years old on entering grade 1."""
    starts = np.array([day_number(date(year - 6 - g, 9, 1)) for g in range(13)])
    return starts[grade] + rng.integers(0, 365, len(grade))


def _ethnicities(rng: np.random.Generator, uygur: Bools) -> Ints:
    other = np.where(rng.random(len(uygur)) < 0.04, rng.integers(1, len(ETHNICITIES) - 1, len(uygur)), 0)
    return np.where(uygur, len(ETHNICITIES) - 1, other)


def _ability(classes: Classes, klass: Ints, schools: int, rng: np.random.Generator) -> Floats:
    school = rng.normal(0, 0.35, schools)[classes.school]
    room = rng.normal(0, 0.2, len(school)) + school
    ability = room[klass] + rng.normal(0, 0.9, len(klass))
    return (ability - ability.mean()) / ability.std()


def make_names(rng: np.random.Generator, minority: Bools) -> Strings:
    """Surname and one or two characters; with a middle dot where `minority` holds."""
    count = len(minority)
    surname = rng.choice(len(SURNAMES), count, p=_COMMON / _COMMON.sum())
    given_index = rng.integers(0, len(GIVEN_NAMES), (2, count))
    second = where(rng.random(count) < 0.8, take(GIVEN_NAMES, given_index[1]), "")
    han = join(take(SURNAMES, surname), take(GIVEN_NAMES, given_index[0]), second)
    first = take(MINORITY_FIRST, rng.integers(0, len(MINORITY_FIRST), count))
    last = take(MINORITY_LAST, rng.integers(0, len(MINORITY_LAST), count))
    return where(minority, join(first, MIDDLE_DOT, last), han)
