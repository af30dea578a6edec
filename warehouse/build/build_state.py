"""What the lake's last build was made of, so that the next one need not make again what has not changed.

Lives here: the table `lake.staging.build_state`, and whether tonight may begin from it.
Stays out: which partitions are touched (`dbt_project/macros/partitions`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

import duckdb

from common.catalog import has_table

_TABLE = "lake.staging.build_state"
_LOADED = "lake.intake.slice_state"


def last_build(connection: duckdb.DuckDBPyConnection, night: date, basis: Mapping[str, str]) -> date | None:
    """The night of the last build, where `night` may begin from it; None where everything is to be built: there was no
    build, its code or register were others, it was of a later night, or its night has been loaded again since.

    `basis`: of what tonight's is made (`dbt_inputs.made_of`).
    """
    if not has_table(connection, _TABLE):
        return None
    row = connection.execute(f"select night, basis, loaded from {_TABLE}").fetchone()
    if row is None or row[0] > night or row[1] != _text(basis) or row[2] != _loaded(connection, row[0]):
        return None
    return date.fromisoformat(str(row[0]))


def write(connection: duckdb.DuckDBPyConnection, night: date, basis: Mapping[str, str]) -> None:
    """Note the build of a night, in the transaction by which it enters the lake."""
    loaded = _loaded(connection, night)
    connection.execute(f"create table if not exists {_TABLE} (night date, basis varchar, loaded varchar)")
    connection.execute(f"insert into {_TABLE} values (?, ?, ?)", [night, _text(basis), loaded])


def forget(connection: duckdb.DuckDBPyConnection) -> None:
    """Take away what is noted of the last build: from one of some models alone none may begin."""
    if has_table(connection, _TABLE):
        connection.execute(f"delete from {_TABLE}")


def _text(basis: Mapping[str, str]) -> str:
    return json.dumps(basis, ensure_ascii=False, sort_keys=True)


def _loaded(connection: duckdb.DuckDBPyConnection, night: date) -> str:
    """A fingerprint of what a night has loaded; of an earlier one nothing can be loaded any more."""
    if not has_table(connection, _LOADED):
        return ""
    states = f"select count(*), sum(hash(state)) from {_LOADED} as state where night = ?"
    ((count, total),) = connection.execute(states, [night]).fetchall()
    return f"{count} {total}"
