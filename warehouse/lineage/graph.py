"""The whole project as one graph of columns, from the marts to the raw tables.

Lives here: reading dbt's manifest, tracing each model once, and following a column to its ends.
Add here: another question to the graph.
Stays out: SQL (`columns`), what is allowed (`proof`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.errors import LineageError
from warehouse.lineage.columns import trace
from warehouse.lineage.names import Found, Ref, Source

ROWS = "*"


@dataclass(frozen=True)
class Model:
    """A model as its `meta.lineage` declares it.

    `ends`: a trace ends at this model (`identity`: the alias table; `ledger`: what is kept of differences),
    except in the columns of `values`, which repeat what a copy says. `tells`: the model is itself such a
    ledger, and may show those too. `inputs`: a Python model's columns, each with the columns it is made of.
    """

    relation: str
    sql: str | None
    ends: str | None = None
    values: tuple[str, ...] = ()
    tells: bool = False
    inputs: Mapping[str, Sequence[str]] | None = None
    incremental: bool = False


class Graph:
    """Each model's columns and rows, with the columns they are made of."""

    def __init__(self, models: Iterable[Model], tables: Mapping[str, Sequence[str]]) -> None:
        """`models` in the order in which they are built; `tables` are the columns of what is no model.

        Raises LineageError, which names the model.
        """
        self.models: dict[str, Model] = {}
        self._traced: dict[str, Source] = {}
        known = {name: list(columns) for name, columns in tables.items()}
        for model in models:
            self.models[model.relation] = model
            self._traced[model.relation] = traced = _traced(model, known, self._who_is_who())
            known[model.relation] = list(traced.columns)

    def _who_is_who(self) -> frozenset[str]:
        return frozenset(name for name, model in self.models.items() if model.ends == "identity")

    @classmethod
    def of(cls, manifest: Path, tables: Mapping[str, Sequence[str]]) -> Graph:
        """The graph of a compiled project: dbt's manifest.json with `compiled_code` in it."""
        written = json.loads(manifest.read_text(encoding="utf-8"))
        declared = (f"{s['schema']}.{s['identifier']}".lower() for s in written["sources"].values())
        return cls(_models(written), {**dict.fromkeys(declared, ()), **tables})

    def as_dict(self) -> dict[str, Any]:
        """The graph as JSON has it: what `of_dict` reads."""
        return {
            name: {
                "model": {**vars(model), "sql": None, "inputs": None},
                "columns": {column: sorted(found) for column, found in self._traced[name].columns.items()},
                "rows": sorted(self._traced[name].rows),
            }
            for name, model in self.models.items()
        }

    @classmethod
    def of_dict(cls, written: Mapping[str, Any]) -> Graph:
        """A graph that `as_dict` wrote; nothing is traced again."""
        graph = cls((), {})
        for name, told in written.items():
            model = Model(**{**told["model"], "values": tuple(told["model"]["values"])})
            columns = {column: frozenset(Ref(*ref) for ref in found) for column, found in told["columns"].items()}
            graph.models[name] = model
            graph._traced[name] = Source(columns, frozenset(Ref(*ref) for ref in told["rows"]))
        return graph

    @property
    def incremental(self) -> tuple[str, ...]:
        """The models that go on from what they were the night before."""
        return tuple(name for name, model in self.models.items() if model.incremental)

    def columns(self, relation: str) -> tuple[str, ...]:
        """The columns of a model."""
        return tuple(self._traced[relation].columns)

    def made_of(self, ref: Ref) -> Found:
        """The columns that one column, or the rows, of a model are made of directly."""
        traced = self._traced.get(ref.relation)
        if traced is None:
            return frozenset()
        return traced.rows if ref.column == ROWS else traced.columns.get(ref.column, frozenset())

    def ends(self, ref: Ref, *, rows: bool = True, ledger: bool = False) -> Found:
        """The columns of tables that are no models, which `ref` reaches: through values, and with `rows` also
        through filters and joins. With `ledger` the ledgers end a trace in all their columns.
        """
        found, seen, ahead = set(), {ref}, [ref]
        while ahead:
            here = ahead.pop()
            if here.relation not in self._traced:
                found.add(here)
                continue
            if here != ref and self._stops(here, ledger=ledger):
                continue
            steps = set(self.made_of(here))
            if rows:
                steps.add(Ref(here.relation, ROWS))
            ahead += [step for step in steps if step not in seen]
            seen |= steps
        return frozenset(found)

    def _stops(self, ref: Ref, *, ledger: bool) -> bool:
        model = self.models[ref.relation]
        return model.ends is not None and (ledger or ref.column not in model.values)


def _traced(model: Model, known: Mapping[str, Sequence[str]], who_is_who: Collection[str]) -> Source:
    if model.inputs is not None:
        columns = {name: frozenset(_ref(path) for path in paths) for name, paths in model.inputs.items()}
        return Source(columns, frozenset().union(*columns.values()))
    if model.sql is None:
        raise LineageError(f"The model {model.relation} is no SQL and declares no inputs (meta.lineage.inputs).")
    try:
        return trace(model.sql, known, who_is_who)
    except LineageError as error:
        raise LineageError(f"The model {model.relation} cannot be followed: {error}.") from error


def _ref(path: str) -> Ref:
    schema, table, column = path.lower().split(".")
    return Ref(f"{schema}.{table}", column)


def _models(manifest: Mapping[str, Any]) -> list[Model]:
    """The models of a manifest, each after those it reads."""
    nodes = {name: node for name, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    ordered: dict[str, Model] = {}

    def add(name: str) -> None:
        if name in nodes and name not in ordered:
            for earlier in nodes[name]["depends_on"]["nodes"]:
                add(earlier)
            ordered[name] = _model(nodes[name])

    for name in nodes:
        add(name)
    return list(ordered.values())


def _model(node: Mapping[str, Any]) -> Model:
    declared = node["config"].get("meta", {}).get("lineage", {})
    return Model(
        f"{node['schema']}.{node['alias']}".lower(),
        node.get("compiled_code") if node["language"] == "sql" else None,
        declared.get("ends"),
        tuple(declared.get("values", ())),
        bool(declared.get("tells", False)),
        declared.get("inputs"),
        node["config"]["materialized"] == "incremental",
    )
