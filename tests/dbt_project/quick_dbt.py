"""The models of the project on plain tables in memory, without dbt's seconds: for stories of many nights.

Lives here: what dbt does for the models we run: their Jinja, their order, tables, views and merges by key.
Stays out: proof that dbt does the same (test_quick_dbt).
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2

import registry
from registry import types
from registry.model import Register
from warehouse import build
from warehouse.build import dbt_inputs
from warehouse.tables import raw_tables, register_tables

_MACRO = re.compile(r"{%-?\s*macro (\w+)\(.*?{%-?\s*endmacro\s*-?%}", re.DOTALL)


class _Returned(Exception):  # noqa: N818 - no error: dbt's `return` leaves a macro with a value
    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


@dataclass(frozen=True)
class _Relation:
    """`this`, as macros see it."""

    schema: str
    identifier: str
    database: str = "lake"

    def __str__(self) -> str:
        return f"{self.database}.{self.schema}.{self.identifier}"


@dataclass
class Project:
    """The dbt project's files, read once."""

    folder: Path = build.PROJECT
    more: tuple[Path, ...] = ()  # folders of models that a user has added, in folders of their layer as in `models`
    environment: jinja2.Environment = field(
        default_factory=lambda: jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)
    )

    @cached_property
    def macros(self) -> dict[str, jinja2.Template]:
        """Each macro as a template of its own, so that one that calls another gets what it returns."""
        texts = [path.read_text(encoding="utf-8") for path in sorted((self.folder / "macros").rglob("*.sql"))]
        found = [match for text in texts for match in _MACRO.finditer(text)]
        return {match[1]: self.environment.from_string(match[0]) for match in found}

    def macro(self, name: str) -> Callable[..., str]:
        """A macro that asks nothing of a night, as a function."""
        context: dict[str, Any] = {}
        context |= {name: _called(template, name, context) for name, template in self.macros.items()}
        called: Callable[..., str] = context[name]
        return called

    @cached_property
    def models(self) -> dict[str, Path]:
        """Models by name."""
        files = [path for folder in (self.folder / "models", *self.more) for path in folder.rglob("*")]
        return {path.stem: path for path in files if path.suffix in (".sql", ".py")}

    @cached_property
    def templates(self) -> dict[str, jinja2.Template]:
        """SQL models by name."""
        sql = {name: path for name, path in self.models.items() if path.suffix == ".sql"}
        return {name: self.environment.from_string(path.read_text(encoding="utf-8")) for name, path in sql.items()}

    def relation(self, model: str) -> _Relation:
        """Where a model's rows stand."""
        path = self.models[model]
        layer = next(parent for parent in path.parents if parent.parent in (self.folder / "models", *self.more))
        return _Relation(layer.name, model)


