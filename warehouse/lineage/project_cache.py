"""The project under a register and a day, cached: its column graph, its mart descriptions, its compiled SQL.

Add here: another part of dbt's manifest that a query on the project needs.
Stays out: the queries (`explain`), the proof (`proof`).

Which system owns a column depends on the day; nothing else of the graph does. So it is compiled for the last day on
which an authority begins or ends, and compiled again only when the project, the register or this code has changed.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from registry.model import Register
from warehouse import artifact_cache, build
from warehouse.build import dbt_inputs, manifest_cache
from warehouse.disclosure import mart_docs
from warehouse.disclosure.mart_docs import ColumnDoc, MartDoc
from warehouse.lake import Lake, connect_lake, lake_tables
from warehouse.lineage.graph import Graph
from warehouse.lineage.trace_cache import code_version

_CACHE_KIND = "lineage"


@dataclass(frozen=True)
class Project:
    """The project under a register: its column graph, its mart descriptions, each model's compiled SQL."""

    graph: Graph
    marts: Mapping[str, MartDoc]
    sql: Mapping[str, str]  # by relation


def project(register: Register, day: date, directory: Path | None = None) -> Project:
    """The project under the register as of `day`; compiled on a cache miss.

    Raises BuildFailed, LineageError.
    """
    source, night = directory or build.PROJECT, _as_of(register, day)
    name = f"{manifest_cache.cache_key(source, dbt_inputs.variables(register, night), *code_version())}.json"
    cached = artifact_cache.cached_file(_CACHE_KIND, name)
    if cached is not None:
        return _from_json(json.loads(cached.read_text(encoding="utf-8")))
    with tempfile.TemporaryDirectory() as folder:
        manifest = build.compile(source, register, Path(folder), night)
        with connect_lake(Lake(Path(folder) / "lake")) as connection:
            graph = Graph.from_manifest(manifest, lake_tables(connection))
        compiled = Project(graph, {doc.name: doc for doc in mart_docs.read_mart_docs(manifest)}, _sql(manifest))
        artifact_cache.store_text(_CACHE_KIND, name, json.dumps(_to_json(compiled), ensure_ascii=False))
    return compiled


def _as_of(register: Register, day: date) -> date:
    """The last day, not after `day`, on which an authority begins or ends."""
    days = {
        change_day for e in register.elements for a in e.authority for change_day in (a.from_, a.until) if change_day
    }
    return max((change_day for change_day in days if change_day <= day), default=day)


def _sql(manifest: Path) -> dict[str, str]:
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    models = (node for node in nodes if node["resource_type"] == "model" and node.get("compiled_code"))
    return {f"{node['schema']}.{node['alias']}".lower(): node["compiled_code"] for node in models}


def _to_json(compiled: Project) -> dict[str, Any]:
    marts = {
        doc.name: [doc.description, [vars(column) for column in doc.columns.values()]]
        for doc in compiled.marts.values()
    }
    return {"graph": compiled.graph.as_dict(), "marts": marts, "sql": compiled.sql}


def _from_json(data: Mapping[str, Any]) -> Project:
    marts = {
        name: MartDoc(name, description, {c["name"].lower(): ColumnDoc(**c) for c in columns})
        for name, (description, columns) in data["marts"].items()
    }
    return Project(Graph.from_dict(data["graph"]), marts, data["sql"])
