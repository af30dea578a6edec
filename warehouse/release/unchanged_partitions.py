"""Which partitions of the marts are as the release before has them: their files are linked and not written again.

Lives here: the record of what the current release's partitions stand for, and holding the lake against it.
Stays out: writing and linking the files (`partition_files`), what parts a mart (`partitioning`).

A file of the release before stands for a partition where its rows in the lake are the same, and so is whatever makes
the file of them (`recipe`): the program, the mart's code, columns and types, what the disclosure does to each column,
the secret. DuckLake tells of which partitions rows came or went since; the rows of those alone are read. The record is
no part of a release, whose content is a function of what was delivered: two lakes with the same release have other
snapshots. Without it, or where its snapshot is gone, everything is held against the lake.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from common import files
from warehouse import checksums
from warehouse.checksums import ChecksumsDamaged, Entries
from warehouse.disclosure import names_in_texts
from warehouse.disclosure.mart_docs import MartDoc
from warehouse.lake import Lake
from warehouse.lake.row_sums import sums_of
from warehouse.release.fingerprint import Sums, types_of
from warehouse.release.partitioning import Partition, Partitioning

_FORMAT = 1  # raise it when files of partitions are written in another way by code outside the program's version


@dataclass(frozen=True)
class Plan:
    """What becomes of the partitions of a mart, by their keys.

    `linked`: those that the release before has, in the folder `before`. `made`: those to be written, each with the
    fingerprint of its rows in the lake. `lake`: the same of the linked ones.
    """

    partitioning: Partitioning
    recipe: str
    made: Mapping[str, str]
    linked: Mapping[str, Partition] = field(default_factory=dict)
    lake: Mapping[str, str] = field(default_factory=dict)
    before: Path = Path()

    @property
    def where(self) -> str:
        """The SQL condition on rows of `mart` that are written."""
        return self.partitioning.is_of(self.made)

    def rows_of(self, key: str) -> str:
        """The fingerprint of the rows of a partition in the lake."""
        return self.made[key] if key in self.made else self.lake[key]


@dataclass(frozen=True)
class Before:
    """The release before, as far as its record tells of it: its folder, and by mart what its partitions stand for.

    `deep`: every byte of a file is read before it is linked.
    """

    release: Path | None = None
    snapshot: tuple[int, str] | None = None
    marts: Mapping[str, Any] = field(default_factory=dict)
    entries: Entries = field(default_factory=dict)
    deep: bool = False


def read(lake: Lake, last_release: Path | None, night: date) -> Before:
    """What is known of the release before; nothing where its record is of another one or damaged, or its checksums
    are. One of the same `night` may be damaged: to run that again is how a person mends it.
    """
    record = files.read_record(lake.release_partitions)
    if record is None or last_release is None or record.get("release") != last_release.name:
        return Before()
    try:
        entries = checksums.read(last_release)
        snapshot = (int(record["snapshot"][0]), str(record["snapshot"][1]))
    except (ChecksumsDamaged, KeyError, TypeError, ValueError):
        return Before()
    is_same_night = last_release.name.startswith(night.isoformat())
    return Before(last_release, snapshot, record.get("marts", {}), entries, deep=is_same_night)


def snapshot(connection: duckdb.DuckDBPyConnection) -> tuple[int, str]:
    """The lake's snapshot, with its time: a catalog that was put back counts on from an earlier number."""
    ((number, time),) = connection.execute(
        "select snapshot_id, cast(epoch_us(snapshot_time) as varchar) from ducklake_snapshots('lake') "
        "order by snapshot_id desc limit 1"
    ).fetchall()
    return number, time


def recipe(
    connection: duckdb.DuckDBPyConnection, mart: MartDoc, select: str, code_version: str, secret_fingerprint: str
) -> str:
    """The fingerprint of what makes the file of a partition of its rows in the lake. `select`: the SQL of a released
    row; of the texts in which a name was found it says only that they are hidden.
    """
    types = list(types_of(connection, f'lake.marts."{mart.name}"').items())
    names = names_in_texts.found_in(connection, mart.name)
    parts = [_FORMAT, duckdb.__version__, code_version, secret_fingerprint, mart.code, select, types, names]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def plan(
    connection: duckdb.DuckDBPyConnection, before: Before, mart: str, partitioning: Partitioning, made_by: str
) -> Plan:
    """What becomes of the partitions of a mart. `made_by`: its recipe tonight."""
    known = _known(before, mart, made_by)
    sound = {key for key, (partition, _) in known.items() if _is_sound(connection, before, mart, partition)}
    changed = _changed(connection, before, mart, partitioning) if known else None
    asked = changed | (known.keys() - sound) if changed is not None else None
    found = _in_lake(connection, mart, partitioning, asked)
    linked = {
        key: partition
        for key, (partition, rows) in known.items()
        if key in sound and (found.get(key) == rows if asked is None or key in asked else True)
    }
    made = {key: rows for key, rows in found.items() if key not in linked}
    if not made and not linked:
        made = {"": ""}  # a mart without rows is a file without rows: it says the columns
    folder = before.release / "parquet" / mart if before.release else Path()
    return Plan(partitioning, made_by, made, linked, {key: known[key][1] for key in linked}, folder)


