"""A file on the way from good rows to bytes, and what is promised of it.

Lives here: the lines of a table with what must become of each, what surrounds it, and how it is written down.
Add here: a fact of a file that a mutator changes.
Stays out: writing the formats (`formats`), changing anything (the mutators).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from registry.model import Column, Feed, Register
from tests.mutations.goods import Good

Format = Literal["csv", "xlsx", "xls", "ods", "html", "json", "jsonl", "parquet"]
Fate = Literal["loaded", "quarantined", "skipped", "gone"]
Promise = Literal["exact", "accounted", "prefix", "refused"]
FORMATS: tuple[Format, ...] = ("csv", "csv", "csv", "xlsx", "xlsx", "xls", "ods", "html", "json", "jsonl", "parquet")
BOOKS = ("xlsx", "xls", "ods", "html")
KEYED = ("json", "jsonl", "parquet")  # each value is under its column's name, and nothing stands around the table
TEXTS = ("csv", "html", "json", "jsonl")


@dataclass
class Line:
    """A line of the body: its cells, what they mean, what must become of it, and the (column, rule) it breaks."""

    cells: list[Any]
    means: dict[str, Any]
    fate: Fate = "loaded"
    broken: set[tuple[str, str]] = field(default_factory=set)
    raw: str | None = None  # the line as it stands in the file, instead of its cells


@dataclass
class Draft:
    """A file that is being made. `columns` are the contract's by place; None for what it does not name.

    `promise`: exact (each line meets its fate), accounted (any fate, but one), prefix (as exact for the first
    `whole` lines, or nothing of the file), refused (with one sentence).
    """

    register: Register
    feed: Feed
    good: Good
    form: Format
    columns: list[Column | None]
    headers: list[str]
    lines: list[Line]
    promise: Promise = "exact"
    whole: int = 0
    above: list[list[str]] = field(default_factory=list)
    below_header: list[list[str]] = field(default_factory=list)  # more rows of the head (machine keys)
    before: list[tuple[str, list[list[str]]]] = field(default_factory=list)  # sheets before the table
    after: list[tuple[str, list[list[str]]]] = field(default_factory=list)
    separator: str = ","
    quote_all: bool = False
    newline: str = "\r\n"
    encoding: str = "utf-8"
    packed: str | None = None  # name inside a zip
    suffix: str | None = None  # instead of the format's own
    spoil: list[Callable[[bytes], bytes]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)  # names of the mutators
    is_thinner: bool = False  # values of before are gone: where they were good, their slice may wait

    @property
    def path(self) -> str:
        """Where it lies below the inbox."""
        suffix = "zip" if self.packed else self.suffix or {"csv": "csv", "html": "xls"}.get(self.form, self.form)
        return f"{self.feed.id}/{self.good.place}.{suffix}"

    def place(self, column: str) -> int:
        """Where a column stands; -1 where it does not."""
        return next((n for n, c in enumerate(self.columns) if c is not None and c.name == column), -1)

    @property
    def head(self) -> int:
        """Rows above the first line, as a person counts them."""
        return 0 if self.form in KEYED else len(self.above) + 1 + len(self.below_header)

    def data(self) -> list[Line]:
        """The lines that hold data and are right so far."""
        return [line for line in self.lines if line.fate == "loaded" and not line.broken and line.raw is None]


def draft_of(good: Good, register: Register, form: Format = "csv") -> Draft:
    """An export as its platform writes it: a header, one line a row."""
    columns: list[Column | None] = [*good.columns, *(None for _ in good.marks)]
    names = [c.name for c in good.columns] + list(good.marks)
    headers = [c.headers[0] for c in good.columns] + list(good.marks)
    lines = [Line([row[name].text for name in names], {name: row[name].means for name in names}) for row in good.rows]
    return Draft(register, good.feed, good, form, columns, headers, lines)


Mutator = Callable[[Random, Draft], bool]
"""Changes a draft and keeps its promise true; False where it does not apply to this one."""
