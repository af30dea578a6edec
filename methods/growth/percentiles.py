"""The growth percentile of every row of a long table of scores, how it was found, and where there is none, why.

Lives here: which order of priors is taken, and when the conditional percentile stands in for a regression.
Stays out: how either is computed (`student_growth`, `conditional`), the minima (given: a register's, a person's).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from methods.growth import conditional, score_rows, splines, student_growth
from methods.growth.histories import Cohort, Histories

STUDENT_GROWTH, CONDITIONAL = "student_growth_percentile", "conditional_percentile"
NO_PRIOR = "no score of the grade below in the year before"
REPEATER = "the grade was repeated"
EQUAL_SCORES = "all scores of the exam are equal"
EQUAL_PRIORS = "all scores of the exam before are equal"
FEW = "too few students began alike"
MINIMA = (300, 600, 1_000)
ALIKE = 10
CODES = {
    NO_PRIOR: "no_prior",
    REPEATER: "repeated_grade",
    EQUAL_SCORES: "equal_scores",
    EQUAL_PRIORS: "equal_priors",
    FEW: "few_students",
}


@dataclass(frozen=True)
class Growth:
    """Of each row: the percentile (0: none), the number of priors it is made of, its method, and why there is none."""

    percentile: NDArray[np.int64]
    priors: NDArray[np.int64]
    method: NDArray[np.object_]
    why: NDArray[np.object_]

    def columns(self) -> Mapping[str, pa.Array]:
        """The columns `growth_percentile`, `prior_count`, `growth_method` and `why_none`, null where there is none."""
        none = self.percentile == 0
        return {
            "growth_percentile": pa.array(self.percentile, pa.int64(), mask=none),
            "prior_count": pa.array(self.priors, pa.int64(), mask=none),
            "growth_method": pa.array(self.method, pa.string(), mask=none),
            "why_none": pa.array(self.why, pa.string(), mask=~none),
        }

    def counts(self) -> Counter[str]:
        """How many rows have which method and number of priors, or which reason for none."""
        given = self.percentile > 0
        methods = zip(self.method[given], self.priors[given], strict=True)
        return Counter(f"{method}, {n} prior{'s' * int(n > 1)}" for method, n in methods) + Counter(self.why[~given])


def growth(
    scores: pa.Table,
    minima: Sequence[int] = MINIMA,
    alike: int = ALIKE,
    wanted: NDArray[np.bool_] | None = None,
) -> Growth:
    """Growth percentiles of all rows that have priors: the same subject, one grade lower in each year before.

    `scores`: the columns of `score_rows.COLUMNS`. `minima`: how many students with 1, 2, … priors a cohort (subject,
    year, grade) needs for a regression; below, one prior less is taken, and so it is where a prior is the same of all.
    Where one prior is not enough either, the conditional percentile stands in, if `alike` students began in the same
    tenth of the exam before. Cohorts without a row of `wanted` are left out: their rows have neither growth nor reason.
    """
    rows = score_rows.read(scores)
    count = len(rows.why)
    found = Growth(np.zeros(count, np.int64), np.zeros(count, np.int64), np.full(count, "", object), rows.why.copy())
    histories = Histories(rows)
    for cohort in histories.cohorts(len(minima)):
        if wanted is None or wanted[cohort.rows].any():
            _fill(found, cohort, histories, minima, alike)
    return found


def _fill(found: Growth, cohort: Cohort, histories: Histories, minima: Sequence[int], alike: int) -> None:
    has_prior = cohort.orders > 0
    found.why[cohort.rows[~has_prior]] = NO_PRIOR
    found.why[cohort.rows[histories.is_repeated(cohort)]] = REPEATER
    if np.all(cohort.scores == cohort.scores[0]):
        found.why[cohort.rows[has_prior]] = EQUAL_SCORES
        return
    is_open = has_prior
    for order in range(len(minima), 0, -1):
        has_priors = cohort.orders >= order
        if not np.any(is_open & has_priors) or has_priors.sum() < minima[order - 1]:
            continue
        priors = cohort.priors[has_priors, :order]
        scales = _scales(cohort, histories, priors)
        if None not in scales:
            given = student_growth.percentiles(cohort.scores[has_priors], priors, [s for s in scales if s is not None])
            asked = is_open[has_priors]
            _note(found, cohort.rows[has_priors][asked], given[asked], order, STUDENT_GROWTH)
            is_open = is_open & ~has_priors
    if np.any(is_open):
        _fill_conditional(found, cohort, histories, is_open, alike)


def _scales(cohort: Cohort, histories: Histories, priors: NDArray[np.float64]) -> list[splines.Scale | None]:
    """Of each prior the scale of its grade in the year before the cohort's; where that year has none, in its own."""
    scales: list[splines.Scale | None] = []
    for order, scores in enumerate(priors.T, start=1):
        near = histories.scores(cohort.subject, cohort.year - 1, cohort.grade - order)
        own = histories.scores(cohort.subject, cohort.year - order, cohort.grade - order)
        scales.append(None if scores.min() == scores.max() else splines.scale(near) or splines.scale(own))
    return scales


def _fill_conditional(
    found: Growth, cohort: Cohort, histories: Histories, is_open: NDArray[np.bool_], alike: int
) -> None:
    """Ranks go over all who have a prior; given are those for whom no regression was made."""
    before = histories.scores(cohort.subject, cohort.year - 1, cohort.grade - 1)
    has_prior = cohort.orders > 0
    if before.min() == before.max():
        found.why[cohort.rows[is_open]] = EQUAL_PRIORS
        return
    all_given = conditional.percentiles(cohort.scores[has_prior], cohort.priors[has_prior, 0], before, alike)
    given = all_given[is_open[has_prior]]
    rows = cohort.rows[is_open]
    found.why[rows[given == 0]] = FEW
    _note(found, rows[given > 0], given[given > 0], 1, CONDITIONAL)


def _note(found: Growth, rows: NDArray[np.intp], given: NDArray[np.int64], order: int, method: str) -> None:
    found.percentile[rows], found.priors[rows], found.method[rows] = given, order, method
