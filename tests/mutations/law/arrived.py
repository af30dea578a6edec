"""What a night left of the files of a feed: rows as staging reads them, problems, deliveries, holds.

Lives here: reading that back, from the files of the night's work and from the lake.
Add here: another thing that a night leaves.
Stays out: what it should be (`judge`).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from registry.model import Feed, Register
from registry.reading import reading

Typed = tuple[Any, ...]


@dataclass
class Row:
    """An accepted row: its place and slice, its values as staging reads them, its texts, and the cells of `rest`."""

    delivery: str
    number: int
    part: str
    values: dict[str, Any]
    cells: dict[str, str | None]
    rest: dict[str, str | None]


@dataclass
class Problem:
    """A listed problem."""

    delivery: str
    row: int
    key: str
    column: str
    rule: str
    severity: str
    value: str | None


@dataclass
class Arrived:
    """What the night left of one feed."""

    feed: Feed
    holds: dict[str, str] = field(default_factory=dict)  # slice -> reason
    deliveries: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))  # by path
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))  # by delivery
    problems: dict[str, list[Problem]] = field(default_factory=lambda: defaultdict(list))  # by delivery
    now: dict[str, Counter[Typed]] = field(default_factory=dict)  # slice -> rows in the lake


def arrived(
    connection: duckdb.DuckDBPyConnection, feed: Feed, register: Register, work: Path, holds: Mapping[str, str]
) -> Arrived:
    """What a night left of a feed in its working folder and in the lake."""
    found, folder = Arrived(feed, dict(holds)), work / feed.table
    found.now = in_lake(connection, feed, register)
    for path, reason in connection.execute(
        "SELECT file_name, reason FROM lake.intake.delivery WHERE feed = '' AND status = 'refused'"
    ).fetchall():
        found.deliveries[path].append(
            {"delivery_id": "", "status": "refused", "reason": reason, "skipped": None, "rows_loaded": None}
        )
    if not (folder / "deliveries.json").exists():
        return found
    for delivery in json.loads((folder / "deliveries.json").read_text(encoding="utf-8")):
        found.deliveries[delivery["file_name"]].append(delivery)
    if (folder / "accepted.parquet").exists():
        relation = f"read_parquet('{folder / 'accepted.parquet'}')"
        columns, read = feed.loaded_columns, _readings(feed, register)
        raw = [f'"{c.name}"' for c in columns]
        rest = f'"{feed.rest}"' if feed.rest else "NULL"
        rows = connection.execute(
            f"SELECT _delivery_id, _row_number, _slice, {rest}, {', '.join([*read, *raw])} FROM {relation}"
        ).fetchall()
        names = [c.name for c in columns]
        for delivery_id, number, part, more, *values in rows:
            typed, cells = values[: len(names)], values[len(names) :]
            by_name = (dict(zip(names, some, strict=True)) for some in (typed, cells))
            found.rows[delivery_id].append(Row(delivery_id, number, part, *by_name, dict(more or {})))
    if (folder / "problems.parquet").exists():
        asked = "delivery_id, row_number, row_key, column_name, rule, severity, value"
        for problem in connection.execute(
            f"SELECT {asked} FROM read_parquet('{folder / 'problems.parquet'}')"
        ).fetchall():
            found.problems[problem[0]].append(Problem(*problem))
    return found


def in_lake(connection: duckdb.DuckDBPyConnection, feed: Feed, register: Register) -> dict[str, Counter[Typed]]:
    """The current rows of a feed as staging reads them, by slice."""
    rest = [f'"{feed.rest}"'] if feed.rest else []
    found: dict[str, Counter[Typed]] = defaultdict(Counter)
    for part, *values in connection.execute(
        f"SELECT _slice, {', '.join([*_readings(feed, register), *rest])} FROM lake.raw.{feed.table} "
        "WHERE _known_to IS NULL"
    ).fetchall():
        found[part][typed(values)] += 1
    return dict(found)


def typed(values: list[Any]) -> Typed:
    """Values that can be counted."""
    return tuple(tuple(sorted(v.items())) if isinstance(v, dict) else v for v in values)


def _readings(feed: Feed, register: Register) -> list[str]:
    return [reading(register, feed, column) for column in feed.loaded_columns]
