"""The compiled project of a night, from dbt's manifest: its models in the order of the build, and its data tests.

Stays out: running it (`bench`), its unit tests (`unit_tests`).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tests.model_mutants.change import EPHEMERAL

NIGHT = date(2025, 10, 17)  # whose models are changed
_RELATION = re.compile(r'"build"\."(\w+)"\."(\w+)"')


@dataclass(frozen=True)
class Model:
    """A model: its name, relation (`schema.table`), layer and folder, SQL (None: Python), and how it is built.

    `keys`: the columns by which an incremental model's rows take the place of those before. `parents`: the models that
    it reads of tonight, ephemeral ones among them. `before`: the relations that it reads as the night before left them.
    """

    name: str
    relation: str
    folder: str
    sql: str | None
    kind: str
    keys: tuple[str, ...] = ()
    has_contract: bool = False
    parents: tuple[str, ...] = ()
    before: frozenset[str] = frozenset()
    path: Path = field(default=Path())

    @property
    def is_ephemeral(self) -> bool:
        return self.kind == "ephemeral"

    @property
    def is_figure(self) -> bool:
        """Whether people see it: a mart, or what the problem lists are written from."""
        return self.relation.startswith("marts.") or self.folder == "conformed/lists"


@dataclass(frozen=True)
class DataTest:
    """A data test: SQL that selects failing rows, and the models that it reads."""

    name: str
    sql: str
    models: frozenset[str]


@dataclass(frozen=True)
class Project:
    """The models by name, each after those that it reads, and the data tests."""

    models: dict[str, Model]
    tests: tuple[DataTest, ...]
    manifest: Path

    @classmethod
    def read(cls, manifest: Path, project_dir: Path) -> Project:
        """The project of a manifest.json that dbt wrote when it built the night."""
        nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
        named = {key: node for key, node in nodes.items() if node["resource_type"] == "model"}
        models: dict[str, Model] = {}

        def add(key: str) -> None:
            if key in named and named[key]["name"] not in models:
                for parent in named[key]["depends_on"]["nodes"]:
                    add(parent)
                models[named[key]["name"]] = _model(named[key], named, models, project_dir)

        for key in named:
            add(key)
        tests = tuple(_test(n) for n in nodes.values() if n["resource_type"] == "test" and n.get("compiled_code"))
        return cls(models, tests, manifest)

    def readers(self, name: str) -> list[Model]:
        """The models of the build whose SQL holds a model: itself, or those into which an ephemeral one is written."""
        if not self.models[name].is_ephemeral:
            return [self.models[name]]
        held = f"{EPHEMERAL}{name} as ("
        return [m for m in self.models.values() if not m.is_ephemeral and held in (m.sql or "")]

    def inputs(self, model: Model) -> set[str]:
        """The models of the build that a model reads of tonight, also through ephemeral ones."""
        found: set[str] = set()
        for parent in (self.models[name] for name in model.parents):
            found |= self.inputs(parent) if parent.is_ephemeral else {parent.name}
        return found


def _model(node: dict[str, Any], named: dict[str, Any], models: dict[str, Model], project_dir: Path) -> Model:
    config, relation = node["config"], f"{node['schema']}.{node['alias']}"
    parents = tuple(named[key]["name"] for key in node["depends_on"]["nodes"] if key in named)
    sql = node["compiled_code"] if node["language"] == "sql" else None
    key = config.get("unique_key") or ()
    tonight = _tonight(parents, models)
    read = {".".join(pair) for pair in _RELATION.findall(sql or "")}
    return Model(
        name=node["name"],
        relation=relation,
        folder=Path(node["original_file_path"]).parent.relative_to("models").as_posix(),
        sql=sql,
        kind=config["materialized"] if sql else "python",
        keys=(key,) if isinstance(key, str) else tuple(key),
        has_contract=bool(config["contract"]["enforced"]),
        parents=parents,
        before=frozenset(read - tonight),
        path=project_dir / node["original_file_path"],
    )


def _tonight(parents: tuple[str, ...], models: dict[str, Model]) -> set[str]:
    found = {models[name].relation for name in parents}
    for name in parents:
        if models[name].is_ephemeral:
            found |= _tonight(models[name].parents, models)
    return found


def _test(node: dict[str, Any]) -> DataTest:
    read = {key.rsplit(".", 1)[-1] for key in node["depends_on"]["nodes"] if key.startswith("model.")}
    return DataTest(node["name"], node["compiled_code"], frozenset(read))
