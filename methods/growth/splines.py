"""Cubic B-splines of a prior score: the knots of a scale, and the columns that a regression is given for it.

C. de Boor, "A practical guide to splines" (1978). Knots as the published percentiles have them: the 20, 40, 60 and 80 %
quantiles of a year's scores, and their range, a tenth wider on both sides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline

Floats = NDArray[np.float64]
_DEGREE = 3
_AT = (0.2, 0.4, 0.6, 0.8)
_WIDER = 0.1


@dataclass(frozen=True)
class Scale:
    """Where the cubic pieces of a score meet, and between which bounds they are made."""

    knots: tuple[float, ...]
    lowest: float
    highest: float


def scale(scores: Floats) -> Scale | None:
    """The scale that a year's scores give; None where they are all the same. Knots that coincide are one."""
    if not len(scores) or scores.min() == scores.max():
        return None
    wider = _WIDER * (scores.max() - scores.min())
    knots = np.unique(np.quantile(scores, _AT))
    return Scale(tuple(float(knot) for knot in knots), float(scores.min() - wider), float(scores.max() + wider))


def columns(scores: Floats, of: Scale) -> Floats:
    """Rows x (knots + 3): the splines but the first, which a constant beside them makes up for.

    Beyond the bounds the outermost cubics go on.
    """
    ends = [of.lowest] * (_DEGREE + 1), [of.highest] * (_DEGREE + 1)
    places = np.array([*ends[0], *of.knots, *ends[1]])
    return np.asarray(BSpline.design_matrix(scores, places, _DEGREE, extrapolate=True).toarray()[:, 1:])
