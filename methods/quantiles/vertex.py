"""A regression quantile as the fit through as many rows as it has coefficients, with the proof that no other is better.

Lives here: the exchange of one of those rows for another, until the proof holds.
Stays out: how a solution is neared first (`methods.quantiles.interior_point`).

I. Barrodale and F. D. K. Roberts, SIAM Journal on Numerical Analysis 10 (1973), 839-848; for quantiles R. Koenker and
V. d'Orey, Applied Statistics 36 (1987), 383-393. The proof is that of linear programming: each row of the fit carries a
price, which lies between `quantile` - 1 and `quantile`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from methods.quantiles.block_products import by_column, by_row

Floats = NDArray[np.float64]
_PRICE_TOLERANCE = 1e-11  # for each row that the price is a sum over
_INDEPENDENT = 1e-7
_STILL = 1e-12
_EXCHANGES = 2_000  # more only where rows lie on one another's fits and exchanges turn in a circle


@dataclass(frozen=True)
class Problem:
    """Rows of a regression at one quantile; `design` needs full column rank.

    `pull`: what rows that are not given add to the gradient, each `quantile` or `quantile` - 1 times its row.
    """

    design: Floats
    response: Floats
    quantile: float
    pull: Floats

    def residuals(self, coefficients: Floats) -> Floats:
        """How far each row lies above the fit."""
        return self.response - by_row(self.design, coefficients)


def solve(problem: Problem, near: Floats) -> Floats:
    """The coefficients of an optimal vertex, found from coefficients that are `near`.

    Raises LinAlgError where `design` has not full column rank.
    """
    fit = _Fit(problem, near)
    for _ in range(_EXCHANGES):
        if fit.is_optimal:
            return fit.coefficients
        if not fit.exchange():
            break
    return by_linear_programming(problem)


class _Fit:
    """A fit through some rows (`support`), and for every other row on which side of it that lies."""

    def __init__(self, problem: Problem, near: Floats) -> None:
        self._problem = problem
        self._support = _rows_of_the_fit(problem.design, np.abs(problem.residuals(near)))
        self._put()
        self._above = problem.residuals(self.coefficients) > 0
        self._price()

    def _put(self) -> None:
        self._inverse = linalg.inv(self._problem.design[self._support])
        self.coefficients = self._inverse @ self._problem.response[self._support]

    def _price(self) -> None:
        quantile = self._problem.quantile
        sides = np.where(self._above, quantile, quantile - 1)
        sides[self._support] = 0
        prices = -(by_column(self._problem.design, sides) + self._problem.pull) @ self._inverse
        excess = np.maximum(prices - quantile, quantile - 1 - prices)
        self._leaving = int(np.argmax(excess))
        self._slope, self._upwards = float(excess[self._leaving]), bool(prices[self._leaving] > 0)
        self.is_optimal = self._slope <= _PRICE_TOLERANCE * len(sides)

    def exchange(self) -> bool:
        """Let one row of the fit go to its side, as far as the sum falls; the row met there takes its place.

        False where rounding shows none.
        """
        problem = self._problem
        moves = by_row(problem.design, self._inverse[:, self._leaving]) * (1 if self._upwards else -1)
        sides = np.where(self._above, 1.0, -1.0)
        is_met = moves * sides < -_STILL
        is_met[self._support] = False
        met = np.flatnonzero(is_met)
        speeds = np.abs(moves[met])
        times = np.maximum(problem.residuals(self.coefficients)[met] * sides[met], 0) / speeds
        order = np.argsort(times, kind="stable")
        place = int(np.searchsorted(np.cumsum(speeds[order]), self._slope))
        if place == len(met):
            return False
        self._above[met[order[:place]]] ^= True
        self._above[self._support[self._leaving]] = self._upwards
        self._support[self._leaving] = met[order[place]]
        self._put()
        self._price()
        return True


def _rows_of_the_fit(design: Floats, distances: Floats) -> NDArray[np.intp]:
    """The rows nearest to the fit that are independent, as many as there are columns."""
    width = design.shape[1]
    taken: list[int] = []
    directions = np.empty((0, width))
    for row in np.argsort(distances, kind="stable"):
        rest = design[row]
        for _ in range(2):  # twice is enough: what rounding leaves of the directions goes too
            rest = rest - directions.T @ (directions @ rest)
        if np.linalg.norm(rest) > _INDEPENDENT * np.linalg.norm(design[row]):
            directions = np.vstack([directions, rest / np.linalg.norm(rest)])
            taken.append(int(row))
            if len(taken) == width:
                return np.array(taken)
    raise linalg.LinAlgError("The rows are too much alike for a fit through some of them.")


def by_linear_programming(problem: Problem) -> Floats:
    """The same by a general solver: slower, and never in a circle."""
    from scipy.optimize import linprog

    balance = (1 - problem.quantile) * problem.design.sum(axis=0) - problem.pull
    found = linprog(-problem.response, A_eq=problem.design.T, b_eq=balance, bounds=(0, 1), method="highs-ds")
    if found.status != 0:
        raise ValueError(f"A quantile could not be fitted: {found.message}")
    return np.asarray(-found.eqlin.marginals)
