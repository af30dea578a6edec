"""A night of the past built again: the lake as it was known then, and the release that was made of it.

Lives here: a scratch lake with the rows as known on a night, built under the night's register, and held against the
manifest of the release.
Add here: another kind of state that goes on from night to night (`_as_known`).
Stays out: which release is meant (`published_releases`), questions to it (`query`, `trace`).

Raw rows carry the nights from and until which they were known. Models that go on from the night before are given the
state in which that night left them; all others are built from raw, as they were then.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

import registry
from registry.model import Register
from warehouse import build
from warehouse.as_known import published_releases
from warehouse.as_known.published_releases import Published
from warehouse.errors import QueryError
from warehouse.lake import Lake, attach_lake, connect_lake, create_lake, lake_tables, quoted
from warehouse.release import candidate
from warehouse.tables import raw_tables, register_tables

_NIGHTS = "lake.marts.completeness"  # has rows of every night that was built, published or not
_KNOWN = {"raw": ("_known_from", "_known_to"), "conformed": ("known_from", "known_to")}


@dataclass(frozen=True)
class Made:
    """A release made again. `differing` are the marts whose content is not what the manifest says."""

    directory: Path
    differing: tuple[str, ...]


@contextmanager
def as_known_on(
    past: Lake,
    day: date,
    secret: Callable[[], bytes],
    code_version: str,
    say: Callable[[str], None],
    present: Callable[[], Register],
) -> Iterator[Path]:
    """The directory of the release that was current on a day: as it was published, or made again where its files have
    expired (`register_of` says what of the `present` register counts then). `say` is told which one it is, and whether
    what was made again is what was published.

    Raises QueryError where there was none, and whatever `lake_of` and `release_of` raise.
    """
    found = published_releases.as_known_on(past, day)
    if found.kept:
        say(f"As known on {day}: the release {found.id}.")
        yield found.directory
        return
    say(f"As known on {day}: the release {found.id}, which has expired; it is made again from what was delivered.")
    with lake_of(past, register_of(found, present()), found.night) as scratch:
        made = release_of(scratch, found, secret(), code_version)
        say(_proved(found, made, code_version))
        yield made.directory


def register_of(found: Published, present: Register) -> Register:
    """The register of a release, with the objections of the present one: no release carries these, and each of their
    steps has its day. Raises RegisterError.
    """
    return registry.load(found.register).model_copy(update={"objections": present.objections})


def _proved(found: Published, made: Made, code_version: str) -> str:
    if not made.differing:
        return f"Made again, it is what was published: all {len(found.manifest['marts'])} marts have the same content."
    then = found.manifest.get("code_version")
    why = f" (it was made by {then}, this is {code_version})" if then != code_version else ""
    return f"Made again, these marts differ from what was published{why}: {', '.join(made.differing)}."


@contextmanager
def lake_of(
    past: Lake, register: Register, night: date, *, threads: int = 2, memory_limit: str | None = None
) -> Iterator[Lake]:
    """The lake as a night under a register left it, in a folder that goes with the block.

    Raises LakeError, BuildFailed; QueryError where that night was never built.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"again-{night}-", dir=past.restricted))
    try:
        scratch = Lake(folder / "lake")
        create_lake(scratch)
        _fill(past, scratch, register, night)
        build.run(scratch, register, night, threads=threads, memory_limit=memory_limit)
        yield scratch
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def release_of(scratch: Lake, published: Published, secret: bytes, code_version: str) -> Made:
    """The release of a scratch lake of `lake_of`, held mart by mart against what was published.

    Raises ReleaseError, SecretError (the pseudonyms of another secret would be other ones).
    """
    manifest = published.manifest
    made = candidate.assemble_candidate(
        scratch,
        registry.load(published.register),
        published.night,
        secret,
        build.manifest_path(scratch, published.night),
        code_version,
        published.register,
        published.directory,
    )
    found = made.manifest["marts"]
    marts = sorted({*found, *manifest["marts"]})
    return Made(made.directory, tuple(m for m in marts if found.get(m) != manifest["marts"].get(m)))


