"""Refusals about sources, feeds and their columns.

Lives here: what a feed's contract must say so that its files can be read, sliced and joined.
Add here: another rule on `sources/*.yml`.
Stays out: who owns what (`owners`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import get_args

from registry.derived.event_feeds import SEVERAL
from registry.derived.unions import best_copy, renamed
from registry.model import Column, Element, Event, Feed, Guard, Register, Rhythm
from registry.rules.words import twice
from registry.written import header_key

_FEED_ID = re.compile(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*")
_COLUMN_NAME = re.compile(r"[a-z][a-z0-9_]*")


def refusals(register: Register) -> Iterator[str]:
    """Contradictions in the sources."""
    for source in register.sources:
        for name in twice(f.id for f in source.feeds):
            yield f"sources/{source.id}.yml: feed `{name}` stands twice; remove one."
        for name in (name for name in source.together if name not in {f.id for f in source.feeds}):
            yield f"sources/{source.id}.yml: `together` names `{name}`, which is no feed of it; correct it."
        for member in twice([*source.passes_over, *{m for f in source.feeds for m in f.members}]):
            yield f"sources/{source.id}.yml: `passes_over` names {member} twice, or as a feed does; leave it to one."
        for member in twice(m for f in source.feeds for m in f.members):
            yield f"sources/{source.id}.yml: member {member} belongs to two feeds; leave it to one."
    for feed in register.feeds:
        at = f"sources/{feed.source}.yml: feed `{feed.id}`"
        yield from _identity(at, feed, register)
        yield from _rhythm(at, feed)
        yield from _columns(at, feed, register)
        yield from _headers(at, feed)
        yield from _references(at, feed, register)
        yield from _slice(at, feed)
        yield from _deletions(at, feed, register)
        yield from _elements(at, feed, register)
    yield from _unions(register)


def _identity(at: str, feed: Feed, register: Register) -> Iterator[str]:
    owner = next(s.id for s in register.sources if feed in s.feeds)
    if not _FEED_ID.fullmatch(feed.id) or feed.source != owner:
        yield f"sources/{owner}.yml: feed `{feed.id}` must be called `{owner}/<name>`, in lower-case letters."
    for label, share in _shares(feed.guard):
        if not 0 <= share <= 1:
            yield f"{at}: the guard's `{label}` is {share:g}; a share lies between 0 and 1."
    for name in twice(c.name for c in feed.columns):
        yield f"{at}: column `{name}` stands twice; remove one."
    for column in feed.columns:
        if column.name == feed.day and column.type not in ("date", "date_mdy", "datetime"):
            yield f"{at}: `day` names column `{column.name}` of type {column.type}; name one of dates or times."
    if feed.reasons in {feed.rest, *(c.name for c in feed.columns)} - {None}:
        yield f"{at}: `reasons` is called `{feed.reasons}` like a column; rename one."
    if feed.rest in {c.name for c in feed.columns}:
        yield f"{at}: `rest` is called `{feed.rest}` like a column; rename one."


def _rhythm(at: str, feed: Feed) -> Iterator[str]:
    """A feed says when its silence is an alarm, and when it is one that it always brings the same."""
    if feed.expected is None:
        yield f"{at} does not say how often it comes; give `expected`: {', '.join(get_args(Rhythm))}."
    elif feed.expected == "on_demand" and (feed.unchanged_school_days or feed.from_first_delivery):
        yield (
            f"{at} is expected on_demand, so that nobody waits for it; take out `unchanged_school_days` and "
            "`from_first_delivery`, or say how often it comes."
        )
    elif feed.expected != "on_demand" and feed.unchanged_school_days is None:
        yield f"{at} does not say how long its bytes may stay the same; give `unchanged_school_days`."


def _shares(guard: Guard) -> Iterator[tuple[str, float]]:
    yield "max_fall", guard.max_fall
    yield "max_quarantined", guard.max_quarantined
    if guard.rollover_fall is not None:
        yield "rollover_fall", guard.rollover_fall


def _columns(at: str, feed: Feed, register: Register) -> Iterator[str]:
    sets = {s.id for s in register.code_sets}
    for column in feed.columns:
        here = f"{at}, column `{column.name}`"
        if not _COLUMN_NAME.fullmatch(column.name):
            yield f"{here}: the name must be of lower-case letters, digits and _."
        if not column.headers:
            yield f"{here} has no headers; give the names under which the platform exports it."
        yield from _typed(here, column, sets)


def _typed(here: str, column: Column, sets: set[str]) -> Iterator[str]:
    if (column.type == "code") != (column.code_set is not None):
        yield f"{here} must have a `code_set` exactly where its type is code; its type is {column.type}."
    if column.code_set and column.code_set not in sets:
        yield f"{here} names the unknown code set `{column.code_set}`; add its CSV to codes/ or correct it."
    holds_several = column.type == "code" or bool(SEVERAL.intersection(column.elements))
    if column.separator is not None and not (holds_several and column.separator.strip()):
        yield (
            f"{here} has the `separator` `{column.separator}`; only a column of codes or of "
            f"{', '.join(sorted(SEVERAL))} has one, and it is no blank."
        )
    if column.minimum is not None and column.maximum is not None and column.minimum > column.maximum:
        yield f"{here}: its minimum {column.minimum:g} lies above its maximum {column.maximum:g}."
    if column.document_type and column.type != "id_number":
        yield f"{here} has a `document_type`, but is of type {column.type}; make it id_number or take that out."
    if column.elements and not column.load:
        yield f"{here} is never loaded, but names elements; remove one of the two."


def _headers(at: str, feed: Feed) -> Iterator[str]:
    taken: dict[str, str] = {}
    for column in feed.columns:
        for header in column.headers:
            other = taken.setdefault(header_key(header), column.name)
            if other != column.name:
                yield (f"{at}: header `{header}` belongs to columns `{other}` and `{column.name}`; leave it to one.")


def _references(at: str, feed: Feed, register: Register) -> Iterator[str]:
    stored = {c.name for c in feed.loaded_columns}
    named = [("key", name) for name in feed.key]
    named += [("identifies", i.column) for i in feed.identifies if i.column is not None]
    if feed.slice.column:
        named.append(("slice", feed.slice.column))
    if feed.slice.within:
        named.append(("slice", feed.slice.within))
    single = {"day": feed.day, "status_column": feed.status_column, "modified_column": feed.modified_column}
    named += [(field, name) for field, name in single.items() if name]
    named += [("document_type", c.document_type) for c in feed.columns if c.document_type]
    named += [("measures", name) for group in feed.measures for name in group]
    named += [("names_school_of", c.names_school_of) for c in feed.columns if c.names_school_of]
    for field, name in named:
        if name not in stored:
            yield f"{at}: `{field}` names column `{name}`, which the feed does not declare; correct it."
    yield from _combined(at, feed, register)
    if not feed.key:
        yield f"{at} has no key; name the columns that tell one row from another."
    for person in feed.creates:
        if person.entity not in {i.entity for i in feed.identifies}:
            yield (f"{at} creates a {person.entity}, but does not say which column identifies one; add `identifies`.")


def _combined(at: str, feed: Feed, register: Register) -> Iterator[str]:
    """A copy has each column of the union's key, by its name or by its element; of its person, an identifier.

    What is only evidence a copy may lack; that the best copy has it keeps a word from being misspelt.
    """
    if feed.combine is None:
        return
    best = best_copy(register, feed.combine.union)
    types = {column.name: column.type for column in best.loaded_columns}
    if feed.combine.clock is not None and feed.combine.clock not in feed.combine.key:
        yield f"{at}: the `clock` of `combine`, `{feed.combine.clock}`, is no column of its key; add it there."
    if feed.combine.clock is not None and types.get(feed.combine.clock, "datetime") != "datetime":
        yield f"{at}: the `clock` of `combine`, `{feed.combine.clock}`, is no datetime; name a column that is."
    if feed.combine.tolerance_seconds and feed.combine.clock is None:
        yield f"{at}: `combine` has `tolerance_seconds`, but no `clock`; name the column whose times may differ."
    for name in feed.combine.evidence:
        if name not in types or name in feed.combine.key:
            yield f"{at}: the evidence `{name}` of `combine` is no column of `{best.id}` beside its key; correct it."
    held = {c.name for c in feed.loaded_columns} | set(renamed(feed, best).values())
    person = {i.column for i in best.identifies}
    for name in feed.combine.key:
        if name not in held and not (name in person and feed.identifies):
            yield f"{at}: `combine` names column `{name}`, which the feed does not declare; correct it."


def _deletions(at: str, feed: Feed, register: Register) -> Iterator[str]:
    """A feed of keys to take out says of which feed, and spells out its key."""
    if (feed.batch == "delete") != (feed.deletes_from is not None):
        yield f"{at} must say `deletes_from` exactly where its batch is delete; it is {feed.batch}."
        return
    target = next((f for f in register.feeds if f.id == feed.deletes_from), None)
    if feed.deletes_from is not None and target is None:
        yield f"{at} deletes from the unknown feed `{feed.deletes_from}`; declare it or correct the name."
    elif target is not None and len(target.key) != len(feed.key):
        yield f"{at}: its key is not as long as that of `{target.id}`, {', '.join(target.key)}; spell it out."


def _slice(at: str, feed: Feed) -> Iterator[str]:
    if feed.slice.within and (feed.slice.column or not feed.slice.path):
        yield f"{at}: the slice's `within` needs a `path` that names the area, and no `column`; correct it."
    taken = {column.name for column in feed.columns}
    for part in (part for part in feed.slice.parts if part in taken):
        yield f"{at}: the slice's part `{part}` has the name of a column; give it another."
    if feed.slice.path is None:
        return
    try:
        pattern = re.compile(feed.slice.path)
    except re.error as error:
        yield f"{at}: the slice's `path` {feed.slice.path} is not a regular expression ({error}); correct it."
        return
    if "slice" not in pattern.groupindex:
        yield f"{at}: the slice's `path` has no group `(?P<slice>…)`; mark the part that names the slice."


def _elements(at: str, feed: Feed, register: Register) -> Iterator[str]:
    known = {e.id: e for e in register.elements}
    identified = {*(i.entity for i in feed.identifies), *get_args(Event)}
    for name in feed.rest_elements:
        if name not in known:
            yield f"{at}: `rest_elements` names the unknown element `{name}`; add it to elements/ or correct it."
    if feed.rest_elements and not feed.rest:
        yield f"{at} names `rest_elements`, but no `rest` that would hold them; add it."
    for column in feed.columns:
        here = f"{at}, column `{column.name}`"
        for name in column.elements:
            if name not in known:
                yield f"{here} names the unknown element `{name}`; add it to elements/ or correct it."
            elif known[name].entity not in identified:
                yield (
                    f"{here} speaks of a {known[name].entity} (`{name}`), but the feed does not say which "
                    "column identifies one; add `identifies`."
                )
    yield from _coded_elements(at, feed, known)
    composed = {i.entity for i in feed.identifies if i.model}  # such a model puts a value together from its parts
    for name in twice(name for column in feed.columns for name in column.elements):
        if name in known and known[name].entity not in composed and name not in SEVERAL:
            yield f"{at}: element `{name}` is named by two columns; leave it to the one that holds the value."


def _coded_elements(at: str, feed: Feed, known: Mapping[str, Element]) -> Iterator[str]:
    """A column that holds codes is checked against their set, so that no word of it is lost unlisted."""
    for column in feed.columns:
        for element in (known[name] for name in column.elements if name in known):
            if element.type == "code" and column.type != "code":
                yield (
                    f"{at}, column `{column.name}` holds codes (`{element.id}`), but its type is {column.type}, so "
                    f"that no unknown word would be listed; make it code with the code set `{element.code_set}`."
                )


def _unions(register: Register) -> Iterator[str]:
    """Feeds that combine agree on the key, and no two copies are equally good."""
    first: dict[str, Feed] = {}
    for feed in register.feeds:
        if feed.combine is None:
            continue
        other = first.setdefault(feed.combine.union, feed)
        best = best_copy(register, feed.combine.union)
        says = feed.combine.clock or feed.combine.tolerance_seconds or feed.combine.evidence
        if says and best.combine and best.combine.key == feed.combine.key and best.combine.rule != feed.combine.rule:
            yield (
                f"sources/{feed.source}.yml: feed `{feed.id}` and `{best.id}` combine {feed.combine.union} by another "
                "clock, tolerance or evidence; make them the same, or leave it to the latter."
            )
        if other.combine and other.combine.key != feed.combine.key:
            yield (
                f"sources/{feed.source}.yml: feed `{feed.id}` combines {feed.combine.union} by "
                f"{', '.join(feed.combine.key)}, but `{other.id}` by {', '.join(other.combine.key)}; "
                "make the keys the same."
            )
    ranks = [(f.combine.union, f.combine.rank) for f in register.feeds if f.combine]
    for union, rank in twice(ranks):
        yield f"sources/: two feeds of union `{union}` have rank {rank}; give each a rank of its own."
