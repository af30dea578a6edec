"""The proof: every raw column behind a released column is checked against the register.

Add here: another ground on which the register allows a column.
Stays out: finding the raw columns (`graph`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from registry.derived.event_feeds import event_feeds
from registry.derived.references import references_of
from registry.model import Element, Feed, Register
from warehouse.lineage.graph import Graph
from warehouse.lineage.names import Ref

MARTS = "marts."
RAW = "raw."


@dataclass(frozen=True)
class Finding:
    """A released column with an input that the register does not allow; as text one sentence."""

    mart: str
    column: str
    feed: str
    raw_column: str
    element: str | None
    owner: str | None

    def __str__(self) -> str:
        subject = f"{self.mart}.{self.column} reaches {self.feed}.{self.raw_column}"
        if self.element is None:
            return f"{subject}, which no element of the register names: declare it, or remove it from the model."
        return (
            f"{subject}, a copy of {self.element}, which {self.owner} owns: take it from the owner "
            "(owned(…) in the model), or declare a borrow."
        )


def prove(graph: Graph, register: Register) -> list[Finding]:
    """Every released column that depends on a raw column which the register does not allow.

    Allowed are owners over time, declared borrows, a feed's own events, references to a person (`identifies`) or for
    which a row waits (`references`) and the scope given by the record that created an entity; so is everything in a
    model that is a ledger itself. Filters and joins count as values do.
    """
    findings = []
    for relation, model in sorted(graph.models.items()):
        if not relation.startswith(MARTS):
            continue
        for column in graph.columns(relation):
            roots = graph.roots(Ref(relation, column), ledger=model.is_ledger)
            findings += [
                finding for root in sorted(roots) for finding in _column_findings(register, relation, column, root)
            ]
    return findings


def _column_findings(register: Register, mart: str, column: str, root: Ref) -> Iterator[Finding]:
    if not root.relation.startswith(RAW) or root.column == "*" or root.column.startswith("_"):
        return  # tables of the house, and provenance columns
    feed = next((finding for finding in register.feeds if finding.table == root.relation.removeprefix(RAW)), None)
    if feed is None:
        return  # a feed that this bureau does not have: it has no rows
    element_ids = elements_of(feed, root.column)
    if is_reference(feed, root.column) or _holds_back(feed, root.column):
        return
    if _decides_creation(register, feed, root.column):
        return
    if any(is_allowed(register, feed, element) for element in element_ids):
        return
    if _tells_event(register, feed, root.column):
        return
    element = element_ids[0] if element_ids else None
    owners = _owners(register, element) if element else ()
    yield Finding(mart, column, feed.id, root.column, element, " and ".join(owners) or None)


def elements_of(feed: Feed, raw_column: str) -> tuple[str, ...]:
    """The elements that a raw column of a feed holds, its own or copies; a document's kind is part of its number."""
    if raw_column == feed.rest:
        return feed.rest_elements
    return tuple(element for c in feed.columns if raw_column in (c.name, c.document_type) for element in c.elements)


def is_allowed(register: Register, feed: Feed, element_id: str) -> bool:
    """Whether a value of the element may come from this feed: it owns it at some time, lends it, or created
    the entity whose scope it gives.
    """
    element = next((e for e in register.elements if e.id == element_id), None)
    if element is None:
        return False
    return (
        feed.id in _owners(register, element_id)
        or element.on_missing == f"borrow:{feed.id}"
        or _gives_scope(feed, element)
    )


def _owners(register: Register, element_id: str) -> tuple[str, ...]:
    element = next((e for e in register.elements if e.id == element_id), None)
    return tuple(dict.fromkeys(a.source for a in element.authority)) if element else ()


def _gives_scope(feed: Feed, element: Element) -> bool:
    """An element's scope is read from the school of the record that created the entity."""
    return element.name in ("school", "grade") and any(p.entity == element.entity for p in feed.creates)


def is_reference(feed: Feed, raw_column: str) -> bool:
    """Whether a raw column is the feed's own reference to a person: an event's is its own feed's."""
    referring = {name for r in feed.identifies for name in (feed.key if r.column is None else (r.column,))}
    return any(c.name in referring and raw_column in (c.name, c.document_type) for c in feed.columns)


def _tells_event(register: Register, feed: Feed, raw_column: str) -> bool:
    """Whether a feed tells of its own events by a raw column: the subject of a mark, the class at an exam."""
    return any(
        told.feed == feed.id and raw_column in told.own for feeds in event_feeds(register).values() for told in feeds
    )


def _holds_back(feed: Feed, raw_column: str) -> bool:
    """Whether a row waits until the thing is known that this column names."""
    waiting = [reference for reference in references_of(feed) if reference.unknown != "list"]
    return any(raw_column in (reference.column, reference.within) for reference in waiting)


def _decides_creation(register: Register, feed: Feed, raw_column: str) -> bool:
    """Whether a raw column decides if a record creates an entity."""
    return any(
        decider in (f"{feed.id}.{raw_column}", raw_column if creator.id == feed.id else None)
        for creator in register.feeds
        for person in creator.creates
        for decider in person.decided_by
    )
