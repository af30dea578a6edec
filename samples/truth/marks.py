"""What the marks sum up to.

Lives here: true means and spreads by cohort (exam, grade, subject), single scores, and which classes gained.
Add here: another sum over marks.
Stays out: z scores and percentiles; whoever checks works them out from the scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from samples.city import City
from samples.feeds.exam_results import Sitting
from samples.planted.flaw_kinds import EXAMS
from samples.truth.truth_files import write_table
from samples.world.exams import SCORED, class_gains
from samples.world.pools import SUBJECT_CODES
from samples.world.strings import Bools, Columns, same, take, where

MAX_LISTED_STUDENTS = 20_000  # single values are written for every student of so many, for a share of more
_HALVES = tuple(f"{n / 2:.1f}" for n in range(201))


@dataclass(frozen=True)
class Cohort:
    """One subject of one exam over the whole city, of the rows that are loaded."""

    exam_id: str
    grade: int
    subject_code: str
    subject: str
    students: int  # rows loaded
    scored: int  # of them with a score
    mean: str
    population_sd: str


@dataclass(frozen=True)
class ClassGain:
    """A class that gained or lost between the two exams, in z scores of the model that made the marks."""

    school_code: str
    class_code: str
    grade: int
    gain: float


def loaded(city: City, sitting: Sitting) -> Bools:
    """Which rows of the sitting are not quarantined."""
    quarantined = [
        f.entity
        for f in city.plan.flaws
        if f.kind.feed == EXAMS and f.part == sitting.exam.id and f.kind.severity == "row" and not f.kind.adds
    ]
    return ~np.isin(sitting.people, quarantined)


def cohorts(city: City, sitting: Sitting) -> list[Cohort]:
    """True figures of every subject of an exam."""
    is_loaded = loaded(city, sitting)
    results = []
    for n, subject in enumerate(sitting.exam.subjects):
        marks = sitting.scores.halves[n][is_loaded & (sitting.scores.state[n] == SCORED)] / 2
        if not len(marks):  # of a small city's pupils none may have sat what a tenth sits
            continue
        results.append(
            Cohort(
                sitting.exam.id,
                sitting.exam.grade,
                SUBJECT_CODES[subject],
                subject,
                int(is_loaded.sum()),
                len(marks),
                f"{marks.mean():.6f}",
                f"{marks.std():.6f}",
            )
        )
    return results


def write_scores(folder: Path, city: City, sittings: Sequence[Sitting]) -> None:
    """`exam_scores.csv`: score by student, exam and subject (blank: none), for a share of students in large
    cities.
    """
    step = max(1, len(city.students) // MAX_LISTED_STUDENTS)
    parts = [_scores(city, s, n, step) for s in sittings for n in range(len(s.exam.subjects))]
    if parts:
        import pyarrow as pa

        columns = {name: pa.concat_arrays([p[name] for p in parts]) for name in parts[0]}
        write_table(folder / "exam_scores.csv", columns)


def _scores(city: City, sitting: Sitting, subject: int, step: int) -> Columns:
    rows = np.flatnonzero(loaded(city, sitting) & (sitting.people % step == 0))
    people = sitting.people[rows]
    scored = sitting.scores.state[subject][rows] == SCORED
    return {
        "student_number": city.students.number.take(people),
        "exam_id": same(sitting.exam.id, len(rows)),
        "subject_code": same(SUBJECT_CODES[sitting.exam.subjects[subject]], len(rows)),
        "score": where(scored, take(_HALVES, sitting.scores.halves[subject][rows]), None),
    }


def gains(city: City) -> list[ClassGain]:
    """Classes of the examined grades that gained or lost."""
    gain = class_gains(city.classes, city.seed)
    moved_classes = np.flatnonzero((gain != 0) & (city.classes.grade >= 4) & (city.classes.grade <= 9))
    return [
        ClassGain(
            city.schools.code[city.classes.school[c]],
            city.classes.code[c],
            int(city.classes.grade[c]),
            float(gain[c]),
        )
        for c in moved_classes
    ]
