"""A good export of any feed, made from its contract alone.

Lives here: where such a file lies, its rows with what each cell means, keys that nobody else has.
Add here: another shape of a slice's path (`_PLACES`).
Stays out: how a row is written (`drafts`), what is done to it (the mutators).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from registry.model import Column, Feed, Register
from tests.mutations import written
from tests.mutations.written import SCHOOLS, Value

SCOPED, WHOLE = 30, 45  # rows of a file that speaks for one slice, and of one that speaks for all
MARKS = ("语文_得分", "数学_得分", "英语_校次")
ITEMS = ("第1题", "第2题(1)", "第2题(2)")
_PLACES = (
    "{school}", "{exam}/{school}", "records_{day}", "{day}", "{year}/{school}", "{year}/{term}/{school}",
    "{term}/{school}", "{month}/{school}", "{month}", "{year}", "{term}", "{exam}", "{exam}/{school}_{day}",
    "{day}/{school}", "{school}/{day}", "{school}_{day}", "{area}", "{year}/{area}", "{school}/{exam}",
    "{school}/{year}", "{school}/{term}", "{school}/{month}", "{week}/{school}", "{week}", "数据_{since}",
    "{since}/{area}", "{exam}/14/{school}",
)  # fmt: skip


@dataclass
class Good:
    """An export: the feed, where it lies (without suffix), the slice it speaks for (None: all), and its rows."""

    feed: Feed
    place: str
    scope: str | None
    columns: list[Column]
    rows: list[dict[str, Value]] = field(default_factory=list)  # contract column, or header of a mark -> value

    @property
    def marks(self) -> tuple[str, ...]:
        """Headers beyond the contract, of a feed that keeps them."""
        if not self.feed.rest:
            return ()
        own = {h for c in self.feed.columns for h in c.headers}
        return MARKS if not own & {m.split("_")[1] for m in MARKS} else ITEMS


def goods(feed: Feed, register: Register, count: int, seed: int = 0) -> list[Good]:
    """`count` exports of different slices; one, where a file speaks for the whole feed."""
    draw = Random(f"{seed} {feed.id}")
    taken: set[tuple[Any, ...]] = set()
    found = []
    for scope, place in list(_places(feed))[: count if feed.slice.path else 1]:
        export = Good(feed, place, scope, [c for c in feed.columns if c.headers])
        export.rows = [row(draw, export, register, taken) for _ in range(WHOLE if scope is None else SCOPED)]
        found.append(export)
    return found


def row(draw: Random, export: Good, register: Register, taken: set[tuple[Any, ...]]) -> dict[str, Value]:
    """One more row of an export, with a key that is not in `taken` yet."""
    feed = export.feed
    for _ in range(1000):
        made = {c.name: written.good(draw, c, feed, register) for c in export.columns}
        owner = feed.slice.column or feed.slice.within
        if owner and export.scope is not None:
            made[owner] = Value(export.scope, export.scope)
        key = tuple(made[name].means for name in feed.key)
        if key not in taken:
            taken.add(key)
            return made | {m: _mark(draw) for m in export.marks}
    raise AssertionError(f"{feed.id}: a thousand rows have no new key {feed.key}")


def _mark(draw: Random) -> Value:
    text = str(draw.randrange(100))
    return Value(text, text)


def _places(feed: Feed) -> Iterator[tuple[str | None, str]]:
    """Slices and the places of their files below the feed's folder."""
    if feed.slice.path is None:
        yield None, "名单"
        return
    for shape in _PLACES:
        seen: dict[str, str] = {}
        for n, school in enumerate(SCHOOLS):
            words = {
                "school": school, "exam": "2025-2026-1-m1", "day": f"202510{n % 28 + 1:02d}", "year": "2025-2026",
                "term": f"2025-2026-{n % 2 + 1}", "month": f"2025-{n % 12 + 1:02d}", "area": f"3299{n + 1:02d}",
                "week": f"2025-W{n + 1:02d}", "since": f"{2000 + n}",
            }  # fmt: skip
            place = shape.format(**words)
            match = re.search(feed.slice.path, f"{place}.csv")
            if match and match.group("slice"):
                seen.setdefault(match.group("slice"), place)
        if len(seen) > 1 and _speaks(feed, seen):
            yield from seen.items()
            return
    raise AssertionError(f"{feed.id}: add to tests/mutations/goods.py a place that {feed.slice.path} matches")


def _speaks(feed: Feed, seen: dict[str, str]) -> bool:
    """Whether the slices are values of the column that names them."""
    kind = next((c.type for c in feed.columns if c.name == feed.slice.column), "text")
    shape = {"school_code": r"\d{10}", "area_code": r"\d{6}"}.get(kind, ".+")
    return all(re.fullmatch(shape, part) for part in seen)
