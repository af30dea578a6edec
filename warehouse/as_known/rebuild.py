"""Rebuilds a past night: its lake in a scratch folder, its release, and the comparison with the published manifest.

Add here: another kind of state that incremental models carry from night to night (`_table_query`).
Stays out: which release is meant (`published_releases`), queries on it (`release.query`, `trace`).

Raw rows carry the nights from and until which they were known. Incremental models get the state in which the night
before left them; all other models are built from raw as it was then.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import duckdb

import registry
from common.catalog import has_table
from registry.model import Register
from warehouse import build
from warehouse.as_known import published_releases
from warehouse.as_known.published_releases import PublishedRelease
from warehouse.errors import QueryError
from warehouse.lake import Lake, attach_lake, connect_lake, create_lake, lake_tables, quoted
from warehouse.lake.row_sums import row_sums
from warehouse.release import candidate
from warehouse.tables import raw_tables, register_tables

_COMPLETENESS = "lake.marts.completeness"  # one row a feed of every built night, published or not
TableQuery = Callable[[str, Sequence[str]], str | None]  # of a table (`schema.table`) and its columns
_KNOWN_COLUMNS = {"raw": ("_known_from", "_known_to"), "conformed": ("known_from", "known_to")}


@dataclass(frozen=True)
class RebuiltRelease:
    """A rebuilt release. `differing_marts`: the marts whose content hash is not the published manifest's."""

    directory: Path
    differing_marts: tuple[str, ...]


@contextmanager
def open_release_as_known_on(
    lake: Lake,
    day: date,
    secret: Callable[[], bytes],
    code_version: str,
    report: Callable[[str], None],
    present: Callable[[], Register],
) -> Iterator[Path]:
    """The directory of the release that was current on a day: as published, or rebuilt where its files have expired
    (`register_of` says what of the `present` register counts then). `report` receives one sentence on which release it
    is, and one on whether the rebuilt content equals the published one.

    Raises QueryError where there was none, and whatever `rebuild_lake` and `rebuild_release` raise.
    """
    published = published_releases.release_on(lake, day)
    if published.has_files:
        report(f"As known on {day}: the release {published.id}.")
        yield published.directory
        return
    report(
        f"As known on {day}: the release {published.id}, which has expired; it is rebuilt from the deliveries."
    )
    register = register_of(published, present())
    with rebuild_lake(lake, register, published.night, published.register) as scratch:
        rebuilt = rebuild_release(scratch, published, secret(), code_version)
        report(_comparison(published, rebuilt, code_version))
        yield rebuilt.directory


def register_of(published: PublishedRelease, present: Register) -> Register:
    """The register of a release, with the objections of the present one: no release carries these, and each of their
    steps has its day. Raises RegisterError.
    """
    return registry.load(published.register).model_copy(update={"objections": present.objections})


def _comparison(published: PublishedRelease, rebuilt: RebuiltRelease, code_version: str) -> str:
    if not rebuilt.differing_marts:
        marts = len(published.manifest["marts"])
        return f"The rebuilt release equals the published one: all {marts} marts have the same content."
    previous_version = published.manifest.get("code_version")
    why = f" (published by {previous_version}, rebuilt by {code_version})" if previous_version != code_version else ""
    return (
        f"In the rebuilt release these marts differ from the published ones{why}: {', '.join(rebuilt.differing_marts)}."
    )


