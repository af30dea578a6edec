"""One mend of Great Expectations 1.24 on DuckDB.

Lives here: the mend, and why.
Stays out: everything else about GX (`engine`).

GX closes its SQLAlchemy connection before it fetches a metric's rows, unless the dialect is one of those
whose connection it keeps open. DuckDB drops an open result with its connection, so that every metric fails.
"""

from __future__ import annotations


class _Dialect(str):
    """A dialect's name that also answers `.value`, as GX's own enum does."""

    __slots__ = ()

    @property
    def value(self) -> str:
        return str(self)


def keep_duckdb_connection() -> None:
    """Add DuckDB to the dialects whose connection GX keeps open. Doing it twice does nothing."""
    from great_expectations.execution_engine import sqlalchemy_execution_engine as gx

    kept = gx._PERSISTED_CONNECTION_DIALECTS  # noqa: SLF001 (GX has no door for this)
    if "duckdb" not in kept:
        gx._PERSISTED_CONNECTION_DIALECTS = (*kept, _Dialect("duckdb"))  # noqa: SLF001