def _fill(past: Lake, scratch: Lake, register: Register, night: date) -> None:
    with connect_lake(scratch) as connection:
        raw_tables.ensure_raw(connection, registry.known_feeds(register))
    with connect_lake(past, read_only=True) as connection:
        tables = lake_tables(connection)
        before = _night_before(connection, tables, night)
        attach_lake(connection, scratch, "scratch")
        for name, columns in tables.items():
            selected = _as_known(name, columns, night, before)
            if selected is not None:
                connection.execute(f"create or replace table scratch.{quoted(name)} as {selected}")
        connection.execute("detach scratch")
    with connect_lake(scratch) as connection:
        register_tables.write(connection, register, night)


def _night_before(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Sequence[str]], night: date
) -> date | None:
    """The last night that was built before. Raises QueryError where the night itself never was."""
    nights: list[date] = []
    if "marts.completeness" in tables:
        nights = [n for (n,) in connection.execute(f"select distinct night from {_NIGHTS} order by 1").fetchall()]
    if night not in nights:
        raise QueryError(f"The lake holds nothing of the night {night}, so that it cannot be built again.")
    return max((n for n in nights if n < night), default=None)


def _as_known(name: str, columns: Sequence[str], night: date, before: date | None) -> str | None:
    """The query for a table as it was when the night was built; None for what the build makes itself."""
    layer = name.partition(".")[0]
    table, there = f"lake.{quoted(name)}", set(columns)
    if layer == "raw":
        return _known(table, _KNOWN["raw"], night)
    if name == "intake.problem" and "placed_on" in there:
        return _problems(table, night)
    if layer == "intake":
        return _known(table, _KNOWN["conformed"], night) if "known_from" in there else _until(table, night)
    if layer == "disclosure":
        return f"select * from {table}"
    return _state(name, table, there, before) if before is not None else None


def _state(name: str, table: str, columns: set[str], before: date) -> str | None:
    """The query for what goes on from night to night, as the night before left it."""
    if name == "marts.completeness":
        return _until(table, before)
    if not name.startswith("conformed."):
        return None
    if {"first_seen", "spells"} <= columns:
        return _ledger(table, before)
    if "known_from" in columns:
        return _known(table, _KNOWN["conformed"] if "known_to" in columns else ("known_from",), before)
    return None


def _known(table: str, columns: Sequence[str], night: date) -> str:
    """Rows known by a night; what was found out only later to be over is not over yet."""
    since, *until = columns
    reopened = "".join(f" replace (case when {c} <= date '{night}' then {c} end as {c})" for c in until)
    return f"select *{reopened} from {table} where {since} <= date '{night}'"


def _problems(table: str, night: date) -> str:
    """Problems known by a night, each where the newest file of then had it."""
    return f"""
        {_known(table, ("placed_on", "known_to"), night)}
        union all by name
        select * replace (cast(null as date) as known_to) from lake.intake.problem_before
        where placed_on <= date '{night}' and known_to > date '{night}'"""


def _until(table: str, night: date) -> str:
    return f"select * from {table} where night <= date '{night}'"


def _ledger(table: str, night: date) -> str:
    """A ledger as a night left it, from the spells of each row."""
    return f"""
        with told as (
            select *, list_filter(spells, lambda s: s.opened <= date '{night}') as by_then
            from {table}
        ),

        ended as (
            select *, case when by_then[-1].closed <= date '{night}' then by_then[-1].closed end as ended_on
            from told
            where len(by_then) > 0
        )

        select * exclude (by_then, ended_on) replace (
            by_then[1].opened as first_seen,
            case when ended_on is null then date '{night}'
                else (select max(n.night) from {_NIGHTS} as n where n.night < ended_on) end as last_seen,
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
        from ended"""
