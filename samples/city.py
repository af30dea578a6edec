"""The whole city in memory, before a file of it is written.

Lives here: the City and its building.
Add here: a new kind of thing that several feeds speak of.
Stays out: files, nights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from samples.planted.plan import Plan
from samples.planted.planning import make_plan
from samples.world.people import Students, make_students
from samples.world.pools import AREAS, CITY, CITY_CODE, DISTRICTS
from samples.world.schools import MIN_STUDENTS, Classes, Schools, make_classes, make_schools
from samples.world.strings import Bools, Ints
from samples.world.teachers import Teachers, make_teachers

CSV_MIN_STUDENTS = 100_000  # students from which rosters and marks are csv, not workbooks


@dataclass(frozen=True)
class City:
    """Who and what there is on night 1, and what is planted."""

    seed: int
    schools: Schools
    classes: Classes
    students: Students
    teachers: Teachers
    advisers: Ints  # teacher of each class
    plan: Plan
    dirt: bool = False  # every dirt, in every file
    year: int = 2025  # in which the school year began
    csv: bool = False  # rosters and marks are csv though the city is small

    @property
    def organisations(self) -> tuple[str, ...]:
        """Codes of the schools, then of the districts and the city."""
        return (*self.schools.code, *AREAS, CITY_CODE)

    @property
    def organisation_names(self) -> tuple[str, ...]:
        """Names of `organisations`."""
        return (*self.schools.name, *DISTRICTS, CITY)

    @property
    def sits(self) -> Bools:
        """Classes that sit the city's exams: special schools have their own."""
        return np.asarray(self.classes.stage != "special")

    @property
    def suffix(self) -> str:
        """Extension of rosters and marks."""
        return ".csv" if self.csv or (len(self.students) >= CSV_MIN_STUDENTS and not self.dirt) else ".xlsx"


@dataclass(frozen=True)
class Seats:
    """Where each student sits on one night."""

    klass: Ints
    seat: Ints


def build_city(students: int, seed: int, *, dirt: bool = False, year: int = 2025) -> City:
    """A city of exactly `students`. Raises ValueError where that is too few, or the seed negative."""
    if students < MIN_STUDENTS:
        raise ValueError(f"A sample city has {MIN_STUDENTS} students at least, not {students}: ask for more.")
    if seed < 0:
        raise ValueError(f"The seed must be 0 or more, not {seed}: choose another.")
    schools = make_schools(students, seed)
    classes = make_classes(schools, students, seed)
    people = make_students(schools, classes, seed, year)
    teachers = make_teachers(schools, classes, seed)
    advisers = advisers_of(classes, teachers)
    plan = make_plan(people, teachers, schools, classes, advisers, seed, dirt=dirt)
    return City(seed, schools, classes, people, teachers, advisers, plan, dirt, year)


def advisers_of(classes: Classes, teachers: Teachers) -> Ints:
    """The first teachers of a school advise its classes."""
    first_class = np.searchsorted(classes.school, classes.school)
    return np.searchsorted(teachers.school, classes.school) + np.arange(len(first_class)) - first_class
