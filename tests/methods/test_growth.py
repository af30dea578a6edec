"""Growth percentiles: against those that were published, an exact solution, and the rules of which rows have one."""

from __future__ import annotations

import csv
import gzip
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scipy.optimize import linprog

from methods.growth import conditional, percentiles, score_rows, splines, student_growth

SHARED = os.environ.get("SHUYUAN_SHARED_DATA")
Row = tuple[str | None, ...]


def table(rows: list[Row]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * 5
    return pa.table({
        name: pa.array(cells, pa.string()) for name, cells in zip(score_rows.COLUMNS, columns, strict=True)
    })  # fmt: skip


def cohort(count: int, years: int = 4, seed: int = 5) -> list[Row]:
    """Students with a mark in maths each year, from grade 4 in 2022 on; half marks, 0 to 150."""
    chance = np.random.default_rng(seed)
    able = chance.normal(size=count)
    marks = np.clip(np.round(2 * (90 + 25 * able[:, None] + 12 * chance.normal(size=(count, years)))) / 2, 0, 150)
    return [
        (f"s{n}", str(2022 + year), str(4 + year), "maths", f"{marks[n, year]:g}")
        for n in range(count) for year in range(years)
    ]  # fmt: skip


def of(rows: list[Row], student: str, year: int, **minima: object) -> tuple[int, int, str, str]:
    found = percentiles.growth(table(rows), **minima)
    place = next(n for n, row in enumerate(rows) if row[:2] == (student, str(year)))
    return (
        int(found.percentile[place]),
        int(found.priors[place]),
        str(found.method[place]),
        "" if found.percentile[place] else str(found.why[place]),
    )


# ---------------------------------------------------------------- the published method


@pytest.mark.skipif(not SHARED, reason="SHUYUAN_SHARED_DATA does not name the folder of other people's data")
def test_all_published_percentiles_are_met():
    folder = Path(str(SHARED)) / "sgp"
    with gzip.open(folder / "sgpData.csv.gz", "rt") as file:
        rows = [
            (pupil["ID"], year, pupil[f"GRADE_{year}"], "READING", pupil[f"SS_{year}"])
            for pupil in csv.DictReader(file)
            for year in ("2022", "2023", "2024", "2025")
            if pupil[f"SS_{year}"]
        ]
    found = percentiles.growth(table(rows))
    ours = {
        row[0]: (str(p), str(n)) for row, p, n in zip(rows, found.percentile, found.priors, strict=True)
        if row[1] == "2025"
    }  # fmt: skip
    with gzip.open(folder / "reference_test0_READING.csv.gz", "rt") as file:
        published = {pupil["ID"]: (pupil["SGP"], pupil["SGP_ORDER"]) for pupil in csv.DictReader(file)}
    assert len(published) == 34_225
    assert {student: ours[student] for student in published} == published


def by_linear_programming(scores: np.ndarray, priors: np.ndarray, scales: list[splines.Scale]) -> np.ndarray:
    """Each quantile of every row as it stands, by a general solver; then the rule of the percentile."""
    design = np.column_stack(
        [np.ones(len(scores)), *(splines.columns(priors[:, n], scale) for n, scale in enumerate(scales))]
    )
    fits = []
    for quantile in np.arange(1, 101) / 100 - 0.005:
        balance = (1 - quantile) * design.sum(axis=0)
        found = linprog(-scores, A_eq=design.T, b_eq=balance, bounds=(0, 1), method="highs")
        fits.append(design @ -found.eqlin.marginals)
    above = (np.round(np.sort(np.array(fits), axis=0), 5) < scores).sum(axis=0)
    return np.clip(above, 1, 99)


@pytest.mark.parametrize(
    ("count", "orders"), [(700, 1), (700, 3), pytest.param(5_000, 1, marks=pytest.mark.soak),
                          pytest.param(5_000, 3, marks=pytest.mark.soak)]
)  # fmt: skip
def test_the_percentiles_are_those_of_an_exact_solution(count: int, orders: int):
    marks = np.array([float(str(row[4])) for row in cohort(count)]).reshape(count, 4)
    priors = marks[:, 2 - np.arange(orders)]
    scales = [splines.scale(priors[:, n]) for n in range(orders)]
    ours = student_growth.percentiles(marks[:, 3], priors, [scale for scale in scales if scale])
    exact = by_linear_programming(marks[:, 3], priors, [scale for scale in scales if scale])
    assert (ours == exact).mean() >= 0.999
    assert np.abs(ours - exact).max() <= 1


def test_the_percentiles_are_about_even():
    marks = np.array([float(str(row[4])) for row in cohort(3_000, 2)]).reshape(3_000, 2)
    scale = splines.scale(marks[:, 0])
    found = student_growth.percentiles(marks[:, 1], marks[:, :1], [scale] if scale else [])
    share = np.histogram(found, [1, 26, 51, 76, 100])[0] / 3_000
    assert share == pytest.approx([0.255, 0.25, 0.25, 0.245], abs=0.01)


@pytest.mark.parametrize("minima", [(200, 200, 200), (9_999,)])
def test_of_equal_priors_a_higher_score_never_has_a_lower_percentile(minima: tuple[int, ...]):
    rows = [(*row[:4], str(round(float(str(row[4])), -1))) for row in cohort(2_000)]
    found = percentiles.growth(table(rows), minima, 10)
    marks = np.array([float(row[4]) for row in rows]).reshape(2_000, 4)
    last = np.arange(3, 8_000, 4)
    seen: dict[tuple[float, ...], dict[float, set[int]]] = {}
    for place, own in zip(last, marks, strict=True):
        order = found.priors[place]
        start = (order, *own[3 - order : 3])
        seen.setdefault(start, {}).setdefault(own[3], set()).add(int(found.percentile[place]))
    groups = [group for group in seen.values() if len(group) > 1]
    assert len(groups) > 5
    for group in groups:
        assert all(len(given) == 1 for given in group.values())
        in_order = [next(iter(group[score])) for score in sorted(group)]
        assert in_order == sorted(in_order)


def test_neither_the_order_of_rows_nor_the_names_of_students_count():
    rows = cohort(600)
    mixed = [rows[n] for n in np.random.default_rng(2).permutation(len(rows))]
    renamed = [(f"z{str(row[0])[::-1]}", *row[1:]) for row in mixed]
    straight = dict(zip(rows, percentiles.growth(table(rows), (200, 200, 200)).percentile, strict=True))
    assert percentiles.growth(table(renamed), (200, 200, 200)).percentile.tolist() == [straight[row] for row in mixed]


# ---------------------------------------------------------------- splines


def test_knots_are_quantiles_and_bounds_a_tenth_of_the_range_wider():
    assert splines.scale(np.arange(0.0, 101.0)) == splines.Scale((20, 40, 60, 80), -10, 110)


def test_knots_that_coincide_are_one_and_equal_scores_have_no_scale():
    assert splines.scale(np.array([0.0] * 30 + [5.0] * 10)) == splines.Scale((0, 5), -0.5, 5.5)
    assert splines.scale(np.array([3.0, 3.0])) is None
    assert splines.scale(np.empty(0)) is None


def test_the_columns_span_every_cubic_also_beyond_the_bounds():
    scores = np.linspace(-30, 140, 200)
    design = np.column_stack([np.ones(200), splines.columns(scores, splines.Scale((20, 40, 60, 80), -10, 110))])
    assert design.shape == (200, 8)
    cubic = 4 - scores + 0.2 * scores**2 - 0.001 * scores**3
    coefficients = np.linalg.lstsq(design, cubic)[0]
    assert design @ coefficients == pytest.approx(cubic, abs=1e-6)


# ---------------------------------------------------------------- the conditional percentile


def test_a_mid_rank_counts_half_of_the_equal_ones():
    marks = np.array([56.0, 61, 64, 70, 72, 75, 78, 80, 85, 92])
    assert conditional.mid_ranks(np.array([80.0]), marks) == pytest.approx([75.0])
    assert conditional.mid_ranks(np.array([5.0]), np.array([5.0, 5, 5, 9])) == pytest.approx([37.5])


def test_the_rank_is_among_those_who_began_in_the_same_tenth():
    before = np.arange(100.0)  # mid-ranks 0.5 to 99.5: ten in each tenth
    now = np.tile(np.arange(10.0), 10)
    found = conditional.percentiles(now, before, before, 10)
    assert found.tolist() == [5, 15, 25, 35, 45, 55, 65, 75, 85, 95] * 10
    assert not conditional.percentiles(now, before, before, 11).any()


# ---------------------------------------------------------------- which rows have one, and of how many priors


def test_the_highest_order_with_enough_students_is_taken():
    rows = cohort(300)
    assert of(rows, "s0", 2025, minima=(300, 300, 300))[1:3] == (3, percentiles.STUDENT_GROWTH)
    assert of(rows, "s0", 2025, minima=(300, 300, 301))[1:3] == (2, percentiles.STUDENT_GROWTH)
    assert of(rows, "s0", 2025, minima=(300, 301, 301))[1:3] == (1, percentiles.STUDENT_GROWTH)
    assert of(rows, "s0", 2025, minima=(301, 301, 301))[1:3] == (1, percentiles.CONDITIONAL)
    assert of(rows, "s0", 2025, minima=(301,), alike=60) == (0, 0, "", percentiles.FEW)


def test_who_has_fewer_priors_is_compared_with_all_who_have_as_many():
    rows = cohort(400)
    newcomers = [row for row in rows if int(str(row[0])[1:]) >= 100 or int(str(row[1])) >= 2024]
    assert of(newcomers, "s0", 2025, minima=(300, 300, 300))[1] == 1
    assert of(newcomers, "s0", 2025, minima=(300, 300, 300)) == of(rows, "s0", 2025, minima=(300,))
    assert of(newcomers, "s399", 2025, minima=(300, 300, 300))[1] == 3
    assert of(rows, "s0", 2022, minima=(300,)) == (0, 0, "", percentiles.NO_PRIOR)


def test_a_skipped_year_ends_the_priors():
    rows = [row for row in cohort(400) if row[:2] != ("s0", "2023")]
    assert of(rows, "s0", 2025, minima=(300, 300, 300))[1] == 1
    assert of(rows, "s0", 2024, minima=(300, 300, 300)) == (0, 0, "", percentiles.NO_PRIOR)


def test_who_repeats_a_grade_has_none_and_afterwards_those_since():
    rows = [row for row in cohort(400) if row[0] != "s0"]
    rows += [("s0", "2023", "5", "maths", "80"), ("s0", "2024", "5", "maths", "85"), ("s0", "2025", "6", "maths", "90")]
    rows += [(f"t{n}", "2024", "5", "maths", str(n % 150)) for n in range(400)]
    rows += [(f"t{n}", "2025", "6", "maths", str(n * 7 % 150)) for n in range(400)]
    assert of(rows, "s0", 2024, minima=(300, 300)) == (0, 0, "", percentiles.REPEATER)
    assert of(rows, "s0", 2025, minima=(300, 300))[1] == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("s0", "2024", "6", "maths", "缺考"), score_rows.TEXT_SCORE),
        (("s0", "2024", "6", "maths", "nan"), score_rows.TEXT_SCORE),
        (("s0", "2024", "6", "maths", " "), score_rows.NO_SCORE),
        (("s0", "2024", "6", "maths", None), score_rows.NO_SCORE),
        (("s0", "2024", "六", "maths", "77"), score_rows.NO_GRADE),
        (("s0", "2024", "6", "", "77"), score_rows.NO_KEY),
    ],
)
def test_a_row_that_cannot_count_says_why_and_is_no_prior(change: Row, reason: str):
    rows = [change if row[:2] == ("s0", "2024") else row for row in cohort(400)]
    assert of(rows, "s0", 2024, minima=(300, 300, 300)) == (0, 0, "", reason)
    assert of(rows, "s0", 2025, minima=(300, 300, 300)) == (0, 0, "", percentiles.NO_PRIOR)


