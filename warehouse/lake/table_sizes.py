"""How large the lake's tables are: rows, and bytes of their files, from DuckLake's own tables.

Stays out: what nights use of the disk (`disk_use`), whether the files are there (`warehouse.integrity`).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

_METADATA = "__ducklake_metadata_lake"


@dataclass(frozen=True)
class TableSize:
    """A table's rows, and the bytes of the files that hold them now (files of older snapshots not counted).

    `partitions`: of a table of partitions, how many of them it has.
    """

    rows: int
    bytes: int
    partitions: int | None = None


def table_sizes(connection: duckdb.DuckDBPyConnection) -> dict[str, TableSize]:
    """The tables of the lake (`schema.table`), each with its size; no data file is opened."""
    sizes = connection.execute(
        f"""
        with files as (
            select table_id, record_count as row_count, file_size_bytes
            from {_METADATA}.ducklake_data_file
            where end_snapshot is null
            union all
            select table_id, -delete_count, file_size_bytes
            from {_METADATA}.ducklake_delete_file
            where end_snapshot is null
        )
        select
            schema_name || '.' || table_name,
            coalesce(sum(row_count), 0)::bigint,
            coalesce(sum(file_size_bytes), 0)::bigint
        from {_METADATA}.ducklake_table as tables
        join {_METADATA}.ducklake_schema as schemas using (schema_id)
        left join files using (table_id)
        where tables.end_snapshot is null and schemas.end_snapshot is null
        group by all
        """
    ).fetchall()
    return {name: TableSize(rows, size) for name, rows, size in sizes}
