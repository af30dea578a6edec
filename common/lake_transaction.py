"""A transaction on the lake, whose files are on the disk before the commit that names them.

Stays out: opening the lake (`warehouse.lake.connection`), what is written.

DuckDB syncs the catalog with each commit, and DuckLake none of the Parquet files: without this a power cut soon after a
commit leaves a catalog that names empty files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from common.files import sync_all


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """One transaction on the database `lake` of the connection: committed when the block ends, undone when it raises.

    Whatever adds rows to the lake stands in one: a statement outside is committed before its files are on the disk.
    """
    folder = _data_folder(connection)
    before = _below(folder)
    connection.begin()
    try:
        yield
        _sync_new(folder, before)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _data_folder(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Where the lake's Parquet lies; None for a plain database, which DuckDB syncs itself."""
    kind = connection.execute("select type from duckdb_databases() where database_name = 'lake'").fetchone()
    if kind != ("ducklake",):
        return None
    (data_path,) = connection.execute("select data_path from ducklake_settings('lake')").fetchone() or (None,)
    return data_path


def _sync_new(folder: str | None, before: set[str]) -> None:
    """Sync the files and folders that were not there before, and the folders in which their names stand."""
    new = _below(folder) - before
    sync_all(map(Path, new | {os.path.dirname(path) for path in new}))  # noqa: PTH120 (of the text that walk gives)


def _below(folder: str | None) -> set[str]:
    """Every path below a folder, as text: there are a hundred a night."""
    walk = os.walk(folder) if folder else ()
    return {os.path.join(place, name) for place, folders, names in walk for name in (*folders, *names)}  # noqa: PTH118
