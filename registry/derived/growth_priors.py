"""Which earlier exams of its series an exam's growth is made of, worked out once for SQL that is written by it.

Lives here: what is a year before, and a grade below.
Stays out: how growth is computed (`methods`, `dbt_project`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from registry.model import Exam


@dataclass(frozen=True)
class GrowthPrior:
    """`prior` is the exam of `exam`'s series so many years before and grades below as `ordinal` says.

    `scale` is the exam whose scores give its knots: of the prior's grade in the year before `exam`; where the series
    has none, the prior itself. The `ordinal` 0 is no prior: the same grade in the year before, which tells who repeats.
    """

    exam: str
    ordinal: int
    prior: str
    scale: str


def growth_priors(exams: Iterable[Exam], orders: int) -> Iterator[GrowthPrior]:
    """The priors of every exam that has a series, up to the first year that lacks one, and `orders` at most."""
    in_series = {(e.series, e.school_year, e.grade): e.id for e in exams if e.series}
    for (series, year, grade), exam in in_series.items():
        repeated = in_series.get((series, year - 1, grade))
        if repeated is not None:
            yield GrowthPrior(exam, 0, repeated, repeated)
        for ordinal in range(1, orders + 1):
            prior = in_series.get((series, year - ordinal, grade - ordinal))
            if prior is None:
                break
            yield GrowthPrior(exam, ordinal, prior, in_series.get((series, year - 1, grade - ordinal), prior))
