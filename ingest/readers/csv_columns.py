"""Csv of even rows as Arrow columns, without a Python object for any cell.

Lives here: cutting, and decoding the cells of GB18030: a column's different values once, and those that are ASCII
not at all.
Stays out: which cell is which column (`arrow_rows`), counting (`record_count`).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

BLOCK = 4 << 20  # bytes that are cut at once; a row is no longer


def batches(
    body: io.IOBase, separator: str, cells: int, *, codec: str = "utf-8", block: int = BLOCK
) -> Iterator[pa.RecordBatch]:
    """The rows of a headerless csv, `cells` wide; a blank cell is null.

    Raises pa.ArrowInvalid (its message says UTF8 where that is why) or ValueError where the rows are not even,
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
    for batch in _ahead(reader):
        yield batch if codec == "utf-8" else pa.record_batch([_decoded(c, codec) for c in batch.columns], names)


def _ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Batches, each cut in a thread of its own while the one before is decoded and written."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(next, batches, None)
        while (batch := waiting.result()) is not None:
            waiting = pool.submit(next, batches, None)
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
