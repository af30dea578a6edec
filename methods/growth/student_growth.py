"""Student growth percentiles of one cohort: how many regression quantiles of the prior scores a score lies above.

D. W. Betebenner, "Norm- and criterion-referenced student growth", Educational Measurement: Issues and Practice 28
(2009), 42-51, with the details by which the published percentiles are met: quantiles 0.005, 0.015 … 0.995, a pupil's
fitted values sorted so that they do not cross and rounded to five digits, the score strictly above, 1 to 99.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from methods.growth import splines
from methods.quantiles import regression

Floats = NDArray[np.float64]
QUANTILES = tuple((n + 0.5) / 100 for n in range(100))
_DIGITS = 5
_LEAST, _MOST = 1, 99


def percentiles(scores: Floats, priors: Floats, scales: Sequence[splines.Scale]) -> NDArray[np.int64]:
    """The percentile of each row, 1 to 99.

    `priors`: rows x orders, the newest first; `scales`: one of each prior. Equal rows get equal percentiles, and of
    equal priors the higher score never the lower one, since equal rows are one row to the regression.
    """
    distinct, row, times = np.unique(np.column_stack([priors, scores]), axis=0, return_inverse=True, return_counts=True)
    starts, start = np.unique(distinct[:, :-1], axis=0, return_inverse=True)
    fits = regression.fitted_values(
        design(starts, scales)[start.reshape(-1)], distinct[:, -1], times.astype(float), QUANTILES
    )
    # of equal priors, the fits of the first row: a last digit of arithmetic must not part them
    first = np.unique(start.reshape(-1), return_index=True)[1]
    limits = np.round(np.sort(fits[first], axis=1), _DIGITS)[start.reshape(-1)]
    passed = np.sum(limits < distinct[:, -1:], axis=1)
    return np.clip(passed, _LEAST, _MOST)[row.reshape(-1)]


def design(priors: Floats, scales: Sequence[splines.Scale]) -> Floats:
    """The columns of the regression: a constant, and the splines of each prior."""
    parts = [splines.columns(priors[:, n], scale) for n, scale in enumerate(scales)]
    return np.column_stack([np.ones(len(priors)), *parts])
