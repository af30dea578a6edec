"""The names of the register and the project, and the item that each resolves to.

Add here: another kind of name.
Stays out: what is explained of an item (`explanation`).
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from registry.model import Element, Indicator, Register
from warehouse.errors import QueryError
from warehouse.lineage.project_cache import Project

MAX_SUGGESTIONS = 5
_LAYERS = ("marts.", "conformed.")


class NamedItem(NamedTuple):
    """An item with a name. `kind`: mart, column, indicator, element, feed, feed_column; `id`: its full name."""

    kind: str
    id: str


_Named = tuple[str, NamedItem]


def resolve_name(register: Register, project: Project, name: str) -> NamedItem:
    """The item that a name resolves to. Raises QueryError for an unknown or ambiguous name, with suggestions."""
    items_by_name = _items_by_name(register, project)
    key = name.strip().lower()
    items = items_by_name.get(key, [])
    if len(items) == 1:
        return items[0]
    if items:
        raise QueryError(f"`{name}` is ambiguous: ask for {enumeration([item.id for item in items])}.")
    near_names = near(key, items_by_name)
    ids = list(
        dict.fromkeys(items_by_name[word][0].id if len(items_by_name[word]) == 1 else word for word in near_names)
    )
    hint = (
        f"the nearest names are {enumeration(ids)}" if ids else "give a mart, mart.column, an indicator or an element"
    )
    raise QueryError(f"Nothing in the register or the marts is named `{name}`: {hint}.")


def resolve_indicator(register: Register, name: str) -> Indicator:
    """The indicator of an id, or of a short id or label that no other has. Raises QueryError, with suggestions."""
    items_by_name = _by_name(_ids(register.indicators, "indicator"), _labels(register.indicators, "indicator"))
    key = name.strip().lower()
    items = items_by_name.get(key) or [item for word in near(key, items_by_name) for item in items_by_name[word]]
    ids = list(dict.fromkeys(item.id for item in items))
    if key in items_by_name and len(ids) == 1:
        return next(indicator for indicator in register.indicators if indicator.id == ids[0])
    hint = f"the nearest are {enumeration(ids)}" if ids else "shuyuan sql lists indicator_value"
    raise QueryError(f"No one indicator of the register is named `{name}`: {hint}.")


def near(word: str, words: Iterable[str]) -> list[str]:
    """The words that look most like one."""
    return difflib.get_close_matches(word, list(words), n=MAX_SUGGESTIONS, cutoff=0.5)


def enumeration(ids: list[str]) -> str:
    """The first of some names, and how many there are more."""
    first = ", ".join(ids[:MAX_SUGGESTIONS])
    rest = len(ids) - MAX_SUGGESTIONS
    return f"{first} or {rest} more" if rest > 0 else first


def _items_by_name(register: Register, project: Project) -> dict[str, list[NamedItem]]:
    return _by_name(_full_names(register, project), _short_names(register, project))


def _by_name(full: Iterable[_Named], short: Iterable[_Named]) -> dict[str, list[NamedItem]]:
    """The items of each name in lower case; a full name takes precedence over a short one."""
    full_names: dict[str, list[NamedItem]] = defaultdict(list)
    short_names: dict[str, list[NamedItem]] = defaultdict(list)
    for target, items in ((full_names, full), (short_names, short)):
        for word, item in items:
            if item not in target[word.lower()]:
                target[word.lower()].append(item)
    return {**short_names, **full_names}


def _ids(records: Iterable[Element | Indicator], kind: str) -> Iterator[_Named]:
    yield from ((record.id, NamedItem(kind, record.id)) for record in records)


def _labels(records: Iterable[Element | Indicator], kind: str) -> Iterator[_Named]:
    """The ids without what they are of, and the labels."""
    for record in records:
        item = NamedItem(kind, record.id)
        yield from ((word, item) for word in (record.id.partition(".")[2], record.label.zh, record.label.en))


def _full_names(register: Register, project: Project) -> Iterator[_Named]:
    yield from _ids(register.elements, "element")
    yield from _ids(register.indicators, "indicator")
    for feed in register.feeds:
        yield feed.id, NamedItem("feed", feed.id)
        for name in (*(c.name for c in feed.columns), *([feed.rest] if feed.rest else [])):
            yield f"{feed.id}.{name}", NamedItem("feed_column", f"{feed.id}.{name}")
    for relation in project.graph.models:
        if relation.startswith(_LAYERS):
            yield from _relation_names(project, relation)


def _relation_names(project: Project, relation: str) -> Iterator[_Named]:
    """A mart and its columns, by their names in the lake and in a release; or the columns of a conformed table."""
    layer, _, table = relation.partition(".")
    if layer == "marts":
        yield from ((word, NamedItem("mart", relation)) for word in (table, relation))
        for doc in project.marts[table].columns.values():
            if doc.released_as:
                yield f"{table}.{doc.released_as}", NamedItem("column", f"{relation}.{doc.name.lower()}")
    for column in project.graph.columns(relation):
        item = NamedItem("column", f"{relation}.{column}")
        yield from ((word, item) for word in (f"{table}.{column}", f"{relation}.{column}"))


def _short_names(register: Register, project: Project) -> Iterator[_Named]:
    """Unqualified names, and the labels of elements and indicators."""
    yield from _labels(register.elements, "element")
    yield from _labels(register.indicators, "indicator")
    for table in project.marts:
        for column in project.graph.columns(f"marts.{table}"):
            yield column, NamedItem("column", f"marts.{table}.{column}")
