"""The proof over the project as it stands, and over a night as it was built.

Lives here: compiling in every way the models can run, and asking the proof.
Add here: another way in which a model compiles to different SQL.
Stays out: tracing (`graph`), the judgement (`proof`).
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

SHOWN = 5


def findings(register: Register, target: Path, project: Path | None = None) -> list[Finding]:
    """What the proof finds in the project under a register: for every night on which an authority begins, with
    the models as they begin (full) and as they go on (incremental). Works in `target`, which must be empty.

    Raises BuildFailed, LineageError.
    """
    found: dict[str, Finding] = {}
    for night in sorted({a.from_ for e in register.elements for a in e.authority}):
        for graph in _both_ways(register, target / night.isoformat(), night, project):
            found.update((str(finding), finding) for finding in prove(graph, register))
    return list(found.values())


def check_night(lake_: Lake, register: Register, night: date) -> None:
    """Prove what a night was built from. Raises LineageError with the first findings."""
    with connect_lake(lake_) as connection:
        tables = lake_tables(connection)
    refuse(prove(Graph.of(build.manifest_path(lake_, night), tables), register))


def refuse(found: Sequence[Finding]) -> None:
    """Raises LineageError with the first findings, if there are any."""
    if found:
        rest = len(found) - SHOWN
        more = f" ({rest} more.)" if rest > 0 else ""
        raise LineageError(" ".join(str(finding) for finding in found[:SHOWN]) + more)


def _both_ways(register: Register, target: Path, night: date, project: Path | None) -> Iterator[Graph]:
    """The graph of an empty lake, then of one in which every incremental model has run before."""
    empty = Lake(target / "lake")
    full = _graph(build.compile(project, register, target, night), empty)
    yield full
    with duckdb.connect(str(build_database.place(target))) as connection:
        for relation in full.incremental:
            columns = ", ".join(f'"{column}" VARCHAR' for column in full.columns(relation))
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {relation.split('.')[0]}")
            connection.execute(f"CREATE TABLE {relation} ({columns})")
    before = {relation: full.columns(relation) for relation in full.incremental}
    yield _graph(build.compile(project, register, target, night), empty, before)


def _graph(manifest: Path, where: Lake, before: Mapping[str, Sequence[str]] | None = None) -> Graph:
    """The graph of what was compiled; `before`: the models that the night before left, with their columns."""
    with connect_lake(where) as connection:
        return Graph.of(manifest, {**lake_tables(connection), **(before or {})})
