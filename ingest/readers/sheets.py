"""The result of every reader: named sheets of rows, in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

Row = list[str | None]


@dataclass(frozen=True)
class Sheet:
    """A table as delivered: rows of text in order, in pieces; a blank cell is None or ''.

    `name` is '' where the format has no sheets. `numbered_from` is the number of the first row as a
    person counts; it is 0 where the header is not a row of the file (json keys). In a `strict` sheet a cell beyond
    the last header is a problem of its row; else it is a note beside the table.
    """

    name: str
    pieces: Iterator[list[Row]]
    numbered_from: int = 1
    strict: bool = False
