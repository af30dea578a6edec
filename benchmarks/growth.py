"""Growth percentiles of one cohort with three priors, against statsmodels' quantile regression, quantile by quantile.

Stays out: whether both find the same (`tests/methods`).
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from benchmarks.ratio import Cost, Ratio, costs
from methods.growth import splines, student_growth

Floats = NDArray[np.float64]
MIN_SPEED = 10.0  # promised
_THEIRS = (0.005, 0.255, 0.505, 0.755, 0.995)  # of the hundred quantiles; the others cost about as much as these


def measure(students: int) -> Iterator[object]:
    """One line: all hundred quantiles of ours, and as many times what theirs takes for one."""
    scores, priors, scales = _cohort(students)
    if find_spec("statsmodels") is None:
        (ours,) = costs([lambda: student_growth.percentiles(scores, priors, scales)], 1)
        yield (
            f"growth of {students:,} students, three priors: {ours.clock:.1f} s (cpu {ours.processor:.1f}); "
            "statsmodels, which is not in the lock, is not installed here: no ratio"
        )
        return
    design = student_growth.design(priors, scales)
    ours, some = costs(
        [lambda: student_growth.percentiles(scores, priors, scales), lambda: _by_statsmodels(scores, design)], 1
    )
    times = len(student_growth.QUANTILES) / len(_THEIRS)
    theirs = Cost(some.clock * times, some.processor * times)
    yield Ratio(f"growth of {students:,} students, three priors", "statsmodels, tau by tau", ours, theirs, MIN_SPEED)


def _cohort(students: int) -> tuple[Floats, Floats, list[splines.Scale]]:
    """Half marks of four years; each is what the student can, and a chance of its own."""
    chance = np.random.default_rng(1)
    able = chance.normal(size=(students, 1))
    marks = np.clip(np.round(2 * (100 + 20 * able + 10 * chance.normal(size=(students, 4)))) / 2, 0, 150)
    priors = marks[:, [2, 1, 0]]
    scales = [splines.scale(column) for column in priors.T]
    return marks[:, 3], priors, [scale for scale in scales if scale is not None]


def _by_statsmodels(scores: Floats, design: Floats) -> None:
    from statsmodels.regression.quantile_regression import QuantReg

    model = QuantReg(scores, design)
    for quantile in _THEIRS:
        model.fit(q=quantile)
