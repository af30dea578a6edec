"""Runs the proof: over the project in every way it can compile, and over a night as it was built.

Add here: another way in which a model compiles to different SQL.
Stays out: tracing (`graph`), the check itself (`proof`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb

from registry.model import Register
from warehouse import build
from warehouse.build import build_database
from warehouse.errors import LineageError
from warehouse.lake import Lake, connect_lake, lake_tables
from warehouse.lineage.graph import Graph
from warehouse.lineage.proof import Finding, prove

MAX_SHOWN_FINDINGS = 5


def findings(register: Register, target: Path, project: Path | None = None) -> list[Finding]:
    """The findings in the project under a register, in every way in which it compiles (`graphs`), each once.

    Raises BuildFailed, LineageError.
    """
    return [
        *dict.fromkeys(finding for graph in graphs(register, target, project) for finding in prove(graph, register))
    ]


def graphs(register: Register, target: Path, project: Path | None = None) -> Iterator[Graph]:
    """The graphs of the project under a register: for every night on which an authority begins, with full and with
    incremental builds. Works in `target`, which must be empty.

    Raises BuildFailed, LineageError.
    """
    for night in sorted({a.from_ for e in register.elements for a in e.authority}):
        yield from _compiled_graphs(register, target / night.isoformat(), night, project)


def check_night(lake: Lake, register: Register, night: date) -> None:
    """Prove a night's build. Raises LineageError with the first findings."""
    with connect_lake(lake) as connection:
        tables = lake_tables(connection)
    refuse_findings(prove(Graph.from_manifest(build.manifest_path(lake, night), tables), register))


def refuse_findings(results: Sequence[Finding]) -> None:
    """Raise LineageError with the first findings, if there are any."""
    if results:
        remaining = len(results) - MAX_SHOWN_FINDINGS
        more = f" ({remaining} more.)" if remaining > 0 else ""
        raise LineageError(" ".join(str(finding) for finding in results[:MAX_SHOWN_FINDINGS]) + more)


def _compiled_graphs(register: Register, target: Path, night: date, project: Path | None) -> Iterator[Graph]:
    """The graph of a full build, then of an incremental one."""
    empty = Lake(target / "lake")
    full = _graph(build.compile(project, register, target, night), empty)
    yield full
    with duckdb.connect(str(build_database.place(target))) as connection:
        for relation in full.incremental:
            columns = ", ".join(f'"{column}" VARCHAR' for column in full.columns(relation))
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {relation.split('.')[0]}")
            connection.execute(f"CREATE TABLE {relation} ({columns})")
    previous = {relation: full.columns(relation) for relation in full.incremental}
    yield _graph(build.compile(project, register, target, night), empty, previous)


def _graph(manifest: Path, lake: Lake, previous: Mapping[str, Sequence[str]] | None = None) -> Graph:
    """The graph of a compiled project; `previous`: the incremental models of the night before, with their columns."""
    with connect_lake(lake) as connection:
        return Graph.from_manifest(manifest, {**lake_tables(connection), **(previous or {})})
