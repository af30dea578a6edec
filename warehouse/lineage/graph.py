"""The column graph of the whole project, from the marts to the raw tables.

Add here: another query on the graph.
Stays out: parsing SQL (`columns`), what is allowed (`proof`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.errors import LineageError
from warehouse.lineage.columns import trace
from warehouse.lineage.names import Ref, Refs, Source

ROWS = "*"


@dataclass(frozen=True)
class Model:
    """A model with the declarations of its `meta.lineage`.

    `ends`: lineage ends at this model (`identity`: the alias table; `ledger`: the ledger of differences),
    except in the columns of `values`, which repeat a copy's values. `is_ledger` (`tells` in the YAML): the model is
    itself such a ledger and may release those too. `inputs`: a Python model's columns and their input columns.
    """

    relation: str
    sql: str | None
    ends: str | None = None
    values: tuple[str, ...] = ()
    is_ledger: bool = False
    inputs: Mapping[str, Sequence[str]] | None = None
    incremental: bool = False


class Graph:
    """Each model's columns and rows, with their input columns."""

    def __init__(self, models: Iterable[Model], tables: Mapping[str, Sequence[str]]) -> None:
        """`models` in build order; `tables`: the columns of the tables that are not models.

        Raises LineageError, which names the model.
        """
        self.models: dict[str, Model] = {}
        self._sources: dict[str, Source] = {}
        schema = {name: list(columns) for name, columns in tables.items()}
        for model in models:
            self.models[model.relation] = model
            self._sources[model.relation] = source = _sources(model, schema, self._identity_relations())
            schema[model.relation] = list(source.columns)

    def _identity_relations(self) -> frozenset[str]:
        return frozenset(name for name, model in self.models.items() if model.ends == "identity")

    @classmethod
    def from_manifest(cls, manifest: Path, tables: Mapping[str, Sequence[str]]) -> Graph:
        """The graph of a compiled project, from dbt's manifest.json (its `compiled_code`)."""
        data = json.loads(manifest.read_text(encoding="utf-8"))
        sources = (f"{s['schema']}.{s['identifier']}".lower() for s in data["sources"].values())
        return cls(_models(data), {**dict.fromkeys(sources, ()), **tables})

    def as_dict(self) -> dict[str, Any]:
        """The graph as plain data for JSON; the inverse of `from_dict`."""
        return {
            name: {
                "model": {**vars(model), "sql": None, "inputs": None},
                "columns": {column: sorted(refs) for column, refs in self._sources[name].columns.items()},
                "rows": sorted(self._sources[name].rows),
            }
            for name, model in self.models.items()
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Graph:
        """The graph from the data of `as_dict`, without parsing SQL."""
        graph = cls((), {})
        for name, entry in data.items():
            model = Model(**{**entry["model"], "values": tuple(entry["model"]["values"])})
            columns = {column: frozenset(Ref(*ref) for ref in refs) for column, refs in entry["columns"].items()}
            graph.models[name] = model
            graph._sources[name] = Source(columns, frozenset(Ref(*ref) for ref in entry["rows"]))
        return graph

    @property
    def incremental(self) -> tuple[str, ...]:
        """The incremental models."""
        return tuple(name for name, model in self.models.items() if model.incremental)

    def columns(self, relation: str) -> tuple[str, ...]:
        """The columns of a model."""
        return tuple(self._sources[relation].columns)

    def inputs_of(self, ref: Ref) -> Refs:
        """The direct input columns of a column, or of the rows, of a model."""
        source = self._sources.get(ref.relation)
        if source is None:
            return frozenset()
        return source.rows if ref.column == ROWS else source.columns.get(ref.column, frozenset())

    def roots(self, ref: Ref, *, rows: bool = True, ledger: bool = False) -> Refs:
        """The root columns of `ref`, in tables that are not models: through values, and with `rows` also through
        filters and joins. With `ledger` lineage ends at ledgers in all their columns.
        """
        refs, visited, queue = set(), {ref}, [ref]
        while queue:
            current = queue.pop()
            if current.relation not in self._sources:
                refs.add(current)
                continue
            if current != ref and self._ends_trace(current, ledger=ledger):
                continue
            steps = set(self.inputs_of(current))
            if rows:
                steps.add(Ref(current.relation, ROWS))
            queue += [step for step in steps if step not in visited]
            visited |= steps
        return frozenset(refs)

    def _ends_trace(self, ref: Ref, *, ledger: bool) -> bool:
        model = self.models[ref.relation]
        return model.ends is not None and (ledger or ref.column not in model.values)


def _sources(model: Model, schema: Mapping[str, Sequence[str]], identity_relations: Collection[str]) -> Source:
    if model.inputs is not None:
        columns = {name: frozenset(_ref(path) for path in paths) for name, paths in model.inputs.items()}
        return Source(columns, frozenset().union(*columns.values()))
    if model.sql is None:
        raise LineageError(f"The model {model.relation} is no SQL and declares no inputs (meta.lineage.inputs).")
    try:
        return trace(model.sql, schema, identity_relations)
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
    lineage = node["config"].get("meta", {}).get("lineage", {})
    return Model(
        f"{node['schema']}.{node['alias']}".lower(),
        node.get("compiled_code") if node["language"] == "sql" else None,
        lineage.get("ends"),
        tuple(lineage.get("values", ())),
        bool(lineage.get("tells", False)),
        lineage.get("inputs"),
        node["config"]["materialized"] == "incremental",
    )
