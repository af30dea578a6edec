"""Refusals about time: one owner for each element, scope and day, and no day without one.

Lives here: spells that overlap, spells that do not meet.
Add here: another rule on the dates of an authority.
Stays out: whether the owner can own it at all (`owners`).

Scopes are compared cell by cell, a cell being one stage in one district; the districts that no scope names
count as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations, product
from typing import get_args

from registry.model import Authority, Element, Event, Scope, Stage
from registry.rules.words import shared, when, where

_REST = "the other districts"
Hole = tuple[str, date, date | None]
"""The owner before, the first night without an owner, the first night with one again."""


def refusals(at: str, element: Element, unions: Mapping[str, str]) -> Iterator[str]:
    """Two owners on one day, then days without one; `at` names the element.

    Feeds of one union (`unions`: feed to union) own what stands in their own records, side by side; so do all feeds
    that carry an event.
    """
    if element.entity not in get_args(Event):
        yield from _two_owners(at, element, unions)
    yield from _gaps(at, element)


def _two_owners(at: str, element: Element, unions: Mapping[str, str]) -> Iterator[str]:
    for one, other in combinations(element.authority, 2):
        if one.source != other.source and one.source in unions and unions[one.source] == unions.get(other.source):
            continue
        scope = shared(one.scope, other.scope)
        first = max(one.from_, other.from_)
        until = min((d for d in (one.until, other.until) if d), default=None)
        if scope is not None and (until is None or first < until):
            yield (
                f"{at} has two owners, `{one.source}` and `{other.source}`, {where(scope)} "
                f"{when(first, until)}; end one with `until` or narrow its scope."
            )


def _gaps(at: str, element: Element) -> Iterator[str]:
    """A scope once owned stays owned, unless the element ends everywhere on one day."""
    ends = {a.until for a in element.authority}
    last = None if None in ends else max((d for d in ends if d), default=None)
    found: dict[Hole, list[tuple[str, str]]] = {}
    named = sorted({d for a in element.authority for d in a.scope.districts})
    for cell in product(get_args(Stage), (*named, _REST)):
        spells = [a for a in element.authority if _covers(a.scope, *cell)]
        for hole in _holes(spells, last):
            found.setdefault(hole, []).append(cell)
    for (before, end, begin), cells in found.items():
        yield (
            f"{at} has no owner {_cells(cells, len(named) + 1)} {when(end, begin)}, after `{before}`; "
            "move `from` or `until` so that the spells meet."
        )


def _holes(spells: Sequence[Authority], last: date | None) -> Iterator[Hole]:
    """Days between or after spells in order of their first night; `last` is when the element ends at all."""
    before: Authority | None = None
    for spell in spells:
        if before is not None and before.until is not None and before.until < spell.from_:
            yield before.source, before.until, spell.from_
        if before is None or _reach(spell) > _reach(before):
            before = spell
    if before is not None and before.until is not None and (last is None or before.until < last):
        yield before.source, before.until, last


def _reach(spell: Authority) -> date:
    return spell.until or date.max


def _covers(scope: Scope, stage: str, district: str) -> bool:
    in_stage = not scope.stages or stage in scope.stages
    return in_stage and (not scope.districts or district in scope.districts)


def _cells(cells: Sequence[tuple[str, str]], all_districts: int) -> str:
    stages = list(dict.fromkeys(stage for stage, _ in cells))
    districts = list(dict.fromkeys(district for _, district in cells))
    parts = []
    if len(stages) < len(get_args(Stage)):
        parts.append(f"stages {', '.join(stages)}")
    if len(districts) < all_districts:
        parts.append(", ".join(d if d == _REST else f"district {d}" for d in districts))
    return " in ".join(parts) or "everywhere"