def record(
    taken: tuple[int, str], plans: Mapping[str, Plan], partitions: Mapping[str, Mapping[str, Partition]]
) -> dict[str, Any]:
    """The record of a candidate (JSON): by mart and key what each of its `partitions` stands for."""
    return {
        "snapshot": list(taken),
        "marts": {
            mart: {
                "recipe": plan.recipe,
                "partitions": {
                    key: _entry(partition, plan.rows_of(key)) for key, partition in partitions[mart].items()
                },
            }
            for mart, plan in plans.items()
        },
    }


def _entry(partition: Partition, in_lake: str) -> list[Any]:
    sums = partition.sums
    return [partition.file, str(sums.low), str(sums.high), sums.rows, in_lake]


def keep(lake: Lake, left: Path, release: str) -> None:
    """Put the record that an assembly `left` in place as that of the current release; without it nothing is linked."""
    told = files.read_record(left)
    if told is not None:
        files.write_json(lake.release_partitions, {"release": release} | told)
    else:
        lake.release_partitions.unlink(missing_ok=True)


def _known(before: Before, mart: str, made_by: str) -> dict[str, tuple[Partition, str]]:
    """By key, the partitions that the release before has made in the same way, each with its rows in the lake."""
    told = before.marts.get(mart, {})
    if told.get("recipe") != made_by:
        return {}
    return {
        key: (Partition(file, Sums(rows, int(low), int(high))), in_lake)
        for key, (file, low, high, rows, in_lake) in told["partitions"].items()
        if rows
    }


def _is_sound(connection: duckdb.DuckDBPyConnection, before: Before, mart: str, partition: Partition) -> bool:
    """Whether a file is there with its size and can be opened. Where its bytes are not read, one that has rotted is
    found by its checksum in every release that has it ('shuyuan verify --deep').
    """
    name = f"parquet/{mart}/{partition.file}"
    if before.release is None or name not in before.entries:
        return False
    file = before.release / name
    if checksums.difference(file, before.entries[name], deep=before.deep) is not None:
        return False
    try:
        return bool(connection.execute("select count(*) from parquet_file_metadata($1)", [str(file)]).fetchone())
    except duckdb.Error:
        return False


def _changed(
    connection: duckdb.DuckDBPyConnection, before: Before, mart: str, partitioning: Partitioning
) -> set[str] | None:
    """The partitions of which rows came or went since the release before; None where that cannot be told."""
    if before.snapshot is None:
        return None
    taken, now = before.snapshot, snapshot(connection)[0]
    is_known = connection.execute(
        "select count(*) from ducklake_snapshots('lake') "
        "where snapshot_id = ? and cast(epoch_us(snapshot_time) as varchar) = ?",
        taken,
    ).fetchone()
    if is_known != (1,) or _table_since(connection, mart) > taken[0]:
        return None
    if taken[0] == now:
        return set()
    since = f"'lake', 'marts', '{mart}', {taken[0] + 1}, {now}"
    changes = " union all ".join(
        f"select {partitioning.key} from ducklake_table_{what}({since}) as mart"
        for what in ("insertions", "deletions")
    )
    try:
        return {key for (key,) in connection.execute(f"select distinct * from ({changes})").fetchall()}
    except duckdb.Error:  # of a snapshot in between, say, that has expired
        return None


def _table_since(connection: duckdb.DuckDBPyConnection, mart: str) -> float:
    """The snapshot in which the table of a mart was created or got the columns that it has."""
    created = connection.execute(
        "select max(greatest(tables.begin_snapshot, columns.begin_snapshot)) "
        "from __ducklake_metadata_lake.ducklake_table as tables "
        "inner join __ducklake_metadata_lake.ducklake_schema as schemas using (schema_id) "
        "inner join __ducklake_metadata_lake.ducklake_column as columns using (table_id) "
        "where schemas.schema_name = 'marts' and tables.table_name = ? and columns.end_snapshot is null "
        "and tables.end_snapshot is null and schemas.end_snapshot is null",
        [mart],
    ).fetchone()
    return created[0] if created and created[0] is not None else float("inf")


def _in_lake(
    connection: duckdb.DuckDBPyConnection, mart: str, partitioning: Partitioning, keys: Collection[str] | None
) -> dict[str, str]:
    """A fingerprint of the rows in the lake, by partition; of some keys, or of all where they are None."""
    if keys is not None and not keys:
        return {}
    where = "true" if keys is None else partitioning.is_of(keys)
    found = connection.execute(
        f"select {partitioning.key} as key, {sums_of('mart')} "
        f'from lake.marts."{mart}" as mart where {where} group by key'
    ).fetchall()
    return {key: f"{rows}-{one:x}-{two:x}" for key, rows, one, two in found}