@contextmanager
def rebuild_lake(
    lake: Lake,
    register: Register,
    night: date,
    register_dir: Path = registry.HOUSE,
    *,
    threads: int = 2,
    memory_limit: str | None = None,
) -> Iterator[Lake]:
    """The lake as a night under a register left it, in a temporary folder that is deleted when the block ends.

    `register_dir`: beside which the bureau's own models stand, as they were then.
    Raises LakeError, BuildFailed; QueryError where that night was never built.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"again-{night}-", dir=lake.restricted))
    try:
        scratch = Lake(folder / "lake")
        create_lake(scratch)
        _copy_tables(lake, scratch, register, night)
        project = build.assemble(build.PROJECT, register_dir, register, folder / "project")
        build.run(scratch, register, night, project, threads=threads, memory_limit=memory_limit)
        yield scratch
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def rebuild_release(scratch: Lake, published: PublishedRelease, secret: bytes, code_version: str) -> RebuiltRelease:
    """The release of a scratch lake from `rebuild_lake`, compared mart by mart with the published manifest.

    Raises ReleaseError, SecretError (the pseudonyms of another secret would differ).
    """
    manifest = published.manifest
    candidate_ = candidate.assemble_candidate(
        scratch,
        registry.load(published.register),
        published.night,
        secret,
        build.manifest_path(scratch, published.night),
        code_version,
        published.register,
        published.directory,
    )
    content = candidate_.manifest["marts"]
    marts = sorted({*content, *manifest["marts"]})
    return RebuiltRelease(candidate_.directory, tuple(m for m in marts if content.get(m) != manifest["marts"].get(m)))


def _copy_tables(lake: Lake, scratch: Lake, register: Register, night: date) -> None:
    with connect_lake(lake, read_only=True) as connection:
        before = _night_before(connection, night)
    fill(lake, scratch, register, night, partial(_table_query, night=night, before=before))


def fill(lake: Lake, scratch: Lake, register: Register, night: date, query: TableQuery) -> None:
    """Give a scratch lake the register of a night, and the tables of the lake for which there is a `query`: by name and
    columns, of what they held then. Tables that hold that already are left as they are.
    """
    with connect_lake(scratch) as connection:
        raw_tables.ensure_raw(connection, registry.known_feeds(register))
    with connect_lake(lake, read_only=True) as connection:
        tables = lake_tables(connection)
        with attached(connection, scratch):
            for name, columns in tables.items():
                selected = query(name, columns)
                if selected is not None and not _is_there(connection, name, selected):
                    connection.execute(f"create or replace table scratch.{quoted(name)} as {selected}")
    with connect_lake(scratch) as connection:
        register_tables.write(connection, register, night)


@contextmanager
def attached(connection: duckdb.DuckDBPyConnection, scratch: Lake) -> Iterator[None]:
    """A scratch lake as the database `scratch` of a connection to the lake."""
    attach_lake(connection, scratch, "scratch")
    try:
        yield
    finally:
        connection.execute("detach scratch")


def _is_there(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> bool:
    """Whether the scratch lake holds these rows already: most feeds send nothing on most nights."""
    table = f"scratch.{quoted(name)}"
    return has_table(connection, table) and row_sums(connection, f"from {table}") == row_sums(connection, query)


def built_nights(connection: duckdb.DuckDBPyConnection) -> list[date]:
    """The nights that a lake was built for, published or not, in order."""
    if not has_table(connection, _COMPLETENESS):
        return []
    return [n for (n,) in connection.execute(f"select distinct night from {_COMPLETENESS} order by 1").fetchall()]


def _night_before(connection: duckdb.DuckDBPyConnection, night: date) -> date | None:
    """The last night that was built before. Raises QueryError where the night itself never was."""
    nights = built_nights(connection)
    if night not in nights:
        raise QueryError(f"The lake holds nothing of the night {night}, so it cannot be rebuilt.")
    return max((n for n in nights if n < night), default=None)


def _table_query(name: str, columns: Sequence[str], night: date, before: date | None) -> str | None:
    """The query that copies a table as it was when the night was built; None for what the build creates."""
    query = deliveries_query(name, columns, night)
    if query is not None or before is None:
        return query
    return _state_query(name, f"lake.{quoted(name)}", set(columns), before)


def deliveries_query(name: str, columns: Sequence[str], night: date) -> str | None:
    """The query of what a table (`schema.table`) held for the build of a night; None for what builds make."""
    layer = name.partition(".")[0]
    table, column_names = f"lake.{quoted(name)}", set(columns)
    if layer == "raw":
        return _known_rows(table, _KNOWN_COLUMNS["raw"], night)
    if name == "intake.problem" and "placed_on" in column_names:
        return _problem_rows(table, night)
    if layer == "intake":
        return (
            _known_rows(table, _KNOWN_COLUMNS["conformed"], night)
            if "known_from" in column_names
            else _rows_until(table, night)
        )
    return f"select * from {table}" if layer == "disclosure" else None


def _state_query(name: str, table: str, columns: set[str], before: date) -> str | None:
    """The query for the state of an incremental model, as the night before left it."""
    if name == "marts.completeness":
        return _rows_until(table, before)
    if not name.startswith("conformed."):
        return None
    if {"first_seen", "spells"} <= columns:
        return _ledger_rows(table, before)
    if "known_from" in columns:
        return _known_rows(table, _KNOWN_COLUMNS["conformed"] if "known_to" in columns else ("known_from",), before)
    return None


def _known_rows(table: str, columns: Sequence[str], night: date) -> str:
    """Rows known by a night; an end that became known only later is reopened."""
    since, *until = columns
    reopened = "".join(f" replace (case when {c} <= date '{night}' then {c} end as {c})" for c in until)
    return f"select *{reopened} from {table} where {since} <= date '{night}'"


def _problem_rows(table: str, night: date) -> str:
    """Problems known by a night, each at its place in the newest file of that time."""
    return f"""
        {_known_rows(table, ("placed_on", "known_to"), night)}
        union all by name
        select * replace (cast(null as date) as known_to) from lake.intake.problem_before
        where placed_on <= date '{night}' and known_to > date '{night}'"""


def _rows_until(table: str, night: date) -> str:
    return f"select * from {table} where night <= date '{night}'"


def _ledger_rows(table: str, night: date) -> str:
    """A ledger as a night left it, reconstructed from the spells of each row."""
    return f"""
        with spells_by_then as (
            select *, list_filter(spells, lambda _spell: _spell.opened <= date '{night}') as by_then
            from {table}
        ),

        entries as (
            select *, case when by_then[-1].closed <= date '{night}' then by_then[-1].closed end as ended_on
            from spells_by_then
            where len(by_then) > 0
        )

        select * exclude (by_then, ended_on) replace (
            by_then[1].opened as first_seen,
            case when ended_on is null then date '{night}'
                else (select max(n.night) from {_COMPLETENESS} as n where n.night < ended_on) end as last_seen,
            ended_on as closed_on,
            case when len(by_then) > 1 then by_then[-1].opened end as reopened_on,
            coalesce(by_then[-1].delivery_id, _delivery_id) as _delivery_id,
            coalesce(by_then[-1].row_number, _row_number) as _row_number,
            case when ended_on is not null then by_then
                else list_append(by_then[:-2], {{
                    opened: by_then[-1].opened,
                    closed: cast(null as date),
                    delivery_id: cast(null as varchar),
                    row_number: cast(null as bigint)
                }}) end as spells
        )
        from entries"""
