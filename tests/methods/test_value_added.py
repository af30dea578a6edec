"""Value added by schools: against a published fit, and against the same model written out in whole matrices."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv
from scipy.optimize import minimize_scalar

from methods import value_added as method
from methods.value_added import value_added

SHARED = os.environ.get("SHUYUAN_SHARED_DATA")
COVARIATES = ("prior", "sex")


def city(schools: int = 14, deviation: float = 4, seed: int = 3) -> pa.Table:
    """Pupils of schools that add to a mark what is drawn with `deviation`; the rest has a deviation of 8."""
    chance = np.random.default_rng(seed)
    sizes = chance.integers(2, 40, schools)
    school = np.repeat(np.arange(schools), sizes)
    prior, sex = chance.normal(70, 10, len(school)), chance.integers(0, 2, len(school))
    added = deviation * chance.normal(size=schools)
    score = 12 + 0.8 * prior + 2 * sex + added[school] + chance.normal(0, 8, len(school))
    return pa.table({
        "school": [f"s{n:02}" for n in school], "prior": prior, "sex": np.where(sex, "m", "f"), "score": score,
    })  # fmt: skip


def in_whole_matrices(rows: pa.Table) -> dict[str, np.ndarray | float]:
    """REML by the definition, with the covariance of all rows; predictions by Henderson's equations."""
    names = sorted(set(rows["school"].to_pylist()))
    belongs = np.array([[float(s == name) for name in names] for s in rows["school"].to_pylist()])
    design = np.column_stack([
        np.ones(len(belongs)), rows["prior"].to_numpy(), [float(s == "m") for s in rows["sex"].to_pylist()]
    ])  # fmt: skip
    response = rows["score"].to_numpy()

    def criterion(size: float) -> float:
        covariance = np.eye(len(response)) + np.exp(size) * belongs @ belongs.T
        inverse = np.linalg.inv(covariance)
        squares = design.T @ inverse @ design
        rest = response - design @ np.linalg.solve(squares, design.T @ inverse @ response)
        freedom = len(response) - 3
        variance = rest @ inverse @ rest / freedom
        return float(np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(squares)[1]
                     + freedom * (1 + np.log(2 * np.pi * variance)))  # fmt: skip

    found = minimize_scalar(criterion, bounds=(-6, 3), method="bounded", options={"xatol": 1e-10})
    ratio = np.exp(found.x)
    both = np.column_stack([design, belongs])
    equations = both.T @ both + np.diag([0.0] * 3 + [1 / ratio] * len(names))
    solution = np.linalg.solve(equations, both.T @ response)
    inverse = np.linalg.inv(np.eye(len(response)) + ratio * belongs @ belongs.T)
    rest = response - design @ solution[:3]
    variance = rest @ inverse @ rest / (len(response) - 3)
    return {
        "criterion": found.fun, "coefficients": solution[:3], "estimates": solution[3:],
        "errors": np.sqrt(variance * np.diag(np.linalg.inv(equations))[3:]),
        "school": np.sqrt(ratio * variance), "residual": np.sqrt(variance),
    }  # fmt: skip


@pytest.mark.skipif(not SHARED, reason="SHUYUAN_SHARED_DATA does not name the folder of other people's data")
def test_the_published_fit_is_met():
    rows = csv.read_csv(Path(str(SHARED)) / "exam_value_added" / "Exam.csv")
    found = value_added(rows, "normexam", ("standLRT", "sex", "schgend"), "school")
    assert found.coefficients["standLRT"] == pytest.approx(0.559754, abs=5e-7)
    assert found.school_deviation == pytest.approx(0.293, abs=5e-4)
    assert found.residual_deviation == pytest.approx(0.750, abs=5e-4)
    assert found.criterion == pytest.approx(9347.674, abs=1e-3)
    assert (found.schools.num_rows, sum(found.schools["n"].to_pylist())) == (65, 4_059)


def test_sums_by_school_tell_what_whole_matrices_do():
    rows = city()
    found, expected = value_added(rows, "score", COVARIATES, "school"), in_whole_matrices(rows)
    assert found.criterion == pytest.approx(expected["criterion"], abs=1e-8)
    assert list(found.coefficients.values()) == pytest.approx(expected["coefficients"], abs=1e-5)
    assert found.school_deviation == pytest.approx(expected["school"], abs=1e-5)
    assert found.residual_deviation == pytest.approx(expected["residual"], abs=1e-5)
    assert found.schools["estimate"].to_numpy() == pytest.approx(expected["estimates"], abs=1e-5)
    assert found.schools["standard_error"].to_numpy() == pytest.approx(expected["errors"], abs=1e-5)


