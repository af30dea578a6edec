"""Events that several feeds hold: whose copy counts, and in what the copies are compared.

Lives here: the unions that feeds declare in `combine`, put together.
Add here: another fact of a union that follows from the register alone.
Stays out: combining rows (dbt_project), how a copy finds its person (`carriers`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Final, get_args

from registry.model import Combine, Event, Feed, Register, TypeName

DAY: Final = r"(?<!\d)\d{8}(?!\d)"  # eight digits and no more, as 20251015


@dataclass(frozen=True)
class Member:
    """A feed of a union, its rank, and the entity of which its events are.

    `renamed`: columns that hold what the best copy has in a column of another name, and that name. `key`: the columns
    by which its own system tells one row from another. `is_expected`: it is due from the day `since` on. `by_day`:
    its slices are called by days, so that one tells of which day it has delivered; `by_school`: each is one school's.
    """

    feed: str
    rank: int
    entity: str
    renamed: dict[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    is_expected: bool = True
    since: date | None = None
    by_day: bool = False
    by_school: bool = False


@dataclass(frozen=True)
class Fact:
    """A fact of an event, the column in which every copy has it, and its type."""

    element: str
    column: str
    type: TypeName = field(default="text", compare=False)


@dataclass(frozen=True)
class Evidence:
    """A column that speaks for or against two rows being one event where both have it, and its type."""

    column: str
    type: TypeName


@dataclass(frozen=True)
class Union:
    """Feeds whose rows of one `key` are one event (`registry.model.Combine`); `members` best copy first.

    `facts` are those that the best copy declares of the event, but for its key, which is equal, for identifiers, of
    which each system has its own, and for evidence in words or times, which is alike without being equal.
    """

    key: tuple[str, ...]
    members: tuple[Member, ...]
    facts: tuple[Fact, ...]
    clock: str | None = None
    tolerance_seconds: int = 0
    evidence: tuple[Evidence, ...] = ()


def unions(register: Register) -> dict[str, Union]:
    """The unions of the register by name."""
    combined = [(feed.combine, feed) for feed in register.feeds if feed.combine]
    return {
        name: _union(sorted(((c, f) for c, f in combined if c.union == name), key=lambda member: member[0].rank))
        for name in dict.fromkeys(combine.union for combine, _ in combined)
    }


def _union(ranked: list[tuple[Combine, Feed]]) -> Union:
    best, feed = ranked[0]
    facts = (
        Fact(element, column.name, column.type)
        for column in feed.columns
        if column.name not in best.key
        and column.type != "identifier"
        and not (column.name in best.evidence and column.type in ("text", "datetime"))
        for element in column.elements
        if element.partition(".")[0] in get_args(Event)
    )
    types = {column.name: column.type for column in feed.loaded_columns}
    evidence = tuple(Evidence(name, types[name]) for name in best.evidence if name in types)
    members = tuple(_member(combine, copy, feed) for combine, copy in ranked)
    return Union(best.key, members, tuple(facts), best.clock, best.tolerance_seconds, evidence)


def _member(combine: Combine, copy: Feed, best: Feed) -> Member:
    return Member(
        feed=copy.id,
        rank=combine.rank,
        entity=copy.identifies[0].entity,
        renamed=renamed(copy, best),
        key=copy.key,
        is_expected=copy.expected != "on_demand",
        since=combine.since,
        by_day=is_called_by_day(copy),
        by_school=copy.slice.by_school,
    )


def is_called_by_day(feed: Feed) -> bool:
    """Whether the example of a slice holds a day as eight digits (20251015)."""
    found = re.search(feed.slice.path, feed.slice.example) if feed.slice.path and feed.slice.example else None
    digits = re.search(DAY, found["slice"]) if found else None
    try:
        return digits is not None and bool(date.fromisoformat(digits[0]))
    except ValueError:
        return False


def best_copy(register: Register, union: str) -> Feed:
    """The feed of a union whose copies count first."""
    ranked = [(f.combine.rank, f) for f in register.feeds if f.combine and f.combine.union == union]
    return min(ranked, key=lambda one: one[0])[1]


def renamed(feed: Feed, best: Feed) -> dict[str, str]:
    """The columns of a feed that hold an element which the best copy has in a column of another name."""
    names = {element: column.name for column in best.loaded_columns for element in column.elements}
    own = {column.name for column in feed.loaded_columns}
    pairs = ((c.name, names[e]) for c in feed.loaded_columns for e in c.elements if e in names)
    return {name: other for name, other in pairs if name != other and other not in own}
