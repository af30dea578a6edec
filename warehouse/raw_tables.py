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
    inserted by name.
    """
    found = _found(connection)
    for feed in feeds:
        wanted = columns_of(feed)
        if feed.table not in found:
            columns = ", ".join(f'"{name}" {kind}' for name, kind in wanted.items())
            connection.execute(f'create table if not exists lake.raw."{feed.table}" ({columns})')
            continue
        for name in (n for n in wanted if n not in found[feed.table]):
            connection.execute(f'alter table lake.raw."{feed.table}" add column "{name}" {wanted[name]}')


def _found(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    rows = connection.execute(
        "select table_name, column_name from duckdb_columns() "
        "where database_name = 'lake' and schema_name = 'raw'"
    ).fetchall()
    found: dict[str, set[str]] = {}
    for table, column in rows:
        found.setdefault(table, set()).add(column)
    return found
