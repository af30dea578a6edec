"""What the tables of the fitness standard may not say.

Lives here: weights that are no whole, an item without a table, thresholds out of their order.
Add here: another way in which the tables contradict each other.
Stays out: reading them (`registry.fitness.fitness_tables`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from registry.model import FitnessStandard, Register

_BMI = "bmi"


def refusals(register: Register) -> Iterator[str]:
    """Every contradiction of the standard, one sentence each."""
    yield from _weights(register.fitness)
    yield from _thresholds(register.fitness)
    levels = {code.code for code in register.codes("fitness_level")}
    starts = [level.from_ for level in register.fitness.rules.levels]
    for level in register.fitness.rules.levels:
        if levels and level.level not in levels:
            yield f"fitness/rules.yml: level `{level.level}` is no code of codes/fitness_level.csv; correct it."
    if starts != sorted(starts, reverse=True) or starts[-1] != 0:
        yield "fitness/rules.yml: levels go from the highest to the one that begins at 0; put them in that order."


def _weights(standard: FitnessStandard) -> Iterator[str]:
    """Each grade's weights are a whole, and each of its items has a table."""
    scored = {(cell.item, cell.sex, cell.grade) for cell in standard.scores}
    scored |= {(_BMI, band.sex, band.grade) for band in standard.bmi}
    sums: dict[tuple[str, int], int] = defaultdict(int)
    for weight in standard.weights:
        for grade in range(weight.grade_from, weight.grade_to + 1):
            sums[weight.sex, grade] += weight.percent
            if (weight.item, weight.sex, grade) not in scored:
                yield (
                    f"fitness/weights.csv: `{weight.item}` counts in grade {grade} of sex {weight.sex}, for which it "
                    "has no table; add it or take the weight out."
                )
    for (sex, grade), total in sorted(sums.items()):
        if total != 100:
            yield f"fitness/weights.csv: the weights of grade {grade} and sex {sex} add up to {total}; make them 100."


def _thresholds(standard: FitnessStandard) -> Iterator[str]:
    """A higher score asks for more (of a run: for less time)."""
    tables: dict[tuple[str, str, int], list[tuple[int, float]]] = defaultdict(list)
    for cell in standard.scores:
        sign = -1 if cell.item in standard.rules.lower_is_better else 1
        tables[cell.item, cell.sex, cell.grade].append((cell.score, sign * cell.threshold))
    for (item, sex, grade), rows in tables.items():
        asked = [threshold for _, threshold in sorted(rows)]
        if any(one >= other for one, other in pairwise(asked)):
            yield (
                f"fitness/scores.csv: `{item}` of grade {grade} and sex {sex} does not ask for more with each score; "
                "correct the cell that is out of order."
            )
