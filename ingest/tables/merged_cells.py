"""Merged cells: the value of the first one speaks for all cells of its range, in the rows below the header.

A cell merged across from the first filled one of its row is a title, a note or a total, and does not speak for the
columns on its right. The header has a reading of its own (`ingest.tables.header_row`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingest.errors import Refused
from ingest.readers.sheets import Merged, Row

_MAX_CELLS = 20_000_000  # of all ranges: overlapping ones of a hostile file would never end


def filled(pieces: Iterator[list[Row]], merged: Sequence[Merged], head: int) -> Iterator[list[Row]]:
    """The rows of a sheet, with the values of merged cells that begin below its `head` rows. Raises Refused."""
    ranges = sorted(((first, last) for first, last in merged if first[0] >= head and first != last), reverse=True)
    if not ranges:
        yield from pieces
        return
    if sum((bottom - top + 1) * (right - left + 1) for (top, left), (bottom, right) in ranges) > _MAX_CELLS:
        raise Refused("has merged cells that overlap or go beyond its table: take them apart and send it again.")
    number = 0
    open_ranges: list[tuple[int, range, str]] = []  # last row, columns, value
    for piece in pieces:
        for row in piece:
            is_blank = not any(row)
            while ranges and ranges[-1][0][0] <= number:
                (top, left), (bottom, right) = ranges.pop()
                value = row[left] if top == number and left < len(row) else None
                if value:
                    open_ranges.append((bottom, _columns(row, left, right), value))
            if open_ranges and not is_blank:
                for _, columns, value in open_ranges:
                    _fill(row, columns, value)
            open_ranges = [kept for kept in open_ranges if kept[0] > number] if open_ranges else open_ranges
            number += 1
        yield piece


def _columns(row: Row, left: int, right: int) -> range:
    return range(left, right + 1 if any(row[:left]) else left + 1)


def _fill(row: Row, columns: range, value: str) -> None:
    """Enter the value in the blank cells of some columns."""
    row.extend([None] * (columns.stop - len(row)))
    for column in columns:
        row[column] = row[column] or value
