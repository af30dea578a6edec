"""What a raw column may stand for: the elements that its feed owns over time, lends, or tells as its own event.

Add here: another ground on which the register lets a raw column stand for an element.
Stays out: finding raw columns (`graph`), what a released column is declared to be (`proof`).
"""

from __future__ import annotations

from functools import cached_property

from registry.derived.event_feeds import event_feeds
from registry.derived.references import references_of
from registry.model import Element, Feed, Register
from warehouse.lineage.names import Ref

RAW = "raw."
_SCOPE = ("school", "grade")
INDICATORS = "indicator"  # in a declaration: whatever the indicators of the register are made of


class Standing:
    """What the raw columns of a register's feeds may stand for."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._feeds = {f"{RAW}{feed.table}": feed for feed in register.feeds}
        self._elements = {element.id: element for element in register.elements}
        self._names: dict[Ref, frozenset[str]] = {}

    def feed(self, ref: Ref) -> Feed | None:
        """The feed of a delivered column; None for provenance, tables of the house, feeds of other registers."""
        is_delivered = ref.column != "*" and not ref.column.startswith("_")
        return self._feeds.get(ref.relation) if is_delivered else None

    @cached_property
    def counted_elements(self) -> tuple[str, ...]:
        """The elements of which the register's indicators over marts are made."""
        counted = (i for i in self._register.indicators if i.numerator is not None)
        return tuple(dict.fromkeys(element for indicator in counted for element in indicator.elements))

    @cached_property
    def counted_marts(self) -> tuple[str, ...]:
        """The marts over which the register's indicators count."""
        counted = (side for i in self._register.indicators for side in (i.numerator, i.denominator) if side is not None)
        return tuple(dict.fromkeys(side.mart for side in counted))

    def knows(self, element_id: str) -> bool:
        """Whether the register has such an element."""
        return element_id in self._elements

    def is_allowed(self, feed: Feed, element_id: str) -> bool:
        """Whether a value of the element may come from this feed: it owns it at some time, lends it, or created
        the entity whose scope it gives.
        """
        element = self._elements.get(element_id)
        if element is None:
            return False
        return (
            feed.id in self.owners(element_id)
            or element.on_missing == f"borrow:{feed.id}"
            or _gives_scope(feed, element)
        )

    def owners(self, element_id: str) -> tuple[str, ...]:
        """The feeds that own an element, in the order of time."""
        element = self._elements.get(element_id)
        return tuple(dict.fromkeys(a.source for a in element.authority)) if element else ()

    def names(self, ref: Ref) -> frozenset[str]:
        """The elements that a delivered column may stand for; an event, where the column tells of it and has no
        element (the subject of a mark). Empty for a copy, and for a column that no element names.
        """
        if ref not in self._names:
            feed = self._feeds[ref.relation]
            allowed = {e for e in elements_of(feed, ref.column) if self.is_allowed(feed, e)}
            self._names[ref] = frozenset(allowed | self._told(feed, ref.column) | self._scoped(feed, ref.column))
        return self._names[ref]

    def has_source_of(self, name: str) -> bool:
        """Whether some feed delivers what the name stands for, an element or any of an entity or event."""
        return name in self._delivered

    def may_select(self, ref: Ref) -> bool:
        """Whether a delivered column may decide on rows of any mart: it names the person, the thing without which a
        row waits, or decides whether a record creates an entity.
        """
        feed = self._feeds[ref.relation]
        return (
            is_reference(feed, ref.column)
            or _holds_back(feed, ref.column)
            or any(decider == f"{feed.id}.{ref.column}" for decider, _ in self._creation_deciders)
        )

    def _told(self, feed: Feed, raw_column: str) -> set[str]:
        """What a feed tells of its own events by a raw column: an element of the event, the class at an exam."""
        names: set[str] = set()
        for event, columns in self._own_columns.items():
            if (feed.id, raw_column) in columns:
                elements = elements_of(feed, raw_column)
                told = {e for e in elements if e.startswith(f"{event}.")}
                told |= {f"{event}.class"} if "student.class" in elements else set()
                names |= told or {event}
        return names

    @cached_property
    def _own_columns(self) -> dict[str, set[tuple[str, str]]]:
        """By event, the feeds that carry it, each with every raw column of which it is told."""
        events = event_feeds(self._register).items()
        return {event: {(told.feed, column) for told in feeds for column in told.own} for event, feeds in events}

    def _scoped(self, feed: Feed, raw_column: str) -> set[str]:
        """A column that decides if a record creates somebody, and where, may stand for the school and the grade."""
        created = (e for decider, e in self._creation_deciders if decider == f"{feed.id}.{raw_column}")
        return {f"{entity}.{name}" for entity in created for name in _SCOPE}

    @cached_property
    def _creation_deciders(self) -> set[tuple[str, str]]:
        """The columns (`<feed id>.<column>`) that decide if a record creates an entity, each with the entity."""
        return {
            (decider if "." in decider else f"{feed.id}.{decider}", person.entity)
            for feed in self._register.feeds
            for person in feed.creates
            for decider in person.decided_by
        }

    @cached_property
    def _delivered(self) -> set[str]:
        raw_columns = (
            Ref(f"{RAW}{feed.table}", name)
            for feed in self._register.feeds
            for name in (*(column.name for column in feed.loaded_columns), *([feed.rest] if feed.rest else []))
        )
        names = {name for ref in raw_columns for name in self.names(ref)}
        return names | {name.partition(".")[0] for name in names}


def elements_of(feed: Feed, raw_column: str) -> tuple[str, ...]:
    """The elements that a raw column of a feed holds, its own or copies; a document's kind is part of its number."""
    if raw_column == feed.rest:
        return feed.rest_elements
    return tuple(element for c in feed.columns if raw_column in (c.name, c.document_type) for element in c.elements)


def is_reference(feed: Feed, raw_column: str) -> bool:
    """Whether a raw column is the feed's own reference to a person: an event's is its own feed's."""
    referring = {name for r in feed.identifies for name in (feed.key if r.column is None else (r.column,))}
    return any(c.name in referring and raw_column in (c.name, c.document_type) for c in feed.columns)


def _gives_scope(feed: Feed, element: Element) -> bool:
    """An element's scope is read from the school of the record that created the entity."""
    return element.name in _SCOPE and any(p.entity == element.entity for p in feed.creates)


def _holds_back(feed: Feed, raw_column: str) -> bool:
    """Whether a row waits until the thing is known that this column names."""
    waiting = [reference for reference in references_of(feed) if reference.unknown != "list"]
    return any(raw_column in (reference.column, reference.within) for reference in waiting)
