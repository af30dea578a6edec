"""Two patches of Great Expectations 1.24.

GX closes its SQLAlchemy connection before it fetches a metric's rows, unless the dialect is one of those
whose connection it keeps open. DuckDB drops an open result with its connection, so that every metric fails.

With each asset GX writes the whole configuration of its context as YAML, also that of a context that is nowhere kept.
"""

from __future__ import annotations

from typing import Any


class _Dialect(str):
    """A dialect's name that also answers `.value`, as GX's own enum does."""

    __slots__ = ()

    @property
    def value(self) -> str:
        return str(self)


def keep_duckdb_connection() -> None:
    """Add DuckDB to the dialects whose connection GX keeps open. Idempotent."""
    from great_expectations.execution_engine import sqlalchemy_execution_engine as gx

    dialects = gx._PERSISTED_CONNECTION_DIALECTS  # noqa: SLF001 (GX has no public setting for this)
    if "duckdb" not in dialects:
        gx._PERSISTED_CONNECTION_DIALECTS = (*dialects, _Dialect("duckdb"))  # noqa: SLF001


def write_no_configuration(context: Any) -> None:
    """Let an ephemeral context keep its configuration as it is, in memory alone."""
    context._save_project_config = lambda: None  # noqa: SLF001 (as above)
