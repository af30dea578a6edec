"""Rows of one file on their way to the contract: in memory while they are few, in a Parquet file when they
are many.

Lives here: that choice.
Stays out: the shape of the rows (`arrow_rows`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.deliveries import Delivery

_MANY = 100_000  # rows, and
_HEAVY = 64 << 20  # bytes, that are kept in memory or make a row group
_DICTIONARY = 4 << 10  # bytes of different values up to which a column is written by its dictionary


@dataclass
class Read:
    """A file or sheet that was read: its delivery, and its rows in memory or in a Parquet file.

    `offset`: row n (from 0) of the Parquet file has number `offset` + n; None where the rows carry their
    numbers. `columns` are the contract's that the file has.
    """

    delivery: Delivery
    columns: frozenset[str] = frozenset()
    batches: list[pa.RecordBatch] = field(default_factory=list)
    parquet: Path | None = None
    offset: int | None = None


class Keeper:
    """Takes the rows of one file."""

    def __init__(self, read: Read, target: Path) -> None:
        self._read, self._target = read, target
        self._waiting = self._weight = 0
        self._writer: pq.ParquetWriter | None = None

    def add(self, batch: pa.RecordBatch) -> None:
        """Keep some rows."""
        self._waiting += batch.num_rows
        self._read.batches.append(batch)
        self._weight += batch.nbytes
        if self._waiting > _MANY or self._weight > _HEAVY:
            self._write()

    def close(self) -> None:
        """Finish the file, if there is one."""
        if self._writer is not None:
            self._write()
            self._writer.close()
            self._read.parquet = self._target

    def discard(self) -> None:
        """Forget all rows: they will be read in another way."""
        self._read.batches.clear()
        self._waiting = self._weight = 0
        if self._writer is not None:
            self._writer.close()
            self._writer = None
            self._target.unlink()

    def _write(self) -> None:
        """Write what waits as one row group. Read once or twice and thrown away: quick goes before small."""
        if not self._read.batches:
            return
        table = pa.Table.from_batches(self._read.batches)
        self._writer = self._writer or pq.ParquetWriter(
            self._target,
            table.schema,
            compression="none",
            write_statistics=False,
            dictionary_pagesize_limit=_DICTIONARY,
        )
        self._writer.write_table(table)
        self._read.batches.clear()
        self._waiting = self._weight = 0
