"""Teachers as columns of small numbers; names and identifiers as text.

Lives here: who teaches at which school.
Add here: another fact of a teacher.
Stays out: the columns of an export (`feeds.teacher_list`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from samples.world.identifiers import day_number, id_numbers, sequences
from samples.world.people import make_names
from samples.world.randomness import stream
from samples.world.schools import Classes, Schools
from samples.world.strings import Ints, Strings, digits, join


@dataclass(frozen=True)
class Teachers:
    """One entry per teacher, ordered by school."""

    school: Ints
    sex: Ints
    birth: Ints
    area: Ints
    sequence: Ints
    staff_number: Strings
    id_number: Strings
    name: Strings

    def __len__(self) -> int:
        return len(self.school)


def make_teachers(schools: Schools, classes: Classes, seed: int) -> Teachers:
    """One teacher for 15 students (or children of a kindergarten), and two more than a school has classes."""
    rng = stream(seed, "teachers")
    places = len(schools.code)
    students = np.bincount(classes.school, classes.size, places) + schools.children
    per_school = np.maximum(
        np.ceil(students / 15).astype(int), np.bincount(classes.school, minlength=places) + 2
    )
    school = np.repeat(np.arange(places), per_school)
    count = len(school)
    sex = rng.integers(1, 3, count)
    birth = rng.integers(day_number(date(1967, 1, 1)), day_number(date(2002, 12, 31)), count)
    area = rng.integers(0, 4, count)
    sequence = sequences(area, birth, sex)
    return Teachers(
        school=school,
        sex=sex,
        birth=birth,
        area=area,
        sequence=sequence,
        staff_number=join("3299", digits(np.arange(count) + 1, 8)),
        id_number=id_numbers(area, birth, sequence),
        name=make_names(rng, np.arange(count) % 97 == 5),
    )
