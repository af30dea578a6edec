"""The interior-point method for a regression quantile: near the solution in some twenty steps, whatever the rows are.

Stays out: the last step onto a vertex (`methods.quantiles.vertex`).

S. Portnoy and R. Koenker, "The Gaussian hare and the Laplacian tortoise", Statistical Science 12 (1997), 279-300,
section 3; predictor and corrector after S. Mehrotra, SIAM Journal on Optimization 2 (1992), 575-601. Its dual gives
each row a weight of 0 (below the fit) to 1 (above it).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from methods.quantiles.block_products import by_column, by_row, squares

Floats = NDArray[np.float64]
_MOST_STEPS = 60
_GAP = 1e-9  # of the sum of absolute residuals: a vertex is then a few exchanges away
_SHORT_OF_THE_BOUND = 0.99995


@dataclass(frozen=True)
class _Point:
    """Weight and slack (1 - weight) of each row, and the prices of the two bounds: below - above = - residual."""

    weight: Floats
    slack: Floats
    below: Floats
    above: Floats

    @property
    def gap(self) -> float:
        """What the solution is away from the best by, at most."""
        return float(np.sum(self.weight * self.below) + np.sum(self.slack * self.above))

    @property
    def size(self) -> float:
        """The sum of absolute residuals."""
        return float(np.abs(self.below - self.above).sum())

    def ahead(self, step: _Step, primal: float, dual: float) -> _Point:
        """The point a part of a step further."""
        return _Point(
            self.weight + primal * step.weight, self.slack - primal * step.weight,
            self.below + dual * step.below, self.above + dual * step.above,
        )  # fmt: skip

    def lengths(self, step: _Step) -> tuple[float, float]:
        """How far weights and prices can go before one of them meets its bound; 1 at most."""
        primal = min(_length(self.weight, step.weight), _length(self.slack, -step.weight))
        return primal, min(_length(self.below, step.below), _length(self.above, step.above))


@dataclass(frozen=True)
class _Step:
    coefficients: Floats
    weight: Floats
    below: Floats
    above: Floats


def solve(design: Floats, response: Floats, quantile: float) -> Floats:
    """Coefficients that nearly minimise the sum of `quantile`-weighted absolute residuals.

    `design` needs full column rank, else LinAlgError. The result is as near as `_GAP` says, or as the numbers allow.
    """
    coefficients, point = _start(design, response, quantile)
    for _ in range(_MOST_STEPS):
        if point.gap <= _GAP * point.size:
            break
        newton = _Newton(design, point)
        if newton.factor is None:  # all rows but a few are at a bound: no nearer by this way
            break
        step = newton.step(np.zeros(len(response)), np.zeros(len(response)))
        primal, dual = point.lengths(step)
        if min(primal, dual) < 1:
            step = newton.step(*_corrections(point, step, primal, dual))
            primal, dual = point.lengths(step)
        point = point.ahead(step, primal, dual)
        coefficients = coefficients - dual * step.coefficients
    return coefficients


def _start(design: Floats, response: Floats, quantile: float) -> tuple[Floats, _Point]:
    """Least squares, and weights that balance: the dual's equations hold from the first step on."""
    equal = linalg.cho_factor(squares(design, np.ones(len(response))))
    coefficients = linalg.cho_solve(equal, by_column(design, response))
    residuals = response - by_row(design, coefficients)
    apart = max(float(np.mean(np.abs(residuals))), 1e-12) * 1e-3
    weight = np.full(len(response), 1 - quantile)
    return coefficients, _Point(weight, 1 - weight, np.maximum(-residuals, 0) + apart, np.maximum(residuals, 0) + apart)


class _Newton:
    """The equations of a step from a point, factored once for the predictor and the corrector."""

    def __init__(self, design: Floats, point: _Point) -> None:
        self._design, self._point = design, point
        self._change = 1 / (point.below / point.weight + point.above / point.slack)
        self._pull = point.below - point.above
        try:
            self.factor = linalg.cho_factor(squares(design, self._change))
        except (linalg.LinAlgError, ValueError):
            self.factor = None

    def step(self, at_below: Floats, at_above: Floats) -> _Step:
        """The step for which weight times price becomes, at each bound, what is given (by weight and by slack)."""
        point, pull = self._point, self._pull - at_below + at_above
        coefficients = linalg.cho_solve(self.factor, by_column(self._design, self._change * pull))
        weight = self._change * (by_row(self._design, coefficients) - pull)
        below = at_below - point.below * (1 + weight / point.weight)
        above = at_above - point.above * (1 - weight / point.slack)
        return _Step(coefficients, weight, below, above)


def _corrections(point: _Point, predictor: _Step, primal: float, dual: float) -> tuple[Floats, Floats]:
    """Towards the middle, the more the less the predictor has come forward, and what it has left of second order."""
    gap = point.gap
    middle = gap * (point.ahead(predictor, primal, dual).gap / gap) ** 3 / (2 * len(point.weight))
    at_below = (middle - predictor.weight * predictor.below) / point.weight
    return at_below, (middle + predictor.weight * predictor.above) / point.slack


def _length(values: Floats, steps: Floats) -> float:
    fall = float(np.max(-steps / values, initial=0))
    return min(1.0, _SHORT_OF_THE_BOUND / fall) if fall > 0 else 1.0
