"""What everyone achieved in the fitness tests of three school years, and what that comes to by the standard.

Lives here: rows of the standard's tables chosen first and values that reach just these, so that the truth is planted
and not worked out; who was exempt, postponed, not tested, or lacks an item.
Add here: another item of the standard, or another thing that happens to a test.
Stays out: layouts and bad rows (`feeds.fitness_results`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from samples.city import City
from samples.feeds.contracts import house
from samples.world.randomness import stream
from samples.world.strings import Bools, Ints

YEARS = ("2025-2026", "2024-2025", "2023-2024")  # this school year and the two before it
TESTED, AGAIN, EXEMPT, POSTPONED, ABSENT = 0, 1, 2, 3, 4
STATUSES = ("参测", "补测", "免予执行", "暂缓", "未测")
_TENTHS = frozenset({"sprint_50m", "sit_and_reach"})  # items that are measured in tenths
_UNBOUNDED = frozenset({"vital_capacity"})  # below whose lowest row the platform takes nothing
_COMES_LAST = 19  # place of the row of 10 in the tables


@dataclass(frozen=True)
class Tests:
    """The tests of one school year, one entry each. Values are tenths of the item's unit; `asked` is who is asked for
    the item, `measured` of whom there is a value; `hundredths` and `bonus` are what the planted rows come to.
    """

    year: str
    people: Ints
    klass: Ints
    grade: Ints
    number: Ints  # 年级编号
    sex: Ints
    status: Ints
    height: Ints
    weight: Ints
    values: dict[str, Ints]
    scores: dict[str, Ints]
    asked: dict[str, Bools]
    measured: dict[str, Bools]
    hundredths: Ints
    bonus: Ints

    @property
    def whole(self) -> Bools:
        """Tests that have a total: nothing is missing, and nobody was let off."""
        all_there = np.all([self.measured[item] | ~self.asked[item] for item in self.asked], axis=0)
        return np.asarray(all_there & (self.status <= AGAIN))

    @property
    def total(self) -> Ints:
        """Tenths of the total, half up."""
        return (self.hundredths + 100 * self.bonus + 5) // 10


def make_tests(city: City, people: Ints, back: int) -> Tests:
    """The tests of those of `people` who were in the same stage of the school `back` years ago."""
    klass = city.students.klass[people]
    there = city.classes.grade[klass] - back >= city.classes.first_grade[klass]
    people, klass = people[there], klass[there]
    rng = stream(city.seed, "fitness", YEARS[back])
    grade, sex = city.classes.grade[klass] - back, city.students.sex[people]
    items = house().fitness.items
    level = city.students.ability[people]
    values, scores, asked = {}, {}, {}
    bonus = np.zeros(len(people), np.int64)
    for item in items:
        values[item], scores[item], more = _achieved(item, grade, sex, level, rng)
        asked[item] = _percent(item, grade, sex) > 0
        bonus += np.where(asked[item], more, 0)
    height, weight, scores["bmi"] = _body(grade, sex, rng)
    hundredths = sum(_percent(item, grade, sex) * scores[item] for item in (*items, "bmi"))
    status = rng.choice(5, len(people), p=(0.9, 0.04, 0.02, 0.02, 0.02))
    gone = status >= EXEMPT
    lost = {item: rng.random(len(people)) < 0.004 for item in items}
    measured = {item: asked[item] & ~lost[item] & ~gone for item in items}
    return Tests(
        YEARS[back], people, klass, grade, _grade_number(city, klass, grade), sex, status, height, weight, values,
        scores, asked, measured, np.asarray(hundredths), bonus,
    )  # fmt: skip


def _grade_number(city: City, klass: Ints, grade: Ints) -> Ints:
    """11 to 16, 21 to 24 and 31 to 33; of a special school as of one with six primary years."""
    stage, first = city.classes.stage[klass], city.classes.first_grade[klass]
    junior = np.where(stage == "junior", 21 + grade - first, 14 + grade)
    return np.select([grade > 9, (grade > 6) | (stage == "junior")], [21 + grade, junior], 10 + grade)


@cache
def _ladder(item: str, sex: int, grade: int) -> tuple[tuple[int, int], ...]:
    """Scores from the highest, with what they ask in tenths."""
    cells = [c for c in house().fitness.scores if (c.item, c.sex, c.grade) == (item, str(sex), grade)]
    return tuple(sorted(((c.score, round(c.threshold * 10)) for c in cells), reverse=True))


@cache
def _beyond(item: str, sex: int, grade: int) -> tuple[int, ...]:
    """What the points of the bonus ask beyond the highest row, in tenths."""
    told = [b for b in house().fitness.bonus if (b.item, b.sex) == (item, str(sex))]
    found = (b for b in told if b.grade_from <= grade <= b.grade_to)
    return tuple(round(b.beyond * 10) for b in sorted(found, key=lambda b: b.bonus))


@cache
def _weight(item: str, sex: int, grade: int) -> int:
    weights = house().fitness.weights
    return next(
        (w.percent for w in weights if (w.item, w.sex) == (item, str(sex)) and w.grade_from <= grade <= w.grade_to), 0
    )


def _groups(grade: Ints, sex: Ints) -> list[tuple[int, int, Ints]]:
    pairs = ((int(g), s) for g in np.unique(grade) for s in (1, 2))
    return [(g, s, np.flatnonzero((grade == g) & (sex == s))) for g, s in pairs]


def _percent(item: str, grade: Ints, sex: Ints) -> Ints:
    percent = np.zeros(len(grade), np.int64)
    for g, s, rows in _groups(grade, sex):
        percent[rows] = _weight(item, s, g)
    return percent


def _achieved(
    item: str, grade: Ints, sex: Ints, level: np.ndarray, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Values, scores and bonus: a row of the table each; some are a step better and get no more for it, some lie beyond
    the highest, a few below the lowest.
    """
    count = len(grade)
    place = np.clip(np.rint(5 - 2 * level + rng.normal(0, 3.5, count)), 0, _COMES_LAST).astype(np.int64)
    step, sign = (1 if item in _TENTHS else 10), (-1 if item in house().fitness.rules.lower_is_better else 1)
    further, better, worse = rng.poisson(1.2, count), rng.random(count) < 0.3, rng.random(count) < 0.004
    value, score, bonus = (np.zeros(count, np.int64) for _ in range(3))
    for g, s, rows in _groups(grade, sex):
        ladder, beyond = _ladder(item, s, g), _beyond(item, s, g)
        if not ladder:
            continue
        row = np.minimum(place[rows], len(ladder) - 1)
        points, asked = np.array(ladder).T
        value[rows], score[rows] = asked[row], points[row]
        room = np.abs(np.append(10**9, asked[:-1]) - asked) > step  # to the row above
        value[rows] += np.where(better[rows] & room[row] & (row > 0), sign * step, 0)
        if beyond:
            bonus[rows] = np.where(row == 0, np.minimum(further[rows], len(beyond)), 0)
            value[rows] += sign * np.append(0, beyond)[bonus[rows]]
        if item not in _UNBOUNDED:
            value[rows] = np.where(worse[rows], asked[-1] - sign * step, value[rows])
            score[rows], bonus[rows] = np.where(worse[rows], 0, score[rows]), np.where(worse[rows], 0, bonus[rows])
    return value, score, bonus


