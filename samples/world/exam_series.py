"""The exam series: who sat it in each of its years, and what they scored.

Lives here: the same pupils year after year in the school that they are in today, some of whom came later, missed a year
or repeat their grade; schools that add to what their pupils bring, year by year.
Add here: another case of a history of marks.
Stays out: which exams the series has (`world.exams`); what growth is made of it (whoever checks works it out).

Of each minimum of growth there are cohorts above and below, in a city of some tens of thousands under the house's: all
of grade 9 have two earlier exams; of grade 6 a quarter has two, the others one; of grade 8 all have one, and in English
a tenth. English in grade 8 is a paper that everybody fails.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from samples.city import City
from samples.world.exams import BLANK, SERIES_GRADES, Exam, Scores, states
from samples.world.randomness import stream
from samples.world.strings import Bools, Floats, Ints

PRESENT = max(SERIES_GRADES)
_SCHOOLS = 60  # that sit it, so that it costs a large city no more than one of some tens of thousands
_GAIN = 0.4  # z scores a year that a school adds or takes where it does
_FEWER = {(2023, 4): 0.25}  # year, grade -> the share of pupils who sat it
_FEWER_IN = {(2024, 7, "英语"): 0.1}
_FAILED = {(2025, 8, "英语"): 32}  # year, grade, subject -> mean of a paper that nobody passes
_PASS = 60
_MEAN, _SPREAD = 70, 12


@dataclass(frozen=True)
class Histories:
    """Of each student, by the years of the series: whether the student sat it, and who repeats the grade of today."""

    sat: dict[int, Bools]
    repeats: Bools

    def grade_in(self, year: int, grade: Ints) -> Ints:
        """The grade of students in a year of the series, who are in `grade` today."""
        return grade - (PRESENT - year) + np.where(self.repeats & (year < PRESENT), 1, 0)


def histories(city: City) -> Histories:
    """One in twenty came last year or this one, one in forty missed last year's exam, one in sixty repeats."""
    rng = stream(city.seed, "exam series")
    chance = rng.random((3, len(city.students)))
    came_now, came_last = chance[0] < 0.025, chance[0] < 0.05
    missed = chance[1] < 0.025
    return Histories(
        {2023: ~came_last, 2024: ~came_now & ~missed, 2025: np.ones(len(came_now), bool)}, chance[2] < 1 / 60
    )


def people_of(city: City, exam: Exam) -> Ints:
    """Who sat an exam of the series, in their order."""
    students, classes, year = city.students, city.classes, exam.held_on.year
    grade, school = classes.grade[students.klass], classes.school[students.klass]
    of = histories(city)
    able = city.sits[students.klass] & ~city.plan.silent & (school < _SCHOOLS) & of.sat[year]
    able &= of.grade_in(year, grade) == exam.grade
    has_grade = np.array([exam.grade in kind.fills for kind in city.schools.kind])
    share = stream(city.seed, "share", exam.id).random(len(students))
    return np.flatnonzero(able & has_grade[school] & (share < _FEWER.get((year, exam.grade), 1)))


def school_gains(city: City) -> Floats:
    """What each school adds a year, in z scores of the model that makes the marks: nothing for most."""
    gain = np.zeros(len(city.schools.code))
    moved = stream(city.seed, "school gains").permutation(min(len(gain), _SCHOOLS))[: max(4, len(gain) // 5)]
    gain[moved] = np.where(np.arange(len(moved)) % 2 == 0, _GAIN, -_GAIN)
    return gain


def score(city: City, exam: Exam, people: Ints) -> Scores:
    """Scores of those who sat an exam of the series."""
    students, year = city.students, exam.held_on.year
    rng = stream(city.seed, "scores", exam.id)
    shape = (len(exam.subjects), len(people))
    gained = (school_gains(city) * (year - min(SERIES_GRADES)))[city.classes.school[students.klass[people]]]
    halves, state = np.empty(shape, np.int64), states(rng, shape)
    for n, subject in enumerate(exam.subjects):
        lasting = stream(city.seed, "series aptitude", subject).normal(0, 1, len(students))[people]
        level = 0.8 * students.ability[people] + 0.4 * lasting + gained + rng.normal(0, 0.35, len(people))
        mean = _FAILED.get((year, exam.grade, subject))
        marks = np.rint(((mean or _MEAN) + _SPREAD * level) * 2)
        halves[n] = np.clip(marks, 0, 200 if mean is None else 2 * _PASS - 1)
        share = _FEWER_IN.get((year, exam.grade, subject), 1)
        state[n] = np.where(rng.random(len(people)) < share, state[n], BLANK)
    return Scores(halves, state)
