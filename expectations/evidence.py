"""The failing rows of a check: their number, their slices, and the first of them, masked; counts of people.

Add here: what a person must see of a failing row.
Stays out: deciding that they fail (`engine`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb

from expectations.kinds import Plan, Table

MAX_ROWS = 20  # returned with a check


@dataclass(frozen=True)
class FailingRows:
    """Failing rows: their number, the first of them, and every slice that has one."""

    count: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    slices: list[str] = field(default_factory=list)


NO_ROWS = FailingRows()


def failing_rows(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    where: str | None,
    shows: tuple[str, ...],
    *,
    open_columns: tuple[str, ...],
    slice_column: str | None,
) -> FailingRows:
    """The rows of `table` for which `where` holds; values outside `open_columns` are masked.

    Where a check is about the table as a whole (`where` is None), it fails in every slice.
    """
    slices: list[str] = []
    if slice_column:
        slice_rows = connection.execute(
            f'select distinct "{slice_column}" from {table.sql} where {where or "true"} order by 1'
        ).fetchall()
        slices = [str(row[0]) for row in slice_rows]
    if where is None:
        return FailingRows(1, [], slices)
    count_row = connection.execute(f"select count(*) from {table.sql} where {where}").fetchone()
    if not shows:
        return FailingRows(count_row[0] if count_row else 0, [], slices)
    names = ", ".join(f'"{column}"' for column in shows)
    cursor = connection.execute(f"select {names} from {table.sql} where {where} order by all limit {MAX_ROWS}")
    rows = [
        {c: _json_value(v) if c in open_columns else mask(v) for c, v in zip(shows, row, strict=True)}
        for row in cursor.fetchall()
    ]
    return FailingRows(count_row[0] if count_row else 0, rows, slices)


def failing_figures(connection: duckdb.DuckDBPyConnection, failing: str) -> FailingRows:
    """The rows that a query selects as failing: their number, and the first of them in order."""
    ((count,),) = connection.execute(f"select count(*) from ({failing}) as failing").fetchall()
    cursor = connection.execute(f"select * from ({failing}) as failing order by all limit {MAX_ROWS}")
    names = [column[0] for column in cursor.description or ()]
    rows = [{c: _json_value(v) for c, v in zip(names, row, strict=True)} for row in cursor.fetchall()]
    return FailingRows(count, rows)


def figures(connection: duckdb.DuckDBPyConnection, plan: Plan) -> dict[str, Any]:
    """The counts of a plan that has `figures`; of people also, under `by`, the columns that they go by."""
    cursor = connection.execute(plan.figures or "")
    counts = dict(zip([column[0] for column in cursor.description or ()], cursor.fetchone() or (), strict=True))
    return counts if plan.failing else counts | {"by": list(plan.shows)}


def mask(value: object) -> str | None:
    """The shape of a value without its content: `2015-9-1` is `****-*-*`. Null stays null."""
    return None if value is None else re.sub(r"\w", "*", str(value))[:40]


def _json_value(value: object) -> Any:
    """A value as plain data for JSON; a decimal with all its digits, and without the noughts at its end."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
