"""What every reader hands over: named sheets of rows, in pieces.

Lives here: the shape alone.
Add here: a fact of a sheet that all formats have.
Stays out: reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

Row = list[str | None]


@dataclass(frozen=True)
class Sheet:
    """A table as delivered: rows of text in order, in pieces; a blank cell is None or ''.

    `name` is '' where the format has no sheets. `numbered_from` is the number a person gives the first row;
    it is 0 where the first row is a header that does not stand in the file as one (json). In a `strict` sheet
    a cell beyond the last header is a fault of its row; else it is a note beside the table.
    """

    name: str
    pieces: Iterator[list[Row]]
    numbered_from: int = 1
    strict: bool = False