def test_of_two_rows_of_one_student_year_and_subject_none_counts():
    rows = [*cohort(400), ("s0", "2024", "6", "maths", "77")]
    found = percentiles.growth(table(rows), (300, 300, 300))
    twice = [n for n, row in enumerate(rows) if row[:2] == ("s0", "2024")]
    assert [found.why[n] for n in twice] == [score_rows.SEVERAL] * 2
    assert not found.percentile[twice].any()
    without = [row for row in cohort(400) if row[:2] != ("s0", "2024")]
    assert of(rows, "s1", 2024, minima=(300,)) == of(without, "s1", 2024, minima=(300,))


def test_a_year_that_is_none_is_said_and_no_row_is_lost():
    rows = [*cohort(400), ("s0", "2024/25", "7", "maths", "77")]
    found = percentiles.growth(table(rows), (300, 300, 300))
    assert found.why[-1] == score_rows.NO_YEAR
    assert sum(found.counts().values()) == len(rows)


def test_priors_that_are_all_the_same_are_left_out_and_those_before_them():
    rows = [(*row[:4], "60") if row[1] == "2023" else row for row in cohort(400)]
    assert of(rows, "s0", 2025, minima=(300, 300, 300))[1] == 1
    assert of(rows, "s0", 2023, minima=(300,)) == (0, 0, "", percentiles.EQUAL_SCORES)
    assert of(rows, "s0", 2024, minima=(300,)) == (0, 0, "", percentiles.EQUAL_PRIORS)


def test_marks_of_two_values_have_percentiles_too():
    rows = [(*row[:4], "1" if float(str(row[4])) > 90 else "0") for row in cohort(400)]
    found = percentiles.growth(table(rows), (300, 300, 300))
    last = found.percentile[np.arange(3, 1600, 4)]
    assert last.min() >= 1
    assert len(np.unique(last)) > 2


def test_a_subject_is_compared_with_itself():
    rows = cohort(400)
    other = [(row[0], row[1], row[2], "art", str(150 - float(str(row[4])))) for row in cohort(400, seed=9)]
    assert of([*rows, *other], "s5", 2025, minima=(300, 300, 300)) == of(rows, "s5", 2025, minima=(300, 300, 300))


def test_an_empty_table_has_an_empty_answer():
    assert percentiles.growth(table([])).counts() == {}
