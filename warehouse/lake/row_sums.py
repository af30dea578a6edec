"""What tells the rows of two tables apart, in whatever order they lie: their number and sums of their hashes.

Stays out: the fingerprint of a mart in a release, which is the same on every machine (`release.fingerprint`).
"""

from __future__ import annotations

import duckdb


def sums_of(row: str) -> str:
    """The SQL of the number of rows and of two sums of their hashes; `row` is the alias of the table."""
    return f"count(*), sum(hash({row})), sum(hash({row}, 'again'))"


def row_sums(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[object, ...]:
    """The columns of a query and their types, the number of its rows, and two sums of the rows' hashes. Equal for equal
    rows, in one version of DuckDB.
    """
    columns = [(name, kind) for name, kind, *_ in connection.execute(f"describe {query}").fetchall()]
    # a row is hashed once, and its hash again: rows of equal hashes are taken for equal, as one in 2^64 is
    hashes = f"select hash(entry) as h from ({query}) as entry"
    sums = connection.execute(f"select count(*), sum(h), sum(hash(h, 'again')) from ({hashes}) as hashed")
    return (*columns, *(sums.fetchone() or ()))