@dataclass
class City:
    """A lake in memory under a register; `wanted` are the models that are run with all that they read."""

    register: Register
    wanted: tuple[str, ...]
    project: Project = field(default_factory=Project)
    connection: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)

    def __post_init__(self) -> None:
        types.install(self.connection)
        self.connection.execute("attach ':memory:' as lake")
        for schema in ("register", "raw", "intake", "disclosure", "staging", "conformed", "marts"):
            self.connection.execute(f"create schema lake.{schema}")
        register_tables.write(self.connection, self.register)
        raw_tables.ensure_raw(self.connection, registry.known_feeds(self.register))

    def night(self, night: date, register: Register | None = None) -> None:
        """Run the models for a night; a `register` given is the night's (reviewed lines, another owner)."""
        if register is not None:
            self.register = register
            register_tables.write(self.connection, register)
        run = _Night(self, night)
        for model in self.wanted:
            run.model(model)

    def sql(self, model: str, night: date) -> str:
        """The SQL of a model as it is for a night; nothing is run."""
        return _Night(self, night, alone=True).sql(model)[0]

    def sql_after(self, last_build: date, model: str, night: date) -> tuple[str, dict[str, Any]]:
        """The SQL of a model as it is for a night that begins from a build, and what it configures; nothing is run."""
        return _Night(self, night, alone=True, last_build=last_build).sql(model)

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        """Add a row to a raw table; its provenance is given like any other column."""
        columns, places = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        self.rows(f'insert into lake.raw."{table}" ({columns}) values ({places})', *row.values())

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query finds."""
        return self.connection.execute(sql, list(values)).fetchall()


class _Night:
    """One night: each model is run once, after those that it reads; `alone`: these are not run for it."""

    def __init__(self, city: City, night: date, *, alone: bool = False, last_build: date | None = None) -> None:
        self._city, self._project, self._connection = city, city.project, city.connection
        self._variables = json.loads(dbt_inputs.variables(city.register, night, last_build=last_build))
        self._done: set[str] = set()
        self._alone = alone

    def model(self, name: str) -> None:
        if name in self._done:
            return
        self._done.add(name)
        if name in self._project.templates:
            self._sql(name)
        else:
            self._python(name)

    def sql(self, name: str) -> tuple[str, dict[str, Any]]:
        """A model's SQL and what it configures."""
        config: dict[str, Any] = {}
        context = self._context(self._project.relation(name), config)
        return self._project.templates[name].render(context), config

    def _sql(self, name: str) -> None:
        this = self._project.relation(name)
        text, config = self.sql(name)
        if config.get("materialized") == "incremental" and self._exists(this):
            key = config["unique_key"]
            self._merge(this, [key] if isinstance(key, str) else key, text)
        else:
            kind = "view" if this.schema == "staging" else "table"
            self._connection.execute(f"create or replace {kind} {this} as {text}")

    def _merge(self, this: _Relation, key: Iterable[str], text: str) -> None:
        self._connection.execute(f"create or replace temp table tonight as {text}")
        described = self._connection.execute("describe tonight").fetchall()
        for name, kind, *_ in described:
            self._connection.execute(f"alter table {this} add column if not exists {name} {kind}")
        columns = [name for name, *_ in described]
        same = " and ".join(f"there.{name} = tonight.{name}" for name in key)
        self._connection.execute(
            f"merge into {this} as there using tonight on {same} "
            f"when matched then update set {', '.join(f'{c} = tonight.{c}' for c in columns)} "
            f"when not matched then insert ({', '.join(columns)}) values ({', '.join(f'tonight.{c}' for c in columns)})"
        )

    def _python(self, name: str) -> None:
        path = self._project.models[name]
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise ImportError(f"{path} is no Python model.")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found = module.model(_Inputs(self._connection, self._ref), self._connection)  # noqa: F841 - read below
        self._connection.execute(f"create or replace table {self._project.relation(name)} as select * from found")

    def _ref(self, name: str) -> str:
        if not self._alone:
            self.model(name)
        return str(self._project.relation(name))

    def _context(self, this: _Relation, config: dict[str, Any]) -> Mapping[str, Any]:
        def configure(**given: Any) -> str:
            config.update(given)
            return ""

        configure.get = config.get  # type: ignore[attr-defined]

        def leave(value: Any) -> None:
            raise _Returned(value)

        context: dict[str, Any] = {
            "ref": self._ref,
            "source": _Relation,
            "var": self._variables.__getitem__,
            "config": configure,
            "this": this,
            "target": SimpleNamespace(database="lake"),
            "model": SimpleNamespace(name=this.identifier),
            "is_incremental": lambda: config.get("materialized") == "incremental" and self._exists(this),
            "adapter": _Adapter(self),
            "execute": True,
            "return": leave,
        }
        for name, template in self._project.macros.items():
            context[name] = _called(template, name, context)
        return context

    def _exists(self, relation: _Relation) -> bool:
        return bool(self.columns(relation))

    def columns(self, relation: _Relation) -> list[dict[str, str]]:
        asked = (
            "select column_name from duckdb_columns() "
            "where database_name = 'lake' and schema_name = ? and table_name = ? order by column_index"
        )
        found = self._connection.execute(asked, [relation.schema, relation.identifier]).fetchall()
        return [{"name": name} for (name,) in found]


def _called(template: jinja2.Template, name: str, context: Mapping[str, Any]) -> Callable[..., Any]:
    """A macro as a function: its text, or what it returns."""
    made: list[Any] = []

    def call(*values: Any, **named: Any) -> Any:
        if not made:
            made.append(template.make_module(dict(context)))
        try:
            return getattr(made[0], name)(*values, **named)
        except _Returned as returned:
            return returned.value

    return call


class _Adapter:
    """What macros ask of the database."""

    def __init__(self, night: _Night) -> None:
        self._night = night

    def get_columns_in_relation(self, relation: _Relation) -> list[dict[str, str]]:
        return self._night.columns(relation)

    def get_relation(self, database: str, schema: str, identifier: str) -> _Relation | None:
        relation = _Relation(schema, identifier, database)
        return relation if self._night.columns(relation) else None


class _Inputs:
    """What dbt gives a Python model: relations by name."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, ref: Callable[[str], str]) -> None:
        self._connection, self._ref = connection, ref

    def ref(self, name: str) -> duckdb.DuckDBPyRelation:
        return self._connection.table(self._ref(name))

    def source(self, schema: str, table: str) -> duckdb.DuckDBPyRelation:
        return self._connection.table(f"lake.{schema}.{table}")
