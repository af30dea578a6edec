"""Events that several feeds hold: whose copy counts, and in what the copies are compared.

Lives here: the unions that feeds declare in `combine`, put together.
Add here: another fact of a union that follows from the register alone.
Stays out: combining rows (dbt_project), how a copy finds its person (`carriers`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import get_args

from registry.model import Combine, Event, Feed, Register


@dataclass(frozen=True)
class Member:
    """A feed of a union, its rank, and the entity of which its events are.

    `renamed`: columns that hold what the best copy has in a column of another name, and that name.
    """

    feed: str
    rank: int
    entity: str
    renamed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Fact:
    """A fact of an event, and the column in which every copy has it."""

    element: str
    column: str


@dataclass(frozen=True)
class Union:
    """Feeds whose rows of one `key` are one event; `members` best copy first.

    `facts` are those that the best copy declares of the event, but for its key, which is equal, and for identifiers,
    of which each system has its own.
    """

    key: tuple[str, ...]
    members: tuple[Member, ...]
    facts: tuple[Fact, ...]


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
        Fact(element, column.name)
        for column in feed.columns
        if column.name not in best.key and column.type != "identifier"
        for element in column.elements
        if element.partition(".")[0] in get_args(Event)
    )
    members = (
        Member(copy.id, combine.rank, copy.identifies[0].entity, renamed(copy, feed)) for combine, copy in ranked
    )
    return Union(best.key, tuple(members), tuple(facts))


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
