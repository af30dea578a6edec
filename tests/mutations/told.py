"""What a night left of a feed: its rows as staging reads them, and what its deliveries and problems say.

Lives here: reading that back, from a lake or from what reading alone has left. Nothing of ingest is called: its
tables and files alone are read.
Add here: another thing that a night leaves.
Stays out: what it should be (`oracle`).
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from registry.codes import code_of
from registry.model import Column, Feed, Register
from registry.types import CLEAN, CODE_KEY, TYPE_MACROS

_BLANK = re.compile("(?:[\\s'\u200b-\u200f\u2060\ufeff]|_x000D_)*")
Rows = Counter[tuple[Any, ...]]


@dataclass
class Told:
    """What the night left of one feed."""

    feed: Feed
    holds: set[str] = field(default_factory=set)
    now: dict[str, Rows] = field(default_factory=dict)  # slice -> rows as staging reads them
    unread: list[str] = field(default_factory=list)
    deliveries: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))  # by path
    accepted: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))  # delivery -> slices
    problems: dict[str, set[tuple[int, str, str, str]]] = field(default_factory=lambda: defaultdict(set))


def staged(column: Column, feed: Feed, register: Register) -> str:
    """A column as staging reads it (macro `typed` of dbt_project)."""
    name = f'"{column.name}"'
    if column.not_applicable:
        none = ", ".join(map(_text, column.not_applicable))
        name = f"if({CLEAN}({name}) IN ({none}), NULL, {name})"
    if column.type != "code":
        return f"{TYPE_MACROS[column.type]}({name})"
    pairs = code_of(register, column.code_set or "", feed.source).items()
    entries = ", ".join(f"{_text(form)}: {_text(code)}" for form, code in pairs)
    return f"map_extract_value(MAP {{{entries}}}, {CODE_KEY}({name}))"


def read_back(
    connection: duckdb.DuckDBPyConnection, relation: str, feed: Feed, register: Register
) -> tuple[dict[str, Rows], list[str]]:
    """The rows of a relation of accepted rows, typed, by slice; and the texts that staging cannot read."""
    columns = feed.loaded_columns
    typed = [staged(c, feed, register) for c in columns] + ([f'"{feed.rest}"'] if feed.rest else [])
    raw = [f'"{c.name}"' for c in columns]
    found: dict[str, Rows] = defaultdict(Counter)
    unread: Counter[str] = Counter()
    for part, *values in connection.execute(f"SELECT _slice, {', '.join(typed + raw)} FROM {relation}").fetchall():
        found[part][tuple(_plain(v) for v in values[: len(typed)])] += 1
        for column, meant, text in zip(columns, values, values[len(typed) :], strict=False):
            if meant is None and text is not None and column.severity != "warn" and not _nothing(column, text):
                unread[column.name] += 1
    return dict(found), [f"{feed.id}: {n} accepted texts of {c} cannot be read by staging" for c, n in unread.items()]


def _nothing(column: Column, text: str) -> bool:
    return _BLANK.fullmatch(text) is not None or text.strip() in column.not_applicable


def in_lake(
    connection: duckdb.DuckDBPyConnection, feed: Feed, register: Register, work: Path, night: date, holds: set[str]
) -> Told:
    """What a night left of a feed in the lake."""
    relation = f"lake.raw.{feed.table} WHERE _known_to IS NULL"
    said = Told(feed, holds, *read_back(connection, relation, feed, register))
    found = connection.execute("SELECT * FROM lake.intake.delivery WHERE feed = ? AND night = ?", [feed.id, night])
    names = [d[0] for d in found.description or ()]
    for row in found.fetchall():
        delivery = dict(zip(names, row, strict=True))
        said.deliveries[delivery["file_name"]].append(delivery)
    _left(connection, work / feed.table, said)
    return said


def in_work(connection: duckdb.DuckDBPyConnection, feed: Feed, register: Register, work: Path) -> Told:
    """What reading alone left of a feed; `connection` has the macros of the register's types."""
    folder = work / feed.table
    relation = f"read_parquet('{folder / 'accepted.parquet'}')"
    said = Told(feed, set(), *read_back(connection, relation, feed, register))
    for delivery in json.loads((folder / "deliveries.json").read_text()):
        delivery["rows_skipped"] = None if delivery["skipped"] is None else sum(delivery["skipped"].values())
        said.deliveries[delivery["file_name"]].append(delivery)
    _left(connection, folder, said)
    return said


def _left(connection: duckdb.DuckDBPyConnection, folder: Path, said: Told) -> None:
    """Count what stands in a feed's working folder, whatever the deliveries say."""
    if not (folder / "accepted.parquet").exists():
        return
    for delivery, part, rows in connection.execute(
        f"SELECT _delivery_id, _slice, count(*) FROM read_parquet('{folder / 'accepted.parquet'}') GROUP BY ALL"
    ).fetchall():
        said.accepted[delivery][part] += rows
    columns = "delivery_id, row_number, column_name, rule, severity"
    for delivery, *problem in connection.execute(
        f"SELECT {columns} FROM read_parquet('{folder / 'problems.parquet'}')"
    ).fetchall():
        said.problems[delivery].add(tuple(problem))


def meant(feed: Feed, rows: Sequence[Mapping[str, Any]]) -> Rows:
    """Rows by what their cells mean, in the order of a feed's columns."""
    names = [c.name for c in feed.columns]
    found: Rows = Counter()
    for row in rows:
        rest = [tuple(sorted((k, v) for k, v in row.items() if k not in names and v is not None))] if feed.rest else []
        found[tuple([row.get(c.name) for c in feed.loaded_columns] + rest)] += 1
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple(sorted(value.items()))
    return value


def difference(now: Rows, wanted: Rows) -> str:
    """In what rows differ from those that are wanted, some of it."""
    more, less = list((now - wanted).elements())[:2], list((wanted - now).elements())[:2]
    if len(more) == len(less) == 1 or (more and less):
        cells = [(a, b) for a, b in zip(more[0], less[0], strict=True) if a != b]
        return f"{(now - wanted).total()} rows differ; found and wanted: {cells[:4]}"
    return f"too many: {more}; missing: {less}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
