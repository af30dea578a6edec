"""Every planted bad row breaks exactly the rule that the truth names, and no other row breaks any."""

from __future__ import annotations

from collections import Counter

import duckdb
import pytest

import registry.types
from registry.codes import code_of
from registry.model import Column, Feed
from tests.samples.reading import FEEDS, City, File, Row, arrow

Found = set[tuple[str, int, str, str, str]]
_CUT = r"^\d{15}000$|^\d\.\d+E\+\d+$"


@pytest.fixture(scope="module")
def sql() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    registry.types.install(connection)
    return connection


@pytest.mark.parametrize("feed_id", FEEDS)
def test_what_breaks_the_contract_is_what_was_planted(
    city: City, sql: duckdb.DuckDBPyConnection, feed_id: str
):
    feed = city.register.feed(feed_id)
    files = [f for night in city.nights for f in city.files(night) if f.feed == feed_id]
    sql.register("rows", arrow(files, [c.name for c in feed.columns]))
    found = _types(sql, feed) | _codes(sql, city, feed) | _keys(files, feed) | _slices(sql, feed)
    assert found == {
        (f"{r['night']}/{r['file_name']}", int(r["row_number"]), r["rule"], r["column_name"], r["value"])
        for r in city.truth("bad_rows")
        if r["feed"] == feed_id
    }


def _found(sql: duckdb.DuckDBPyConnection, rule: str, column: str, condition: str) -> Found:
    rows = sql.execute(f'select _file, _row, "{column}" from rows where {condition}').fetchall()
    return {(file, row, rule, column, value) for file, row, value in rows}


def _types(sql: duckdb.DuckDBPyConnection, feed: Feed) -> Found:
    found: Found = set()
    for column in feed.columns:
        name = column.name
        if column.filled:
            found |= _found(sql, "filled", name, f'memory.main.clean("{name}") is null')
        if column.type in {"id_number", "student_number"}:
            found |= _found(sql, "id_truncated", name, f"""regexp_matches("{name}", '{_CUT}')""")
        if column.type != "code":
            found |= _found(sql, f"type_{column.type}", name, _not_of_type(column))
        if column.maximum is not None:
            read = f'memory.main.as_decimal("{name}")'
            found |= _found(sql, "range", name, f"{read} not between {column.minimum} and {column.maximum}")
    return found


def _not_of_type(column: Column) -> str:
    name, macro = column.name, registry.types.TYPE_MACROS[column.type]
    return f"""memory.main.clean("{name}") is not null and {macro}("{name}") is null
                and not regexp_matches("{name}", '{_CUT}')"""


def _codes(sql: duckdb.DuckDBPyConnection, city: City, feed: Feed) -> Found:
    found: Found = set()
    for column in feed.columns:
        if column.code_set:
            known = code_of(city.register, column.code_set, feed.source)
            written = "'" + "','".join(k.replace("'", "''") for k in known) + "'"
            found |= _found(
                sql,
                "code",
                column.name,
                f"""
                memory.main.clean("{column.name}") is not null
                and memory.main.code_key("{column.name}") not in ({written})""",
            )
    return found


def _keys(files: list[File], feed: Feed) -> Found:
    """The second of two rows with one key: an exact copy is another matter than a row that differs."""
    found: Found = set()
    for file in files:
        first: dict[tuple[str, ...], Row] = {}
        for number, row in file.rows:
            key = tuple(row[k] for k in feed.key)
            if all(key) and first.setdefault(key, row) is not row:
                rule = "duplicate_row" if row == first[key] else "duplicate_key"
                found.add((file.full_name, number, rule, feed.key[-1], "|".join(key)))
    return found


def _slices(sql: duckdb.DuckDBPyConnection, feed: Feed) -> Found:
    if feed.id != "student_registry/students":
        return set()
    return _found(sql, "wrong_slice", "school_code", "not contains(_file, school_code)")


def test_every_kind_is_planted_at_every_size(city: City):
    kinds = Counter(
        (r["feed"], r["rule"], r["column_name"])
        for r in city.truth("bad_rows")
        if r["night"] == city.nights[0]
    )
    assert len(kinds) == 48
    minimum = 5 if city.students >= 2000 else 1
    assert min(n for (feed, _, _), n in kinds.items() if feed == "student_registry/students") >= minimum


def test_bad_rows_are_few_in_every_file_of_some_size(city: City):
    for account in city.truth("files"):
        read, bad = int(account["rows_read"]), int(account["rows_quarantined"])
        assert read < 20 or bad <= read * 0.1, account["file_name"]
