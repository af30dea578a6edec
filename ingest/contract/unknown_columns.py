"""Columns of a file that the contract neither names nor passes over, each listed once with what it may have been.

Stays out: finding the header (`ingest.tables.header_row`), the columns of a feed that keeps all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import duckdb
import pyarrow as pa

from ingest.tables.header_texts import label
from ingest.tables.row_buffer import FileRows
from registry.model import Column, Feed, Register

RULE = "unknown_column"
_LEAST_LIKENESS = 0.5  # of a header and the name that it may have been


@dataclass(frozen=True)
class UnknownColumn:
    """A column that is not understood: its header, how many values it has, and the nearest known header ('')."""

    header: str
    values: int
    nearest: str


def unknown_columns(file_rows: FileRows, feed: Feed) -> Iterator[UnknownColumn]:
    """The columns of a file that are not understood and not empty."""
    layout = file_rows.layout
    if layout is None:
        return
    headers = {index: header for header, index in layout.unread}
    if not file_rows.strict:
        beyond = (index for index in file_rows.values if index >= layout.width and index not in headers)
        headers |= {index: f"#{index + 1}" for index in beyond}
    known = _names(feed.columns)
    absent = _names(c for c in feed.columns if c.name not in layout.columns)
    for index, header in sorted(headers.items()):
        if values := file_rows.values[index]:
            near = _nearest(header, absent) or _nearest(header, known)
            yield UnknownColumn(header, values, near)


def _names(columns: Iterable[Column]) -> dict[str, str]:
    """Every header of some columns, and the first of its column."""
    return {label(header): column.headers[0] for column in columns for header in column.headers}


def _nearest(header: str, known: dict[str, str]) -> str:
    """The first header of the column that a header is most like; '' where it is like none."""
    found = get_close_matches(header, known, n=1, cutoff=_LEAST_LIKENESS)
    return known[found[0]] if found else ""


def list_unknown_columns(
    connection: duckdb.DuckDBPyConnection, register: Register, feed: Feed, inputs: Sequence[FileRows]
) -> None:
    """Fill `unknown_column` with those of all loaded files, and name them in each delivery."""
    words = register.remedy(RULE)
    found: list[tuple[int, int, UnknownColumn]] = []
    for number, file_rows in enumerate(inputs):
        unknown = list(unknown_columns(file_rows, feed))
        file_rows.delivery.unknown = {column.header: column.nearest for column in unknown}
        if file_rows.delivery.status == "loaded" and file_rows.layout:
            found += [(number, file_rows.layout.head, column) for column in unknown]
    table = pa.table(
        {
            "_file": pa.array([number for number, _, _ in found], pa.int32()),
            "_head": pa.array([max(head, 1) for _, head, _ in found], pa.int64()),
            "_header": pa.array([column.header for _, _, column in found], pa.string()),
            "_nearest": pa.array([column.nearest or None for _, _, column in found], pa.string()),
            "_zh": pa.array([_sentence(words.zh, column, "无") for _, _, column in found], pa.string()),
            "_en": pa.array([_sentence(words.en, column, "none") for _, _, column in found], pa.string()),
        }
    )
    connection.register("arrow_unknown", table)
    connection.execute("CREATE OR REPLACE TEMP TABLE unknown_column AS SELECT * FROM arrow_unknown")
    connection.unregister("arrow_unknown")


def _sentence(words: str, column: UnknownColumn, none: str) -> str:
    return words.replace("{values}", str(column.values)).replace("{nearest}", column.nearest or none)
