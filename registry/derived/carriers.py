"""Which feeds carry an entity's elements, and by what a row of each names the entity.

Lives here: what the register says of a feed as a carrier, worked out once for SQL that is written by it.
Add here: another fact of a carrier that follows from the register alone.
Stays out: the SQL (dbt_project), events that several feeds hold (`unions`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import get_args

from registry.authority import Owners, owners_on
from registry.derived.days import Day, day_of
from registry.derived.senders import Sent, school_sent
from registry.model import Entity, Feed, Identifies, Register

# by which two records of a person are compared, in this order
EVIDENCE = ("name", "birth_date", "school", "class", "guardian_phone")


@dataclass(frozen=True)
class Identifier:
    """An identifier of an entity: its namespace, and the columns that spell it, joined by |.

    `document_type`: the column that says of which document it is the number; one of another kind than those of a
    citizen identification number has a namespace of its own below this one.
    """

    namespace: str
    columns: tuple[str, ...]
    document_type: str | None = None


@dataclass(frozen=True)
class Carrier:
    """A feed that carries elements of an entity, or creates it.

    `model` presents the rows. `identifiers`: the row's own first. `elements`: the column of each element, by its name.
    `copies`: the elements of which the feed is not the only owner on the night; `phones`: those of them that are
    telephone numbers, of which a cell may hold several. `creates`: its rows make the entity.
    `joins_alone`: its identifier names the person without further evidence. `is_account`: nobody creates by its
    identifier, so that it is an account of the feed's own system. `one_row`: a slice holds one row a person.

    `school_column`: names the row's school; without one, `school_in_slice` says whether the slice does. `sender`:
    where the code under which a school sends a row stands. `slice_is_school_code`: each slice is called by one.
    `composites`: the composite keys that it takes part in, each as elements. `record_columns`: what tells the record
    of a row from others. `day`: by what a row tells the day of which it speaks; None: a list, which speaks of tonight.
    """

    feed: str
    source: str
    alias: str
    model: str
    identifiers: tuple[Identifier, ...]
    elements: dict[str, str]
    copies: tuple[str, ...]
    phones: tuple[str, ...]
    creates: bool
    joins_alone: bool
    is_account: bool
    one_row: bool
    school_column: str | None
    school_in_slice: bool
    sender: Sent | None
    slice_is_school_code: bool
    composites: tuple[tuple[str, ...], ...]
    record_columns: tuple[str, ...]
    day: Day | None


def carriers(register: Register, night: date) -> dict[str, tuple[Carrier, ...]]:
    """The carriers of each entity, in the order of the register's feeds.

    A feed that names an entity and says nothing of it (events at a gate) is no carrier.
    """
    owners = owners_on(register, night)
    return {entity: tuple(_carriers(register, entity, owners)) for entity in get_args(Entity)}


def _carriers(register: Register, entity: Entity, owners: dict[str, Owners]) -> Iterator[Carrier]:
    for feed in register.feeds:
        named = [identifies for identifies in feed.identifies if identifies.entity == entity]
        if named and (_creates(feed, entity) or _elements(feed, named[0])):
            yield _carrier(register, feed, named, owners)


def _carrier(register: Register, feed: Feed, named: list[Identifies], owners: dict[str, Owners]) -> Carrier:
    first, entity = named[0], named[0].entity
    elements, creates = _elements(feed, first), _creates(feed, entity)
    identifiers = (_identifier(feed, first), *(_further_identifier(feed, n) for n in named[1:]))
    one_row = not creates and _is_one_row_a_person(feed, first)
    school_column = elements.get("school") or _school_code_column(feed, first)
    school_in_slice = school_column is None and feed.slice.by_school
    composites = _composites(register, entity, feed)
    naming = _naming_columns(entity, identifiers, school_column)
    copies = tuple(
        name
        for name, column in elements.items()
        if column not in naming and _is_copy(owners.get(f"{entity}.{name}"), feed)
    )
    phones = {e for c in feed.columns if c.type == "phone" for e in c.elements}
    return Carrier(
        feed=feed.id,
        source=feed.source,
        alias=feed.table,
        model=first.model or f"stg_{feed.table}",
        identifiers=identifiers,
        elements=elements,
        copies=copies,
        phones=tuple(name for name in copies if f"{entity}.{name}" in phones),
        creates=creates,
        joins_alone=creates or first.alone or _is_private(register, entity, first.namespace, feed.source),
        is_account=not any(_creates(user, entity) for user in _users(register, entity, first.namespace)),
        one_row=one_row,
        school_column=school_column,
        school_in_slice=school_in_slice,
        sender=school_sent(feed),
        slice_is_school_code=feed.slice.is_school_code,
        composites=composites,
        record_columns=_record_columns(
            identifiers, elements, composites, school_column, in_slice=one_row or school_in_slice
        ),
        day=None if first.model else day_of(register, feed),
    )


def _naming_columns(entity: str, identifiers: tuple[Identifier, ...], school_column: str | None) -> set[str | None]:
    """The columns that say which school or class a row speaks of, and so cannot say it otherwise; a person has a key of
    its own.
    """
    if entity not in ("school", "class"):
        return set()
    return {school_column, *(column for identifier in identifiers for column in identifier.columns)}


def _identifier(feed: Feed, named: Identifies) -> Identifier:
    column = None if named.model else next((c for c in feed.columns if c.name == named.column), None)
    document_type = column.document_type if column else None
    return Identifier(named.namespace, (named.column,) if named.column else feed.key, document_type)


def _further_identifier(feed: Feed, named: Identifies) -> Identifier:
    """An identifier beside the row's own; a model that presents the rows calls its column by the element it carries."""
    if named.model:
        carried = [e for c in feed.columns if c.name == named.column for e in c.elements]
        name = next((name for entity, _, name in (e.partition(".") for e in carried) if entity == named.entity), None)
        if name:
            return Identifier(named.namespace, (name,))
    return _identifier(feed, named)


