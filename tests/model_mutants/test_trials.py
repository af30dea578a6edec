"""The machinery on a project of two models: what becomes of planted mutants, and that no mutant is tried twice."""

from __future__ import annotations

import duckdb
import pytest

from tests.model_mutants import trials as trials_module
from tests.model_mutants.bench import Bench
from tests.model_mutants.choice import Mutant, mutants
from tests.model_mutants.judges import DataTests, UnitTests
from tests.model_mutants.project import DataTest, Model, Project
from tests.model_mutants.report import Report
from tests.model_mutants.trials import Trials
from tests.model_mutants.unit_tests import UnitTest

DAYS = """
    select pupil, minutes from "lake"."raw"."homework" where minutes is not null and minutes < 600 and pupil <> 'nobody'
"""
LOADS = """
    with days as (select * from "build"."conformed"."days")
    select pupil, cast(sum(minutes) as bigint) as minutes, coalesce(max(minutes), 0) as longest, count(*) as days
    from days group by pupil
"""
UNIT_TEST = """
    with dbt_internal_unit_test_actual as (
        select pupil, minutes, 'actual' as actual_or_expected from (
            with __dbt__cte__days as (select 'p' as pupil, unnest([10, 20]) as minutes),
            days as (select * from __dbt__cte__days)
            select pupil, cast(sum(minutes) as bigint) as minutes, coalesce(max(minutes), 0) as longest, count(*) as n
            from days group by pupil
        ) as given
    ), dbt_internal_unit_test_expected as (select 'p' as pupil, 30 as minutes, 'expected' as actual_or_expected)
    select * from dbt_internal_unit_test_actual union all select * from dbt_internal_unit_test_expected
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("bench")
    with duckdb.connect(str(folder / "lake.duckdb")) as lake:
        lake.execute("create schema raw")
        rows = "('a', 10), ('a', 30), ('a', null), ('b', 600), ('b', 5), ('c', 7)"
        lake.execute(f"create table raw.homework as from (values {rows}) as homework(pupil, minutes)")
    duckdb.connect(str(folder / "before.duckdb")).close()
    days = Model("days", "conformed.days", "conformed/days", DAYS, "table")
    loads = Model("loads", "marts.loads", "marts/homework", LOADS, "table", has_contract=True, parents=("days",))
    short = DataTest("short", 'select 1 from "build"."conformed"."days" where minutes > 500', frozenset({"days"}))
    return Bench(folder, Project({"days": days, "loads": loads}, (short,), folder / "manifest.json"))


@pytest.fixture(scope="module")
def trials(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Trials:
    judges = {
        "data tests": DataTests(bench),
        "unit tests": UnitTests([UnitTest("sum_of_minutes", "loads", UNIT_TEST)], bench.connection),
    }
    return Trials(bench, judges, tmp_path_factory.mktemp("trials") / "outcomes.jsonl")


FATES = {
    Mutant("days", "shift_limit", 0): ("caught", "data tests"),
    Mutant("days", "shift_constant", 0): ("caught", "data tests"),
    Mutant("loads", "other_aggregate", 0): ("caught", "unit tests"),
    Mutant("loads", "other_aggregate", 1): ("survived", ""),
    Mutant("loads", "drop_default", 0): ("unchanged", ""),
    Mutant("days", "drop_null_filter", 0): ("unchanged", ""),
}


@pytest.mark.parametrize("mutant", FATES, ids=lambda mutant: mutant.name)
def test_a_planted_mutant_meets_its_fate(trials: Trials, mutant: Mutant):
    outcome = trials.attempt(mutant)
    assert (outcome.fate, outcome.judge) == FATES[mutant], outcome


def test_the_bench_is_good_again_after_a_mutant(bench: Bench, trials: Trials):
    before = bench.rows("from build.marts.loads order by all")
    trials.attempt(Mutant("days", "drop_filter", 0))
    after = bench.rows("from build.marts.loads order by all")
    assert after == before == [("a", 40, 30, 2), ("b", 5, 5, 1), ("c", 7, 7, 1)]


def test_a_survivor_is_told_with_the_columns_that_changed(trials: Trials):
    outcome = trials.attempt(Mutant("loads", "other_aggregate", 1))
    assert outcome.change == "select: MAX(minutes) -> MIN(minutes)"
    assert outcome.changes == ("loads: 1 rows gone, 1 new; longest",)
    report = Report([outcome], {})
    assert report.share_caught == 0
    assert "loads: 1 rows gone, 1 new; longest" in str(report)
    known = Report([outcome], {("loads", "other_aggregate", outcome.change): "why it means the same"})
    assert known.survivors == []


def test_what_was_tried_is_not_tried_again(trials: Trials, monkeypatch: pytest.MonkeyPatch):
    chosen = [Mutant("days", "shift_limit", 0)]
    first = trials.run(chosen)
    monkeypatch.setattr(trials_module, "written_in", None)
    assert trials.run(chosen) == first


def test_the_same_seed_chooses_the_same_mutants_of_all_models(bench: Bench):
    chosen = mutants(bench.project, 1, 8)
    assert chosen == mutants(bench.project, 1, 8)
    assert {mutant.model for mutant in chosen} == {"days", "loads"}
    assert len(set(chosen)) == len(chosen)
