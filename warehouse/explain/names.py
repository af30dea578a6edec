"""The names of the register and the project, and the item that each resolves to.

Add here: another kind of name.
Stays out: what is explained of an item (`explanation`).
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from registry.model import Indicator, Register
from warehouse.errors import QueryError
from warehouse.lineage.project_cache import Project

MAX_SUGGESTIONS = 5
_LAYERS = ("marts.", "conformed.")


class NamedItem(NamedTuple):
    """An item with a name. `kind`: mart, column, indicator, element, feed, feed_column; `id`: its full name."""

    kind: str
    id: str


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
    by_id = {indicator.id: indicator for indicator in register.indicators}
    ids_by_word = {indicator_id: [indicator_id] for indicator_id in by_id}
    for indicator in register.indicators:
        for word in {indicator.id.partition(".")[2], indicator.label.zh, indicator.label.en.lower()}:
            ids_by_word.setdefault(word, []).append(indicator.id)
    key = name.strip().lower()
    ids = ids_by_word.get(key) or [id_ for word in near(key, ids_by_word) for id_ in ids_by_word[word]]
    if key in ids_by_word and len(ids) == 1:
        return by_id[ids[0]]
    hint = f"the nearest are {enumeration(list(dict.fromkeys(ids)))}" if ids else "shuyuan sql lists indicator_value"
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
    """The items of each name in lower case; a full name takes precedence over a short one."""
    full_names: dict[str, list[NamedItem]] = defaultdict(list)
    short_names: dict[str, list[NamedItem]] = defaultdict(list)
    for target, items in ((full_names, _full_names(register, project)), (short_names, _short_names(register, project))):
        for word, item in items:
            if item not in target[word.lower()]:
                target[word.lower()].append(item)
    return {**short_names, **full_names}


def _full_names(register: Register, project: Project) -> Iterator[tuple[str, NamedItem]]:
    yield from ((element.id, NamedItem("element", element.id)) for element in register.elements)
    yield from ((indicator.id, NamedItem("indicator", indicator.id)) for indicator in register.indicators)
    for feed in register.feeds:
        yield feed.id, NamedItem("feed", feed.id)
        for name in (*(c.name for c in feed.columns), *([feed.rest] if feed.rest else [])):
            yield f"{feed.id}.{name}", NamedItem("feed_column", f"{feed.id}.{name}")
    for relation in project.graph.models:
        if relation.startswith(_LAYERS):
            yield from _relation_names(project, relation)


def _relation_names(project: Project, relation: str) -> Iterator[tuple[str, NamedItem]]:
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


def _short_names(register: Register, project: Project) -> Iterator[tuple[str, NamedItem]]:
    """Unqualified names, and the labels of elements and indicators."""
    for records, kind in ((register.elements, "element"), (register.indicators, "indicator")):
        for record in records:
            item = NamedItem(kind, record.id)
            yield from ((word, item) for word in (record.id.partition(".")[2], record.label.zh, record.label.en))
    for table in project.marts:
        for column in project.graph.columns(f"marts.{table}"):
            yield column, NamedItem("column", f"marts.{table}.{column}")
