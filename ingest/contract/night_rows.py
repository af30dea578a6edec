"""The rows of a feed's night as one relation: the view `src`, the table `files`, and the tables that the rules fill.

Stays out: the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from ingest import sql
from ingest.deliveries import BY_KEY
from ingest.tables import small_files
from ingest.tables.arrow_rows import FILE, ROW, schema_of
from ingest.tables.row_buffer import FileRows
from registry.model import Feed


def prepare(connection: duckdb.DuckDBPyConnection, feed: Feed, inputs: Sequence[FileRows], scratch: Path) -> None:
    """Create `src`, `files`, and the empty `skipped_row` and `violation`. A file's number is its index in `inputs`;
    `scratch` holds the rows of small files.
    """
    schema = schema_of(feed)
    columns = sql.names(n for n in schema.names if n not in (FILE, ROW))
    sources = [f"SELECT {FILE}, {ROW}, {columns} FROM read_parquet({sql.text(small_files.path_of(scratch))})"]
    sources += [_scan(connection, inputs, columns, is_offset=is_offset) for is_offset in (True, False)]
    sources = [source for source in sources if source]
    connection.execute(f"CREATE OR REPLACE TEMP VIEW delivered AS {' UNION ALL '.join(sources)}")
    exclude_files(connection, [])
    number_files(connection, inputs)
    connection.execute("CREATE OR REPLACE TEMP TABLE skipped_row (_file INTEGER, _row BIGINT, _reason VARCHAR)")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE violation (_file INTEGER, _row BIGINT, _rule VARCHAR, _severity VARCHAR, "
        "_column VARCHAR, _value VARCHAR)"
    )


def _scan(connection: duckdb.DuckDBPyConnection, inputs: Sequence[FileRows], columns: str, *, is_offset: bool) -> str:
    """One scan of all large files; with `is_offset`, of those whose row numbers are counted from an offset."""
    large_files = [
        (n, r.parquet, r.offset) for n, r in enumerate(inputs) if r.parquet and (r.offset is not None) == is_offset
    ]
    if not large_files:
        return ""
    table = f"large_{'counted' if is_offset else 'numbered'}"
    numbers = pa.table(
        {
            "_filename": pa.array([str(path) for _, path, _ in large_files], pa.string()),
            "_number": pa.array([number for number, _, _ in large_files], pa.int32()),
            "_offset": pa.array([offset or 0 for _, _, offset in large_files], pa.int64()),
        }
    )
    connection.register("arrow_large", numbers)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM arrow_large")
    connection.unregister("arrow_large")
    row = "_offset + file_row_number" if is_offset else ROW
    paths = sql.texts(path for _, path, _ in large_files if path)
    return (
        f"SELECT _number AS {FILE}, ({row})::BIGINT AS {ROW}, {columns} "
        f"FROM read_parquet([{paths}], filename = '_filename', file_row_number = true) "
        f"JOIN {table} USING (_filename)"
    )


def exclude_files(connection: duckdb.DuckDBPyConnection, numbers: Sequence[int]) -> None:
    """Exclude refused files from `src`."""
    condition = f"WHERE _file NOT IN ({', '.join(map(str, numbers))})" if numbers else ""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW src AS SELECT * FROM delivered {condition}")


def number_files(connection: duckdb.DuckDBPyConnection, inputs: Sequence[FileRows]) -> None:
    """Create `files`: number, delivery and scope of each file; duplicates are sought within a `_pool` (the files of a
    scope; each file that changes rows `_by_key` alone). `_place` identifies the latter, night after night.
    """
    pools: dict[tuple[str | None, str, int | None], int] = {}
    own_pool = [n if r.delivery.mode in BY_KEY else None for n, r in enumerate(inputs)]
    table = pa.table(
        {
            FILE: pa.array(range(len(inputs)), pa.int32()),
            "_delivery": pa.array([r.delivery.delivery_id for r in inputs], pa.string()),
            "_scope": pa.array([r.delivery.scope for r in inputs], pa.string()),
            "_pool": pa.array(
                [
                    pools.setdefault((r.delivery.scope, r.delivery.mode, own), len(pools))
                    for r, own in zip(inputs, own_pool, strict=True)
                ],
                pa.int32(),
            ),
            "_place": pa.array(
                [r.delivery.path_id if r.delivery.mode in BY_KEY else None for r in inputs], pa.string()
            ),
            "_by_key": pa.array([own is not None for own in own_pool], pa.bool_()),
        }
    )
    connection.register("arrow_files", table)
    connection.execute("CREATE OR REPLACE TEMP TABLE files AS SELECT * FROM arrow_files")
    connection.unregister("arrow_files")
