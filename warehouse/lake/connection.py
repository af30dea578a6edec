"""Creating a lake, and connections to it.

Add here: a setting that every connection to the lake needs.
Stays out: its paths (`paths`), its lock (`write_lock`), its tables (`warehouse.tables`, dbt).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from common import files
from common.lake_transaction import transaction
from warehouse.errors import LakeError
from warehouse.lake import duckdb_instances
from warehouse.lake.paths import Lake

LAYOUT = 1  # version of the layout; raise it when an older program could no longer read the lake
SCHEMAS = ("register", "intake", "raw", "staging", "conformed", "marts", "disclosure")


def create_lake(lake: Lake) -> None:
    """Create the lake where it is missing; existing data are left alone.

    Raises LakeError where the directory cannot be written, or holds a lake of a newer layout or without its catalog.
    """
    _refuse_lost_catalog(lake)
    try:
        files.make_folder(lake.root)
        files.make_folder(lake.restricted, 0o700)
        lake.restricted.chmod(0o700)
        for folder in (lake.data, lake.landing, lake.spill, lake.releases, lake.outbox, lake.airflow):
            files.make_folder(folder)
        lake.outbox.chmod(0o700)
        lake.airflow.chmod(0o700)  # Airflow keeps its own keys there
    except OSError as error:
        raise LakeError(f"The lake {lake.root} cannot be written ({error.strerror}): give another --lake.") from error
    _refuse_newer(lake)
    with _attached(lake, {}, ", encrypted true", create=remains(lake) is None) as connection:
        for schema in SCHEMAS:
            connection.execute(f"create schema if not exists lake.{schema}")
        _keep_rows_in_files(connection)
    if not lake.layout.exists():
        files.write_text(lake.layout, f"{LAYOUT}\n")


def _keep_rows_in_files(connection: duckdb.DuckDBPyConnection) -> None:
    """Let no change, however small, be written into the catalog, and bring to files what an older program wrote there.

    DuckLake 1.0 inlines changes of fewer than ten rows, and rows that were deleted there can come back or double when
    files are merged (duckdb/ducklake #1084, #1364, #917, #1385, #1406).
    """
    limit = "select value from ducklake_options('lake') where option_name = 'data_inlining_row_limit'"
    if connection.execute(limit).fetchone() == ("0",):
        return
    connection.execute("call lake.set_option('data_inlining_row_limit', 0)")
    with transaction(connection):
        connection.execute("call ducklake_flush_inlined_data('lake')")


def check_lake(lake: Lake) -> None:
    """Raise LakeError where there is no lake, or one of a newer layout or without its catalog."""
    _refuse_lost_catalog(lake)
    if not has_catalog(lake):
        raise LakeError(f"There is no lake at {lake.root}: run 'shuyuan night', or give another --lake.")
    _refuse_newer(lake)


def _refuse_lost_catalog(lake: Lake) -> None:
    """Refuse a lake whose catalog is gone: what is left of it says that there was one."""
    left = remains(lake)
    if left is not None and not has_catalog(lake):
        raise LakeError(
            f"The catalog {lake.catalog} is {'empty' if lake.catalog.exists() else 'missing'}, and {left} says that "
            "there was a lake, so none is made in its place: put the catalog back, or restore the lake from a backup "
            "('shuyuan restore BACKUP --lake NEW'), or load the old exports into another --lake."
        )


def has_catalog(lake: Lake) -> bool:
    """Whether the lake has a catalog that is not empty."""
    return lake.catalog.exists() and lake.catalog.stat().st_size > 0


def remains(lake: Lake) -> Path | None:
    """What says, beside its catalog, that a lake was made here; None where nothing does."""
    places = (lake.layout, lake.data, lake.landing, lake.releases, lake.release_archive)
    return next((place for place in places if place.is_file() or any(place.glob("*"))), None)


def _refuse_newer(lake: Lake) -> None:
    if not lake.layout.exists():
        return
    layout = lake.layout.read_text(encoding="utf-8", errors="replace").strip()
    if not (layout.isascii() and layout.isdigit()):
        raise LakeError(
            f"{lake.layout} is damaged, which says the layout of the lake: write {LAYOUT} into it, unless a newer "
            "program has written the lake."
        )
    if int(layout) > LAYOUT:
        raise LakeError(
            f"The lake {lake.root} has layout {layout} and this program knows up to {LAYOUT}: "
            "update Shuyuan, or give another --lake."
        )


@contextmanager
def connect_lake(
    lake: Lake, *, read_only: bool = False, threads: int | None = None, memory_limit: str | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the lake as database `lake` of a DuckDB connection, wherever its directory now lies.

    The register's type macros are installed as `memory.main.as_*`. DuckDB allows one connection to the
    catalog at a time, also within a process: close it before another or the build opens.
    `memory_limit` is DuckDB's text, `2GB`. Raises LakeError.
    """
    check_lake(lake)
    settings: dict[str, str | int] = {}
    if threads:
        settings["threads"] = threads
    if memory_limit:
        settings["memory_limit"] = memory_limit
    with _attached(lake, settings, ", read_only" if read_only else "") as connection:
        yield connection


@contextmanager
def _attached(
    lake: Lake, settings: dict[str, str | int], option: str, *, create: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb_instances.pooled_connection(settings | {"temp_directory": str(lake.spill)}) as connection:
        try:
            attach_lake(connection, lake, "lake", option, create=create)
        except duckdb.Error as error:
            raise LakeError(_open_failure(lake, str(error))) from error
        yield connection
        connection.execute("use memory.main; detach lake")


def lake_tables(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The lake's tables (`schema.table`, lower case), each with its columns in their order."""
    columns_by_table: dict[str, list[str]] = {}
    # From DuckLake's own tables: `duckdb_columns()` would bind each view for it.
    for schema, table, column in connection.execute(
        "select schema_name, table_name, column_name "
        "from __ducklake_metadata_lake.ducklake_column as columns "
        "join __ducklake_metadata_lake.ducklake_table as tables using (table_id) "
        "join __ducklake_metadata_lake.ducklake_schema as schemas using (schema_id) "
        "where columns.parent_column is null and columns.end_snapshot is null "
        "and tables.end_snapshot is null and schemas.end_snapshot is null "
        "order by table_id, column_order"
    ).fetchall():
        columns_by_table.setdefault(f"{schema}.{table}".lower(), []).append(column)
    return columns_by_table


def write_empty_statistics(connection: duckdb.DuckDBPyConnection) -> None:
    """Give each table that never held a row the statistics of an empty one.

    Without them DuckLake queries its catalog for every column whenever such a table is read (duckdb/ducklake#1313,
    fixed after 1.0): a tenth of a second for a feed that sends nothing. They are entered into the catalog as DuckLake
    enters them: a row that is inserted and deleted would leave a file for each table.
    """
    statistics = "__ducklake_metadata_lake.ducklake_table_stats"
    connection.execute(
        f"insert into {statistics} (table_id, record_count, next_row_id, file_size_bytes) "
        "select table_id, 0, 0, 0 from __ducklake_metadata_lake.ducklake_table where end_snapshot is null "
        f"and table_id not in (select table_id from {statistics}) order by table_id"
    )


def has_table(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether the lake has a table or view (`lake.schema.table`): an older program may not have made it."""
    database, schema, name = table.split(".")
    row = connection.execute(
        "select 1 from duckdb_tables() where (database_name, schema_name, table_name) = ($1, $2, $3) "
        "union all select 1 from duckdb_views() where (database_name, schema_name, view_name) = ($1, $2, $3)",
        [database, schema, name],
    ).fetchone()
    return row is not None


def quoted(name: str) -> str:
    """A relation (`schema.table`) as SQL names it within its database."""
    schema, _, table = name.partition(".")
    return f'"{schema}"."{table}"'


def attach_lake(
    connection: duckdb.DuckDBPyConnection, lake: Lake, name: str, option: str = "", *, create: bool = False
) -> None:
    """Attach a lake as the database `name` to a connection from `connect_lake`: detach it before closing.

    `create`: a catalog without a lake in it is made one; else it is an error, since it had one.
    """
    connection.execute(
        f"attach {_text(f'ducklake:{lake.catalog}')} as {name} "
        f"(data_path {_text(f'{lake.data}/')}, override_data_path true, data_inlining_row_limit 0, "
        f"create_if_not_exists {str(create).lower()}{option})"
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _open_failure(lake: Lake, message: str) -> str:
    if "lock" in message.lower() or "already attached" in message:
        return f"The lake {lake.root} is open in another process: wait until it ends."
    first_line = message.splitlines()[0]
    return (
        f"The lake {lake.root} cannot be opened ({first_line.rstrip('.')}): run 'shuyuan verify --lake {lake.root}', "
        "which says what is damaged and what to do, or give another --lake."
    )
