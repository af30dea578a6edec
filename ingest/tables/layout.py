"""Which cell of a row is which column.

Lives here: the layout of a table below its header.
Add here: another use of the headers that a contract does not name.
Stays out: finding the header (`header_row`), comparing header texts (`header_texts`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.errors import Refused
from ingest.tables.header_texts import Names, is_serial, label

MAX_COLUMNS = 5000


@dataclass(frozen=True)
class Layout:
    """Where a table's columns stand.

    `columns`: contract column -> place in the row. `rest`: header and place of all others, sorted by header
    (only for a feed that keeps them). `width`: cells up to the last header. `head`: rows above the data.
    `version`: the form of the register in which the table came; '' where the feed has but one.
    """

    columns: dict[str, int]
    rest: tuple[tuple[str, int], ...]
    width: int
    head: int
    version: str = ""


def layout_of(headers: Sequence[str], head: int, names: Names) -> Layout:
    """The layout under a header of `head` rows. Raises Refused where it is too wide."""
    headers = _by_item(headers, names)
    columns: dict[str, int] = {}
    others: list[int] = []
    for place, header in enumerate(headers):
        column = names.column(header)
        if column is None:
            others.append(place)
        elif column not in columns or names.rank(header) < names.rank(headers[columns[column]]):
            columns[column] = place
    width = max((p + 1 for p, header in enumerate(headers) if label(header)), default=0)
    refuse_wide(width)
    loaded = {column: place for column, place in columns.items() if column not in names.unloaded}
    rest = _rest(headers, others) if names.feed.rest else ()
    return Layout(loaded, rest, width, head, names.version(headers))


def _by_item(headers: Sequence[str], names: Names) -> list[str]:
    """The headers; one that stands again and again (得分 after each item) goes by the one before, if such a column
    is known.
    """
    texts = [label(header) for header in headers]
    often = Counter(text for text in texts if text and names.column(text) is None)
    told, before = [], ""
    for header, text in zip(headers, texts, strict=True):
        again = often[text] > 1
        told.append(f"{before}{text}" if again and names.column(f"{before}{text}") else header)
        before = text if text and not again else before
    return told


def refuse_wide(width: int) -> None:
    """Raises Refused where a table is too wide to be one."""
    if width > MAX_COLUMNS:
        raise Refused(f"has {width} columns, and no feed has more than {MAX_COLUMNS}: export the table itself.")


def _rest(headers: Sequence[str], places: Sequence[int]) -> tuple[tuple[str, int], ...]:
    """Headers the contract does not name; one that stands twice takes the name of the last single one before
    it.
    """
    texts = {p: label(headers[p]) for p in places if label(headers[p]) and not is_serial(label(headers[p]))}
    often = Counter(texts.values())
    rest: dict[str, int] = {}
    before = ""
    for place, text in texts.items():
        before = text if often[text] == 1 else before
        told = text if often[text] == 1 or not before else f"{before}_{text}"
        n = 1
        while (unique := told if n == 1 else f"{told}_{n}") in rest:
            n += 1
        rest[unique] = place
    return tuple(sorted(rest.items()))
