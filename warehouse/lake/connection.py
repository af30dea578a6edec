"""Creating a lake, and connections to it.

Add here: a setting that every connection to the lake needs.
Stays out: its paths (`paths`), its lock (`write_lock`), its tables (`warehouse.tables`, dbt).
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from common import files, machine_share
from common.code_version import package_version
from common.lake_transaction import transaction
from warehouse.errors import LakeBusy, LakeError
from warehouse.lake import duckdb_instances
from warehouse.lake.paths import Lake
from warehouse.lake.readers import require_readable
from warehouse.lake.write_lock import holder_of

LAYOUT = 1  # version of the layout; raise it when an older program could no longer read the lake
WAIT_SECONDS = 60  # for a lake that another process has open
_PAUSE = 0.1  # seconds between two tries
_LOCKED = "could not set lock"  # as DuckDB says it
_OTHER_VERSION = ("newer version", "can only read versions", "version mismatch")  # as DuckDB and DuckLake say it
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
            files.make_folder(folder, 0o700)  # who else may read a part of it is set by `readers`
    except OSError as error:
        raise LakeError(f"The lake {lake.root} cannot be written ({error.strerror}): give another --lake.") from error
    refuse_newer(lake)
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
    """Raise LakeError where there is no lake, or one of a newer layout or without its catalog, and NotReadable where it
    is not for this user.
    """
    require_readable(lake, lake.restricted)
    require_readable(lake, lake.catalog)
    refuse_newer(lake)
    _refuse_lost_catalog(lake)
    if not has_catalog(lake):
        raise LakeError(f"There is no lake at {lake.root}: run 'shuyuan night', or give another --lake.")


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


def refuse_newer(lake: Lake) -> None:
    """Raise LakeError where a newer program has given the lake a layout that this one does not know.

    For every verb, also one that only reads a release: another layout may keep releases elsewhere. Whoever may not look
    into `restricted/` learns nothing here.
    """
    try:
        layout = lake.layout.read_text(encoding="utf-8", errors="replace").strip()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    if not (layout.isascii() and layout.isdigit()):
        raise LakeError(
            f"{lake.layout} is damaged, which says the layout of the lake: write {LAYOUT} into it, unless a newer "
            "program has written the lake."
        )
    if int(layout) > LAYOUT:
        raise LakeError(
            f"The lake {lake.root} has layout {layout}, and this program knows up to {LAYOUT}: a newer Shuyuan than "
            f"this one ({package_version()}) wrote it, so update this one, or give another --lake."
        )


@contextmanager
def connect_lake(
    lake: Lake, *, read_only: bool = False, threads: int | None = None, memory_limit: str | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the lake as database `lake` of a DuckDB connection, wherever its directory now lies.

    The register's type macros are installed as `memory.main.as_*`. DuckDB allows one connection to the
    catalog at a time, also within a process: close it before another or the build opens.
    `memory_limit`: another than the lake's. Raises LakeError.
    """
    check_lake(lake)
    settings: dict[str, str | int] = {
        "threads": threads or machine_share.processors(),
        "memory_limit": memory_limit or lake.memory_limit,
    }
    with _attached(lake, settings, ", read_only" if read_only else "") as connection:
        yield connection


@contextmanager
def _attached(
    lake: Lake, settings: dict[str, str | int], option: str, *, create: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb_instances.pooled_connection(settings | {"temp_directory": str(lake.spill)}) as connection:
        _attach_when_free(connection, lake, option, create=create)
        yield connection
        connection.execute("use memory.main; detach lake")


def _attach_when_free(connection: duckdb.DuckDBPyConnection, lake: Lake, option: str, *, create: bool) -> None:
    """Attach the lake; while another process has its catalog open, wait for up to WAIT_SECONDS.

    A step of a night, and an answer to a person, have it open for seconds; a build for as long as it runs. Raises
    LakeBusy after that time, LakeError where it cannot be opened at all.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            attach_lake(connection, lake, "lake", option, create=create)
        except duckdb.Error as error:
            if _LOCKED not in str(error).lower():
                raise LakeError(_open_failure(lake, str(error))) from error
            if time.monotonic() >= deadline:
                raise LakeBusy(_busy(lake, str(error))) from error
            time.sleep(_PAUSE)
        else:
            return


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


def _busy(lake: Lake, message: str) -> str:
    """Who has the lake open, by the lock of the writer, else by what DuckDB says of the process."""
    found = re.search(r"\(PID (\d+)\)", message)
    process, holder = f"process {found[1]}" if found else "another process", holder_of(lake)
    who = holder if f"({process})" in holder else process
    return (
        f"The lake {lake.root} is in use by {who}, and was not free within {WAIT_SECONDS} seconds: "
        "wait until that has ended, and ask again."
    )


def _open_failure(lake: Lake, message: str) -> str:
    if "already attached" in message:
        return f"The lake {lake.root} is open in this process: close it first."
    first_line = message.splitlines()[0]
    if any(words in message for words in _OTHER_VERSION):
        return (
            f"The lake {lake.root} was written by another version of its programs ({first_line}): update Shuyuan, or "
            "give another --lake."
        )
    return (
        f"The lake {lake.root} cannot be opened ({first_line.rstrip('.')}): run 'shuyuan verify --lake {lake.root}', "
        "which says what is damaged and what to do, or give another --lake."
    )
