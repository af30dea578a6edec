"""The raw tables, `lake.raw.<feed.table>`: creating them, and adding the columns that a contract has gained.

Stays out: the shape of a raw row (`common.raw_row`), filling them (`ingest`), reading them (staging).
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from common import catalog
from common.lake_transaction import transaction
from common.raw_row import raw_columns
from registry.model import Feed


def ensure_raw(connection: duckdb.DuckDBPyConnection, feeds: Iterable[Feed]) -> None:
    """Create each feed's raw table where it is missing, and add the columns its contract has gained.

    A column that a contract has lost stays in the table. An added column stands last, so rows are
    inserted by name. All in one transaction: to read a table, DuckLake loads the whole catalog as of the table's
    definition, so tables that were defined together cost one load.
    """
    changes = [
        change for feed in feeds for change in _changes(feed, catalog.columns(connection, f'lake.raw."{feed.table}"'))
    ]
    if not changes:
        return
    with transaction(connection):
        for change in changes:
            connection.execute(change)


def _changes(feed: Feed, existing: list[str] | None) -> list[str]:
    """Statements that bring a table to its contract; `existing`: its columns, None where it is missing."""
    contract_columns, table = raw_columns(feed), f'lake.raw."{feed.table}"'
    if existing is None:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in contract_columns.items())
        return [f"create table if not exists {table} ({columns})"]
    missing = [name for name in contract_columns if name not in existing]
    return [f'alter table {table} add column "{name}" {contract_columns[name]}' for name in missing]
