"""The build database: a temporary DuckDB file in which dbt builds, loaded into the lake in one transaction.

Stays out: dbt (`dbt_run`), the tables that are not models (`tables.raw_tables`, `tables.register_tables`).

dbt defines and fills a hundred relations, one after another. DuckLake is made for large tables: each small one costs a
commit and a re-read of the catalog, which a plain DuckDB file does not. So dbt reads the lake and writes beside it, and
the night's build enters the lake as a whole or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from common.lake_transaction import transaction
from warehouse.build import build_state, partition_list
from warehouse.build.partition_list import Entering
from warehouse.lake import Lake, connect_lake, lake_tables, quoted, write_empty_statistics
from warehouse.lake.row_sums import row_sums
from warehouse.lake.table_sizes import TableSize, table_sizes

NAME = "build"  # of the database, and of its file
LAYERS = ("staging", "conformed", "marts")
PARTITIONS = "partitions"  # schema of what macros/partitions/by_partition.sql makes: tonight's rows of a model, and
_TOUCHED = "__touched"  # beside them the partitions that they are, and why
_BUILD_RELATION = re.compile(rf'"?\b{NAME}\b"?\.("?(?:{"|".join(LAYERS)})"?\.)')


@dataclass(frozen=True)
class _Relation:
    """A table (`content`: its columns and types, in order) or a view (`content`: its query).

    `enum_columns`: ENUM of a low-cardinality column, one byte a row during the build, cast to varchar in the lake.
    """

    content: tuple[tuple[str, str], ...] | str
    is_view: bool = False
    enum_columns: tuple[str, ...] = field(default=(), compare=False)


def place(scratch: Path) -> Path:
    """The path of the build database in a build's scratch folder."""
    return scratch / f"{NAME}.duckdb"


def create_build_database(lake: Lake, scratch: Path, incremental_models: Iterable[str]) -> None:
    """Create an empty build database with a copy of the lake's incremental models (`schema.table`)."""
    scratch.mkdir(parents=True, exist_ok=True)
    remove_build_database(scratch)
    with connect_lake(lake) as connection:
        write_empty_statistics(connection)
        attach(connection, scratch)
        _copy_tables(connection, set(lake_tables(connection)).intersection(incremental_models))
        connection.execute(f"detach {NAME}")


def create_readable_build_database(lake: Lake, scratch: Path, incremental_models: Iterable[str]) -> None:
    """Create a build database that starts as a night's does, and in which every other model of the lake is a view on
    it: each model can be read without building its parents. The lake is only read.
    """
    remove_build_database(scratch)
    with connect_lake(lake, read_only=True) as connection:
        attach(connection, scratch)
        copied = set(lake_tables(connection)).intersection(incremental_models)
        _copy_tables(connection, copied)
        for name in sorted(set(_names(connection, "lake")) - copied):
            _create_schema(connection, name)
            connection.execute(f"create view {NAME}.{quoted(name)} as from lake.{quoted(name)}")
        connection.execute(f"detach {NAME}")


def create_view(lake: Lake, scratch: Path, name: str, sql: str) -> None:
    """Add the view `name` (`schema.table`) to the build database, over its relations and the lake's."""
    with connect_lake(lake, read_only=True) as connection:
        attach(connection, scratch)
        replace_view(connection, name, sql)
        connection.execute(f"detach {NAME}")


def replace_view(connection: duckdb.DuckDBPyConnection, name: str, sql: str) -> None:
    """Add the view `name` (`schema.table`) to the attached build database, in place of what has its name there."""
    _create_schema(connection, name)
    connection.execute(f"create or replace view {NAME}.{quoted(name)} as {sql}")


