"""The rows of a feed's night as one relation.

Lives here: the view `src` over what the readers left, the table `files` beside it, and the tables that the
checks fill.
Add here: a fact of a file that a rule needs.
Stays out: the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ingest import sql
from ingest.deliveries import BY_KEY
from ingest.tables.arrow_rows import FILE, ROW, schema_of
from ingest.tables.row_buffer import Read
from registry.model import Feed

_GROUP = 100_000  # rows gathered before they are written


def prepare(connection: duckdb.DuckDBPyConnection, feed: Feed, reads: Sequence[Read], scratch: Path) -> None:
    """Create `src`, `files`, and the empty `skipped` and `found`. A file's number is its place in `reads`."""
    schema = schema_of(feed)
    few = scratch / "few.parquet"
    _gather(reads, schema, few)
    columns = sql.names(n for n in schema.names if n not in (FILE, ROW))
    sources = [f"SELECT {FILE}, {ROW}, {columns} FROM read_parquet({sql.text(few)})"]
    sources += [_scan(connection, reads, columns, counted=counted) for counted in (True, False)]
    sources = [source for source in sources if source]
    connection.execute(f"CREATE OR REPLACE TEMP VIEW delivered AS {' UNION ALL '.join(sources)}")
    leave_out(connection, [])
    _files(connection, reads)
    connection.execute("CREATE OR REPLACE TEMP TABLE skipped (_file INTEGER, _row BIGINT, _reason VARCHAR)")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE found (_file INTEGER, _row BIGINT, _rule VARCHAR, _severity VARCHAR, "
        "_column VARCHAR, _value VARCHAR)"
    )


def _scan(connection: duckdb.DuckDBPyConnection, reads: Sequence[Read], columns: str, *, counted: bool) -> str:
    """All large files in one scan; where a row's number is `counted`, it is its place in the file."""
    found = [(n, r.parquet, r.offset) for n, r in enumerate(reads) if r.parquet and (r.offset is not None) == counted]
    if not found:
        return ""
    table = f"large_{'counted' if counted else 'numbered'}"
    told = pa.table(
        {
            "_filename": pa.array([str(path) for _, path, _ in found], pa.string()),
            "_number": pa.array([number for number, _, _ in found], pa.int32()),
            "_offset": pa.array([offset or 0 for _, _, offset in found], pa.int64()),
        }
    )
    connection.register("arrow_large", told)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM arrow_large")
    connection.unregister("arrow_large")
    row = "_offset + file_row_number" if counted else ROW
    paths = sql.texts(path for _, path, _ in found if path)
    return (
        f"SELECT _number AS {FILE}, ({row})::BIGINT AS {ROW}, {columns} "
        f"FROM read_parquet([{paths}], filename = '_filename', file_row_number = true) "
        f"JOIN {table} USING (_filename)"
    )


def leave_out(connection: duckdb.DuckDBPyConnection, numbers: Sequence[int]) -> None:
    """Take whole files out of `src`: they are refused."""
    condition = f"WHERE _file NOT IN ({', '.join(map(str, numbers))})" if numbers else ""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW src AS SELECT * FROM delivered {condition}")


def _gather(reads: Sequence[Read], schema: pa.Schema, target: Path) -> None:
    """The rows of all files that are in memory, in one Parquet file."""
    with pq.ParquetWriter(target, schema, compression="lz4") as writer:
        waiting: list[pa.RecordBatch] = []
        for number, read in enumerate(reads):
            for batch in read.batches:
                files = pa.array([number] * batch.num_rows, pa.int32())
                waiting.append(batch.set_column(0, schema.field(FILE), files))
            read.batches.clear()
            if sum(b.num_rows for b in waiting) >= _GROUP:
                writer.write_table(pa.Table.from_batches(waiting, schema))
                waiting.clear()
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting, schema))


def _files(connection: duckdb.DuckDBPyConnection, reads: Sequence[Read]) -> None:
    """Number, delivery and scope of each file; files of one `_pool` (a scope; by itself a file that
    changes rows `_by_key`) may repeat each other. `_place` tells the latter from one another, night after night.
    """
    pools: dict[tuple[str | None, str, int | None], int] = {}
    alone = [n if r.delivery.mode in BY_KEY else None for n, r in enumerate(reads)]
    table = pa.table(
        {
            FILE: pa.array(range(len(reads)), pa.int32()),
            "_delivery": pa.array([r.delivery.delivery_id for r in reads], pa.string()),
            "_scope": pa.array([r.delivery.scope for r in reads], pa.string()),
            "_pool": pa.array(
                [
                    pools.setdefault((r.delivery.scope, r.delivery.mode, own), len(pools))
                    for r, own in zip(reads, alone, strict=True)
                ],
                pa.int32(),
            ),
            "_place": pa.array([r.delivery.place if r.delivery.mode in BY_KEY else None for r in reads], pa.string()),
            "_by_key": pa.array([own is not None for own in alone], pa.bool_()),
        }
    )
    connection.register("arrow_files", table)
    connection.execute("CREATE OR REPLACE TEMP TABLE files AS SELECT * FROM arrow_files")
    connection.unregister("arrow_files")
