"""The report that `explain` and `trace` return and `shuyuan.printing` prints: facts and tables.

Stays out: what a report says (`explain`, `trace`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Part:
    """A table of a report: `title` for people, `name` as its key in JSON; `left_off`: rows that are not shown."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    left_off: int = 0

    def dicts(self) -> list[dict[str, Any]]:
        """The rows, each under the names of its columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Report:
    """The facts about one item, in their order of display, and tables about it."""

    facts: Mapping[str, Any]
    parts: tuple[Part, ...] = field(default=())

    def part(self, name: str) -> Part:
        """The part of that name. Raises KeyError."""
        return {part.name: part for part in self.parts}[name]

    def as_dict(self) -> dict[str, Any]:
        """Facts and parts as plain data for JSON: a part is a list of objects; `left_off`: rows that are not shown."""
        left_off = {part.name: part.left_off for part in self.parts if part.left_off}
        more = {"left_off": left_off} if left_off else {}
        return {**self.facts, **more, **{part.name: part.dicts() for part in self.parts}}

    def flat(self) -> tuple[tuple[str, ...], Iterator[tuple[Any, ...]]]:
        """Every row of every part under one header, the part's name first; None where a part lacks a column."""
        columns = tuple(dict.fromkeys(name for part in self.parts for name in part.columns))
        rows = ((part.name, *(row.get(name) for name in columns)) for part in self.parts for row in part.dicts())
        return ("part", *columns), rows


def part(
    name: str, title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], limit: int | None = None
) -> Part:
    """A part from rows of any kind; of more than `limit` the first, and the number of the others."""
    every = tuple(tuple(row) for row in rows)
    shown = every[:limit] if limit else every
    return Part(name, title, tuple(columns), shown, len(every) - len(shown))
