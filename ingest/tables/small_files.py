"""The rows of a feed's small files, gathered in one Parquet file as they are read, so that many do not fill the memory.

Stays out: the rows of one large file (`ingest.tables.row_buffer`).
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.tables.arrow_rows import FILE, schema_of
from ingest.tables.row_buffer import FileRows
from registry.model import Feed

_ROW_GROUP_ROWS = 100_000


def path_of(scratch: Path) -> Path:
    """The Parquet file, which has no rows where every file is large."""
    return scratch / "small_files.parquet"


class SmallFiles:
    """Takes the rows that files have in memory, and writes them in row groups."""

    def __init__(self, feed: Feed, scratch: Path) -> None:
        self._schema = schema_of(feed)
        self._writer = pq.ParquetWriter(path_of(scratch), self._schema, compression="lz4")
        self._group: list[pa.RecordBatch] = []
        self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._write()
        self._writer.close()

    def take(self, number: int, file_rows: FileRows) -> None:
        """Take the rows of the file with this number."""
        for batch in file_rows.batches:
            files = pa.array([number] * batch.num_rows, pa.int32())
            self._group.append(batch.set_column(0, self._schema.field(FILE), files))
            self._rows += batch.num_rows
        file_rows.batches.clear()
        if self._rows >= _ROW_GROUP_ROWS:
            self._write()

    def _write(self) -> None:
        if self._group:
            self._writer.write_table(pa.Table.from_batches(self._group, self._schema))
        self._group, self._rows = [], 0
