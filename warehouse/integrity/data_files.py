"""The lake's data against its catalog: every data and delete file that the catalog names is there, whole.

Add here: another thing that a catalog says of a file.
Stays out: what is in the tables (`expectations`, dbt), landed bytes (`ingest.landing`).

The files are encrypted with a tag over every page, so that reading one whole finds each byte that decides a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from common.damage import Damage
from warehouse.errors import CatalogDamaged, LakeBusy, LakeError, first_line
from warehouse.lake import Lake, check_lake, connect_lake, copy_catalog, duckdb_instances, has_catalog, remains

_METADATA = "__ducklake_metadata_lake"
_INTAKE = ("intake.arrival", "intake.delivery")  # without them nobody knows which landed bytes came on which night
_MARKS = (b"PAR1", b"PARE")  # at both ends of a Parquet file
_NAMED_FILES = f"""
    with files as (
        select table_id, path, path_is_relative, file_size_bytes, encryption_key, record_count, end_snapshot
        from {_METADATA}.ducklake_data_file
        union all
        select table_id, path, path_is_relative, file_size_bytes, encryption_key, delete_count, end_snapshot
        from {_METADATA}.ducklake_delete_file
    )

    select
        schemas.schema_name || '.' || tables.table_name,
        case when not files.path_is_relative then files.path
            when not tables.path_is_relative then tables.path || files.path
            else schemas.path || tables.path || files.path end,
        files.file_size_bytes, files.encryption_key, files.record_count, files.end_snapshot is null
    from files
    join {_METADATA}.ducklake_table as tables using (table_id)
    join {_METADATA}.ducklake_schema as schemas using (schema_id)
    qualify row_number() over (partition by files.path order by tables.begin_snapshot desc) = 1
    order by 1, 2"""


@dataclass(frozen=True)
class DataFile:
    """A file that the catalog names: its table, path, size in bytes, key (base64), rows; whether the present state of
    the table has it.
    """

    table: str
    path: Path
    size: int
    key: str | None
    rows: int
    is_current: bool


@contextmanager
def open_copy(lake: Lake, *, deep: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """The lake as database `lake`, through a copy of its catalog: also while a night writes. `deep` reads it whole.

    Raises CatalogDamaged where it is missing or damaged, LakeBusy; LakeError where there is no lake, or it is another
    user's. An error of DuckDB while it is open is a damaged block that only a later question has read: data files are
    read each by itself.
    """
    if not has_catalog(lake) and remains(lake) is None:
        check_lake(lake)
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(TemporaryDirectory(prefix="verify-", dir=lake.restricted))
        except FileNotFoundError as error:
            raise CatalogDamaged("is missing") from error
        except PermissionError as error:
            raise LakeError(f"{lake.restricted} is for the user of the lake alone: check it as that user.") from error
        try:
            copy = copy_catalog(lake, Path(folder))
            if deep:
                _read_catalog(copy.catalog)
            connection = stack.enter_context(connect_lake(copy, read_only=True))
            named_files(connection, lake)
        except LakeBusy:
            raise
        except (LakeError, duckdb.Error) as error:
            raise CatalogDamaged(_failure_of_catalog(lake, error)) from error
        try:
            yield connection
        except duckdb.Error as error:
            raise CatalogDamaged(_failure_of_catalog(lake, error)) from error


def check_data(connection: duckdb.DuckDBPyConnection, lake: Lake, *, deep: bool) -> Iterator[Damage]:
    """What is damaged of the data of an open lake: existence, size, both ends of each file; `deep` reads it whole."""
    files = named_files(connection, lake)
    yield from _of_files(lake, files, deep=deep)
    yield from _unnamed(connection, lake, files)


def catalog_damage(lake: Lake, error: CatalogDamaged) -> Damage:
    """The damage of a catalog that `open_copy` could not open."""
    return Damage(
        lake.catalog,
        str(error),
        f"restore the lake from a backup ('shuyuan restore BACKUP --lake NEW'), since no file of {lake.data} can be "
        "read without it; without a backup, load the old exports again ('shuyuan backfill --inbox DIR --lake NEW')",
        "stops",
    )


def named_files(connection: duckdb.DuckDBPyConnection, lake: Lake) -> list[DataFile]:
    """The data and delete files that the catalog of an open lake names, by table and path."""
    rows = connection.execute(_NAMED_FILES).fetchall()
    return [DataFile(table, lake.data / path, *rest) for table, path, *rest in rows]


def _of_files(lake: Lake, files: Sequence[DataFile], *, deep: bool) -> Iterator[Damage]:
    failures = {file: what for file in files if (what := _failure(file, deep=deep))}
    remedy = _remedy(lake, can_replay=not any(file.table in _INTAKE and file.is_current for file in failures))
    for file, what in failures.items():
        if file.is_current:
            yield Damage(file.path, f"(of the table {file.table}) {what}", remedy, "stops")
        else:
            yield Damage(file.path, f"(of an earlier state of {file.table}) {what}", "nothing reads it", "note")


def _failure(file: DataFile, *, deep: bool) -> str | None:
    """What is the matter with a file, as the end of a sentence; None where it is sound."""
    try:
        size = file.path.stat().st_size
        if size != file.size:
            return f"has {size:,} bytes and not the {file.size:,} that the catalog names"
        with file.path.open("rb") as content:
            first = content.read(4)
            content.seek(-4, 2)
            if first not in _MARKS or content.read(4) != first:
                return "does not begin and end like a Parquet file"
        return _reading_failure(file) if deep else None
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"


def _reading_failure(file: DataFile) -> str | None:
    """What reading every value of a file meets. A damaged file may end the instance of DuckDB, so each has its own or
    that of the sound ones before it.
    """
    option = ", encryption_config = {footer_key_value: from_base64($2)}" if file.key else ""
    values = [str(file.path), file.key] if file.key else [str(file.path)]
    try:
        with duckdb_instances.pooled_connection({}) as connection:
            query = f"select count(*), bit_xor(hash(row)) from read_parquet($1{option}) as row"
            rows, _ = connection.execute(query, values).fetchone() or (0, None)
    except duckdb.Error:
        return "cannot be read to its end: its bytes are not those that were written"
    return None if rows == file.rows else f"holds {rows:,} rows and not the {file.rows:,} that the catalog names"


def _read_catalog(catalog: Path) -> None:
    """Read every table of a catalog that is not open: each of its blocks has a checksum. Raises duckdb.Error."""
    with duckdb.connect(catalog, read_only=True) as connection:  # DuckLake hides its tables once it is attached
        for (table,) in connection.execute("select table_name from duckdb_tables()").fetchall():
            connection.execute(f'select bit_xor(hash(row)) from "{table}" as row').fetchall()


def _unnamed(connection: duckdb.DuckDBPyConnection, lake: Lake, files: Sequence[DataFile]) -> list[Damage]:
    """A note on the files of which the catalog knows nothing: of a transaction that was interrupted, or is open."""
    removed = connection.execute(f"select path from {_METADATA}.ducklake_files_scheduled_for_deletion").fetchall()
    known = {file.path for file in files} | {lake.data / path for (path,) in removed}
    unnamed = sorted(path for path in lake.data.rglob("*") if path.is_file() and path not in known)
    if not unnamed:
        return []
    what = f"holds {len(unnamed):,} file(s) that the catalog does not name, such as {unnamed[0].relative_to(lake.data)}"
    return [Damage(lake.data, what, "nothing reads them; a night that was interrupted has left them", "note")]


def _failure_of_catalog(lake: Lake, error: Exception) -> str:
    if not lake.catalog.exists():
        return "is missing"
    if not has_catalog(lake):
        return "is empty"
    return f"is damaged ({first_line(error)})"


def _remedy(lake: Lake, *, can_replay: bool) -> str:
    copy = (
        f"copy it back from a backup that has it (cp -p BACKUP/restricted/data/… below {lake.data}; no file there ever "
        "changes), or restore the whole ('shuyuan restore BACKUP --lake NEW'); without a backup, "
    )
    if can_replay:
        return f"{copy}fill a new lake from the landed bytes ('shuyuan backfill --from-lake {lake.root} --lake NEW')"
    return f"{copy}load the old exports again ('shuyuan backfill --inbox DIR --lake NEW')"
