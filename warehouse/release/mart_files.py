"""The marts as files: tables of a plain DuckDB file, and Parquet beside it; a large one as Parquet alone, by partition.

Add here: another file format that analysts read.
Stays out: which columns leave the lake and how (`policy`), the files of partitions (`partition_files`), the directory
around the files (`candidate`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from registry.model import Register
from warehouse.disclosure import policy
from warehouse.disclosure.mart_docs import MartDoc
from warehouse.disclosure.policy import ReleasedColumn
from warehouse.errors import ReleaseError
from warehouse.release import fingerprint, partition_files
from warehouse.release.fingerprint import Sums
from warehouse.release.partitioning import Partition
from warehouse.release.unchanged_partitions import Plan

Columns = Mapping[str, tuple[ReleasedColumn, ...]]  # mart -> its columns as released
Plans = Mapping[str, Plan]  # mart -> what becomes of its partitions, where it has any
NO_PLANS: Plans = {}
LABELS = "code_label"  # the mart that `label` reads
_LABEL = f"""
    create macro label(of_set, of_code, lang := 'zh') as (
        select case lang when 'en' then known.label_en else known.label_zh end
        from {LABELS} as known where known.code_set = of_set and known.code = of_code
    )"""
_COUNT_COLUMNS = ("expected", "arrived", "held")


@dataclass(frozen=True)
class Written:
    """What was written: each mart's line of the manifest (rows, content_sha256), the completeness by feed, and of the
    marts by partition each partition, by its key.
    """

    marts: dict[str, dict[str, Any]]
    completeness: list[dict[str, Any]]
    partitions: dict[str, dict[str, Partition]]


def columns(connection: duckdb.DuckDBPyConnection, doc: MartDoc, register: Register) -> tuple[ReleasedColumn, ...]:
    """The columns of a mart as they are released. Raises ReleaseError where the lake has no such mart."""
    try:
        column_rows = connection.execute(f'describe lake.marts."{doc.name}"').fetchall()
    except duckdb.CatalogException as error:
        raise ReleaseError(f"The mart {doc.name} is not in the lake: run the night again.") from error
    return policy.released_columns(doc, {name: kind for name, kind, *_ in column_rows}, register)


def pseudonym_queries(released_by_mart: Columns, plans: Plans) -> list[str]:
    """Queries for every text that is to be replaced by its pseudonym, each with its domain before it."""
    return [
        f'select {column.domain}, {column.pseudonym_of} from lake.marts."{mart}" as mart{_where(plans.get(mart))}'
        for mart, released in released_by_mart.items()
        for column in released
        if column.pseudonym_of
    ]


def select(doc: MartDoc, released: tuple[ReleasedColumn, ...], *more: str) -> str:
    """The SQL of a mart's rows as they are released, with `more` selected of the lake's row (`mart`)."""
    joins, selected = [], []
    for number, column in enumerate(released):
        sql = column.sql
        if column.pseudonym_of:
            alias = f"p{number}"
            on = f"{alias}.domain = {column.domain} and {alias}.value = {column.pseudonym_of}"
            joins.append(f"left join temp.pseudonym as {alias} on {on}")
            sql = sql.replace("{pseudonym}", f"{alias}.pseudonym")
        selected.append(f'{sql} as "{column.name}"')
    return f'select {", ".join([*selected, *more])} from lake.marts."{doc.name}" as mart {" ".join(joins)}'


def write(
    connection: duckdb.DuckDBPyConnection,
    docs: Iterable[MartDoc],
    released_by_mart: Columns,
    directory: Path,
    plans: Plans = NO_PLANS,
) -> Written:
    """Write marts.duckdb and parquet/ into `directory`; the marts that have a plan as the partitions of that.

    `temp.pseudonym` holds the pseudonym of every hidden text.
    """
    connection.execute(f"attach '{_quoted(directory / 'marts.duckdb')}' as candidate")
    marts, partitions = dict[str, dict[str, Any]](), dict[str, dict[str, Partition]]()
    for doc in docs:
        released = released_by_mart[doc.name]
        if (plan := plans.get(doc.name)) is None:
            marts[doc.name] = _table(connection, doc, released, directory)
        else:
            marts[doc.name], partitions[doc.name] = _partitions(connection, doc, released, directory, plan)
    completeness = _completeness(connection, marts)
    if LABELS in marts:
        _add_label(connection)
    connection.execute("detach candidate")  # writes what is left in its log, and closes the file
    return Written(marts, completeness, partitions)


def _table(
    connection: duckdb.DuckDBPyConnection, doc: MartDoc, released: tuple[ReleasedColumn, ...], directory: Path
) -> dict[str, Any]:
    table = f'candidate.main."{doc.name}"'
    connection.begin()  # one commit a mart: a description alone would cost one each
    connection.execute(f"create table {table} as {select(doc, released)} order by all")
    _describe(connection, "table", doc, released)
    connection.commit()
    parquet = directory / "parquet" / f"{doc.name}.parquet"
    connection.execute(f"copy {table} to '{_quoted(parquet)}' (format parquet, compression zstd)")
    rows, sha256 = fingerprint.fingerprint(connection, table)
    return {"rows": rows, "content_sha256": sha256}


def _partitions(
    connection: duckdb.DuckDBPyConnection,
    doc: MartDoc,
    released: tuple[ReleasedColumn, ...],
    directory: Path,
    plan: Plan,
) -> tuple[dict[str, Any], dict[str, Partition]]:
    rows = f"{select(doc, released, f'{plan.partitioning.key} as _partition')}{_where(plan)}"
    partitions, types = partition_files.write(connection, doc.name, rows, plan, directory)
    connection.begin()
    view = f'candidate.main."{doc.name}"'
    partition_files.create_view(connection, view, doc.name, partitions.values(), directory)
    _describe(connection, "view", doc, released)
    connection.commit()
    total = sum((partition.sums for partition in partitions.values()), Sums())
    return {"rows": total.rows, "content_sha256": total.digest(types)}, partitions


def _describe(
    connection: duckdb.DuckDBPyConnection, kind: str, doc: MartDoc, released: tuple[ReleasedColumn, ...]
) -> None:
    relation = f'candidate.main."{doc.name}"'
    connection.execute(f"comment on {kind} {relation} is '{_quoted(_comment(doc))}'")
    for column in released:
        text = _quoted(column.description)
        connection.execute(f"comment on column {relation}.\"{column.name}\" is '{text}'")


def _add_label(connection: duckdb.DuckDBPyConnection) -> None:
    """Put the macro `label(code set, code)` into the file; `lang := 'en'` gives the English label.

    It names its table alone, so that it works under whatever name the file is attached, once that is in use.
    """
    (before,) = connection.execute("select current_database()").fetchone() or ("memory",)
    connection.execute("use candidate")
    try:
        connection.execute(_LABEL)
    finally:
        connection.execute(f'use "{before}"')


def _comment(doc: MartDoc) -> str:
    return f"{doc.description} 主键 / key: {', '.join(doc.grain)}." if doc.grain else doc.description


def _where(plan: Plan | None) -> str:
    return f" where {plan.where}" if plan else ""


def _completeness(connection: duckdb.DuckDBPyConnection, marts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """By feed, how many deliveries were expected, arrived, held: from the mart `completeness`."""
    if "completeness" not in marts:
        return []
    table = 'candidate.main."completeness"'
    names = {row[0] for row in connection.execute(f"describe {table}").fetchall()}
    count_columns = [name for name in _COUNT_COLUMNS if name in names]
    sums = "".join(f', sum(cast("{name}" as bigint)) as "{name}"' for name in count_columns)
    rows = connection.execute(f"select feed{sums} from {table} group by feed order by feed").fetchall()
    return [{"feed": feed} | dict(zip(count_columns, numbers, strict=True)) for feed, *numbers in rows]


def _quoted(value: object) -> str:
    return str(value).replace("'", "''")
