"""The rows that fail a check: how many, which slices, and the first of them, masked.

Lives here: reading and masking failing rows.
Add here: what a person must see of a failing row.
Stays out: deciding that they fail (`engine`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import duckdb

from expectations.kinds import Table

LIMIT = 20  # rows handed back with a check


@dataclass(frozen=True)
class Rows:
    """Failing rows: their number, the first of them, and every slice that has one."""

    count: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    slices: list[str] = field(default_factory=list)


NONE = Rows()


def gather(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    where: str | None,
    shows: tuple[str, ...],
    *,
    open_columns: tuple[str, ...],
    slice_column: str | None,
) -> Rows:
    """The rows of `table` for which `where` holds; values outside `open_columns` are masked.

    Where a check is about the table as a whole (`where` is None), it fails in every slice.
    """
    slices: list[str] = []
    if slice_column:
        found = connection.execute(
            f'select distinct "{slice_column}" from {table.sql} where {where or "true"} order by 1'
        ).fetchall()
        slices = [str(row[0]) for row in found]
    if where is None:
        return Rows(1, [], slices)
    counted = connection.execute(f"select count(*) from {table.sql} where {where}").fetchone()
    if not shows:
        return Rows(counted[0] if counted else 0, [], slices)
    names = ", ".join(f'"{column}"' for column in shows)
    cursor = connection.execute(f"select {names} from {table.sql} where {where} order by all limit {LIMIT}")
    rows = [
        {c: _plain(v) if c in open_columns else mask(v) for c, v in zip(shows, row, strict=True)}
        for row in cursor.fetchall()
    ]
    return Rows(counted[0] if counted else 0, rows, slices)


def mask(value: object) -> str | None:
    """The shape of a value and nothing of it: `2015-9-1` is `****-*-*`. A gap stays a gap."""
    return None if value is None else re.sub(r"\w", "*", str(value))[:40]


def _plain(value: object) -> Any:
    """A value that JSON can hold."""
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
