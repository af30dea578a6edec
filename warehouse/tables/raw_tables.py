"""The raw tables, `lake.raw.<feed.table>`: creating them, and adding the columns that a contract has gained.

Stays out: the shape of a raw row (`common.raw_row`), filling them (`ingest`), reading them (staging).
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from common.lake_transaction import transaction
from common.raw_row import raw_columns
from registry.model import Feed


def ensure_raw(connection: duckdb.DuckDBPyConnection, feeds: Iterable[Feed]) -> None:
    """Create each feed's raw table where it is missing, and add the columns its contract has gained.

    A column that a contract has lost stays in the table. An added column stands last, so rows are
    inserted by name. All in one transaction: to read a table, DuckLake loads the whole catalog as of the table's
    definition, so tables that were defined together cost one load.
    """
    columns_by_table = _columns_by_table(connection)
    changes = [change for feed in feeds for change in _changes(feed, columns_by_table.get(feed.table))]
    if not changes:
        return
    with transaction(connection):
        for change in changes:
            connection.execute(change)


def _changes(feed: Feed, columns_by_table: set[str] | None) -> list[str]:
    """Statements that bring a table to its contract; `existing`: its columns, None where it is missing."""
    contract_columns, table = raw_columns(feed), f'lake.raw."{feed.table}"'
    if columns_by_table is None:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in contract_columns.items())
        return [f"create table if not exists {table} ({columns})"]
    missing = [name for name in contract_columns if name not in columns_by_table]
    return [f'alter table {table} add column "{name}" {contract_columns[name]}' for name in missing]


def _columns_by_table(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    rows = connection.execute(
        "select table_name, column_name from duckdb_columns() "
        "where database_name = 'lake' and schema_name = 'raw'"
    ).fetchall()
    columns_by_table: dict[str, set[str]] = {}
    for table, column in rows:
        columns_by_table.setdefault(table, set()).add(column)
    return columns_by_table
