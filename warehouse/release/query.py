"""SQL queries on a release, read-only and without access to anything else.

Add here: a setting under which analysts' SQL runs.
Stays out: printing the answer (`shuyuan.printing`), pages made of a release (`pages`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from warehouse import release
from warehouse.errors import QueryError, first_line
from warehouse.lake import Lake, require_readable
from warehouse.release.differences import has_old_layout
from warehouse.release.partition_files import VARIABLE

_FETCH_ROWS = 10_000  # rows per fetch
_STATEMENT_TYPES = {
    "SELECT",
    "CREATE",
}  # CREATE: a PIVOT makes a type of its own in memory; the release is read-only


@dataclass(frozen=True)
class Answer:
    """Column names, and the rows as they are fetched (once)."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


def run(lake: Lake, sql: str, directory: Path | None = None) -> Answer:
    """Answer `sql` from the current release, or from the one in `directory`; its marts can be named with or
    without `marts.`.

    The release is opened read-only, and SQL may touch no other file and no network. A release that becomes
    current meanwhile does not disturb the answer. Raises QueryError; NotReadable where it is not for this user.
    """
    directory = _readable(lake, directory)
    with ExitStack() as opened:
        spill = opened.enter_context(TemporaryDirectory(prefix="shuyuan-"))
        connection = opened.enter_context(_open(directory, spill))
        try:
            for statement in _statements(connection, sql):
                connection.execute(statement)
        except duckdb.Error as error:
            raise QueryError(f"The query cannot be answered: {first_line(error)}.") from error
        columns = tuple(column[0] for column in connection.description or ())
        return Answer(columns, _rows(connection, opened.pop_all()))


@contextmanager
def open_release(lake: Lake) -> Iterator[tuple[str, duckdb.DuckDBPyConnection]]:
    """The id of the current release, and a connection that reads its marts by their names and nothing else.

    Raises QueryError; NotReadable where it is not for this user.
    """
    directory = _readable(lake, None).resolve()
    with ExitStack() as opened:
        spill = opened.enter_context(TemporaryDirectory(prefix="shuyuan-"))
        yield directory.name, opened.enter_context(_open(directory, spill))


def _readable(lake: Lake, directory: Path | None) -> Path:
    """The folder of a release, or that of the current one. Raises QueryError where there is none, and NotReadable."""
    require_readable(lake, lake.releases)
    directory = directory or release.current(lake)
    if directory is None:
        raise QueryError(f"The lake {lake.root} has no release yet: run 'shuyuan night' first.")
    require_readable(lake, directory / "marts.duckdb")
    return directory


def _open(directory: Path, spill: str) -> duckdb.DuckDBPyConnection:
    """A connection in memory to which the release is attached as `marts`, and nothing else can be.

    The tables of a release stand in the schema `main` of its file, so that `marts.x` and `x` name the same. Releases
    that were kept from before 0.1.0 have a schema `marts` instead.
    """
    connection = duckdb.connect(":memory:", config={"temp_directory": spill})
    folder = str(directory.resolve()).replace("'", "''")
    try:
        file = f"{folder}/marts.duckdb"
        connection.execute(f"attach '{file}' as release (read_only)")
        if has_old_layout(connection, "release"):
            connection.execute("use release.marts")
        else:
            connection.execute(f"detach release; attach '{file}' as marts (read_only); use marts")
        # where the views over large marts look for their files, and all that may be read
        connection.execute(f"set variable {VARIABLE} = '{folder}'; set allowed_directories = ['{folder}/parquet']")
        connection.execute("set enable_external_access = false; set lock_configuration = true")
    except duckdb.Error as error:
        connection.close()
        raise QueryError(
            f"The release {directory} cannot be opened ({first_line(error)}): run 'shuyuan verify', which says what "
            "is damaged and what to do."
        ) from error
    return connection


def _statements(connection: duckdb.DuckDBPyConnection, sql: str) -> list[duckdb.Statement]:
    """The statements of `sql`. COPY and ATTACH may still name the release's own file, so they are refused."""
    statements = connection.extract_statements(sql)
    if not statements or any(statement.type.name not in _STATEMENT_TYPES for statement in statements):
        raise QueryError(
            "The query cannot be answered: a release is read-only, "
            "so use SELECT, FROM, WITH, PIVOT, DESCRIBE, SHOW or SUMMARIZE."
        )
    return statements


def _rows(connection: duckdb.DuckDBPyConnection, opened: ExitStack) -> Iterator[tuple[Any, ...]]:
    with opened:
        while batch := connection.fetchmany(_FETCH_ROWS):
            yield from batch
