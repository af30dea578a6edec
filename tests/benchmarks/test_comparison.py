"""No time counts where the limit and ours say otherwise."""

from __future__ import annotations

import duckdb
import pytest

from benchmarks.comparison import Comparison, difference
from benchmarks.nights import Row
from benchmarks.process_cost import ProcessCost

COST = ProcessCost(wall=20, processor=30, peak=1, written=1, others=0)


def say(ours: str, limit: str) -> str:
    """What the comparison says of two tables (k, v), given as the rows of a VALUES list."""
    with duckdb.connect() as connection:
        for name, rows in (("ours", ours), ("limit_", limit)):
            connection.execute(f"create table {name} as from (values {rows}) as t (k, v)")
        return difference(connection, Comparison("mart", 1, "select k, v from ours", "select k, v from limit_"))


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("('a', 1.5::double), ('b', null)", ""),
        ("('a', 1.500001::double), ('b', null)", ""),
        ("('a', 1.6::double), ('b', null)", "mart: 1 rows of another v"),
        ("('a', 1.5::double), ('b', 0.0)", "mart: 1 rows of another v"),
        ("('a', 1.5::double)", "mart: 1 rows only ours"),
        ("('a', 1.5::double), ('b', null), ('c', 2)", "mart: 1 rows only the limit's"),
    ],
)
def test_a_row_or_value_that_differs_is_said(limit: str, said: str) -> None:
    assert say("('a', 1.5::double), ('b', null)", limit) == said


@pytest.mark.parametrize(
    ("limit", "error"),
    [("select k from lacking", "Catalog Error"), ("select date '2025-10-01' as k", "Conversion Error")],
)
def test_a_mart_that_another_limit_lacks_or_types_otherwise_is_no_agreement(limit: str, error: str) -> None:
    with duckdb.connect() as connection:
        said = difference(connection, Comparison("mart", 1, "select '2025-10' as k", limit))
    assert said.startswith(f"mart cannot be compared: {error}")


def test_results_that_differ_get_no_ratio() -> None:
    equal = Row(300, "first", COST, COST)
    differing = Row(300, "first", COST, COST, ("mart: 1 rows only ours",))
    assert (equal.ratio, differing.ratio) == (1.0, None)
    assert "no ratio" in str(differing)
    assert "mart: 1 rows only ours" in str(differing)
