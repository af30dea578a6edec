"""The city's exams: which there are, and what everyone scored.

Lives here: the calendar of exams (as `registry/exams.yml` lists them) and a model of scores in which
ability lasts from one exam to the next and some classes gain or lose between them, so that growth can be told
from chance.
Add here: another exam or subject.
Stays out: the layout of the workbooks (`feeds.exam_results`); copies that differ (`planted`); who sat the exams of a
series in the years before, and how (`world.exam_series`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from samples.world.people import Students
from samples.world.randomness import stream
from samples.world.schools import Classes
from samples.world.strings import Floats, Ints

EXAM_GRADES = (4, 5, 6, 7, 8, 9)
_SUBJECTS = {
    4: ("语文", "数学", "英语"),
    5: ("语文", "数学", "英语"),
    6: ("语文", "数学", "英语"),
    7: ("语文", "数学", "英语", "道德与法治", "历史", "地理", "生物"),
    8: ("语文", "数学", "英语", "道德与法治", "历史", "地理", "生物", "物理"),
    9: ("语文", "数学", "英语", "道德与法治", "历史", "物理", "化学"),
}
_EXAM_DATES = {"m1": date(2025, 9, 24), "m2": date(2025, 10, 11)}
_LABELS = {"m1": "第一次月考", "m2": "第二次月考"}
_GAIN = 0.5  # z scores that a class gains or loses where it does
# the series: every September mathematics, and of one cohort English too; its grades by the year
SERIES = "autumn"
SERIES_GRADES = {2023: (4, 7), 2024: (3, 4, 5, 7, 8), 2025: (4, 5, 6, 7, 8, 9)}
_SERIES_DAYS = {2023: date(2023, 9, 20), 2024: date(2024, 9, 18), 2025: date(2025, 9, 17)}
_ENGLISH_TOO = ((2024, 7), (2025, 8))
SCORED, ABSENT, DASH, BLANK = 0, 1, 2, 3
WORDS = ("", "缺考", "-", None)  # what stands in the cell, by state, where there is no score


@dataclass(frozen=True)
class Exam:
    """One exam of one grade."""

    id: str
    grade: int
    label: str
    held_on: date
    subjects: tuple[str, ...]
    series: str | None = None


@dataclass(frozen=True)
class Scores:
    """Scores of some students: one row per subject, one column per student.

    `halves` are half marks (0 to 200); `state` says whether there is a score at all.
    """

    halves: Ints
    state: Ints


def exams_of(grade: int) -> tuple[Exam, ...]:
    """Both exams of a grade, in order."""
    return tuple(
        Exam(f"2025-2026-1-{m}-g{grade}", grade, _LABELS[m], _EXAM_DATES[m], _SUBJECTS[grade]) for m in ("m1", "m2")
    )


def monthly_exams() -> tuple[Exam, ...]:
    """Both exams of every grade."""
    return tuple(exam for grade in EXAM_GRADES for exam in exams_of(grade))


def series_exams() -> tuple[Exam, ...]:
    """The exams of the series, one a year and grade."""
    return tuple(
        Exam(
            f"{year}-{year + 1}-1-jc-g{grade}", grade, f"{year}年秋季学业质量监测", _SERIES_DAYS[year],
            ("数学", "英语") if (year, grade) in _ENGLISH_TOO else ("数学",), SERIES,
        )
        for year, grades in SERIES_GRADES.items()
        for grade in grades
    )  # fmt: skip


def all_exams() -> tuple[Exam, ...]:
    """Every exam of the city."""
    return monthly_exams() + series_exams()


def class_gains(classes: Classes, seed: int) -> Floats:
    """What each class gained between the two exams, in z scores: nothing for nine in ten."""
    rng = stream(seed, "class gains")
    gain = np.zeros(len(classes.size))
    moved = rng.permutation(len(gain))[: max(2, len(gain) // 10)]
    gain[moved] = np.where(np.arange(len(moved)) % 2 == 0, _GAIN, -_GAIN)
    return gain


def score(exam: Exam, people: Ints, students: Students, classes: Classes, seed: int) -> Scores:
    """Scores of `world.people` (students of the exam's grade, ordered) in every subject of the exam."""
    shape = (len(exam.subjects), len(people))
    lasting = stream(seed, "aptitude", exam.grade).normal(0, 1, shape)
    rng = stream(seed, "scores", exam.id)
    level = 0.8 * students.ability[people] + 0.4 * lasting + rng.normal(0, 0.35, shape)
    if exam.id.endswith(f"m2-g{exam.grade}"):
        level += class_gains(classes, seed)[students.klass[people]]
    mean = 74 - 1.5 * np.arange(shape[0])[:, None]
    halves = np.clip(np.rint((mean + 12 * level) * 2), 0, 200).astype(np.int64)
    return Scores(halves, states(rng, shape))


def states(rng: np.random.Generator, shape: tuple[int, int]) -> Ints:
    """Some are absent from one subject, a few from all of them."""
    selection = rng.random(shape)
    state = np.select([selection < 0.006, selection < 0.009, selection < 0.012], [ABSENT, DASH, BLANK], SCORED)
    state[:, rng.random(shape[1]) < 0.004] = ABSENT
    return state


def ranks(halves: Ints, state: Ints, group: Ints) -> Ints:
    """Rank within `group` (1 is best, equal scores share a rank); 0 where there is no score."""
    value = np.where(state == SCORED, halves, -1)
    order = np.lexsort((-value, group))
    ordered_group, ordered_value = group[order], value[order]
    new_group = np.append(True, ordered_group[1:] != ordered_group[:-1])
    new_value = new_group | np.append(True, ordered_value[1:] != ordered_value[:-1])
    place = np.arange(len(group))
    start = np.maximum.accumulate(np.where(new_group, place, 0))
    shared = np.maximum.accumulate(np.where(new_value, place, 0))
    rank = np.empty(len(group), np.int64)
    rank[order] = shared - start + 1
    return np.where(state == SCORED, rank, 0)
