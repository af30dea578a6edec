"""A built night to try mutants on: the good tables in a DuckDB file, and a database in memory over them in which only
what a mutant changes is built anew, without dbt.

Lives here: building the good tables, building a mutant, and asking what it changed.
Stays out: whether a change is found out (`judges`).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

import duckdb

from registry import types
from tests.model_mutants.project import Model, Project

LONGEST = 20.0  # seconds of building one mutant; a join without its key never ends
LAKE, BEFORE, GOOD = "lake", "before", "good"  # the files of a bench: what models read, and what they left


class Bench:
    """The database in memory is called `build`, as in the compiled SQL; each relation in it is a view on the good one,
    until a mutant puts a table in its place.
    """

    def __init__(self, folder: Path, project: Project) -> None:
        """`folder` holds `lake.duckdb` (the tables that are not models) and `before.duckdb` (what incremental models
        held before the night). The good tables are built there where they are missing.
        """
        self.project, self._folder = project, folder
        self._tables = [m for m in project.models.values() if not m.is_ephemeral]
        good = folder / f"{GOOD}.duckdb"
        if not good.exists():
            self._build_good(good)
        self.connection = self._connect()
        self.connection.execute(f"attach '{good}' as {GOOD} (read_only)")
        self.connection.execute("attach ':memory:' as build")
        for schema in {m.relation.split(".")[0] for m in self._tables}:
            self.connection.execute(f"create schema if not exists build.{schema}")
        for model in self._tables:
            self._show_good(model)
        self._good = {m.name: self._content(m) for m in self._tables}
        self._types = {m.name: self._described(m) for m in self._tables}

    def _connect(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(config={"threads": 1})
        types.install(connection)
        for name in (LAKE, BEFORE):
            connection.execute(f"attach '{self._folder / name}.duckdb' as {name} (read_only)")
        return connection

    def _build_good(self, file: Path) -> None:
        self.connection = self._connect()
        self.connection.execute(f"attach '{file}' as build")
        for schema in {m.relation.split(".")[0] for m in self._tables}:
            self.connection.execute(f"create schema build.{schema}")
        for model in self._tables:
            self._build(model, model.sql)
        self.connection.close()

    @contextmanager
    def mutant(self, changed: Mapping[str, str]) -> Iterator[list[Model]]:
        """The models that differ when some models have other SQL, by name; afterwards all is good again.

        Raises duckdb.Error where a model cannot be built (InterruptException: in `LONGEST`), ContractBrokenError.
        """
        differing: dict[str, Model] = {}
        rebuilt: list[Model] = []
        timer = Timer(LONGEST, self.connection.interrupt)
        timer.start()
        try:
            for model in self._tables:
                if model.name in changed or differing.keys() & self.project.inputs(model):
                    self.connection.execute(f"drop view build.{model.relation}")
                    rebuilt.append(model)
                    self._build(model, changed.get(model.name, model.sql))
                    self._keep_contract(model)
                    if self._content(model) != self._good[model.name]:
                        differing[model.name] = model
            timer.cancel()
            yield list(differing.values())
        finally:
            timer.cancel()
            for model in rebuilt:
                self.connection.execute(f"drop table if exists build.{model.relation}")
                self._show_good(model)

    def changed_columns(self, model: Model) -> str:
        """How a table differs from the good one: rows that are gone, rows that are new, and the columns that differ."""
        found = f"build.{model.relation}", f"{GOOD}.{model.relation}"
        gone, new = (self._count_except("*", there, here) for there, here in (found[::-1], found))
        columns = [c for c, _ in self._types[model.name] if self._count_except(f'"{c}"', *found)
                   or self._count_except(f'"{c}"', *found[::-1])]  # fmt: skip
        return f"{model.name}: {gone} rows gone, {new} new; {', '.join(columns)}"

    def _count_except(self, columns: str, here: str, there: str) -> int:
        asked = f"select count(*) from (select {columns} from {here} except all select {columns} from {there})"
        return self.rows(asked)[0][0]

    def columns(self) -> dict[str, list[str]]:
        """The columns of the tables that are not tonight's models, by `schema.table`."""
        asked = (
            "select schema_name || '.' || table_name, column_name from duckdb_columns() "
            "where database_name in (?, ?) order by database_name, table_oid, column_index"
        )
        found: dict[str, list[str]] = {}
        for name, column in self.connection.execute(asked, [LAKE, BEFORE]).fetchall():
            found.setdefault(name.lower(), []).append(column)
        return found

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a query finds."""
        return self.connection.execute(sql).fetchall()

    def _show_good(self, model: Model) -> None:
        self.connection.execute(f"create view build.{model.relation} as from {GOOD}.{model.relation}")

    def _build(self, model: Model, sql: str | None) -> None:
        table = f"build.{model.relation}"
        if sql is None:
            found = self._module(model).model(_Inputs(self), self.connection)  # noqa: F841 - read below
            self.connection.execute(f"create table {table} as from found")
            return
        for relation in model.before:
            schema, name = relation.split(".")
            sql = sql.replace(f'"build"."{schema}"."{name}"', f'"{BEFORE}"."{schema}"."{name}"')
        if model.kind == "incremental" and self._was_there(model):
            self._merge(model, sql)
        else:
            self.connection.execute(f"create table {table} as {sql}")

    def _was_there(self, model: Model) -> bool:
        """Whether the night before left rows of an incremental model."""
        asked = "select 1 from duckdb_tables() where database_name = ? and schema_name || '.' || table_name = ?"
        return bool(self.connection.execute(asked, [BEFORE, model.relation]).fetchall())

    def _merge(self, model: Model, sql: str) -> None:
        table = f"build.{model.relation}"
        self.connection.execute(f"create table {table} as from {BEFORE}.{model.relation}")
        self.connection.execute(f"create or replace temp table tonight as {sql}")
        same = " and ".join(f"held.{key} = tonight.{key}" for key in model.keys)
        if model.keys == ("night",):  # the strategy delete+insert
            self.connection.execute(f"delete from {table} as held using tonight where {same}")
            self.connection.execute(f"insert into {table} by name from tonight")
            return
        self.connection.execute(
            f"merge into {table} as held using tonight on {same} "
            "when matched then update by name when not matched then insert by name"
        )

    def _module(self, model: Model) -> Any:
        spec = importlib.util.spec_from_file_location(model.name, model.path)
        if spec is None or spec.loader is None:
            raise ImportError(f"{model.path} is no Python model.")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def _keep_contract(self, model: Model) -> None:
        if model.has_contract and self._described(model) != self._types[model.name]:
            raise ContractBrokenError(f"{model.name} has other columns or types than its contract")

    def _content(self, model: Model) -> tuple[Any, ...]:
        """Rows and a sum of their hashes: equal for equal rows in any order."""
        return self.rows(f"select count(*), sum(cast(hash(held) as hugeint)) from build.{model.relation} as held")[0]

    def _described(self, model: Model) -> list[tuple[str, str]]:
        return [(name, kind) for name, kind, *_ in self.rows(f"describe build.{model.relation}")]


class ContractBrokenError(Exception):
    """A mart's columns or types are not those of its contract: dbt would not build it."""


class _Inputs:
    """What dbt gives a Python model: relations by name."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def ref(self, name: str) -> duckdb.DuckDBPyRelation:
        return self._bench.connection.table(f"build.{self._bench.project.models[name].relation}")

    def source(self, schema: str, table: str) -> duckdb.DuckDBPyRelation:
        return self._bench.connection.table(f"{LAKE}.{schema}.{table}")
