"""Columns of text, made whole: take from a pool, join, pad, overwrite a few cells.

Lives here: small wrappers round pyarrow's compute functions; no loop over rows.
Add here: another whole-column operation on text.
Stays out: what the text means; files.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Strings = Any  # pyarrow.StringArray (pyarrow has no types of its own)
Ints = npt.NDArray[np.integer[Any]]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.floating[Any]]
Columns = dict[str, Strings]


def take(pool: Sequence[str | None], index: Ints) -> Strings:
    """Row by row the entry of `pool` that `index` names."""
    return pa.array(pool, pa.string()).take(pa.array(index))


def same(value: str | None, length: int) -> Strings:
    """A column that holds one value throughout."""
    return pa.array([value], pa.string()).take(pa.array(np.zeros(length, np.int32)))


def join(*parts: Strings | str, sep: str = "") -> Strings:
    """The parts of each row set together; a blank (null) part is nothing."""
    return pc.binary_join_element_wise(*parts, sep, null_handling="replace", null_replacement="")


def join_or_null(*parts: Strings | str) -> Strings:
    """As `join`, but null where a part is null."""
    return pc.binary_join_element_wise(*parts, "", null_handling="emit_null")


def digits(values: Ints, width: int = 1) -> Strings:
    """Whole numbers as text, padded with zeros to `width`."""
    return pc.utf8_lpad(pa.array(values).cast(pa.string()), width, "0")


def where(mask: Bools, yes: Strings | str | None, no: Strings | str | None) -> Strings:
    """`yes` where the mask holds, else `no`."""
    yes, no = (pa.scalar(v, pa.string()) if v is None or isinstance(v, str) else v for v in (yes, no))
    return pc.if_else(pa.array(mask), yes, no)


def overwrite(column: Strings, rows: Ints, values: Sequence[str | None]) -> Strings:
    """The column with `values` in `rows` (each row at most once)."""
    order = np.argsort(rows, kind="stable")
    mask = np.zeros(len(column), bool)
    mask[rows] = True
    return pc.replace_with_mask(column, pa.array(mask), take(values, order))


def pick(column: Strings, rows: Ints) -> list[str | None]:
    """A few cells as Python strings."""
    return column.take(pa.array(rows)).to_pylist()


def text_slices(lines: Strings, starts: Ints) -> list[memoryview]:
    """The bytes of `lines` cut at `starts` (first row of each piece), without a copy.

    Raises ValueError where the column is larger than 2 GiB: cut it before.
    """
    if not isinstance(lines, pa.StringArray):
        raise TypeError("Lines must be one array of at most 2 GiB: write them in smaller pieces.")
    _, offsets, data = lines.buffers()
    at = np.frombuffer(offsets, np.int32)[lines.offset : lines.offset + len(lines) + 1]
    edges = at[np.append(starts, len(lines))] if len(lines) else np.zeros(len(starts) + 1, int)
    view = memoryview(data) if data is not None else memoryview(b"")
    return [view[a:b] for a, b in pairwise(edges)]
