"""The layout of a table: which cell of a row is which column.

Stays out: finding the header (`ingest.tables.header_row`), comparing header texts (`ingest.tables.header_texts`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ingest.errors import Refused
from ingest.tables.header_texts import Names, is_serial, label

MAX_COLUMNS = 5000


@dataclass
class MarkColumns:
    """What the headers of a score sheet say: under which keys its `marks` are kept, and those that must be listed.

    `unread`: key -> rule and the nearest known name. Both grow as rows are read where each row names its subject.
    """

    marks: set[str] = field(default_factory=set)
    unread: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Layout:
    """Positions of a table's columns.

    `columns`: contract column -> index in the row. `rest`: header and index of all others, sorted by header
    (only for a feed that stores them). `width`: cells up to the last header. `head`: rows above the data.
    `version`: the feed's layout in the register; '' where it has only one. `unread`: header and index of the columns
    that the contract neither names nor passes over; a column beyond the last header has none. `rest_of`: the other
    cells of a row and what they are kept under, where `rest` alone does not say so; `adds`: the key of one that is said
    by no cell of the row. `marks`: what the headers of a score sheet say. `named_by_sheet`: the last column is no
    cell of the file, but the name of the sheet.
    """

    columns: dict[str, int]
    rest: tuple[tuple[str, int], ...]
    width: int
    head: int
    version: str = ""
    unread: tuple[tuple[str, int], ...] = ()
    rest_of: Callable[[Sequence[str | None]], list[tuple[str, str]]] | None = None
    adds: str | None = None
    marks: MarkColumns | None = None
    named_by_sheet: bool = False

    def beside_sheet_name(self, row: list[str | None], name: str) -> list[str | None]:
        """A row with the name of its sheet in the column that says it; a blank row stays blank."""
        if not self.named_by_sheet or not any(cell and cell.strip() for cell in row):
            return row
        own = row[: self.width - 1]
        return [*own, *[None] * (self.width - 1 - len(own)), name, *row[self.width - 1 :]]


def layout_of(headers: Sequence[str], head: int, names: Names) -> Layout:
    """The layout under a header of `head` rows. Raises Refused where it is too wide."""
    headers = _by_item(headers, names)
    columns: dict[str, int] = {}
    unnamed: list[int] = []
    for index, header in enumerate(headers):
        column = names.column(header)
        if column is None:
            unnamed.append(index)
        elif column not in columns or names.rank(header) < names.rank(headers[columns[column]]):
            columns[column] = index
    width = max((p + 1 for p, header in enumerate(headers) if label(header)), default=0)
    refuse_wide(width)
    loaded = {column: index for column, index in columns.items() if column not in names.unloaded}
    others = [index for index in unnamed if not names.is_passed_over(headers[index])]
    rest = _rest(headers, others) if names.feed.rest else ()
    read = {*columns.values(), *(index for _, index in rest)}
    unread = tuple(
        (label(header) or f"#{index + 1}", index)
        for index, header in enumerate(headers)
        if index not in read and not names.is_passed_over(header) and not (index == 0 and label(header).isdigit())
    )
    return Layout(loaded, rest, width, head, names.version(headers), unread)


def _by_item(headers: Sequence[str], names: Names) -> list[str]:
    """The headers; one that says more of the item before it (得分, 等级, 加分) is prefixed by that item, in a writing
    of the item under which the two name a column.
    """
    texts = [label(header) for header in headers]
    occurrences = Counter(text for text in texts if text and names.column(text) is None)
    result: list[str] = []
    items: tuple[str, ...] = ()
    for header, text in zip(headers, texts, strict=True):
        of_item = next((f"{item}{text}" for item in items if text and names.column(f"{item}{text}")), None)
        result.append(of_item or header)
        if text and of_item is None and occurrences[text] <= 1:
            items = (text, *names.headers_of(names.column(text)))
    return result


def refuse_wide(width: int) -> None:
    """Raises Refused where a table is too wide to be one."""
    if width > MAX_COLUMNS:
        raise Refused(f"has {width} columns, and no feed has more than {MAX_COLUMNS}: export the table itself.")


def _rest(headers: Sequence[str], indices: Sequence[int]) -> tuple[tuple[str, int], ...]:
    """Headers that the contract does not name; a repeated one is prefixed by the last unique one before it."""
    texts = {p: label(headers[p]) for p in indices if label(headers[p]) and not is_serial(label(headers[p]))}
    occurrences = Counter(texts.values())
    rest: dict[str, int] = {}
    last_single = ""
    for index, text in texts.items():
        last_single = text if occurrences[text] == 1 else last_single
        name = text if occurrences[text] == 1 or not last_single else f"{last_single}_{text}"
        n = 1
        while (unique := name if n == 1 else f"{name}_{n}") in rest:
            n += 1
        rest[unique] = index
    return tuple(sorted(rest.items()))
