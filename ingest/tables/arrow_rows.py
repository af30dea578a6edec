"""Rows of text as Arrow columns, in the one schema in which every file of a feed is checked.

Stays out: what a value must be (`ingest.contract`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, zip_longest

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.readers.sheets import Row
from ingest.tables.layout import Layout
from registry.model import Feed

FILE = "_file"  # index of the file among those of the feed's night
ROW = "_row"  # row number in its sheet or file, as a person counts
FIRST = "_first"  # first cell that is not blank, of any column
SURPLUS = "_surplus"  # cells beyond the last header

_MAP = pa.map_(pa.string(), pa.string())


def schema_of(feed: Feed) -> pa.Schema:
    """Schema of a feed's rows before they are checked."""
    fields = [pa.field(FILE, pa.int32()), pa.field(ROW, pa.int64())]
    fields += [pa.field(c.name, pa.string()) for c in feed.loaded_columns]
    fields += [pa.field(feed.rest, _MAP)] if feed.rest else []
    return pa.schema([*fields, pa.field(FIRST, pa.string()), pa.field(SURPLUS, pa.string())])


def batch_of(rows: Sequence[Row], layout: Layout, feed: Feed, start: int, *, strict: bool) -> pa.RecordBatch:
    """Rows, numbered from `start`, as columns of `schema_of` (their `_file` is 0)."""
    cells = list(zip_longest(*rows))
    size = len(rows)
    nulls = pa.nulls(size, pa.string())
    columns: list[pa.Array] = [
        pa.array([0] * size, pa.int32()),
        pa.array(range(start, start + size), pa.int64()),
    ]
    for column in feed.loaded_columns:
        index = layout.columns.get(column.name)
        columns.append(nulls if index is None or index >= len(cells) else _texts(cells[index]))
    if feed.rest:
        columns.append(_rest(cells, layout, size) if layout.rest_of is None else _rest_by_row(rows, layout.rest_of))
    columns.append(_texts([_first(row) for row in rows]))
    ragged = strict and len(cells) > layout.width
    columns.append(_texts([_surplus(row, layout.width) for row in rows]) if ragged else nulls)
    return pa.record_batch(columns, schema=schema_of(feed))


def batch_of_columns(cells: Sequence[pa.Array], layout: Layout, feed: Feed, start: int) -> pa.RecordBatch:
    """Like `batch_of`, for rows that are Arrow columns already: as wide as the header, a blank cell is null."""
    size = len(cells[0]) if cells else 0
    nulls = pa.nulls(size, pa.string())
    numbers = pa.array(np.arange(start, start + size), pa.int64())
    columns: list[pa.Array] = [pa.array(np.zeros(size, np.int32)), numbers]
    for column in feed.loaded_columns:
        index = layout.columns.get(column.name)
        columns.append(nulls if index is None or index >= len(cells) else cells[index])
    if feed.rest:
        columns.append(_rest_of_columns(cells, layout, size))
    columns += [pc.coalesce(*cells) if cells else nulls, nulls]
    return pa.record_batch(columns, schema=schema_of(feed))


def _rest_of_columns(cells: Sequence[pa.Array], layout: Layout, size: int) -> pa.Array:
    """Like `_rest`, for Arrow columns."""
    if layout.rest_of is not None:
        return _rest_by_row(zip(*(column.to_pylist() for column in cells), strict=True), layout.rest_of)
    rest = [(header, index) for header, index in layout.rest if index < len(cells)]
    if not rest:
        return _rest([], layout, size)
    filled = np.column_stack([cells[index].is_valid().to_numpy(zero_copy_only=False) for _, index in rest])
    row, columns = np.nonzero(filled)
    items = pa.concat_arrays([cells[index] for _, index in rest]).take(pa.array(columns * size + row))
    keys = pa.array([header for header, _ in rest], pa.string()).take(pa.array(columns))
    offsets = np.concatenate([[0], np.cumsum(filled.sum(axis=1))])
    return pa.MapArray.from_arrays(pa.array(offsets, pa.int32()), keys, items, type=_MAP)


def _texts(values: Sequence[str | None]) -> pa.Array:
    try:
        array = pa.array(values, pa.string())
    except UnicodeEncodeError:  # half of a surrogate pair, which only json can contain
        array = pa.array([v.encode("utf-8", "replace").decode() if v else None for v in values], pa.string())
    return pc.if_else(pc.not_equal(array, ""), array, None) if "" in values else array


def _first(row: Row) -> str | None:
    return next((cell for cell in row if cell), None)


def _surplus(row: Row, width: int) -> str | None:
    return " ".join(cell.strip() for cell in row[width:] if cell and cell.strip()) or None


def _rest(cells: list[tuple[str | None, ...]], layout: Layout, size: int) -> pa.Array:
    """The other columns as a map by header, without blank cells. Headers are sorted, so that equal rows have
    equal maps.
    """
    headers = [header for header, index in layout.rest if index < len(cells)]
    others = list(zip(*(cells[index] for _, index in layout.rest if index < len(cells)), strict=True)) or [()] * size
    keys = [header for values in others for header, value in zip(headers, values, strict=True) if value]
    items = [value for values in others for value in values if value]
    offsets = list(accumulate((sum(map(bool, values)) for values in others), initial=0))
    return pa.MapArray.from_arrays(pa.array(offsets, pa.int32()), _texts(keys), _texts(items), type=_MAP)


def _rest_by_row(
    rows: Iterable[Sequence[str | None]], rest_of: Callable[[Sequence[str | None]], list[tuple[str, str]]]
) -> pa.Array:
    """Like `_rest`, where a row itself says under what a cell is kept."""
    return pa.array([sorted(rest_of(row)) for row in rows], _MAP)
