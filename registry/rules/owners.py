"""Refusals about data elements: what each says about itself, its owners and its lender.

Lives here: steward, type, owners who declare the column, borrowing, entities that something creates.
Add here: another rule on `elements/*.yml`.
Stays out: who owns it on which day (`spells`), rules on columns (`feeds`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from registry.authority import declares
from registry.model import Element, Entity, Event, Feed, Register
from registry.rules import spells
from registry.rules.words import twice, when, where


def refusals(register: Register) -> Iterator[str]:
    """Contradictions in the elements."""
    for name in twice(e.id for e in register.elements):
        yield f"{_file(name)}: element `{name}` stands twice; remove one."
    for element in register.elements:
        at = f"{_file(element.id)}: element `{element.id}`"
        yield from _itself(at, element, register)
        yield from _owners(at, element, register)
        yield from _borrow(at, element, register)
        yield from spells.refusals(at, element, _unions(register))
    yield from _not_created(register)


def _itself(at: str, element: Element, register: Register) -> Iterator[str]:
    known = (*get_args(Entity), *get_args(Event))
    if element.entity not in known:
        yield f"{at} is of an unknown entity; begin its id with one of {', '.join(known)}."
    if not element.steward.strip():
        yield f"{at} has no steward; name the office that answers for it."
    if not element.authority:
        yield f"{at} has no owner; add an `authority` with its feed and first night."
    if (element.type == "code") != (element.code_set is not None):
        yield f"{at} must have a `code_set` exactly where its type is code; its type is {element.type}."
    if element.code_set and element.code_set not in {s.id for s in register.code_sets}:
        yield f"{at} names the unknown code set `{element.code_set}`; add its CSV to codes/ or correct it."


def _owners(at: str, element: Element, register: Register) -> Iterator[str]:
    feeds = {f.id: f for f in register.feeds}
    districts = {a.code for a in register.bureau.areas if a.level == "district"}
    for spell in element.authority:
        span = f"{where(spell.scope)} {when(spell.from_, spell.until)}"
        if spell.until is not None and spell.until <= spell.from_:
            yield f"{at}: its owner `{spell.source}` {span} ends before it begins; correct the dates."
        for district in spell.scope.districts:
            if district not in districts:
                yield (
                    f"{at}: the scope of its owner `{spell.source}` names district {district}, which is no "
                    "district of bureau.yml; correct it."
                )
        owner = feeds.get(spell.source)
        if owner is None:
            yield (
                f"{at}: its owner {span}, `{spell.source}`, is not a declared feed; "
                f"name one such as {_some(feeds)}."
            )
        elif not declares(owner, element.id):
            yield (
                f"{at}: its owner {span}, `{owner.id}`, declares no column for it; "
                f"add it to `elements` of a column in sources/{owner.source}.yml or name another owner."
            )
        else:
            yield from _fits(at, element, owner)


def _fits(at: str, element: Element, owner: Feed) -> Iterator[str]:
    if element.entity in get_args(Entity) and element.entity not in {i.entity for i in owner.identifies}:
        yield (
            f"{at}: its owner `{owner.id}` does not say which column identifies a {element.entity}; "
            "add `identifies`."
        )
    column = next((c for c in owner.loaded_columns if element.id in c.elements), None)
    if column and column.code_set and element.code_set and column.code_set != element.code_set:
        yield (
            f"{at} is of code set `{element.code_set}`, but column `{column.name}` of its owner `{owner.id}` "
            f"is of `{column.code_set}`; make them the same."
        )


def _borrow(at: str, element: Element, register: Register) -> Iterator[str]:
    kind, _, lender = element.on_missing.partition(":")
    if element.on_missing == "leave_empty":
        return
    if kind != "borrow" or not lender:
        yield f"{at}: `on_missing` must be leave_empty or borrow:<feed id>, not `{element.on_missing}`."
        return
    feed = next((f for f in register.feeds if f.id == lender), None)
    if feed is None:
        yield f"{at} borrows from `{lender}`, which is not a declared feed; correct `on_missing`."
    elif not declares(feed, element.id):
        yield f"{at} borrows from `{lender}`, which declares no column for it; correct `on_missing`."
    for spell in element.authority:
        if spell.source == lender and spell.until is None:
            yield (
                f"{at} borrows from `{lender}`, which is its owner {where(spell.scope)} "
                f"{when(spell.from_, None)}; borrow from another feed or leave_empty."
            )


def _not_created(register: Register) -> Iterator[str]:
    created = {p.entity for f in register.feeds for p in f.creates}
    for entity in dict.fromkeys(e.entity for e in register.elements):
        if entity not in created and entity in get_args(Entity):
            yield (
                f"{_file(entity)}: the elements of {entity} have owners, but no feed creates a {entity}; "
                "add `creates` to the registry's feed in sources/."
            )


def _unions(register: Register) -> dict[str, str]:
    """The union of each feed whose events are united with another's."""
    return {f.id: f.combine.union for f in register.feeds if f.combine}


def _some(feeds: dict[str, Feed]) -> str:
    return ", ".join(list(feeds)[:3]) or "those of sources/*.yml"


def _file(element_id: str) -> str:
    return f"elements/{element_id.partition('.')[0]}.yml"
