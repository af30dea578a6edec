"""Who finds a mutant out: the tests of the build, the gate of the release, the unit tests of the model, the second
computation, the proof by lineage.

Add here: another judge of the build.
Stays out: building the mutant (`bench`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from expectations import kinds
from expectations.doors import _rules_of_mart
from expectations.suite import Suite, load_door
from registry.model import Register
from tests.model_mutants.bench import Bench
from tests.model_mutants.choice import OPERATORS, Mutant
from tests.model_mutants.project import Model, Project
from tests.model_mutants.released import Released
from tests.model_mutants.unit_tests import UnitTest
from warehouse import lineage
from warehouse.lineage import Graph


@dataclass(frozen=True)
class Trial:
    """A mutant that stands in the bench: its change in words, which of those that read alike it is, the SQL of the
    models that hold it, and the models that differ.
    """

    mutant: Mutant
    change: str
    alike: int
    changed: dict[str, str]
    differing: list[Model]


Judge = Callable[[Trial], str | None]
"""What a judge says against a mutant; None where it says nothing."""


class DataTests:
    """The data tests of dbt on the models that differ."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._known = {test.name for test in bench.project.tests if self._fails(test.sql)}

    def __call__(self, trial: Trial) -> str | None:
        names = {model.name for model in trial.differing}
        for test in self._bench.project.tests:
            if test.models & names and test.name not in self._known and self._fails(test.sql):
                return test.name
        return None

    def _fails(self, sql: str) -> bool:
        return bool(self._bench.rows(f"select 1 from ({sql}) limit 1"))


class Gate:
    """The second door of Great Expectations on the marts that differ: the SQL of its rules that block."""

    def __init__(self, bench: Bench, released: Released) -> None:
        self._bench, self._released = bench, released
        every, self._suites = load_door("release")
        self._every = every
        self._known = {rule for mart in released.columns for rule in self._failing(mart)}

    def __call__(self, trial: Trial) -> str | None:
        marts = [m.name for m in trial.differing if m.name in self._released.columns]
        return next((rule for mart in marts for rule in self._failing(mart) if rule not in self._known), None)

    def _failing(self, mart: str) -> list[str]:
        table = kinds.Table("main", mart, self._released.columns[mart])
        rules = _rules_of_mart(self._every, self._suites.get(mart, Suite(mart)))
        plans = {f"{mart}/{rule.id}": kinds.plan(rule, table) for rule in rules if rule.severity == "block"}
        with self._released.in_use():
            return [
                name for name, plan in plans.items()
                if plan.where and self._bench.rows(f"select 1 from {table.sql} where {plan.where} limit 1")
            ]  # fmt: skip


class UnitTests:
    """The unit tests of the mutated model."""

    def __init__(self, tests: list[UnitTest], connection: duckdb.DuckDBPyConnection) -> None:
        self._tests, self._connection = tests, connection

    def __call__(self, trial: Trial) -> str | None:
        operator = OPERATORS[trial.mutant.operator]
        for test in (t for t in self._tests if t.model == trial.mutant.model):
            try:
                if not test.passes(self._connection, operator, trial.change, trial.alike):
                    return test.name
            except duckdb.Error as error:
                return f"{test.name}: {type(error).__name__}"
        return None


@dataclass
class Lineage:
    """The proof that each released column reaches its owners alone; asked where a mutant changes whose value it is."""

    project: Project
    tables: dict[str, list[str]]
    register: Register
    scratch: Path
    operators: tuple[str, ...] = ("other_owner",)

    def __call__(self, trial: Trial) -> str | None:
        if trial.mutant.operator not in self.operators:
            return None
        manifest = json.loads(self.project.manifest.read_text(encoding="utf-8"))
        for node in manifest["nodes"].values():
            if node["name"] in trial.changed:
                node["compiled_code"] = trial.changed[node["name"]]
        self.scratch.write_text(json.dumps(manifest), encoding="utf-8")
        findings = lineage.prove(Graph.from_manifest(self.scratch, self.tables), self.register)
        return str(findings[0]) if findings else None
