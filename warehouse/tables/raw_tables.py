"""The raw tables, `lake.raw.<feed.table>`: as delivered, plus where each row came from and when it was known.

Lives here: their shape, and growing it when a contract gains a column.
Add here: a column that every raw row carries.
Stays out: filling them (`ingest`), reading them (staging).
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from registry.model import Feed

PROVENANCE = {
    "_delivery_id": "varchar",
    "_row_number": "bigint",  # 1-based, header rows counted: as a person counts in the file
    "_slice": "varchar",
    "_row_hash": "varchar",
    "_known_from": "date",  # the night that first said so
    "_known_to": "date",  # the first night that no longer did; null: current
}


def columns_of(feed: Feed) -> dict[str, str]:
    """Names and SQL types of a raw table's columns, in order. Everything delivered is text."""
    delivered = {column.name: "varchar" for column in feed.loaded_columns}
    rest = {feed.rest: "map(varchar, varchar)"} if feed.rest else {}
    return delivered | rest | PROVENANCE


def ensure_raw(connection: duckdb.DuckDBPyConnection, feeds: Iterable[Feed]) -> None:
    """Make each feed's raw table where it is missing, and add the columns its contract has gained.

    A column that a contract has lost stays in the table. An added column stands last, so rows are
    inserted by name. All in one transaction: whoever reads a table, DuckLake reads the whole catalog as it was when
    the table was defined, so tables that were defined together are read at the price of one.
    """
    found = _found(connection)
    changes = [change for feed in feeds for change in _changes(feed, found.get(feed.table))]
    if not changes:
        return
    connection.begin()
    try:
        for change in changes:
            connection.execute(change)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def _changes(feed: Feed, found: set[str] | None) -> list[str]:
    """Statements that bring a table to its contract; `found` are its columns, None where it is missing."""
    wanted, table = columns_of(feed), f'lake.raw."{feed.table}"'
    if found is None:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in wanted.items())
        return [f"create table if not exists {table} ({columns})"]
    missing = [name for name in wanted if name not in found]
    return [f'alter table {table} add column "{name}" {wanted[name]}' for name in missing]


def _found(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    rows = connection.execute(
        "select table_name, column_name from duckdb_columns() "
        "where database_name = 'lake' and schema_name = 'raw'"
    ).fetchall()
    found: dict[str, set[str]] = {}
    for table, column in rows:
        found.setdefault(table, set()).add(column)
    return found
