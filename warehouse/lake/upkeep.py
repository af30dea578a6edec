"""Keeping the lake's files few: what no snapshot needs any more is deleted, and a table's many small files become one.

Lives here: expiring snapshots, deleting dead files, merging small ones.
Stays out: when that is done (`dags.steps`), what is damaged (`warehouse.integrity`), the files of a killed night, which
no catalog names.

Each night ends a file of every table that it writes anew, and adds small ones to those that grow. Snapshots are no
history here: what was known when is columns of the tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from common import files
from common.lake_transaction import transaction
from warehouse.errors import first_line
from warehouse.lake.connection import connect_lake, quoted
from warehouse.lake.paths import Lake
from warehouse.lake.row_sums import row_sums

KEPT = 100  # snapshots back to that of the current release, which says what has changed since; some ten nights
MANY = 16  # small files of one table that are merged
SMALL_BYTES = 64 << 20  # a file of this size stays as it is, so that a table of any size is merged at a bounded cost
_METADATA = "__ducklake_metadata_lake"


@dataclass(frozen=True)
class _Table:
    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


class _Changed(Exception):  # noqa: N818 (named as what happened)
    """A table had other rows after its files were merged."""


def tend(lake: Lake, *, memory_limit: str | None = None) -> Iterator[str]:
    """Delete the files that only snapshots before that of the current release need, and merge the small files of tables
    that have many.

    What was merged is deleted the next time: `shuyuan verify` may be reading it, through a copy of the catalog.
    Yields a sentence for each table whose files could not be merged: it is left as it was, since it can be read as
    well. Call under the write lock. Raises LakeError.
    """
    with connect_lake(lake, memory_limit=memory_limit) as connection:
        many = _tables_of_many_files(connection)
        # a file that is rewritten no longer tells which of its rows went since a snapshot
        _expire(connection, None if many else _of_release(lake))
    for table in many:
        try:  # on a connection of its own: an internal error of a merge ends the instance that it happens in
            with connect_lake(lake, memory_limit=memory_limit) as connection:
                _merge(connection, table)
        except (duckdb.Error, _Changed) as error:
            yield f"The files of {table} could not be merged, and are left as they were: {first_line(error)}"


def _of_release(lake: Lake) -> int | None:
    """The snapshot of which the current release was made, by the record of its partitions; None where there is none."""
    record = files.read_record(lake.release_partitions)
    try:
        return int(record["snapshot"][0]) if record else None
    except (KeyError, IndexError, TypeError, ValueError):
        return None


def _expire(connection: duckdb.DuckDBPyConnection, kept: int | None) -> None:
    """Forget all snapshots before `kept`, or before the present one, and delete what they alone needed."""
    rows = connection.execute("select snapshot_id from ducklake_snapshots('lake') order by 1").fetchall()
    numbers = [number for (number,) in rows]
    first = kept if kept in numbers[-KEPT:] else numbers[-1]
    old = [number for number in numbers if number < first]
    if old:
        connection.execute(f"call ducklake_expire_snapshots('lake', versions => {old})")
    connection.execute("call ducklake_cleanup_old_files('lake', cleanup_all => true)")


def _tables_of_many_files(connection: duckdb.DuckDBPyConnection) -> list[_Table]:
    rows = connection.execute(
        f"""
        select schema_name, table_name
        from {_METADATA}.ducklake_data_file as files
        join {_METADATA}.ducklake_table as tables using (table_id)
        join {_METADATA}.ducklake_schema as schemas using (schema_id)
        where files.end_snapshot is null and tables.end_snapshot is null and schemas.end_snapshot is null
            and file_size_bytes < ?
        group by all
        having count(*) >= ?
        order by all""",
        [SMALL_BYTES, MANY],
    ).fetchall()
    return [_Table(*row) for row in rows]


def _merge(connection: duckdb.DuckDBPyConnection, table: _Table) -> None:
    """Merge the small files of a table, in one transaction. Raises _Changed where its rows would be others."""
    rows = f"from lake.{quoted(str(table))}"
    before = row_sums(connection, rows)
    with transaction(connection):
        # a file of which rows were deleted is merged with no other
        for call, more in (
            ("rewrite_data_files", "delete_threshold => 0.0"),
            ("merge_adjacent_files", f"max_file_size => {SMALL_BYTES}"),
        ):
            connection.execute(f"call ducklake_{call}('lake', ?, schema => ?, {more})", [table.name, table.schema])
        if row_sums(connection, rows) != before:
            raise _Changed("the table had other rows afterwards (an error of DuckLake)")