def test_above_and_below_are_those_whose_interval_excludes_0():
    rows = value_added(city(40), "score", COVARIATES, "school").schools.to_pylist()
    assert {row["verdict"] for row in rows} == {"above", "below", None}
    for row in rows:
        width = 1.96 * row["standard_error"]
        assert (row["interval_from"], row["interval_to"]) == pytest.approx(
            (row["estimate"] - width, row["estimate"] + width), abs=1e-3
        )
        expected = "above" if row["interval_from"] > 0 else "below" if row["interval_to"] < 0 else None
        assert row["verdict"] == expected


def test_what_schools_add_is_found_again():
    chance = np.random.default_rng(11)
    school = np.repeat(np.arange(30), 200)
    added = np.where(np.arange(30) < 15, 5.0, -5.0)
    score = 40 + added[school] + chance.normal(0, 6, 6_000)
    rows = pa.table({"school": school, "score": score})
    found = value_added(rows, "score", (), "school").schools.to_pylist()
    assert [row["verdict"] for row in found] == ["above"] * 15 + ["below"] * 15
    assert [row["estimate"] for row in found] == pytest.approx(added, abs=2)


def test_without_variance_between_schools_all_add_0_and_it_says_so():
    school = np.tile(np.arange(12), 40)
    score = np.repeat(np.arange(40.0), 12)  # every school has the same marks
    found = value_added(pa.table({"school": school, "score": score}), "score", (), "school")
    assert found.note == method.NO_VARIANCE
    assert found.school_deviation == 0
    assert found.schools["estimate"].to_pylist() == [0.0] * 12
    assert found.schools["verdict"].null_count == 12


def test_of_fewer_than_ten_schools_there_is_none():
    found = value_added(city(9), "score", COVARIATES, "school")
    assert found.note == method.FEW_SCHOOLS
    assert found.schools["estimate"].null_count == 9
    assert min(found.schools["n"].to_pylist()) > 0
    assert value_added(city(10), "score", COVARIATES, "school").note == ""


def test_who_lacks_a_figure_is_left_out_and_counted():
    rows = city()
    scores, priors, schools = (rows[name].to_pylist() for name in ("score", "prior", "school"))
    scores[0], priors[1], schools[2] = None, None, None
    lacking = pa.table({"school": schools, "prior": priors, "sex": rows["sex"], "score": scores})
    found = value_added(lacking, "score", COVARIATES, "school")
    expected = value_added(rows.slice(3), "score", COVARIATES, "school")
    assert found.schools["estimate"].to_pylist() == expected.schools["estimate"].to_pylist()
    assert found.schools["n_left_out"].to_pylist()[0] == 2
    assert sum(found.schools["n_left_out"].to_pylist()) == 2


def test_a_school_of_which_nobody_is_complete_has_no_estimate():
    rows = city(12)
    first = [name == "s00" for name in rows["school"].to_pylist()]
    scores = [None if is_first else score for is_first, score in zip(first, rows["score"].to_pylist(), strict=True)]
    (row, *_) = value_added(
        rows.set_column(3, "score", pa.array(scores)), "score", COVARIATES, "school"
    ).schools.to_pylist()
    assert (row["estimate"], row["standard_error"], row["n"], row["n_left_out"]) == (None, None, 0, sum(first))


def test_a_covariate_that_others_make_up_changes_nothing():
    rows = city()
    more = rows.append_column("again", pa.array(2 * rows["prior"].to_numpy() - 7)).append_column(
        "one", pa.array(["x"] * rows.num_rows)
    )
    found = value_added(more, "score", (*COVARIATES, "again", "one"), "school")
    expected = value_added(rows, "score", COVARIATES, "school")
    assert list(found.coefficients) == ["constant", "prior", "sex=m"]
    assert found.schools["estimate"].to_pylist() == expected.schools["estimate"].to_pylist()


def test_the_order_of_rows_does_not_count():
    rows = city()
    mixed = rows.take(np.random.default_rng(1).permutation(rows.num_rows))
    assert value_added(mixed, "score", COVARIATES, "school") == value_added(rows, "score", COVARIATES, "school")


def test_where_no_row_is_left_beside_the_coefficients_nothing_is_said():
    names = [f"n{n}" for n in range(10)]
    rows = pa.table({"school": names, "kind": names, "score": [float(n) for n in range(10)]})
    found = value_added(rows, "score", ("kind",), "school")
    assert (found.note, found.coefficients) == (method.FEW_ROWS, {})
    assert set(found.schools["estimate"].to_pylist()) == {None}
