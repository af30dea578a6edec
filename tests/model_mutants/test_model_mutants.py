"""Mutants of the models: what a change of a figure meets in the build and in the second computation.

Run by `make soak PART=model-mutants`, or one part of it (`model-mutants-3`); what was tried on this state of the models
is not tried again.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pytest

import registry
from registry import Register, types
from tests.model_mutants import night, unit_tests
from tests.model_mutants.bench import Bench
from tests.model_mutants.choice import Mutant, mutants, words_of_all
from tests.model_mutants.judges import DataTests, Gate, Judge, Lineage, UnitTests
from tests.model_mutants.project import NIGHT, Project
from tests.model_mutants.released import Released
from tests.model_mutants.report import Report, equivalents
from tests.model_mutants.second import SecondComputation
from tests.model_mutants.trials import Trials
from warehouse import build
from warehouse.build import dbt_inputs, manifest_cache

pytestmark = pytest.mark.soak

ROOT = Path(__file__).parents[2]
OUTCOMES = "outcomes.jsonl"
SEED, PARTS, MUTANTS_A_PART = 1, 5, 120
LEAST_SHARE_CAUGHT = 0.95  # of the mutants that change a figure


@pytest.fixture(scope="module")
def house() -> Register:
    return registry.load(registry.HOUSE)


@pytest.fixture(scope="module")
def folder(house: Register) -> Path:
    """The folder of this state of the models and the register: what was tried on another is not taken for tried."""
    variables = dbt_inputs.variables(house, NIGHT)
    return ROOT / "var" / "model_mutants" / manifest_cache.cache_key(build.PROJECT, variables)[:12]


@pytest.fixture(scope="module")
def project(folder: Path) -> Project:
    return night.prepared(folder)


@pytest.fixture(scope="module")
def bench(folder: Path, project: Project) -> Bench:
    return Bench(folder, project)


@pytest.fixture(scope="module")
def judges(
    bench: Bench, folder: Path, house: Register, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Judge]:
    scratch = tmp_path_factory.mktemp("judges")
    connection = duckdb.connect(config={"threads": 1})
    types.install(connection)
    tests = unit_tests.compiled(house, scratch)
    differing = [test.name for test in tests if not test.passes_on_the_model(connection)]
    assert not differing, f"unit tests pass by dbt and fail here: {differing}"
    released = Released(bench, house, night.secret_of(folder))
    return {
        "data tests": DataTests(bench),
        "gate": Gate(bench, released),
        "unit tests": UnitTests(tests, connection),
        "second computation": SecondComputation(bench, released, folder / night.CITY, night.secret_of(folder)),
        "lineage": Lineage(bench.project, bench.columns(), house, scratch / "manifest.json"),
    }


@pytest.fixture(scope="module")
def trials(bench: Bench, judges: dict[str, Judge], folder: Path) -> Trials:
    return Trials(bench, judges, folder / OUTCOMES)


@pytest.fixture(scope="module")
def chosen(project: Project) -> list[Mutant]:
    return mutants(project, SEED, PARTS * MUTANTS_A_PART)


def test_an_equivalent_is_a_change_of_its_model(project: Project):
    gone = [known for known in equivalents() if known[2] not in words_of_all(project.models[known[0]], known[1])]
    assert not gone, f"remove what is no longer found, or read it anew: {gone}"


@pytest.mark.parametrize("part", range(PARTS), ids=lambda part: f"model-mutants-{part}")
def test_a_changed_figure_is_found_out(chosen: list[Mutant], trials: Trials, part: int):
    report = Report(trials.run(chosen[part * MUTANTS_A_PART : (part + 1) * MUTANTS_A_PART]))
    sys.stdout.write(f"\nmodel mutants, part {part} of seed {SEED}: {report}\n")
    assert len(report.outcomes) == MUTANTS_A_PART
    assert report.share_caught >= LEAST_SHARE_CAUGHT, str(report)
