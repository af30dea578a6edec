"""Three nights of a city with all dirt and homework sent by hand: every column of the marts is held against a
computation in another style, and the city has all of which the marts can speak.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from tests.end_to_end.conftest import DAYS
from tests.second_computation import accepted, comparison, events
from tests.second_computation.conftest import NightCity

pytestmark = pytest.mark.soak

ONE_VALUE = {  # columns that hold one value in any release of this city, and why
    ("balanced_development", "as_of_date"): "a release is of one night",
    ("balanced_development", "period"): "the statistics are of one school year",
    ("burden_and_quality", "term"): "the nights are of one term",
    ("burden_and_quality", "policy"): "the register has one",
    ("burden_and_quality", "policy_date"): "the register has one",
    ("burden_and_quality", "comparison"): "the policy begins in the term of the nights",
    ("burden_and_quality", "base_term"): "the policy begins in the term of the nights",
    ("finance", "year"): "the money of one year is sent",
    ("finance", "known_from"): "it is sent on the first night",
    ("fitness_result", "known_from"): "the tests are sent on the first night",
    ("fitness_result", "tests_delivered"): "no two schools send a test of one pupil and year",
    ("club_enrolment", "role"): "sessions do not say it, and no list of members is sent",
    ("club_enrolment", "sources"): "no list of members is sent",
    ("club_enrolment", "term"): "the nights are of one term",
    ("homework_load_subject_week", "publication_completeness"): "the contracts of both platforms have the time",
    ("improvement_cycle", "as_of_date"): "a release is of one sending of the ledger",
    ("indicator_value", "as_of_date"): "a release is of one night",
    ("indicator_value", "suppressed"): "nothing is suppressed before audiences exist",
    ("network_risk", "as_of_date"): "a release is of one night",
    ("quality_evaluation", "term"): "the records of one term are sent",
    ("quality_evaluation", "known_from"): "they are sent on the first night",
    ("quality_evaluation", "composite_score"): "the house's register gives no weights",
    ("smart_campus_assessment", "weighted_score"): "the house's register gives no weights",
    ("smart_campus_assessment", "rank_in_round"): "without weights there is no rank",
    ("school_value_added", "series"): "the house's register has one series",
    ("school_value_added", "covariates"): "and one list of covariates",
    ("school_performance", "dimension_score"): "the house's register gives no weights",
    ("quality_trend", "series"): "the house's register has one series",
    ("quality_trend", "season"): "which is of the autumn",
    ("training", "as_of_date"): "a release is of one night",
    ("honours", "as_of_date"): "a release is of one night",
    ("register_coverage", "borrowed"): "no element of this register is borrowed",
}


@pytest.fixture
def last(night_city: NightCity) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(night_city.releases[DAYS[-1]]), read_only=True) as marts:
        yield marts


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("mart", comparison.MARTS)
def test_a_mart_says_what_a_plain_computation_says(mart: str, day: date, night_city: NightCity) -> None:
    with duckdb.connect(str(night_city.releases[day]), read_only=True) as marts:
        found = comparison.differences_of(mart, marts, events.until(night_city.sent, day))
    assert accepted.unexplained(found) == []


def test_an_accepted_difference_that_is_gone_is_told(night_city: NightCity, last: duckdb.DuckDBPyConnection) -> None:
    found = comparison.differences(last, events.until(night_city.sent, DAYS[-1]))
    assert {(d.mart, d.key[0]) for d in found} >= accepted.ACCEPTED.keys(), "take out what no longer differs"


@pytest.mark.parametrize("mart", comparison.MARTS)
def test_every_column_takes_several_values(mart: str, last: duckdb.DuckDBPyConnection) -> None:
    columns = [name for name, *_ in last.execute(f"describe {mart}").fetchall()]
    counts = {c: last.execute(f"select count(*) from (select distinct {c} from {mart})").fetchone() for c in columns}
    assert {c for c, count in counts.items() if count == (1,)} == {c for m, c in ONE_VALUE if m == mart}


def test_clauses_are_met_failed_undecided_and_without_data(last: duckdb.DuckDBPyConnection) -> None:
    rows = last.execute("select passed, threshold is not null, value is not null from indicator_value").fetchall()
    assert {(True, True, True), (False, True, True), (None, True, True)} <= set(rows)
    assert any(not has_value for *_, has_value in rows)
