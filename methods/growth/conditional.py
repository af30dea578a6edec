"""The conditional percentile, for cohorts too small for a regression: the rank of a score among those who began alike.

Alike is the tenth of the prior exam in which the mid-rank stood (100 (below + half of equal) / all).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_LEAST, _MOST = 1, 99


def mid_ranks(scores: Floats, among: Floats) -> Floats:
    """100 (below + half of equal) / all of each score `among` others, 0 to 100."""
    ordered = np.sort(among)
    below, up_to = np.searchsorted(ordered, scores, "left"), np.searchsorted(ordered, scores, "right")
    return np.asarray(100 * (below + 0.5 * (up_to - below)) / len(among))


def percentiles(scores: Floats, priors: Floats, of_prior_exam: Floats, least: int) -> NDArray[np.int64]:
    """The percentile of each row, 1 to 99, half up; 0 where fewer than `least` began in the same tenth.

    `priors`: the score before of each row; `of_prior_exam`: all scores of that exam.
    """
    tenth = np.minimum(np.floor(mid_ranks(priors, of_prior_exam) / 10), 9)
    found = np.zeros(len(scores), np.int64)
    for each in np.unique(tenth):
        alike = tenth == each
        if alike.sum() >= least:
            ranks = mid_ranks(scores[alike], scores[alike])
            found[alike] = np.clip(np.floor(ranks + 0.5), _LEAST, _MOST)
    return found
