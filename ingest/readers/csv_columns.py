"""Csv with rows of equal width as Arrow columns, without a Python object for each cell.

Cells of GB18030 are decoded once for each distinct value of a column, ASCII cells not at all.
Stays out: which cell is which column (`ingest.tables.arrow_rows`), counting (`ingest.decoding.record_count`).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

BLOCK_BYTES = 4 << 20  # read at once; the maximum length of a row


def batches(
    body: io.IOBase, separator: str, cells: int, *, codec: str = "utf-8", block: int = BLOCK_BYTES
) -> Iterator[pa.RecordBatch]:
    """The rows of a headerless csv, `cells` wide; a blank cell is null.

    Raises pa.ArrowInvalid (its message says UTF8 where that is why) or ValueError where the rows differ in width,
    UnicodeError where a cell is not of the codec.
    """
    names = [f"c{n}" for n in range(cells)]
    kind = pa.string() if codec == "utf-8" else pa.binary()
    reader = csv.open_csv(
        body,
        csv.ReadOptions(column_names=names, block_size=block),
        csv.ParseOptions(delimiter=separator, newlines_in_values=True, ignore_empty_lines=False),
        csv.ConvertOptions(column_types=dict.fromkeys(names, kind), null_values=[""], strings_can_be_null=True),
    )
    for batch in _prefetched(reader):
        yield batch if codec == "utf-8" else pa.record_batch([_decoded(c, codec) for c in batch.columns], names)


def _prefetched(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The batches, each read in a second thread while the one before is decoded and written."""
    with ThreadPoolExecutor(1) as pool:
        next_batch = pool.submit(next, batches, None)
        while (batch := next_batch.result()) is not None:
            next_batch = pool.submit(next, batches, None)
            yield batch


def _decoded(column: pa.Array, codec: str) -> pa.Array:
    """A column of bytes as text."""
    _, offsets, content = column.buffers()
    if content is None or not content.size or np.frombuffer(content, np.uint8).max() < 0x80:
        return pa.StringArray.from_buffers(len(column), offsets, content, column.buffers()[0], -1, column.offset)
    unique = column.dictionary_encode()
    return pa.array(_texts(unique.dictionary, codec), pa.string()).take(unique.indices)


def _texts(values: pa.Array, codec: str) -> list[str]:
    """Values decoded in one piece, unless a line end stands in one."""
    joined = pc.binary_join(pa.ListArray.from_arrays([0, len(values)], values), b"\n")[0].as_py()
    texts: list[str] = joined.decode(codec).split("\n")
    return texts if len(texts) == len(values) else [value.decode(codec) for value in values.to_pylist()]
