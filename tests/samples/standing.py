"""What must stand in the lake after odd files: values that were to arrive, slices that wait, columns that are told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import duckdb

from registry import Register
from registry.model import Feed
from registry.types import TYPE_MACROS

HELD = "SELECT night::varchar, feed, slice, reason FROM lake.intake.slice_state WHERE status = 'held'"

Rows = list[dict[str, str]]
SQL = Callable[[str], list[tuple[Any, ...]]]


def values_not_there(connection: duckdb.DuckDBPyConnection, register: Register, planted: Rows) -> list[tuple[Any, ...]]:
    """Planted values that the raw table does not hold on their night, with what it holds: None where no row is."""
    by_column: dict[tuple[str, str], Rows] = defaultdict(list)
    for row in planted:
        by_column[row["feed"], row["column_name"]].append(row)
    return [
        (row["kind"], row["night"], row["slice"], row["row_key"], column, row["value"], found)
        for (feed, column), rows in by_column.items()
        for row, found in _held(connection, register.feed(feed), column, rows)
    ]


def _held(
    connection: duckdb.DuckDBPyConnection, feed: Feed, column: str, planted: Rows
) -> Iterator[tuple[dict[str, str], Any]]:
    """The planted values of one column that are not held, and what is."""
    known = next((c for c in feed.columns if c.name == column), None)
    cell = f'"{column}"' if known else _mark(feed.rest or "", column)
    macro = TYPE_MACROS.get(known.type if known else "decimal", "memory.main.clean")
    table = f'lake.raw."{feed.table}"'
    keys = _typed(connection, "memory.main.as_student_number", f"SELECT DISTINCT student_number FROM {table}", [])
    read = _typed(connection, macro, f"SELECT DISTINCT {cell} FROM {table}", sorted({r["value"] for r in planted}))
    spells: dict[tuple[str, str], list[tuple[str, str, Any]]] = defaultdict(list)
    for part, number, text, begin, end in connection.execute(
        f"SELECT _slice, student_number, {cell}, _known_from::varchar, coalesce(_known_to::varchar, '9') FROM {table}"
    ).fetchall():
        spells[part, keys[number]].append((begin, end, read[text]))
    for row in planted:
        told = [value for begin, end, value in spells[row["slice"], row["row_key"]] if begin <= row["night"] < end]
        held = {value for value in told if value is not None} or {None}  # of marks, a row for each subject
        if not told or held != {read[row["value"]]}:
            yield row, told or None


def _mark(rest: str, column: str) -> str:
    """The cell whose key is <subject>_<part>, or begins with it."""
    is_it = f"lambda entry: entry.key = '{column}' OR starts_with(entry.key, '{column}|')"
    return f"list_filter(map_entries({rest}), {is_it})[1].value"


def _typed(connection: duckdb.DuckDBPyConnection, macro: str, texts: str, more: list[str]) -> dict[str | None, Any]:
    """What a type makes of some texts."""
    query = f"SELECT text, {macro}(text) FROM (SELECT unnest($1::VARCHAR[]) AS text UNION {texts})"
    return {None: None, **dict(connection.execute(query, [more]).fetchall())}


def holds(found: Iterable[tuple[str, str, str, str]], planted: Rows) -> tuple[list[Any], list[Any]]:
    """Slices that wait and are not planted, and the planted ones that do not, or not for the reason that is planted.

    `found`: night, feed, slice and reason.
    """
    left = {(night, feed, part): reason for night, feed, part, reason in found}
    missing = [r for r in planted if r["says"] not in left.pop((r["night"], r["feed"], r["slice"]), "")]
    return sorted(left.items()), missing


def columns_not_listed(rows: SQL, planted: Rows) -> Rows:
    """Planted columns that are not listed once, with how many values they hold and the name that is nearest."""
    listed = rows(
        "SELECT feed, slice, column_name, known_from::varchar, remedy_en FROM lake.intake.problem "
        "WHERE rule = 'unknown_column'"
    )
    return [r for r in planted if sum(_says(r, line) for line in listed) != 1]


def _says(planted: dict[str, str], line: tuple[Any, ...]) -> bool:
    feed, part, header, night, sentence = line
    is_it = (feed, header, night) == (planted["feed"], planted["header"], planted["night"])
    same_slice = part == planted["slice"] or not planted["slice"]
    return is_it and same_slice and f" {planted['values']} values" in sentence and planted["nearest"] in sentence
