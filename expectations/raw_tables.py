"""The accepted rows of a night as typed tables in one DuckDB file, which Great Expectations can open.

Add here: how a column of a new type is presented to a check.
Stays out: the macros that parse a value (`registry`), the checks (`engine`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from common.night_files import NightFiles
from expectations.kinds import Table, columns_of
from expectations.suite import Rule
from registry import types
from registry.mark_sheets import SUBJECT
from registry.model import Column, Feed, Register
from registry.reading import reading

_PROVENANCE = ("_slice", "_delivery_id", "_row_number")
ROW_SUBJECT = "_subject"  # of a score sheet of one row per pupil and subject, part of its key


def accepted_file(work: Path, feed: Feed) -> Path:
    """The Parquet file with the accepted rows of a feed."""
    return NightFiles(work).feed(feed.table).accepted


def has_rows(connection: duckdb.DuckDBPyConnection, work: Path, feed: Feed) -> bool:
    """Whether this night brought rows of the feed."""
    path = accepted_file(work, feed)
    if not path.exists():
        return False
    return connection.execute("select 1 from read_parquet(?) limit 1", [str(path)]).fetchone() is not None


@contextmanager
def typed_tables(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    work: Path,
    rules: Mapping[str, Sequence[Rule]],
    feeds: Sequence[Feed],
) -> Iterator[tuple[Path, dict[str, Table]]]:
    """A DuckDB file with one typed table a feed, and those tables by feed id. The file is deleted at the end."""
    database = NightFiles(work).raw_database
    database.unlink(missing_ok=True)
    types.install(connection)
    connection.execute(f"attach '{str(database).replace(chr(39), chr(39) * 2)}' as door")
    try:
        connection.execute("create schema door.raw")
        tables = {feed.id: _copy(connection, register, work, feed, rules[feed.id]) for feed in feeds}
    finally:
        connection.execute("detach door")
    try:
        yield database, tables
    finally:
        database.unlink(missing_ok=True)


def _copy(
    connection: duckdb.DuckDBPyConnection, register: Register, work: Path, feed: Feed, rules: Sequence[Rule]
) -> Table:
    """Copy the columns that the rules need, typed; the others are null."""
    path = str(accepted_file(work, feed))
    delivered = {row[0] for row in connection.execute("describe from read_parquet(?)", [path]).fetchall()}
    needed = {column for rule in rules for column in columns_of(rule)}
    columns = [
        f'{_typed_value(register, feed, c) if c.name in needed else "null"} as "{c.name}"'
        for c in feed.loaded_columns
        if c.name in delivered
    ]
    subject = [f"{_row_subject(feed, delivered)} as {ROW_SUBJECT}"] if feed.grammar == "marks" else []
    names = ", ".join([*columns, *subject, *_PROVENANCE])
    connection.execute(f'create table door.raw."{feed.table}" as select {names} from read_parquet(?)', [path])
    kinds = connection.execute(f'describe door.raw."{feed.table}"').fetchall()
    return Table("raw", feed.table, {row[0]: row[1] for row in kinds})


def _row_subject(feed: Feed, delivered: set[str]) -> str:
    return f"{types.CLEAN}(\"{feed.rest}\"['{SUBJECT}'])" if feed.rest in delivered else "null"


def _typed_value(register: Register, feed: Feed, column: Column) -> str:
    """A column as its type; an option keeps the words of its system, which is what a rule names."""
    return f'{types.CLEAN}("{column.name}")' if column.type == "code" else reading(register, feed, column)
