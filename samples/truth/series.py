"""What the exam series tells of each pupil: how many years of it stand before a mark, and who repeats a grade.

Lives here: the histories of marks as they were sat, and what each school was given to add.
Stays out: percentiles and estimates; whoever checks works them out from the scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from samples.city import City
from samples.feeds.exam_results import Sitting
from samples.world.exam_series import school_gains
from samples.world.exams import SCORED
from samples.world.pools import SUBJECT_CODES


@dataclass(frozen=True)
class SchoolGain:
    """A school that adds to what its pupils bring, or takes from it, in z scores a year of the model of the marks."""

    school_code: str
    gain: float


@dataclass(frozen=True)
class History:
    """A mark of the series: how many years before it, without a gap, have one of the grade below each."""

    student_number: str
    exam_id: str
    subject_code: str
    priors: int
    repeats: str  # true where the year before has a mark of the same grade


def gains(city: City) -> list[SchoolGain]:
    """Every school that adds or takes."""
    gain = school_gains(city)
    return [SchoolGain(city.schools.code[s], float(gain[s])) for s in np.flatnonzero(gain)]


def histories(city: City, sittings: Sequence[Sitting]) -> list[History]:
    """Every mark of the series."""
    scored: dict[tuple[int, int, str], frozenset[int]] = {}
    of_series = [s for s in sittings if s.exam.series]
    for sitting in of_series:
        for n, subject in enumerate(sitting.exam.subjects):
            who = sitting.people[sitting.scores.state[n] == SCORED]
            scored[sitting.exam.held_on.year, sitting.exam.grade, subject] = frozenset(who.tolist())
    return [
        History(str(city.students.number[person]), sitting.exam.id, SUBJECT_CODES[subject], *_before(
            scored, person, sitting.exam.held_on.year, sitting.exam.grade, subject
        ))
        for sitting in of_series
        for subject in sitting.exam.subjects
        for person in sorted(scored[sitting.exam.held_on.year, sitting.exam.grade, subject])
    ]  # fmt: skip


def _before(
    scored: dict[tuple[int, int, str], frozenset[int]], person: int, year: int, grade: int, subject: str
) -> tuple[int, str]:
    priors = 0
    while person in scored.get((year - priors - 1, grade - priors - 1, subject), ()):
        priors += 1
    return priors, str(person in scored.get((year - 1, grade, subject), ())).lower()
