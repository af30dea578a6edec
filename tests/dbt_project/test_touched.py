"""What a model of partitions reads, its `touched` or `follows` looks at: else it keeps what is no longer so."""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from typing import Any

import pytest
import sqlglot

import registry
from tests.dbt_project.quick_dbt import City, Project

LAST, NIGHT = date(2025, 10, 15), date(2025, 10, 16)
TONIGHT = "partitions"  # the schema of what a night makes of the models of partitions, and of what is touched
EVERYTHING = "register"  # a schema that, changed, makes everything anew


class Reads:
    """What the models read on a night that begins from a build, by what their SQL says."""

    def __init__(self, more: dict[str, str] | None = None) -> None:
        project = Project()
        project.templates.update({name: project.environment.from_string(sql) for name, sql in (more or {}).items()})
        self._city = City(registry.load(registry.HOUSE), (), project)
        self._rendered: dict[str, tuple[str, dict[str, Any]]] = {}

    @property
    def by_partition(self) -> list[str]:
        models = self._city.project.models.items()
        return [name for name, path in models if "materialized='by_partition'" in path.read_text(encoding="utf-8")]

    def _sql(self, name: str) -> tuple[str, dict[str, Any]]:
        if name not in self._rendered:
            self._rendered[name] = self._city.sql_after(LAST, name, NIGHT)
        return self._rendered[name]

    @cached_property
    def _helpers(self) -> set[str]:
        """The models that are there to say what is touched."""
        folder = self._city.project.folder / "models" / "conformed" / "partitions"
        return {path.stem for path in folder.glob("*.sql")}

    def _tables(self, sql: str) -> set[tuple[str, str]]:
        return {
            (table.db, table.name.removesuffix("__touched"))
            for statement in sqlglot.parse(sql, read="duckdb")
            if statement is not None
            for table in statement.find_all(sqlglot.exp.Table)
            if table.db
        }

    def read_by(self, model: str) -> set[str]:
        """What a model's rows are made of: models and sources; not itself, and nothing of the register alone."""
        tables = self._tables(self._sql(model)[0])
        names = {
            name
            for schema, name in tables
            if schema not in (EVERYTHING, TONIGHT) and name != model and not self._is_of_the_register(schema, name)
        }
        return names.union(*map(self._read_by_python, names)) - set(self._python) - self._helpers

    @cached_property
    def _python(self) -> dict[str, str]:
        """The models in Python, whose rows are made of what they refer to: their code by name."""
        folder = self._city.project.folder / "models"
        return {path.stem: path.read_text(encoding="utf-8") for path in folder.rglob("*.py")}

    def _read_by_python(self, name: str) -> set[str]:
        referred = set(re.findall(r"dbt\.ref\(\"(\w+)\"\)", self._python.get(name, "")))
        return set().union(*map(self.read_by, referred))

    def _is_of_the_register(self, schema: str, name: str, below: tuple[str, ...] = ()) -> bool:
        if schema == EVERYTHING:
            return True
        if name in below or name not in self._city.project.templates or schema in ("raw", "intake"):
            return False  # what reads itself knows the nights before
        return all(self._is_of_the_register(*table, (*below, name)) for table in self._tables(self._sql(name)[0]))

    def looked_at(self, model: str) -> set[str]:
        """What those look at who say which partitions of a model are touched."""
        said = self._sql(model)[1]
        looked = set(said.get("follows", []))
        if said.get("touched") == "rows":
            feed = model.removeprefix("stg_").replace("__", "/")
            looked |= {name for _, name in self._tables(self._macro("touched_slices", feed))} | {"class_alias"}
        elif said.get("touched"):
            looked |= self._seen_from(said["touched"])
        return looked

    def _macro(self, name: str, *values: str) -> str:
        template = f"{{{{ {name}({', '.join(map(repr, values))}) }}}}"
        self._city.project.templates["_asked"] = self._city.project.environment.from_string(template)
        self._city.project.models["_asked"] = self._city.project.models["touched_exams"]
        return self._city.sql_after(LAST, "_asked", NIGHT)[0]

    def _seen_from(self, helper: str) -> set[str]:
        seen = {name for _, name in self._tables(self._sql(helper)[0])}
        return seen.union(*(self._seen_from(name) for name in seen & self._helpers - {helper}))


@pytest.fixture(scope="module")
def reads() -> Reads:
    return Reads()


def test_what_a_model_of_partitions_reads_touches_them(reads: Reads) -> None:
    unseen = {model: sorted(reads.read_by(model) - reads.looked_at(model)) for model in reads.by_partition}
    assert {model: names for model, names in unseen.items() if names} == {}
    assert {"homework_records", "homework_load_class_day", "exam_results"} <= set(reads.by_partition)


def test_what_nobody_looks_at_is_found() -> None:
    sql = (
        "{{ config(materialized='by_partition', partition='month', touched='touched_homework_months') }}"
        "select month from {{ ref('homework_units') }} inner join {{ ref('schools') }} using (school_code)"
        " inner join {{ ref('calendar_days') }} on school_date = day where {{ touched() }}"
    )
    doctored = Reads({"homework_parts": sql})
    assert doctored.read_by("homework_parts") - doctored.looked_at("homework_parts") == {"schools"}
