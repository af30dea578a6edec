"""The fingerprint of a table's content, independent of DuckDB's version, file layout and row order.

Add here: the rendering of a type that a mart has gained.
Stays out: the identity of a release (`candidate`).

A row is the list of its values' texts, hashed with MD5; the two halves of the hashes are summed over the
rows, so the order of rows does not matter and a duplicate does. SHA-256 over the columns, the number of rows
and the sums is the fingerprint. It distinguishes contents; it is no protection against deliberate forgery.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Sums:
    """What the fingerprint of some rows is made of; those of the parts of a table add up to those of the whole."""

    rows: int = 0
    low: int = 0
    high: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.rows + other.rows, self.low + other.low, self.high + other.high)

    def digest(self, types: Mapping[str, str]) -> str:
        """The SHA-256 of the content, 64 hex digits. `types`: the columns in order, each with its type."""
        content = json.dumps([list(types.items()), self.rows, str(self.low), str(self.high)], ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()


def fingerprint(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[int, str]:
    """The number of rows of `table` (as SQL names it) and the SHA-256 of its content, 64 hex digits."""
    types = types_of(connection, table)
    sums = sums_by(connection, table, types, "''").get("", Sums())
    return sums.rows, sums.digest(types)


def types_of(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """The columns of `table` in order, each with its type."""
    return {name: kind for name, kind, *_ in connection.execute(f"describe {table}").fetchall()}


def sums_by(
    connection: duckdb.DuckDBPyConnection, table: str, types: Mapping[str, str], part: str
) -> dict[str, Sums]:
    """The sums of the columns `types` of `table`, by the SQL `part` of a text that is never null."""
    found = connection.execute(
        "select part, count(*), sum(cast(h & 18446744073709551615 as hugeint)), sum(cast(h >> 64 as hugeint)) "
        f"from (select {part} as part, md5_number({_row(types)}) as h from {table}) group by part"
    ).fetchall()
    return {key: Sums(rows, int(low), int(high)) for key, rows, low, high in found}


def _row(types: Mapping[str, str]) -> str:
    texts = ", ".join(f"coalesce('=' || {_rendered(name, kind)}, '')" for name, kind in types.items())
    return f"concat_ws(chr(31), {texts})"


def _rendered(name: str, kind: str) -> str:
    column = f'"{name}"'
    if kind in ("DOUBLE", "FLOAT"):
        return f"printf('%.17g', {column} + 0.0)"  # + 0.0: minus zero is zero
    if kind == "DATE":
        return f"strftime({column}, '%Y-%m-%d')"
    if kind.startswith("TIMESTAMP"):
        return f"strftime({column}, '%Y-%m-%dT%H:%M:%S.%f')"
    if kind == "BOOLEAN":
        return f"if({column}, 'true', 'false')"
    if kind.endswith(("]", ")")) and not kind.startswith(("DECIMAL", "VARCHAR")):
        return f"cast(to_json({column}) as varchar)"  # lists, maps, structs
    return f"cast({column} as varchar)"
