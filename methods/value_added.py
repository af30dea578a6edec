"""Value added by schools: a mixed model with a random intercept of the school, fitted by restricted maximum likelihood.

Lives here: one variance between schools, one within. The likelihood is profiled down to their ratio, for which sums by
school are enough, so that a city of a million is a second's work.
Stays out: which covariates count (given: a register's), schools' names.

D. A. Harville, Journal of the American Statistical Association 72 (1977), 320-338; the predictions and the variance of
their errors are those of C. R. Henderson, Biometrics 31 (1975), 423-447. Criterion and coefficients are lme4's to the
digits that it prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

Floats = NDArray[np.float64]
LEAST_SCHOOLS = 10
FEW_SCHOOLS = "too few schools"
FEW_ROWS = "too few rows"
NO_VARIANCE = "no variance between schools"
_INTERVAL = 1.959963984540054  # of the normal distribution, 95 %
_RATIOS = np.logspace(-8, 4, 121)
_DEPENDENT = 1e-10
_NO_BETTER = 1e-9  # of the criterion: at a ratio of nearly 0 it is that of 0 but for rounding


@dataclass(frozen=True)
class ValueAdded:
    """The fit. `schools`: school, estimate, standard_error, interval_from, interval_to, verdict (above or below, where
    the interval excludes 0), n, n_left_out; figures in the unit of the response.

    `note`: FEW_SCHOOLS or FEW_ROWS (no figure but n and n_left_out), NO_VARIANCE (all estimates are 0), or "".
    """

    schools: pa.Table
    coefficients: dict[str, float]
    school_deviation: float | None
    residual_deviation: float | None
    criterion: float | None
    note: str


@dataclass(frozen=True)
class _Sums:
    """What the likelihood needs of the rows: by school their number and sums, over all their products."""

    count: Floats
    design: Floats  # schools x columns
    response: Floats
    squares: Floats  # columns x columns
    products: Floats
    total: float  # of the squared response

    @property
    def freedom(self) -> float:
        """Rows less columns."""
        return float(self.count.sum()) - len(self.products)


@dataclass(frozen=True)
class _Fit:
    """The best coefficients at one ratio of the variances (school to residual)."""

    shrinkage: Floats  # of each school: ratio / (1 + n ratio)
    coefficients: Floats
    covariance: Floats  # of the coefficients, in units of the residual variance
    variance: float  # residual
    criterion: float


def value_added(
    rows: pa.Table, response: str, covariates: Sequence[str], school: str, least: int = LEAST_SCHOOLS
) -> ValueAdded:
    """What each school adds to `response`, given the covariates.

    A covariate is a number, or a text, of which each value but the first (in order) is a column of its own. Rows that
    lack the response or a covariate are left out and counted; rows without a school count nowhere. A covariate that the
    others make up says nothing more and has no coefficient. At fewer than `least` schools there is no fit, nor where
    there are no more rows than coefficients.
    """
    table = rows.filter(pc.is_valid(rows[school]))
    names = pc.unique(table[school])
    names = names.take(pc.sort_indices(names))
    place = _array(pc.index_in(table[school], value_set=names)).astype(np.int64)
    is_complete = np.ones(table.num_rows, bool)
    for column in (response, *covariates):
        is_complete &= _array(pc.is_valid(table[column])).astype(bool)
    left_out = np.bincount(place[~is_complete], minlength=len(names))
    place, table = place[is_complete], table.filter(pa.array(is_complete))
    count = np.bincount(place, minlength=len(names))
    if np.sum(count > 0) < least:
        return _without_figures(names, count, left_out, FEW_SCHOOLS)
    labels, design = _design(table, covariates)
    sums = _sums(place, len(names), design, _array(table[response]).astype(float))
    kept = _independent(sums.squares)
    if len(place) <= len(kept):
        return _without_figures(names, count, left_out, FEW_ROWS)
    return _answer(names, count, left_out, [labels[k] for k in kept], _take(sums, kept))


def _array(values: pa.Array | pa.ChunkedArray) -> NDArray[np.generic]:
    return np.asarray(values.to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else values.to_numpy())


def _design(table: pa.Table, covariates: Sequence[str]) -> tuple[list[str], Floats]:
    """The names of the columns, and the columns: the constant first."""
    labels, columns = ["constant"], [np.ones(table.num_rows)]
    for name in covariates:
        if pa.types.is_string(table[name].type) or pa.types.is_large_string(table[name].type):
            values = sorted(pc.unique(table[name]).to_pylist())
            labels += [f"{name}={value}" for value in values[1:]]
            columns += [_array(pc.equal(table[name], value)).astype(float) for value in values[1:]]
        else:
            labels.append(name)
            columns.append(_array(table[name]).astype(float))
    return labels, np.column_stack(columns)


def _sums(place: NDArray[np.int64], schools: int, design: Floats, response: Floats) -> _Sums:
    """Rows are sorted first: equal rows in another order give equal sums, to the last digit."""
    order = np.lexsort([*design.T, response, place])
    place, design, response = place[order], design[order], response[order]

    def by_school(values: Floats) -> Floats:
        return np.asarray(np.bincount(place, values, minlength=schools), dtype=float)

    both = np.column_stack([design, response])
    products = np.array([[np.sum(one * other) for one in both.T] for other in both.T])
    return _Sums(
        by_school(np.ones(len(place))), np.column_stack([by_school(column) for column in design.T]),
        by_school(response), products[:-1, :-1], products[:-1, -1], float(products[-1, -1]),
    )  # fmt: skip


def _independent(squares: Floats) -> list[int]:
    """The columns that those before them do not make up, by what of each is left beside them."""
    kept: list[int] = []
    for k in range(len(squares)):
        among, beside = squares[np.ix_(kept, kept)], squares[kept, k]
        rest = squares[k, k] - (beside @ np.linalg.solve(among, beside) if kept else 0)
        if rest > _DEPENDENT * squares[k, k]:
            kept.append(k)
    return kept


def _take(sums: _Sums, kept: list[int]) -> _Sums:
    squares = sums.squares[np.ix_(kept, kept)]
    return _Sums(sums.count, sums.design[:, kept], sums.response, squares, sums.products[kept], sums.total)


def _fit(sums: _Sums, ratio: float) -> _Fit:
    """Generalised least squares where a school's rows share `ratio` times the residual variance; REML's criterion."""
    shrinkage = ratio / (1 + sums.count * ratio)
    weighted = sums.design * shrinkage[:, None]
    squares = sums.squares - weighted.T @ sums.design
    products = sums.products - weighted.T @ sums.response
    coefficients = np.asarray(np.linalg.solve(squares, products), dtype=float)
    rest = max(sums.total - float(np.sum(shrinkage * sums.response**2)) - float(coefficients @ products), 0.0)
    variance = rest / sums.freedom
    criterion = float(np.sum(np.log1p(sums.count * ratio))) + float(np.linalg.slogdet(squares)[1])
    criterion += sums.freedom * (1 + np.log(2 * np.pi * max(variance, 1e-300)))
    return _Fit(shrinkage, coefficients, np.asarray(np.linalg.inv(squares), dtype=float), variance, criterion)


def _best_ratio(sums: _Sums) -> float:
    """The ratio with the least criterion, 0 among them: first over many of every size, then between two neighbours."""
    criteria = [_fit(sums, ratio).criterion for ratio in _RATIOS]
    place = int(np.argmin(criteria))
    low, high = np.log(_RATIOS[[max(place - 1, 0), min(place + 1, len(_RATIOS) - 1)]])
    found = minimize_scalar(
        lambda size: _fit(sums, float(np.exp(size))).criterion, bounds=(low, high), method="bounded",
        options={"xatol": 1e-10},
    )  # fmt: skip
    return float(np.exp(found.x)) if found.fun < _fit(sums, 0).criterion - _NO_BETTER else 0.0


def _answer(
    names: pa.Array, count: NDArray[np.int64], left_out: NDArray[np.int64], labels: list[str], sums: _Sums
) -> ValueAdded:
    ratio = _best_ratio(sums)
    fit = _fit(sums, ratio)
    estimate = fit.shrinkage * (sums.response - sums.design @ fit.coefficients)
    drawn = fit.shrinkage[:, None] * sums.design
    # what is not known of the school, and what is not known of the coefficients
    error = np.sqrt(fit.variance * (fit.shrinkage + np.sum((drawn @ fit.covariance) * drawn, axis=1)))
    return ValueAdded(
        _schools(names, count, left_out, estimate, error),
        dict(zip(labels, fit.coefficients.tolist(), strict=True)),
        float(np.sqrt(ratio * fit.variance)), float(np.sqrt(fit.variance)), fit.criterion,
        "" if ratio else NO_VARIANCE,
    )  # fmt: skip


def _schools(
    names: pa.Array, count: NDArray[np.int64], left_out: NDArray[np.int64], estimate: Floats, error: Floats
) -> pa.Table:
    """A school of which no row is complete has no figure: that it is average would be a guess."""
    none = count == 0
    low, high = estimate - _INTERVAL * error, estimate + _INTERVAL * error
    verdict = np.where(low > 0, "above", np.where(high < 0, "below", ""))
    return pa.table({
        "school": names,
        "estimate": pa.array(estimate, mask=none),
        "standard_error": pa.array(error, mask=none),
        "interval_from": pa.array(low, mask=none),
        "interval_to": pa.array(high, mask=none),
        "verdict": pa.array(verdict.astype(object), pa.string(), mask=none | (verdict == "")),
        "n": pa.array(count),
        "n_left_out": pa.array(left_out),
    })  # fmt: skip


def _without_figures(names: pa.Array, count: NDArray[np.int64], left_out: NDArray[np.int64], note: str) -> ValueAdded:
    nothing = np.zeros(len(count))
    schools = _schools(names, np.zeros(len(count), np.int64), left_out, nothing, nothing)
    return ValueAdded(schools.set_column(6, "n", pa.array(count)), {}, None, None, None, note)
