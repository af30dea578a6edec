"""The row buffer of one file: in memory up to a limit, beyond it in a Parquet file.

Stays out: the schema of the rows (`ingest.tables.arrow_rows`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.deliveries import Delivery
from ingest.tables.layout import Layout, MarkColumns

MAX_ROWS_IN_MEMORY = 100_000  # beyond these limits the buffered rows are written as a row group
MAX_BYTES_IN_MEMORY = 64 << 20
_MAX_DICTIONARY_BYTES = 4 << 10  # of distinct values, beyond which a column is written without a dictionary


@dataclass(frozen=True)
class Notice:
    """A problem of a file or sheet and not of a row: its rule, what identifies it in its slice, and what to show."""

    rule: str
    key: str
    value: str


@dataclass
class FileRows:
    """The rows of a file or sheet, in memory or in a Parquet file, and their delivery.

    `offset`: row n (from 0) of the Parquet file has number `offset` + n; None where the rows carry their
    numbers. `layout`: where its columns stand; None where it was not read. `values`: the cells with something in them,
    by column of the file (from 0), counted as they were read. `strict`: cells beyond the header are a problem of
    their row, and no notes beside the table. `notices`: problems of the file itself.
    """

    delivery: Delivery
    layout: Layout | None = None
    batches: list[pa.RecordBatch] = field(default_factory=list)
    parquet: Path | None = None
    offset: int | None = None
    values: Counter[int] = field(default_factory=Counter)
    strict: bool = False
    notices: list[Notice] = field(default_factory=list)

    @property
    def columns(self) -> frozenset[str]:
        """The contract's columns that the file has."""
        return frozenset(self.layout.columns) if self.layout else frozenset()

    @property
    def marks(self) -> MarkColumns | None:
        """Of a score sheet, what its other headers say."""
        return self.layout.marks if self.layout else None


class RowBuffer:
    """Buffers the rows of one file, and spills them to a Parquet file."""

    def __init__(self, file_rows: FileRows, target: Path) -> None:
        self._file_rows, self._target = file_rows, target
        self._buffered_rows = self._buffered_bytes = 0
        self._writer: pq.ParquetWriter | None = None

    def add(self, batch: pa.RecordBatch, values: Counter[int]) -> None:
        """Buffer a batch, with the number of values in each column of the file."""
        self._file_rows.values += values
        self._buffered_rows += batch.num_rows
        self._file_rows.batches.append(batch)
        self._buffered_bytes += batch.nbytes
        if self._buffered_rows > MAX_ROWS_IN_MEMORY or self._buffered_bytes > MAX_BYTES_IN_MEMORY:
            self._write_row_group()

    def close(self) -> None:
        """Finish the Parquet file, if there is one."""
        if self._writer is not None:
            self._write_row_group()
            self._writer.close()
            self._file_rows.parquet = self._target

    def discard(self) -> None:
        """Discard all rows: the file is read in another way."""
        self._file_rows.batches.clear()
        self._file_rows.values.clear()
        self._buffered_rows = self._buffered_bytes = 0
        if self._writer is not None:
            self._writer.close()
            self._writer = None
            self._target.unlink()

    def _write_row_group(self) -> None:
        """Write the buffer as one row group; uncompressed, for a temporary file that is read once or twice."""
        if not self._file_rows.batches:
            return
        table = pa.Table.from_batches(self._file_rows.batches)
        self._writer = self._writer or pq.ParquetWriter(
            self._target,
            table.schema,
            compression="none",
            write_statistics=False,
            dictionary_pagesize_limit=_MAX_DICTIONARY_BYTES,
        )
        self._writer.write_table(table)
        self._file_rows.batches.clear()
        self._buffered_rows = self._buffered_bytes = 0
