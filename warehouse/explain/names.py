"""What a person's word names: a mart, a column, an indicator, an element, a feed.

Lives here: every name of the register and the project, and finding the one that is meant.
Add here: another kind of name.
Stays out: what is told of the thing (`record_report`).
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from registry.model import Register
from warehouse.errors import QueryError
from warehouse.lineage.project_cache import Project

ENTITIES = {"conformed.students": "student", "conformed.teachers": "teacher", "conformed.schools": "school",
            "conformed.classes": "class"}  # fmt: skip
_SHOWN = 5
_LAYERS = ("marts.", "conformed.")


class Thing(NamedTuple):
    """Something that has a name. `kind`: mart, column, indicator, element, feed, feed_column; `id`: its whole name."""

    kind: str
    id: str


def find(register: Register, project: Project, name: str) -> Thing:
    """The thing that is meant. Raises QueryError, with the names it could be."""
    known = _known(register, project)
    wanted = name.strip().lower()
    found = known.get(wanted, [])
    if len(found) == 1:
        return found[0]
    if found:
        raise QueryError(f"`{name}` names several things: ask for {_listed([thing.id for thing in found])}.")
    near = difflib.get_close_matches(wanted, known, n=_SHOWN, cutoff=0.5)
    ids = list(dict.fromkeys(known[word][0].id if len(known[word]) == 1 else word for word in near))
    hint = f"the nearest names are {_listed(ids)}" if ids else "give a mart, mart.column, an indicator or an element"
    raise QueryError(f"Nothing of the register or the marts is called `{name}`: {hint}.")


def _listed(ids: list[str]) -> str:
    shown = ", ".join(ids[:_SHOWN])
    rest = len(ids) - _SHOWN
    return f"{shown} or {rest} more" if rest > 0 else shown


def _known(register: Register, project: Project) -> dict[str, list[Thing]]:
    """Each name in lower case; a whole name counts before a part of one."""
    whole: dict[str, list[Thing]] = defaultdict(list)
    parts: dict[str, list[Thing]] = defaultdict(list)
    for things, found in ((whole, _whole(register, project)), (parts, _parts(register, project))):
        for word, thing in found:
            if thing not in things[word.lower()]:
                things[word.lower()].append(thing)
    return {**parts, **whole}


def _whole(register: Register, project: Project) -> Iterator[tuple[str, Thing]]:
    yield from ((element.id, Thing("element", element.id)) for element in register.elements)
    yield from ((indicator.id, Thing("indicator", indicator.id)) for indicator in register.indicators)
    for feed in register.feeds:
        yield feed.id, Thing("feed", feed.id)
        for name in (*(c.name for c in feed.columns), *([feed.rest] if feed.rest else [])):
            yield f"{feed.id}.{name}", Thing("feed_column", f"{feed.id}.{name}")
    for relation in project.graph.models:
        if relation.startswith(_LAYERS):
            yield from _of_relation(project, relation)


def _of_relation(project: Project, relation: str) -> Iterator[tuple[str, Thing]]:
    """A mart and its columns, as it is called in the lake and in a release; or the columns of a conformed table."""
    layer, _, table = relation.partition(".")
    if layer == "marts":
        yield from ((word, Thing("mart", relation)) for word in (table, relation))
        for doc in project.marts[table].columns.values():
            if doc.released_as:
                yield f"{table}.{doc.released_as}", Thing("column", f"{relation}.{doc.name.lower()}")
    for column in project.graph.columns(relation):
        thing = Thing("column", f"{relation}.{column}")
        yield from ((word, thing) for word in (f"{table}.{column}", f"{relation}.{column}"))


def _parts(register: Register, project: Project) -> Iterator[tuple[str, Thing]]:
    """Names without what stands before them, and the names that people use of elements and indicators."""
    for record, kind in ((register.elements, "element"), (register.indicators, "indicator")):
        for one in record:
            thing = Thing(kind, one.id)
            yield from ((word, thing) for word in (one.id.partition(".")[2], one.label.zh, one.label.en))
    for table in project.marts:
        for column in project.graph.columns(f"marts.{table}"):
            yield column, Thing("column", f"marts.{table}.{column}")