def load_into_lake(
    lake: Lake,
    scratch: Path,
    *,
    threads: int | None = None,
    memory_limit: str | None = None,
    state: tuple[date, Mapping[str, str]] | None = None,
    partitions: Mapping[str, str] | None = None,
) -> dict[str, TableSize]:
    """Load the built relations into the lake, in one transaction. Tables with unchanged columns and views with an
    unchanged query keep their definition, and tables with unchanged rows their files; of a table of partitions the
    touched ones are replaced.

    `state`: the night and the basis of the build, for the next one (`build_state`); None: it was not of all models.
    `partitions`: the relations that have partitions (`schema.table`), each with their column.
    Returns how large each table of the lake is now.
    """
    # beside the lake DuckDB would bind each of its views for this
    with duckdb.connect(str(place(scratch)), read_only=True) as connection:
        partitioned = _partitioned(connection)
    with connect_lake(lake, threads=threads, memory_limit=memory_limit) as connection:
        attach(connection, scratch, " (read_only)")
        existing, before = _relations(connection, "lake"), table_sizes(connection)
        entering = [_entering(name, column) for name, column in partitioned.items() if _is_touched(connection, name)]
        with transaction(connection):
            for each in entering:
                _replace_partitions(connection, each)
            for name, built in _relations(connection, NAME, partitioned).items():
                if not (built == existing.get(name) and _has_rows(connection, name, built, before.get(name))):
                    for statement in _load_statements(name, built, existing.get(name), NAME):
                        connection.execute(statement)
                if partitions and name in partitions:
                    entering.append(Entering(name, partitions[name], f"{NAME}.{quoted(name)}"))
            partition_list.write(connection, entering)
            build_state.forget(connection)
            if state is not None:
                build_state.write(connection, *state)
        connection.execute(f"detach {NAME}")
        counts = dict.fromkeys(partitions or (), 0) | partition_list.counts(connection)
        return {name: replace(size, partitions=counts.get(name)) for name, size in table_sizes(connection).items()}


def take_over(connection: duckdb.DuckDBPyConnection, other: str) -> list[str]:
    """Put what dbt has made in another lake, attached as `other`, in place of the tables and views of the lake of the
    connection, in one transaction; what the other lacks goes. The tables whose content is another than before, or which
    came or went (`schema.table`).
    """
    made, existing = _relations(connection, other), _relations(connection, "lake")
    gone = {name: relation for name, relation in existing.items() if name not in made}
    changed = [name for name, relation in gone.items() if not relation.is_view]
    for name, relation in made.items():
        if not relation.is_view and not (relation == existing.get(name) and _is_equal(connection, name, other)):
            changed.append(name)
    with transaction(connection):
        for name, relation in gone.items():
            connection.execute(f"drop {'view' if relation.is_view else 'table'} lake.{quoted(name)}")
        for name, relation in made.items():
            if relation.is_view or name in changed:
                for statement in _load_statements(name, relation, existing.get(name), other):
                    connection.execute(statement)
    return sorted(changed)


def _is_equal(connection: duckdb.DuckDBPyConnection, name: str, other: str, enum_columns: Iterable[str] = ()) -> bool:
    """Whether a table of the lake and of another database, where some columns may be ENUMs, have the same rows."""
    rows = f"select *{_as_text(enum_columns)} from {other}.{quoted(name)}"
    return row_sums(connection, f"from lake.{quoted(name)}") == row_sums(connection, rows)


def _has_rows(connection: duckdb.DuckDBPyConnection, name: str, built: _Relation, size: TableSize | None) -> bool:
    """Whether the lake has the rows of a built table, of the same columns; of another number (`size`) none is read."""
    if built.is_view or size is None:
        return False
    (rows,) = connection.execute(f"select count(*) from {NAME}.{quoted(name)}").fetchone() or (None,)
    return rows == size.rows and (rows == 0 or _is_equal(connection, name, NAME, built.enum_columns))


def _as_text(enum_columns: Iterable[str]) -> str:
    """The SQL after `select *` by which ENUM columns are text."""
    casts = ", ".join(f'cast("{column}" as varchar) as "{column}"' for column in enum_columns)
    return f" replace ({casts})" if casts else ""


def touched_partitions(scratch: Path) -> dict[str, tuple[int, str]]:
    """Of each relation of which the touched partitions alone were built (`schema.table`): how many, and why."""
    with duckdb.connect(str(place(scratch)), read_only=True) as connection:
        return {
            name: connection.execute(
                f"select count(*), coalesce(array_to_string(list_sort(list_distinct(flatten(list(why)))), ', '), '') "
                f"from {_touched(name)}"
            ).fetchall()[0]
            for name in _partitioned(connection)
        }


def lake_sql(sql: str) -> str:
    """SQL on the build database, rewritten to run on the lake once it is loaded."""
    return _BUILD_RELATION.sub(r"lake.\1", sql)


def remove_build_database(scratch: Path) -> None:
    """Delete the build database."""
    for file in scratch.glob(f"{NAME}.duckdb*"):
        file.unlink()


def attach(connection: duckdb.DuckDBPyConnection, scratch: Path, option: str = "") -> None:
    """Attach the build database in `scratch`."""
    file = str(place(scratch)).replace("'", "''")
    connection.execute(f"attach '{file}' as {NAME}{option}")


