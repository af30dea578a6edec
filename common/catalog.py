"""What the lake's catalog says of one table: whether it is there, and its columns.

Stays out: all tables at once (`warehouse.lake`), opening the lake.

Asked of the table alone: DuckDB's lists of tables and columns read the whole catalog first and bind each view of it,
which takes a second of processor time.
"""

from __future__ import annotations

import duckdb


def columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str] | None:
    """The columns of a table or view (`lake.schema.table`, as SQL names it), in order; None where it is missing."""
    try:
        connection.execute(f"FROM {table} LIMIT 0")
    except duckdb.CatalogException:
        return None
    return [name for name, *_ in connection.description or ()]


def has_table(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether the lake has a table or view: an older program may not have made it."""
    return columns(connection, table) is not None
