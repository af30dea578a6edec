"""When one owner ends and the next begins: authority spells made explicit.

Lives here: filling in `until`, turning a source id into the one feed of it that declares the element, and the
owners of a night.
Add here: anything that makes an element's owners explicit without judging them.
Stays out: refusing two owners or a gap (`rules.owners`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, get_args

from registry.model import Authority, Column, Element, Event, Feed, Register, Scope

_BEFORE_ALL: Final = date(2000, 1, 1)


@dataclass(frozen=True)
class Owners:
    """Who owns an element on a night; `borrowed` is the feed whose copy stands in where no owner says anything."""

    authorities: tuple[Authority, ...]
    borrowed: str | None


def owners_on(register: Register, night: date) -> dict[str, Owners]:
    """The owners of each element of the register on a night, by the element's id."""
    return {
        element.id: Owners(tuple(a for a in element.authority if a.holds(night)), _borrowed(element))
        for element in register.elements
    }


def _borrowed(element: Element) -> str | None:
    return element.on_missing.partition(":")[2] or None


def settled(element: Element, feeds: Sequence[Feed]) -> Element:
    """The element with each spell's owner a feed id and its end filled in, oldest spell first.

    A spell without `until` ends where the next spell of the same scope begins. The facts of an event are its own
    system's: a feed that carries one and has no spell owns it in its own rows, for as long as there has been an owner,
    unless the register says whose copy may stand in.
    """
    spells = sorted(
        (_named(a, element.id, feeds) for a in element.authority), key=lambda a: (a.from_, a.source)
    )
    ended = [_ended(a, spells) for a in spells]
    return element.model_copy(update={"authority": (*ended, *_of_own_rows(element, spells, feeds))})


def _of_own_rows(element: Element, spells: Sequence[Authority], feeds: Sequence[Feed]) -> list[Authority]:
    if element.entity not in get_args(Event) or _borrowed(element):
        return []
    first, named = min((a.from_ for a in spells), default=_BEFORE_ALL), {a.source for a in spells}
    carrying = (feed.id for feed in feeds if declares(feed, element.id))
    return [Authority.model_validate({"source": feed, "from": first}) for feed in carrying if feed not in named]


def scope_key(scope: Scope) -> tuple[frozenset[str], frozenset[str]]:
    """Equal for scopes that say the same, however they are written."""
    return frozenset(scope.stages), frozenset(scope.districts)


def declares(feed: Feed, element_id: str) -> bool:
    """Whether a stored column of the feed is the element's value or a copy of it."""
    return element_id in feed.rest_elements or any(element_id in column.elements for column in feed.loaded_columns)


def may_own(register: Register, feed: Feed, column: Column) -> bool:
    """Whether a column of the feed is, was or will be an owner's value, or is borrowed where the owner has none."""
    elements = [element for element in register.elements if element.id in column.elements]
    return any(feed.id in {_borrowed(e), *(spell.source for spell in e.authority)} for e in elements)


def _named(spell: Authority, element_id: str, feeds: Sequence[Feed]) -> Authority:
    """A source id as the one feed of it that declares the element; of several, the one that creates its entity."""
    declaring = [f for f in feeds if f.source == spell.source and declares(f, element_id)]
    creating = [f for f in declaring if element_id.partition(".")[0] in {p.entity for p in f.creates}]
    candidates = declaring if len(declaring) == 1 else creating
    return spell.model_copy(update={"source": candidates[0].id}) if len(candidates) == 1 else spell


def _ended(spell: Authority, spells: Sequence[Authority]) -> Authority:
    if spell.until is not None:
        return spell
    later: list[date] = [
        s.from_ for s in spells if s.from_ > spell.from_ and scope_key(s.scope) == scope_key(spell.scope)
    ]
    return spell.model_copy(update={"until": min(later)}) if later else spell
