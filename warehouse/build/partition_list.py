"""Which partitions the lake has of each model of partitions, so that nobody reads a model to count them.

Lives here: the table `lake.staging.partitions`.
Stays out: which are made tonight (`dbt_project/macros/partitions`), replacing their rows (`build_database`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from common.catalog import has_table

_TABLE = "lake.staging.partitions"


@dataclass(frozen=True)
class Entering:
    """The partitions (values of `column`) of a `relation` (`schema.table`) that enter the lake.

    `rows`: the relation with the rows that enter it; `touched`: that of the partitions that they replace (None: all).
    """

    relation: str
    column: str
    rows: str
    touched: str | None = None


def write(connection: duckdb.DuckDBPyConnection, entering: Sequence[Entering]) -> None:
    """Note partitions, in the transaction by which they enter the lake; of all relations at once, since each change of
    a table writes a file.
    """
    if not entering:
        return
    connection.execute(f"create table if not exists {_TABLE} (relation varchar, partition varchar)")
    replaced = " union all ".join(_replaced(each) for each in entering)
    connection.execute(f"delete from {_TABLE} where (relation, partition) in ({replaced})")
    entered = " union all ".join(
        f"(select distinct '{each.relation}', cast(\"{each.column}\" as varchar) from {each.rows} "
        f'where "{each.column}" is not null)'
        for each in entering
    )
    connection.execute(f"insert into {_TABLE} {entered}")


def _replaced(entering: Entering) -> str:
    """The SQL of the entries that a relation's new ones replace."""
    relation = f"'{entering.relation}'"
    if entering.touched is None:
        return f"select relation, partition from {_TABLE} where relation = {relation}"
    return f'select {relation}, cast("{entering.column}" as varchar) from {entering.touched}'


def counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many partitions the lake has of each relation (`schema.table`)."""
    if not has_table(connection, _TABLE):
        return {}
    return dict(connection.execute(f"select relation, count(*) from {_TABLE} group by relation").fetchall())
