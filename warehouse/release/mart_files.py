"""The marts as files: tables of a plain DuckDB file, and Parquet beside it.

Add here: another file format that analysts read.
Stays out: which columns leave the lake and how (`policy`), the directory around the files (`candidate`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from registry.model import Register
from warehouse.disclosure import policy
from warehouse.disclosure.mart_docs import MartDoc
from warehouse.disclosure.policy import ReleasedColumn
from warehouse.errors import ReleaseError
from warehouse.release import fingerprint

Columns = Mapping[str, tuple[ReleasedColumn, ...]]  # mart -> its columns as released
LABELS = "code_label"  # the mart that `label` reads
_LABEL = f"""
    create macro label(of_set, of_code, lang := 'zh') as (
        select case lang when 'en' then known.label_en else known.label_zh end
        from {LABELS} as known where known.code_set = of_set and known.code = of_code
    )"""
_COUNT_COLUMNS = ("expected", "arrived", "held")


def columns(connection: duckdb.DuckDBPyConnection, doc: MartDoc, register: Register) -> tuple[ReleasedColumn, ...]:
    """The columns of a mart as they are released. Raises ReleaseError where the lake has no such mart."""
    try:
        column_rows = connection.execute(f'describe lake.marts."{doc.name}"').fetchall()
    except duckdb.CatalogException as error:
        raise ReleaseError(f"The mart {doc.name} is not in the lake: run the night again.") from error
    return policy.released_columns(doc, {name: kind for name, kind, *_ in column_rows}, register)


def pseudonym_queries(released_by_mart: Columns) -> list[str]:
    """Queries for every text that is to be replaced by its pseudonym, each with its domain before it."""
    return [
        f'select {column.domain}, {column.pseudonym_of} from lake.marts."{mart}" as mart'
        for mart, released in released_by_mart.items()
        for column in released
        if column.pseudonym_of
    ]


def write(
    connection: duckdb.DuckDBPyConnection, docs: Iterable[MartDoc], released_by_mart: Columns, directory: Path
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Write marts.duckdb and parquet/ into `directory`.

    `temp.pseudonym` holds the pseudonym of every hidden text. Returns each mart's line of the manifest
    (rows, content_sha256) and the completeness by feed.
    """
    connection.execute(f"attach '{_quoted(directory / 'marts.duckdb')}' as candidate")
    marts = {doc.name: _mart(connection, doc, released_by_mart[doc.name], directory) for doc in docs}
    completeness = _completeness(connection, marts)
    if LABELS in marts:
        _add_label(connection)
    connection.execute("detach candidate")  # writes what is left in its log, and closes the file
    return marts, completeness


def _mart(
    connection: duckdb.DuckDBPyConnection, doc: MartDoc, released: tuple[ReleasedColumn, ...], directory: Path
) -> dict[str, Any]:
    table = f'candidate.main."{doc.name}"'
    connection.begin()  # one commit a mart: a description alone would cost one each
    connection.execute(f"create table {table} as {_select(doc, released)} order by all")
    connection.execute(f"comment on table {table} is '{_quoted(_comment(doc))}'")
    for column in released:
        text = _quoted(column.description)
        connection.execute(f"comment on column {table}.\"{column.name}\" is '{text}'")
    connection.commit()
    parquet = directory / "parquet" / f"{doc.name}.parquet"
    connection.execute(f"copy {table} to '{_quoted(parquet)}' (format parquet, compression zstd)")
    rows, sha256 = fingerprint.fingerprint(connection, table)
    return {"rows": rows, "content_sha256": sha256}


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


def _select(doc: MartDoc, released: tuple[ReleasedColumn, ...]) -> str:
    joins, selected = [], []
    for number, column in enumerate(released):
        sql = column.sql
        if column.pseudonym_of:
            alias = f"p{number}"
            on = f"{alias}.domain = {column.domain} and {alias}.value = {column.pseudonym_of}"
            joins.append(f"left join temp.pseudonym as {alias} on {on}")
            sql = sql.replace("{pseudonym}", f"{alias}.pseudonym")
        selected.append(f'{sql} as "{column.name}"')
    return f'select {", ".join(selected)} from lake.marts."{doc.name}" as mart {" ".join(joins)}'


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
