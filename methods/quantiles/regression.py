"""Linear quantile regression, exactly: for many quantiles of one set of rows, each solution a vertex that is proved.

Lives here: the walk over the quantiles, each from its neighbour, and what of the rows a quantile has to look at.
Stays out: coming near (`methods.quantiles.interior_point`), the vertex and its proof (`methods.quantiles.vertex`).

R. Koenker and G. Bassett, "Regression quantiles", Econometrica 46 (1978), 33-50; rows that are surely above or below
are counted and not looked at, after S. Portnoy and R. Koenker, "The Gaussian hare and the Laplacian tortoise",
Statistical Science 12 (1997), 279-300.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from methods.quantiles import interior_point, vertex
from methods.quantiles.block_products import by_row

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_RANK_TOLERANCE = 1e-9
_SMALL = 2_000  # rows: below, a quantile looks at all of them


@dataclass(frozen=True)
class _Rows:
    """Rows of the regression times their weights: of weighted absolute deviations the weight is a factor of the row."""

    design: Floats
    response: Floats
    reach: Floats  # how far a fitted value can move where coefficients do, by row

    def residuals(self, coefficients: Floats) -> Floats:
        return self.response - by_row(self.design, coefficients)


def fitted_values(design: Floats, response: Floats, weights: Floats, quantiles: Sequence[float]) -> Floats:
    """The fitted value of every row at every quantile: rows x quantiles, in the unit of `response`.

    `design`: rows x columns, which may depend on each other; `weights`: how often each row stands, above 0;
    `quantiles`: rising, each within (0, 1). Rows that are equal are best given once, with their weight.
    """
    basis = independent_columns(design)
    whole = _Rows(basis * weights[:, None], response * weights, np.linalg.norm(basis, axis=1) * weights)
    middle = int(np.argmin(np.abs(np.asarray(quantiles) - 0.5)))
    coefficients = np.empty((len(quantiles), basis.shape[1]))
    coefficients[middle] = _solve_all(whole, quantiles[middle])
    for there in (range(middle + 1, len(quantiles)), range(middle - 1, -1, -1)):
        near = coefficients[middle]
        for n in there:
            near = coefficients[n] = _solve_from(whole, quantiles[n], near)
    return basis @ coefficients.T


def independent_columns(design: Floats) -> Floats:
    """An orthogonal basis of the columns' space, of root mean square 1: the fitted values are those of `design`."""
    orthogonal, triangle, _ = linalg.qr(design, mode="economic", pivoting=True)
    sizes = np.abs(np.diag(triangle))
    return orthogonal[:, sizes > _RANK_TOLERANCE * sizes[0]] * np.sqrt(len(design))


def _solve_all(rows: _Rows, quantile: float) -> Floats:
    near = interior_point.solve(rows.design, rows.response, quantile)
    return vertex.solve(vertex.Problem(rows.design, rows.response, quantile, np.zeros(rows.design.shape[1])), near)


def _solve_from(rows: _Rows, quantile: float, near: Floats) -> Floats:
    """Look at the rows that may change sides between a quantile and its neighbour; if others do, at more of them."""
    count, width = rows.design.shape
    wanted = 4 * round(np.sqrt(width) * count ** (2 / 3))
    while max(wanted, _SMALL) < count:
        found = _solve_among(rows, quantile, near, wanted)
        if found is not None:
            return found
        wanted *= 2
    return _solve_all(rows, quantile)


def _solve_among(rows: _Rows, quantile: float, near: Floats, wanted: int) -> Floats | None:
    """The solution by `wanted` rows about the quantile; None where these are too few, or too much alike."""
    count = len(rows.response)
    relative = rows.residuals(near) / rows.reach
    first = int(np.clip(quantile * count - wanted / 2, 0, count - wanted))
    order = np.argpartition(relative, [first, first + wanted - 1])
    below, above = np.zeros(count, bool), np.zeros(count, bool)
    below[order[:first]], above[order[first + wanted :]] = True, True
    allowed = wanted // 10
    while True:
        try:
            found = _solve_between(rows, quantile, below, above)
        except linalg.LinAlgError:
            return None
        residuals = rows.residuals(found)
        strayed = (below & (residuals > 0)) | (above & (residuals < 0))
        number = int(strayed.sum())
        if not number:
            return found
        if number > allowed:
            return None
        below &= ~strayed
        above &= ~strayed
        allowed -= number


def _solve_between(rows: _Rows, quantile: float, below: Flags, above: Flags) -> Floats:
    """The solution where rows are known to lie `below` or `above`: of these only sums enter."""
    seen = ~(below | above)
    design, response = rows.design[seen], rows.response[seen]
    sums = [(rows.design[side].sum(axis=0), rows.response[side].sum()) for side in (below, above) if side.any()]
    near = interior_point.solve(
        np.vstack([design, *(row for row, _ in sums)]), np.append(response, [total for _, total in sums]), quantile
    )
    pull = quantile * rows.design[above].sum(axis=0) - (1 - quantile) * rows.design[below].sum(axis=0)
    return vertex.solve(vertex.Problem(design, response, quantile, pull), near)
