"""What was set and done at home on a school day, and which of two platforms holds it.

Lives here: a model of one day. Classes use platform A, B, both or none; in some only a third of the students
take part; minutes lie around the limit of the grade, so that some classes exceed it, and of some tasks nobody knows
them. Some classes get two tasks of one subject at one time. A record that both platforms hold is equal in both, but for
their clocks.
Add here: another trait of assignments.
Stays out: the platforms' files (`feeds.homework_files`), sums for the truth (`truth.homework_days`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from samples.city import City
from samples.world.randomness import stream
from samples.world.schools import Classes
from samples.world.strings import Bools, Floats, Ints

A, B, BOTH = 1, 2, 3  # bits: held by platform A, held by platform B
SUBJECTS = ("语文", "数学", "英语", "道德与法治", "历史", "物理", "科学", "体育与健康", "劳动")
_WRITTEN_SUBJECTS = 6  # the first subjects of the pool are written, the rest are not
_BY_GRADE = {  # subjects set at home, from SUBJECTS
    "lower": (0, 1, 7, 8),
    "primary": (0, 1, 2, 6, 7, 8),
    "junior": (0, 1, 2, 3, 4, 5, 7),
    "senior": (0, 1, 2, 4, 5, 7),
}
_USES = (BOTH, A, B, BOTH, A, 0, B, BOTH)
_FULL = (True, True, True, True, False, True, True, False)
_SHARE_OBSERVED = 0.3  # of a class that is used by some only
_TWO_TASKS = 5  # of so many classes, one gets two tasks of one subject at one time
_NOT_PLANNED = 11  # of so many assignments, one has no planned minutes
_APART = (30, 90)  # seconds between the clocks of both platforms


@dataclass(frozen=True)
class Habits:
    """What stays the same from day to day."""

    uses: Ints  # by class: platforms, as bits
    load: Floats  # by class: written minutes as a share of the limit
    takes_part: Bools  # by student


@dataclass(frozen=True)
class Day:
    """One school day: assignments, and one record per student and assignment."""

    day: date
    klass: Ints  # by assignment, from here …
    subject: Ints
    written: Bools
    layered: Bools
    second: Bools  # the second task of its subject, set at one time with the first
    planned: Ints  # minutes; -1 where the teacher gave none
    assigned: Ints  # minute of the day
    apart: Ints  # seconds by which B's clock is ahead
    published: Bools
    platform: Ints  # … to here
    student: Ints  # by record, from here
    assignment: Ints
    actual: Ints  # minutes; -1 where nobody wrote it down

    def held_by(self, platform: int) -> Ints:
        """Records that the platform holds."""
        return np.flatnonzero(self.platform[self.assignment] & platform)


def limit_of(stage: str, grade: int) -> float | None:
    """Limit of written minutes a day; None where none binds. By the school's own years of primary school: grade 6 after
    five of them is junior. A special school has the limit of the grade.
    """
    if stage == "special":
        stage = "primary" if grade <= 6 else "junior"
    if stage == "primary":
        return 0.0 if grade <= 2 else 60.0
    return 90.0 if stage == "junior" else None


def limits_of(classes: Classes) -> list[float | None]:
    """The limit of each class."""
    return [limit_of(str(s), int(g)) for s, g in zip(classes.stage, classes.grade, strict=True)]


def make_habits(city: City) -> Habits:
    """Which class uses what, and who takes part."""
    rng = stream(city.seed, "homework")
    count = len(city.classes.size)
    turn = np.argsort(rng.permutation(count), kind="stable") % len(_USES)
    uses = np.array(_USES)[turn]
    share = np.where(np.array(_FULL)[turn], 1.0, _SHARE_OBSERVED)
    students = city.students
    lottery = rng.random(len(students))
    order = np.lexsort((lottery, students.klass))
    place = np.empty(len(students), np.int64)
    first = np.searchsorted(students.klass, np.arange(count))
    place[order] = np.arange(len(students)) - first[students.klass[order]]
    takes_part = (place < city.classes.size[students.klass] * share[students.klass]) & ~city.plan.no_homework
    return Habits(uses, rng.uniform(0.6, 1.25, count), takes_part & (uses[students.klass] > 0))


def make_day(city: City, habits: Habits, day: date) -> Day:
    """Everything of one school day."""
    rng = stream(city.seed, "homework", day.isoformat())
    klasses = np.flatnonzero(habits.uses)
    per_class = np.minimum(rng.integers(3, 6, len(klasses)), np.where(city.classes.grade[klasses] <= 2, 4, 5))
    klass = np.repeat(klasses, per_class)
    place = np.arange(len(klass)) - np.repeat(np.cumsum(per_class) - per_class, per_class)
    grade = city.classes.grade[klass]
    subject = _subjects(rng, city.classes.grade[klasses], per_class)
    second = (place == 1) & (klass % _TWO_TASKS == 2)
    first = np.arange(len(klass)) - second
    subject = subject[first]
    written = (subject < _WRITTEN_SUBJECTS) & ((grade > 2) | (klass % 9 == 4))
    planned = _planned(rng, habits.load[klass], klass, _base(city.classes)[klass], written)
    uses = habits.uses[klass]
    split = rng.choice([A, B, BOTH], len(klass), p=[0.4, 0.35, 0.25])
    student, assignment, actual = _records(rng, city, habits, klasses, per_class, planned)
    number = np.arange(len(klass))
    apart = np.select([number % 3 == 1, number % 7 == 3], _APART, 0)
    return Day(
        day,
        klass,
        subject,
        written,
        rng.random(len(klass)) < 0.3,
        second,
        np.where(number % _NOT_PLANNED == 5, -1, planned),
        (15 * 60 + 40 + 7 * place)[first],
        apart[first],
        rng.random(len(klass)) < 0.7,
        np.where(uses == BOTH, split, uses)[first],
        student,
        assignment,
        actual,
    )


def _subjects(rng: np.random.Generator, grade: Ints, per_class: Ints) -> Ints:
    """Different subjects for the assignments of one class; the written ones of the grade come first."""
    subjects_by_stage = []
    for pool, low, high in (("lower", 1, 2), ("primary", 3, 6), ("junior", 7, 9), ("senior", 10, 12)):
        rows = np.flatnonzero((grade >= low) & (grade <= high))
        subjects = np.array(_BY_GRADE[pool])
        order = np.argsort(rng.random((len(rows), len(subjects))) + (subjects >= 2) * 0.6, axis=1)
        subjects_by_stage.append((rows, subjects[order]))
    width = max(len(p) for p in _BY_GRADE.values())
    table = np.full((len(grade), width), 0)
    for rows, subjects in subjects_by_stage:
        table[rows, : subjects.shape[1]] = subjects
    max_rows = np.repeat(np.arange(len(grade)), per_class)
    place = np.arange(len(max_rows)) - np.repeat(np.cumsum(per_class) - per_class, per_class)
    return table[max_rows, place]


def _base(classes: Classes) -> Floats:
    """Minutes round which the written ones of a class lie: its limit where there is one above 0."""
    return np.array([110.0 if limit is None else limit or 12.0 for limit in limits_of(classes)])


def _planned(rng: np.random.Generator, load: Floats, klass: Ints, base: Floats, written: Bools) -> Ints:
    """Planned minutes in steps of five: a class's written assignments add up to about its load times `base`."""
    weight = rng.uniform(0.6, 1.4, len(klass)) * written
    total = np.bincount(klass, weight)[klass]
    minutes = np.where(written, base * load * rng.normal(1, 0.06, len(klass)) * weight / np.maximum(total, 1e-9), 20)
    return np.maximum(np.rint(minutes / 5).astype(np.int64) * 5, 5)


def _records(
    rng: np.random.Generator, city: City, habits: Habits, klasses: Ints, per_class: Ints, planned: Ints
) -> tuple[Ints, Ints, Ints]:
    people = np.flatnonzero(habits.takes_part & (rng.random(len(city.students)) < 0.97))
    slot = np.searchsorted(klasses, city.students.klass[people])
    many = per_class[slot]
    student = np.repeat(people, many)
    within = np.arange(len(student)) - np.repeat(np.cumsum(many) - many, many)
    assignment = np.repeat((np.cumsum(per_class) - per_class)[slot], many) + within
    speed = 1 - 0.08 * city.students.ability[student]
    minutes = planned[assignment] * speed * rng.lognormal(0, 0.2, len(student))
    actual = np.clip(np.rint(minutes), 1, 240).astype(np.int64)
    return student, assignment, np.where(rng.random(len(student)) < 0.05, -1, actual)