def _create_schema(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    connection.execute(f"create schema if not exists {NAME}.{name.partition('.')[0]}")


def _copy_tables(connection: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
    for name in sorted(names):
        _create_schema(connection, name)
        connection.execute(f"create table {NAME}.{quoted(name)} as from lake.{quoted(name)}")


def _names(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    """The tables and views of the layers, as `schema.table`."""
    where = "where database_name = ? and list_contains(?, schema_name)"
    rows = connection.execute(
        f"select schema_name || '.' || table_name from duckdb_tables() {where} "
        f"union all select schema_name || '.' || view_name from duckdb_views() {where}",
        [database, LAYERS, database, LAYERS],
    ).fetchall()
    return [name for (name,) in rows]


def _load_statements(name: str, built: _Relation, existing: _Relation | None, database: str) -> list[str]:
    """The statements that load one relation that was built in a database into the lake."""
    target, source = f"lake.{quoted(name)}", f"{database}.{quoted(name)}"
    if built == existing:
        return [] if built.is_view else [f"truncate {target}", f"insert into {target} from {source}"]
    drop = [f"drop {'view' if existing.is_view else 'table'} {target}"] if existing else []
    if built.is_view:
        return [*drop, f"create view {target} as {built.content}"]
    return [*drop, f"create table {target} as select *{_as_text(built.enum_columns)} from {source}"]


def _partitioned(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The relations of which touched partitions alone were built (`schema.table`), each with its partitions' column."""
    rows = connection.execute(
        "select made.schema_name || '.' || made.view_name from duckdb_views() as made "
        "inner join duckdb_tables() as touched on touched.database_name = made.database_name "
        "and touched.schema_name = $2 and touched.table_name = made.view_name || $3 where made.database_name = $1",
        [NAME, PARTITIONS, _TOUCHED],
    ).fetchall()
    described = {name: connection.execute(f"describe {NAME}.{_touched(name)}").fetchall() for (name,) in rows}
    return {name: columns[0][0] for name, columns in described.items()}


def _is_touched(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether any partition of a relation is another than the lake has."""
    return bool(connection.execute(f"from {NAME}.{_touched(name)} limit 1").fetchall())


def _entering(name: str, column: str) -> Entering:
    """What enters the lake of a relation of which touched partitions alone were built."""
    return Entering(name, column, f"{NAME}.{_tonight(name)}", f"{NAME}.{_touched(name)}")


def _replace_partitions(connection: duckdb.DuckDBPyConnection, entering: Entering) -> None:
    """Replace the touched partitions of one relation in the lake."""
    target, column = f"lake.{quoted(entering.relation)}", entering.column
    connection.execute(f'delete from {target} where "{column}" in (select "{column}" from {entering.touched})')
    connection.execute(f"insert into {target} from {entering.rows}")


def _tonight(name: str) -> str:
    """The table of the partitions that were built of a relation (`schema.table`)."""
    return f"{PARTITIONS}.{name.partition('.')[2]}"


def _touched(name: str) -> str:
    """The table that says which partitions of a relation (`schema.table`) were built, and why."""
    return f"{_tonight(name)}{_TOUCHED}"


def _relations(
    connection: duckdb.DuckDBPyConnection, database: str, leave_out: Collection[str] = ()
) -> dict[str, _Relation]:
    """The tables of the layers, and then the views, each after those that it selects from, by `schema.table`. What a
    view of the build database selects from it, it selects from the lake once it is loaded.
    """
    relations = {}
    where = "where database_name = ? and list_contains(?, schema_name)"
    tables = f"select schema_name || '.' || table_name from duckdb_tables() {where}"
    for (name,) in connection.execute(tables, [database, LAYERS]).fetchall():
        columns = connection.execute(f"describe {database}.{quoted(name)}").fetchall()
        enum_columns = tuple(column for column, kind, *_ in columns if kind.startswith("ENUM"))
        columns_and_types = tuple(
            (column, "VARCHAR" if column in enum_columns else kind) for column, kind, *_ in columns
        )
        relations[name] = _Relation(columns_and_types, enum_columns=enum_columns)
    views = f"select schema_name || '.' || view_name, sql from duckdb_views() {where}"
    queries = {
        name: lake_sql(sql.partition(" AS ")[2].rstrip(";"))
        for name, sql in connection.execute(views, [database, LAYERS]).fetchall()
        if name not in leave_out
    }
    sources = {
        name: {other for other in queries if re.search(rf"\blake\.{other}\b", sql)} for name, sql in queries.items()
    }
    for name in TopologicalSorter(sources).static_order():
        relations[name] = _Relation(queries[name], is_view=True)
    return relations
