"""The column graph of the whole project, from the marts to the raw tables.

Add here: another query on the graph.
Stays out: parsing SQL (`columns`), what is allowed (`proof`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from warehouse.errors import LineageError
from warehouse.lineage import trace_cache
from warehouse.lineage.columns import trace
from warehouse.lineage.models import Model, model_from_json, read_models
from warehouse.lineage.names import Ref, Refs, Source

ROWS = "*"


class Graph:
    """Each model's columns and rows, with their input columns."""

    def __init__(self, models: Iterable[Model], traces: Mapping[str, Source]) -> None:
        """`traces`: the columns and rows of each model, by its relation."""
        self.models = {model.relation: model for model in models}
        self._sources = traces

    @classmethod
    def traced(cls, models: Sequence[Model], tables: Mapping[str, Sequence[str]]) -> Graph:
        """The graph of `models` in build order; `tables`: the columns of the tables that are not models.

        Raises LineageError, which names the model.
        """
        return cls(models, _traces(models, tables))

    @classmethod
    def from_manifest(cls, manifest: Path, tables: Mapping[str, Sequence[str]]) -> Graph:
        """The graph of a compiled project, from dbt's manifest.json (its `compiled_code`)."""
        data = json.loads(manifest.read_text(encoding="utf-8"))
        sources = (f"{s['schema']}.{s['identifier']}".lower() for s in data["sources"].values())
        models, known = read_models(data), {**dict.fromkeys(sources, ()), **tables}
        return cls(models, trace_cache.traced(models, known, lambda: _traces(models, known)))

    def as_dict(self) -> dict[str, Any]:
        """The graph as plain data for JSON; the inverse of `from_dict`."""
        models = [{**asdict(model), "sql": None} for model in self.models.values()]
        return {"models": models, "traces": trace_cache.to_json(self._sources)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Graph:
        """The graph from the data of `as_dict`, without parsing SQL."""
        return cls(map(model_from_json, data["models"]), trace_cache.from_json(data["traces"]))

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

    def ends(self, start: Ref, is_end: Callable[[Ref], bool], *, rows: bool = False) -> Refs:
        """The columns upstream of `start` at which a trace ends: those for which `is_end` is true,
        and those of tables that are not models. With `rows` it goes through filters and joins too, also of a model
        whose column is an end, but for a model at which lineage ends.
        """
        found: set[Ref] = set()
        visited: set[Ref] = set()
        queue = [*self.inputs_of(start)]
        while queue:
            current = queue.pop()
            if current in visited:
                continue
            visited.add(current)
            model = self.models.get(current.relation)
            ended = model is None or is_end(current)
            if ended:
                found.add(current)
            else:
                queue += self.inputs_of(current)
            if rows and model is not None and not (ended and model.ends):
                queue.append(Ref(current.relation, ROWS))
        return frozenset(found)


def _traces(models: Iterable[Model], tables: Mapping[str, Sequence[str]]) -> dict[str, Source]:
    traces: dict[str, Source] = {}
    schema = {name: list(columns) for name, columns in tables.items()}
    identity: set[str] = set()
    for model in models:
        traces[model.relation] = source = _trace(model, schema, identity)
        schema[model.relation] = list(source.columns)
        if model.ends == "identity":
            identity.add(model.relation)
    return traces


def _trace(model: Model, schema: Mapping[str, Sequence[str]], identity_relations: Collection[str]) -> Source:
    if model.inputs is not None:
        columns = {name: frozenset(_ref(path) for path in paths) for name, paths in model.inputs.items()}
        return Source(columns, frozenset().union(*columns.values()))
    if model.sql is None:
        raise LineageError(f"The model {model.relation} is no SQL and declares no inputs (meta.lineage.inputs).")
    try:
        return _with_hidden_rows(trace(model.sql, schema, identity_relations), schema)
    except LineageError as error:
        raise LineageError(f"The model {model.relation} cannot be followed: {error}.") from error


def _ref(path: str) -> Ref:
    schema, table, column = path.lower().split(".")
    return Ref(f"{schema}.{table}", column)


def _with_hidden_rows(source: Source, schema: Mapping[str, Sequence[str]]) -> Source:
    """The rows behind a subquery in a column decide what stands in it, not of what it is made: they count as rows."""
    hidden = {ref for refs in source.columns.values() for ref in refs if ref.column == ROWS and schema[ref.relation]}
    columns = {name: refs - hidden for name, refs in source.columns.items()}
    return Source(columns, source.rows | hidden)
