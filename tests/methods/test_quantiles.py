"""Regression quantiles against a general solver of linear programs, where rows are many, few, equal, or on one line."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from methods.quantiles import interior_point, regression, vertex
from methods.quantiles.block_products import by_column, by_row, squares

QUANTILES = (0.005, 0.1, 0.25, 0.5, 0.505, 0.75, 0.995)


def rows(count: int, columns: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    design = np.column_stack([np.ones(count), chance.normal(size=(count, columns - 1))])
    response = design @ chance.normal(size=columns) + chance.standard_t(3, size=count) * np.exp(design[:, 1])
    return design, response, chance.integers(1, 4, count).astype(float)


def loss(response: np.ndarray, fits: np.ndarray, weights: np.ndarray, quantile: float) -> float:
    apart = response - fits
    return float(np.sum(weights * np.maximum(quantile * apart, (quantile - 1) * apart)))


def by_a_general_solver(design: np.ndarray, response: np.ndarray, weights: np.ndarray, quantile: float) -> np.ndarray:
    """The dual of the regression: each row's share between 0 and its weight."""
    found = linprog(
        -response, A_eq=design.T, b_eq=(1 - quantile) * design.T @ weights,
        bounds=np.column_stack([np.zeros(len(weights)), weights]), method="highs",
    )  # fmt: skip
    return design @ -found.eqlin.marginals


@pytest.mark.parametrize(("count", "columns"), [(40, 3), (400, 8), (6_000, 5)])
def test_the_fits_are_those_of_a_general_solver(count: int, columns: int):
    design, response, weights = rows(count, columns)
    fits = regression.fitted_values(design, response, weights, QUANTILES)
    for place, quantile in enumerate(QUANTILES):
        expected = by_a_general_solver(design, response, weights, quantile)
        assert fits[:, place] == pytest.approx(expected, abs=1e-8)


def test_a_weight_is_that_many_equal_rows():
    design, response, weights = rows(300, 4)
    times = weights.astype(int)
    merged = regression.fitted_values(design, response, weights, QUANTILES)
    apart = regression.fitted_values(
        np.repeat(design, times, axis=0), np.repeat(response, times), np.ones(times.sum()), QUANTILES
    )
    assert np.repeat(merged, times, axis=0) == pytest.approx(apart, abs=1e-8)


def test_without_a_column_beside_the_constant_the_fits_are_quantiles():
    response = np.arange(1.0, 1002.0)
    fits = regression.fitted_values(np.ones((1001, 1)), response, np.ones(1001), (0.005, 0.25, 0.995))
    assert fits[0] == pytest.approx([6, 251, 996])  # the row in whose place 0.005 of 1001 falls, and so on


def test_columns_that_depend_on_each_other_change_nothing():
    design, response, weights = rows(300, 4)
    twice = np.column_stack([design, design[:, 1] * 2 - design[:, 2], np.zeros(300)])
    assert regression.fitted_values(twice, response, weights, QUANTILES) == pytest.approx(
        regression.fitted_values(design, response, weights, QUANTILES), abs=1e-8
    )


def test_rows_on_one_line_are_fitted_by_it():
    design, _, weights = rows(500, 3)
    response = design @ [1, 2, 3]
    fits = regression.fitted_values(design, response, weights, QUANTILES)
    assert fits == pytest.approx(np.repeat(response[:, None], len(QUANTILES), axis=1), abs=1e-7)


def test_as_many_rows_as_columns_are_met():
    design, response, weights = rows(5, 5)
    fits = regression.fitted_values(design, response, weights, (0.1, 0.5, 0.9))
    assert fits == pytest.approx(np.repeat(response[:, None], 3, axis=1), abs=1e-7)


def test_marks_of_few_values_lie_on_each_other_and_are_fitted_as_well_as_they_can_be():
    chance = np.random.default_rng(3)
    start = chance.integers(0, 4, 800)
    design = np.column_stack([np.ones(800), start, start**2])
    response = np.clip(start + chance.integers(-1, 3, 800), 0, 4).astype(float)
    fits = regression.fitted_values(design, response, np.ones(800), QUANTILES)
    for place, quantile in enumerate(QUANTILES):
        best = by_a_general_solver(design, response, np.ones(800), quantile)
        assert loss(response, fits[:, place], np.ones(800), quantile) == pytest.approx(
            loss(response, best, np.ones(800), quantile), abs=1e-6
        )


def test_a_column_of_a_few_outlying_rows_keeps_them():
    """The rows about a quantile may all have 0 there: then more of them are looked at."""
    design, response, weights = rows(5_000, 3)
    seldom = np.zeros(5_000)
    seldom[:3], response[:3] = 1, 500 + np.arange(3)
    design = np.column_stack([design, seldom])
    fits = regression.fitted_values(design, response, weights, (0.25, 0.5))
    expected = by_a_general_solver(design, response, weights, 0.25)
    assert loss(response, fits[:, 0], weights, 0.25) == pytest.approx(loss(response, expected, weights, 0.25))


def test_a_vertex_is_found_from_anywhere():
    design, response, _ = rows(300, 4)
    problem = vertex.Problem(design, response, 0.3, np.zeros(4))
    far = vertex.solve(problem, np.array([50.0, -20, 3, 9]))
    assert far == pytest.approx(vertex.solve(problem, interior_point.solve(design, response, 0.3)), abs=1e-9)
    assert far == pytest.approx(vertex.by_linear_programming(problem), abs=1e-8)


def test_what_fits_nothing_is_refused():
    with pytest.raises(np.linalg.LinAlgError, match="too much alike"):
        vertex.solve(vertex.Problem(np.ones((9, 2)), np.arange(9.0), 0.5, np.zeros(2)), np.zeros(2))


@pytest.mark.parametrize("count", [1, 7, 4_096, 10_001])
def test_products_in_blocks_are_products(count: int):
    chance = np.random.default_rng(count)
    matrix, weights = chance.normal(size=(count, 3)), chance.random(count)
    assert by_row(matrix, np.arange(3.0)) == pytest.approx(matrix @ np.arange(3.0))
    assert by_column(matrix, weights) == pytest.approx(matrix.T @ weights)
    assert squares(matrix, weights) == pytest.approx(matrix.T @ (matrix * weights[:, None]))
