"""The mapping between columns and elements: the elements behind a column, the export columns that hold an element.

Add here: another layer in which a column is known to be an element's.
Stays out: following columns (`reach`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from registry.model import Element, Feed, Register
from warehouse.lineage.models import ENTITIES
from warehouse.lineage.names import Ref
from warehouse.lineage.standing import Standing, elements_of, is_reference

_RAW = "raw."


class Origin:
    """Maps columns to elements and back, under one register."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._standing = Standing(register)
        self._elements = {element.id: element for element in register.elements}
        self._feeds = {f"{_RAW}{feed.table}": feed for feed in register.feeds}

    def element(self, element_id: str) -> Element:
        """The element of that id. Raises KeyError."""
        return self._elements[element_id]

    def is_element(self, ref: Ref) -> bool:
        """Whether a column is the conformed column of an element, or says whose its value is."""
        return self._conformed(ref) is not None

    def elements_behind(self, refs: Iterable[Ref]) -> list[str]:
        """The elements behind columns, in the register's order."""
        element_ids = {element for ref in refs for element in self._elements_of(ref)}
        return [element for element in self._elements if element in element_ids]

    def columns(self, element_id: str) -> set[Ref]:
        """The columns of the lake that are the element: the conformed one, and an event's in its own feed."""
        element = self._elements[element_id]
        refs = {
            Ref(relation, name)
            for relation, entity in ENTITIES.items()
            for name in (element.name, f"{element.name}_source")
            if entity == element.entity
        }
        if element.entity not in ENTITIES.values():
            refs |= {
                Ref(f"{_RAW}{feed.table}", name)
                for feed, name, role in self.columns_holding(element_id)
                if role != "copy"
            }
        return refs

    def columns_holding(self, element_id: str) -> Iterator[tuple[Feed, str, str]]:
        """Every column of an export that holds the element: feed, column, and `owner`, `lender` or `copy`."""
        element = self._elements[element_id]
        owners = {authority.source for authority in element.authority}
        for feed in self._register.feeds:
            lends = element.on_missing == f"borrow:{feed.id}"
            role = "owner" if feed.id in owners else "lender" if lends else "copy"
            for name in (*(c.name for c in feed.columns), *([feed.rest] if feed.rest else [])):
                if element_id in elements_of(feed, name):
                    yield feed, name, role

    def feed(self, ref: Ref) -> Feed | None:
        """The feed of a raw table, or None for any other relation."""
        return self._feeds.get(ref.relation)

    def _elements_of(self, ref: Ref) -> Iterator[str]:
        conformed = self._conformed(ref)
        if conformed:
            yield conformed
        feed = self._feeds.get(ref.relation)
        if feed is not None and not is_reference(feed, ref.column):
            yield from (e for e in elements_of(feed, ref.column) if self._standing.is_allowed(feed, e))

    def _conformed(self, ref: Ref) -> str | None:
        entity = ENTITIES.get(ref.relation)
        name = f"{entity}.{ref.column.removesuffix('_source')}"
        return name if entity and name in self._elements else None
