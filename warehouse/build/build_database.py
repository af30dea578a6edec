"""The night's own database, in which dbt builds, and the one transaction that takes what it built into the lake.

Lives here: what the build is given of the nights before, and bringing its tables and views into the lake.
Stays out: dbt (`dbt_run`), the tables that are no models (`raw_tables`, `register_tables`).

dbt defines and fills a hundred relations, one after another. DuckLake is made for large tables, and each small one
costs it a commit and a catalog that is read again; DuckDB's own file does not. So the models are built beside the lake,
which dbt only reads, and a night's build enters it whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from warehouse.lake import Lake, connect_lake, lake_tables, leave_statistics, quoted

NAME = "build"  # of the database, and of its file
LAYERS = ("staging", "conformed", "marts")


@dataclass(frozen=True)
class _Relation:
    """A table with its columns and their types in order, or a view with what it selects.

    `words`: columns of a table that hold one of few words, which the lake holds as text.
    """

    content: tuple[tuple[str, str], ...] | str
    is_view: bool = False
    words: tuple[str, ...] = field(default=(), compare=False)


def place(scratch: Path) -> Path:
    """The file of the database in a build's scratch folder."""
    return scratch / f"{NAME}.duckdb"


def begin(lake_: Lake, scratch: Path, going_on: Iterable[str]) -> None:
    """Make the database anew, with the relations (`schema.table`) that go on from the night before as the lake has
    them.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    clear(scratch)
    with connect_lake(lake_) as connection:
        leave_statistics(connection)
        _attach(connection, scratch)
        kept = set(lake_tables(connection))
        for name in sorted(kept.intersection(going_on)):
            connection.execute(f"create schema if not exists {NAME}.{name.partition('.')[0]}")
            connection.execute(f"create table {NAME}.{quoted(name)} as from lake.{quoted(name)}")
        connection.execute(f"detach {NAME}")


def carry(lake_: Lake, scratch: Path, *, threads: int | None = None, memory_limit: str | None = None) -> None:
    """Bring what was built into the lake, in one transaction. A table whose columns are as they were keeps its
    definition, and so does a view that selects what it did.
    """
    with connect_lake(lake_, threads=threads, memory_limit=memory_limit) as connection:
        _attach(connection, scratch, " (read_only)")
        there = _relations(connection, "lake")
        connection.execute("begin")
        for name, built in _relations(connection, NAME).items():
            for statement in _brought(name, built, there.get(name)):
                connection.execute(statement)
        connection.execute("commit")
        connection.execute(f"detach {NAME}")


def of_the_lake(sql: str) -> str:
    """SQL of the build as one asks the lake, once it has what was built."""
    return sql.replace(f'"{NAME}".', '"lake".')


def clear(scratch: Path) -> None:
    """Take the database away."""
    for file in scratch.glob(f"{NAME}.duckdb*"):
        file.unlink()


def _attach(connection: duckdb.DuckDBPyConnection, scratch: Path, option: str = "") -> None:
    file = str(place(scratch)).replace("'", "''")
    connection.execute(f"attach '{file}' as {NAME}{option}")


def _brought(name: str, built: _Relation, there: _Relation | None) -> list[str]:
    """The statements that make a relation of the lake what was built."""
    kept, made = f"lake.{quoted(name)}", f"{NAME}.{quoted(name)}"
    if built == there:
        return [] if built.is_view else [f"truncate {kept}", f"insert into {kept} from {made}"]
    dropped = [f"drop {'view' if there.is_view else 'table'} {kept}"] if there else []
    if built.is_view:
        return [*dropped, f"create view {kept} as {built.content}"]
    texts = ", ".join(f'cast("{column}" as varchar) as "{column}"' for column in built.words)
    return [*dropped, f"create table {kept} as select *{f' replace ({texts})' if texts else ''} from {made}"]


def _relations(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, _Relation]:
    """The relations of the layers by `schema.table`."""
    found = {}
    where = "where database_name = ? and list_contains(?, schema_name)"
    tables = f"select schema_name || '.' || table_name from duckdb_tables() {where}"
    for (name,) in connection.execute(tables, [database, LAYERS]).fetchall():
        columns = connection.execute(f"describe {database}.{quoted(name)}").fetchall()
        words = tuple(column for column, kind, *_ in columns if kind.startswith("ENUM"))
        kept = tuple((column, "VARCHAR" if column in words else kind) for column, kind, *_ in columns)
        found[name] = _Relation(kept, words=words)
    views = f"select schema_name || '.' || view_name, sql from duckdb_views() {where}"
    for name, sql in connection.execute(views, [database, LAYERS]).fetchall():
        found[name] = _Relation(sql.partition(" AS ")[2].rstrip(";"), is_view=True)
    return found
