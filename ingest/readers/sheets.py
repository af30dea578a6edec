"""The result of every reader: named sheets of rows, in pieces."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

Row = list[str | None]
Merged = tuple[tuple[int, int], tuple[int, int]]  # first and last (row, column) of merged cells, from 0

FORMULA_MARK = "\u2060"  # before the text of a formula for which no value is stored: =1+1 typed as text is a value


@dataclass(frozen=True)
class Sheet:
    """A table as delivered: rows of text in order, in pieces; a blank cell is None or ''.

    `name` is '' where the format has no sheets. `numbered_from` is the number of the first row as a
    person counts; it is 0 where the header is not a row of the file (json keys). In a `strict` sheet a cell beyond
    the last header is a problem of its row; else it is a note beside the table. `merged`: its merged cells, whose value
    stands in the first one. `hidden_rows`, `hidden_columns`: those (from 0) that a person does not see.
    """

    name: str
    pieces: Iterator[list[Row]]
    numbered_from: int = 1
    strict: bool = False
    is_hidden: bool = False
    merged: Sequence[Merged] = ()
    hidden_rows: Collection[int] = ()
    hidden_columns: Collection[int] = ()
