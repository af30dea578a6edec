"""Blocks side by side: a table whose header stands twice or more in one row, as people print long lists, is split into
as many tables, each with the rows of its block.

Stays out: tables below each other (a repeated header is no data: `ingest.contract.no_data_rows`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise

from ingest.errors import Refused
from ingest.readers.sheets import Merged, Row, Sheet
from ingest.tables.header_row import HEADER_SEARCH_ROWS
from ingest.tables.header_texts import Names, normal

BLOCK_MARK = "!"  # between the name of a sheet and the columns of its block
_Block = tuple[int, int]  # first column, and the one after the last


def blocks_of(rows: Sequence[Row], names: Names) -> list[_Block]:
    """The blocks of a table whose first rows are given: none where its header stands once."""
    if not names.required:
        return []
    for row in rows[:HEADER_SEARCH_ROWS]:
        starts = _starts(row, names)
        if len(starts) > 1:
            return list(pairwise([0, *starts[1:], max(map(len, rows))]))
    return []


def refuse_blocks(rows: Sequence[Row], names: Names) -> None:
    """Raises Refused where the header stands more than once, and only one block would be read."""
    blocks = blocks_of(rows, names)
    if blocks:
        raise Refused(
            f"has {len(blocks)} tables side by side, each with the header of {names.feed.id}: "
            "put them below each other, or each in a sheet of its own."
        )


def tables_of(sheet: Sheet, first_rows: list[Row], names: Names) -> Iterator[Sheet]:
    """The sheet itself, its first rows read; where it has blocks, a sheet for each, named by its columns (成绩!M:W)."""
    blocks = blocks_of(first_rows, names)
    if not blocks:
        yield replace(sheet, pieces=chain([first_rows], sheet.pieces))
        return
    rows = [row for piece in chain([first_rows], sheet.pieces) for row in piece]
    for start, end in blocks:
        name = f"{sheet.name}{BLOCK_MARK}{_letters(start)}:{_letters(end - 1)}" if start else sheet.name
        block = [row[start:end] for row in rows]
        hidden = [column - start for column in sheet.hidden_columns if start <= column < end]
        merged = _inside(sheet.merged, start, end)
        yield replace(sheet, name=name, pieces=iter([block]), merged=merged, hidden_columns=hidden)


def _starts(row: Row, names: Names) -> list[int]:
    """The first column of each block under a header row; none where the columns that are required stand once."""
    columns = [names.column(cell) if cell else None for cell in row]
    anchor = min((columns.index(c) for c in names.required if c in columns), default=None)
    if anchor is None:
        return []
    texts = [normal(cell) for cell in row]
    places = [n for n, text in enumerate(texts) if text == texts[anchor]]
    if len(places) == 1:
        return []
    before = 0  # columns of a block on the left of its first required one
    while all(_has_same(texts, places[0], place, before + 1) for place in places[1:]):
        before += 1
    starts = [place - before for place in places]
    blocks = [texts[start:end] for start, end in pairwise([*starts, len(row)])]
    is_whole = all(names.complete(block) for block in blocks)
    return starts if is_whole and all(_is_like(block, blocks[0]) for block in blocks) else []


def _is_like(block: Sequence[str], first: Sequence[str]) -> bool:
    """Whether two blocks have most of their header in common: a name under two groups of columns makes no blocks."""
    one, other = {text for text in block if text}, {text for text in first if text}
    return len(one & other) * 2 > min(len(one), len(other))


def _has_same(texts: Sequence[str], first: int, other: int, distance: int) -> bool:
    text = texts[first - distance] if distance <= first < other - distance else ""
    return bool(text) and text == texts[other - distance]


def _inside(merged: Sequence[Merged], start: int, end: int) -> list[Merged]:
    """The merged cells of a block, their columns counted from its own first."""
    return [
        ((top, left - start), (bottom, min(right, end - 1) - start))
        for (top, left), (bottom, right) in merged
        if start <= left < end
    ]


def _letters(column: int) -> str:
    """The letters of a column (from 0): 26 is AA."""
    quotient, rest = divmod(column, 26)
    return (_letters(quotient - 1) if quotient else "") + chr(65 + rest)