def _is_one_row_a_person(feed: Feed, first: Identifies) -> bool:
    """Whether the key of a row names a person, and nothing else beside (the club of a member)."""
    if first.column:
        return set(feed.key) == {first.column}
    of_person = {c.name for c in feed.columns if any(e.startswith(f"{first.entity}.") for e in c.elements)}
    return set(feed.key) <= of_person | {c.name for c in feed.columns if c.type in ("school_code", "identifier")}


def _creates(feed: Feed, entity: str) -> bool:
    return any(person.entity == entity for person in feed.creates)


def _elements(feed: Feed, first: Identifies) -> dict[str, str]:
    """The column of each element by its name; a model that presents the rows calls its columns by them."""
    return {
        name: name if first.model else column.name
        for column in feed.columns
        for entity, _, name in (element.partition(".") for element in column.elements)
        if entity == first.entity
    }


def _is_copy(owners: Owners | None, feed: Feed) -> bool:
    return owners is not None and [held.source for held in owners.authorities] not in ([], [feed.id])


def _users(register: Register, entity: str, namespace: str) -> list[Feed]:
    """The feeds that name an entity by a namespace."""
    return [f for f in register.feeds if any((i.entity, i.namespace) == (entity, namespace) for i in f.identifies)]


def _is_private(register: Register, entity: str, namespace: str, source: str) -> bool:
    """Whether only one system uses a namespace, and creates by it: what it says of its own numbers is so."""
    users = _users(register, entity, namespace)
    return all(user.source == source for user in users) and any(_creates(user, entity) for user in users)


def _school_code_column(feed: Feed, first: Identifies) -> str | None:
    if first.model:
        return None
    return next((column.name for column in feed.columns if column.type == "school_code"), None)


def _composites(register: Register, entity: str, feed: Feed) -> tuple[tuple[str, ...], ...]:
    declared = next((matching for matching in register.matching if matching.entity == entity), None)
    return tuple(c.elements for c in declared.composites if feed.id in c.feeds) if declared else ()


def _record_columns(
    identifiers: tuple[Identifier, ...],
    elements: dict[str, str],
    composites: tuple[tuple[str, ...], ...],
    school_column: str | None,
    *,
    in_slice: bool,
) -> tuple[str, ...]:
    columns = [column for identifier in identifiers for column in identifier.columns]
    columns += [elements[name] for name in EVIDENCE if name in elements]
    columns += [elements[name] for names in composites for name in names]
    columns += [school_column] if school_column else []
    columns += ["_slice"] if in_slice else []
    return tuple(dict.fromkeys(columns))
