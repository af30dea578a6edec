"""Which partitions the lake has of each model of partitions, so that nobody reads a model to count them.

Lives here: the table `lake.staging.partitions`.
Stays out: which are made tonight (`dbt_project/macros/partitions`), replacing their rows (`build_database`).
"""

from __future__ import annotations

import duckdb

from common.catalog import has_table

_TABLE = "lake.staging.partitions"


def write(
    connection: duckdb.DuckDBPyConnection, relation: str, column: str, rows: str, touched: str | None = None
) -> None:
    """Note the partitions (values of `column`) of a `relation` (`schema.table`), in the transaction by which they enter
    the lake.

    `rows`: the relation with the rows that enter it; `touched`: that of the partitions that they replace (None: all).
    """
    connection.execute(f"create table if not exists {_TABLE} (relation varchar, partition varchar)")
    replaced = f'partition in (select cast("{column}" as varchar) from {touched})' if touched else "true"
    connection.execute(f"delete from {_TABLE} where relation = ? and {replaced}", [relation])
    entering = f'select distinct cast("{column}" as varchar) from {rows} where "{column}" is not null'
    connection.execute(f"insert into {_TABLE} select ?, * from ({entering})", [relation])


def counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many partitions the lake has of each relation (`schema.table`)."""
    if not has_table(connection, _TABLE):
        return {}
    return dict(connection.execute(f"select relation, count(*) from {_TABLE} group by relation").fetchall())
