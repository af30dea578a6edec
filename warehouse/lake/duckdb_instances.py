"""A pool of DuckDB instances with extensions loaded and types installed, since loading costs more than most queries.

Add here: what every instance needs before a lake is attached.
Stays out: attaching a lake (`connection`), dbt's own instance (`build.dbt_run`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from registry import types
from warehouse.lake import extensions

_pools: dict[int, list[duckdb.DuckDBPyConnection]] = {}  # by process: DuckDB does not outlive a fork


@contextmanager
def pooled_connection(settings: dict[str, str | int]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to an instance for this caller alone, under these settings and otherwise DuckDB's defaults.

    The instance returns to the pool unless an exception was raised; detach other databases before.
    """
    pool = _pools.setdefault(os.getpid(), [])
    instance = _reused_instance(pool, settings) or _new_instance(settings)
    try:
        with instance.cursor() as connection:
            yield connection
    except BaseException:
        instance.close()
        raise
    pool.append(instance)


def _new_instance(settings: dict[str, str | int]) -> duckdb.DuckDBPyConnection:
    instance = duckdb.connect(":memory:", config=extensions.config() | settings)
    try:
        for name in extensions.NAMES:
            instance.execute(f"load {name}")
        types.install(instance)
    except duckdb.Error:
        instance.close()
        raise
    return instance


def _reused_instance(
    pool: list[duckdb.DuckDBPyConnection], settings: dict[str, str | int]
) -> duckdb.DuckDBPyConnection | None:
    """A pooled instance under the settings; None where there is none, or it cannot take them."""
    if not pool:
        return None
    instance = pool.pop()
    try:
        for name in ("threads", "memory_limit", "temp_directory"):
            statement = f"set {name} = '{settings[name]}'" if name in settings else f"reset {name}"
            instance.execute(statement)
    except duckdb.Error:  # an instance that has spilled cannot change its directory
        instance.close()
        return None
    return instance
