"""Parquet, the typed table of another lake, as columns of text: ISO dates, exact decimals, whole numbers without a
point, lists and structs as json.

Add here: another type whose text the contract would not accept.
Stays out: which column is which (`ingest.tables.layout`).
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from common import machine_share
from ingest import sql
from ingest.errors import Refused

_AT_ONCE = threading.BoundedSemaphore(2)  # files open at a time, each with a memory of its own
_BATCH_ROWS = 50_000
# A file of few bytes may claim any number of rows: more than the first limit only up to the second.
_MAX_ROWS = 10_000_000
_MAX_ROWS_PER_BYTE = 1_000
_FLOAT_TYPES = ("DOUBLE", "FLOAT")
_NESTED_TYPES = ("STRUCT", "MAP", "UNION", "VARIANT")
_REMEDY = "write it again, without encryption, or send the table as csv."


class ParquetFile:
    """An open Parquet file: `names` of its columns, and `rows`, the row count in its metadata."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, file: Path, size: int) -> None:
        self._connection = connection
        self._table = f"read_parquet({sql.text(file)}, binary_as_string = true)"
        with _refusing_damage():
            row_count = connection.execute(f"SELECT num_rows FROM parquet_file_metadata({sql.text(file)})").fetchone()
            column_rows = connection.execute(f"DESCRIBE SELECT * FROM {self._table}").fetchall()
        self.rows = int(row_count[0]) if row_count else 0
        if not 0 <= self.rows <= max(_MAX_ROWS, _MAX_ROWS_PER_BYTE * size):
            raise Refused(f"claims {self.rows} rows in {size} bytes: {_REMEDY}")
        self._kinds = {str(name): str(kind) for name, kind, *_ in column_rows}
        self.names = list(self._kinds)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows in order, as columns of text; a blank cell is null. Raises Refused."""
        text_columns = ", ".join(
            f"nullif({_text(sql.name(n), kind)}, '') AS {sql.name(n)}" for n, kind in self._kinds.items()
        )
        floats = [n for n, kind in enumerate(self._kinds.values()) if kind in _FLOAT_TYPES]
        with _refusing_damage():
            self._connection.execute(f"SELECT {text_columns} FROM {self._table}")
            batches = self._connection.to_arrow_reader(_BATCH_ROWS)
        count = 0
        while True:
            with _refusing_damage():
                batch = next(batches, None)
            if batch is None:
                break
            count += batch.num_rows
            yield _without_exponents(batch, floats)
        if count != self.rows:
            raise Refused(f"holds {count} rows, and its metadata declares {self.rows}: {_REMEDY}")


@contextmanager
def open_parquet(path: Path) -> Iterator[ParquetFile]:
    """The file, for reading in a database of its own. Raises Refused where it is damaged, encrypted or too large."""
    with tempfile.TemporaryDirectory() as scratch:
        link = Path(scratch) / "table.parquet"  # DuckDB would read a * in the file's own name as a pattern
        link.symlink_to(path.resolve())
        with _AT_ONCE, duckdb.connect(
            ":memory:", config={"memory_limit": machine_share.FILE_MEMORY, "threads": 1, "temp_directory": scratch}
        ) as connection:
            yield ParquetFile(connection, link, path.stat().st_size)


@contextmanager
def _refusing_damage() -> Iterator[None]:
    """Turn errors of DuckDB and Arrow into a refusal."""
    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError, UnicodeError) as error:
        raise Refused(f"is a damaged, encrypted or oversized Parquet file: {_REMEDY}") from error


def _text(value: str, kind: str) -> str:
    """A value of a DuckDB type as text."""
    if kind in _FLOAT_TYPES:
        whole = f"isfinite({value}) AND abs({value}) < 1e15 AND {value} = trunc({value})"
        return f"CASE WHEN {whole} THEN {value}::BIGINT::VARCHAR ELSE {value}::VARCHAR END"
    if kind == "TIMESTAMP WITH TIME ZONE":  # an instant, whatever the session's zone
        return f"make_timestamp(epoch_us({value}))::VARCHAR || '+00:00'"
    if kind.endswith("]") or kind.startswith(_NESTED_TYPES):
        return f"to_json({value})::VARCHAR"
    return f"{value}::VARCHAR"


def _without_exponents(batch: pa.RecordBatch, floats: list[int]) -> pa.RecordBatch:
    """Floating-point numbers without an exponent."""
    for n in floats:
        cells = batch.column(n)
        if pc.any(pc.match_substring(cells, "e")).as_py():
            texts = [f"{Decimal(c):f}" if c and "e" in c else c for c in cells.to_pylist()]
            batch = batch.set_column(n, batch.schema.field(n), pa.array(texts, pa.string()))
    return batch
