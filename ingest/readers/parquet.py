"""Parquet: the table of another lake, typed.

Lives here: its columns as text that the contract reads: dates in ISO form, decimals exact, a number that is whole
without a point, lists and structures as json.
Add here: another type whose text is not what the contract reads.
Stays out: which columns are whose (`layout`), counting what becomes of the rows.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ingest import sql
from ingest.errors import Refused

MEMORY_LIMIT = "400MB"  # of one file; several are read at once
_ROWS = 50_000  # handed over at once
_MOST = 10_000_000, 1_000  # rows, and of more than these, rows to a byte: a few bytes may claim any number
_FLOATS = ("DOUBLE", "FLOAT")
_NESTED = ("STRUCT", "MAP", "UNION", "VARIANT")
_REMEDY = "write it again, without encryption, or send the table as csv."


class Parquet:
    """An open Parquet file: `names` of its columns, and `rows`, their number by the file's own account."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, file: Path, size: int) -> None:
        self._connection = connection
        self._table = f"read_parquet({sql.text(file)}, binary_as_string = true)"
        with _readable():
            told = connection.execute(f"SELECT num_rows FROM parquet_file_metadata({sql.text(file)})").fetchone()
            described = connection.execute(f"DESCRIBE SELECT * FROM {self._table}").fetchall()
        self.rows = int(told[0]) if told else 0
        if not 0 <= self.rows <= max(_MOST[0], _MOST[1] * size):
            raise Refused(f"claims {self.rows} rows in {size} bytes: {_REMEDY}")
        self._kinds = {str(name): str(kind) for name, kind, *_ in described}
        self.names = list(self._kinds)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows in order, as columns of text; a blank cell is null. Raises Refused."""
        shown = ", ".join(f"nullif({_text(sql.name(n), kind)}, '') AS {sql.name(n)}" for n, kind in self._kinds.items())
        floats = [n for n, kind in enumerate(self._kinds.values()) if kind in _FLOATS]
        with _readable():
            self._connection.execute(f"SELECT {shown} FROM {self._table}")
            batches = self._connection.to_arrow_reader(_ROWS)
        count = 0
        while True:
            with _readable():
                batch = next(batches, None)
            if batch is None:
                break
            count += batch.num_rows
            yield _written_out(batch, floats)
        if count != self.rows:
            raise Refused(f"holds {count} rows and says that it has {self.rows}: {_REMEDY}")


@contextmanager
def opened(path: Path) -> Iterator[Parquet]:
    """The file, for reading in a database of its own. Raises Refused where it is damaged, encrypted or too large."""
    with tempfile.TemporaryDirectory() as scratch:
        link = Path(scratch) / "table.parquet"  # DuckDB would take a * in the file's own name for a pattern
        link.symlink_to(path.resolve())
        with duckdb.connect(
            ":memory:", config={"memory_limit": MEMORY_LIMIT, "threads": 1, "temp_directory": scratch}
        ) as connection:
            yield Parquet(connection, link, path.stat().st_size)


@contextmanager
def _readable() -> Iterator[None]:
    """DuckDB's and Arrow's errors as a refusal."""
    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError, UnicodeError) as error:
        raise Refused(f"is a damaged, encrypted or oversized Parquet file: {_REMEDY}") from error


def _text(value: str, kind: str) -> str:
    """A value of a DuckDB type as text."""
    if kind in _FLOATS:
        whole = f"isfinite({value}) AND abs({value}) < 1e15 AND {value} = trunc({value})"
        return f"CASE WHEN {whole} THEN {value}::BIGINT::VARCHAR ELSE {value}::VARCHAR END"
    if kind == "TIMESTAMP WITH TIME ZONE":  # an instant, whatever the session's zone
        return f"make_timestamp(epoch_us({value}))::VARCHAR || '+00:00'"
    if kind.endswith("]") or kind.startswith(_NESTED):
        return f"to_json({value})::VARCHAR"
    return f"{value}::VARCHAR"


def _written_out(batch: pa.RecordBatch, floats: list[int]) -> pa.RecordBatch:
    """Floating-point numbers without an exponent."""
    for n in floats:
        cells = batch.column(n)
        if pc.any(pc.match_substring(cells, "e")).as_py():
            texts = [f"{Decimal(c):f}" if c and "e" in c else c for c in cells.to_pylist()]
            batch = batch.set_column(n, batch.schema.field(n), pa.array(texts, pa.string()))
    return batch