def _body(grade: Ints, sex: Ints, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Height and weight in tenths of cm and kg, and the score of the index that they make."""
    count = len(grade)
    height = np.rint(1150 + 55.0 * np.minimum(grade, 9) + rng.normal(0, 45, count)).astype(np.int64)
    band, within = rng.choice(4, count, p=(0.78, 0.06, 0.1, 0.06)), rng.random(count)
    low, high, obese = (np.zeros(count, np.int64) for _ in range(3))
    for told in house().fitness.bmi:
        rows = (grade == told.grade) & (sex == int(told.sex))
        for edge, name in ((low, "normal_from"), (high, "normal_to"), (obese, "obese_from")):
            edge[rows] = round(getattr(told, name) * 10)
    first = np.select([band == 0, band == 1, band == 2], [low, low - 15, high + 1], obese)
    last = np.select([band == 0, band == 1, band == 2], [high, low - 1, obese - 1], obese + 40)
    index = first + np.floor(within * (last - first + 1)).astype(np.int64)
    weight = np.maximum(np.rint(index * (height / 1000) ** 2).astype(np.int64), 140)
    square = (height * 100) ** 2
    made = (2 * weight * 100 * 10**8 + square) // (2 * square)  # of the rounded weight, half up again
    scores = house().fitness.rules.bmi_scores
    score = np.select(
        [made < low, made <= high, made < obese], [scores.low, scores.normal, scores.high], scores.obese
    )
    return height, weight, score
