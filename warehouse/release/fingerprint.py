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

import duckdb


def fingerprint(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[int, str]:
    """The number of rows of `table` (as SQL names it) and the SHA-256 of its content, 64 hex digits."""
    column_rows = connection.execute(f"describe {table}").fetchall()
    types = {name: kind for name, kind, *_ in column_rows}
    rows, low, high = connection.execute(
        "select count(*), sum(cast(h & 18446744073709551615 as hugeint)), sum(cast(h >> 64 as hugeint)) "
        f"from (select md5_number({_row(types)}) as h from {table})"
    ).fetchone() or (0, 0, 0)
    content = json.dumps([list(types.items()), rows, str(low or 0), str(high or 0)], ensure_ascii=False)
    return rows, hashlib.sha256(content.encode()).hexdigest()


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
