"""Refusals about references: what a feed's values may name, and what happens where nothing knows it.

Lives here: what `references` of a contract may not say.
Add here: another rule on `references`.
Stays out: columns that a contract names in other places (`feeds`).
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.derived.references import DELIVERED, REGISTERED, feeds_referred_to, references_of, target_of
from registry.derived.senders import school_sent
from registry.model import Feed, Reference, Register


def refusals(register: Register) -> Iterator[str]:
    """Contradictions in the references of the feeds."""
    for feed in register.feeds:
        for reference in feed.references:
            at = f"sources/{feed.source}.yml: feed `{feed.id}`: a reference to `{reference.to}`"
            yield from _place(at, feed, reference)
            yield from _target(at, register, reference)
            yield from _school_of_class(at, feed, reference)
            yield from _kept(at, feed, reference)
            yield from _of_student(at, feed, reference)
    yield from _circles(register)


def _place(at: str, feed: Feed, reference: Reference) -> Iterator[str]:
    stored = {column.name for column in feed.loaded_columns}
    if (reference.column is None) == (reference.slice_part is None):
        yield f"{at} must name either a `column` or a `slice_part`."
    for name in (reference.column, reference.within):
        if name is not None and name not in stored:
            yield f"{at} names column `{name}`, which the feed does not declare; correct it."
    if reference.slice_part is not None and (feed.slice.path is None or reference.slice_part == 0):
        yield f"{at} names part {reference.slice_part} of the slice, which the feed's `path` does not give; correct it."


def _target(at: str, register: Register, reference: Reference) -> Iterator[str]:
    target = target_of(reference)
    if target is None:
        return
    feed = next((feed for feed in register.feeds if feed.id == target.feed), None)
    if feed is None or target.column not in {column.name for column in feed.loaded_columns}:
        known = ", ".join((*DELIVERED, *REGISTERED))
        yield f"{at} leads nowhere; name one of {known}, or a column as <feed id>.<column>."


def _school_of_class(at: str, feed: Feed, reference: Reference) -> Iterator[str]:
    if reference.to == "class" and reference.within is None and school_sent(feed) is None:
        yield f"{at} does not say of which school; name the column that does in `within`."
    if reference.to != "class" and reference.within is not None:
        yield f"{at} has a `within`, which only a class has; take it out."


def _kept(at: str, feed: Feed, reference: Reference) -> Iterator[str]:
    if reference.unknown == "keep" and (reference.column is None or reference.column in feed.key):
        yield f"{at} cannot keep the value before it, for it is part of the key or the slice; say `park` or `list`."


def _of_student(at: str, feed: Feed, reference: Reference) -> Iterator[str]:
    """A row waits for no student: whose it is, is found anew each night."""
    if reference.to != "student":
        return
    if reference.unknown != "list":
        yield f"{at} must be listed; say `unknown: list`, since a row finds its student by itself once there is one."
    if reference.column not in {i.column for i in feed.identifies if i.entity == "student"}:
        yield f"{at} names no column of the feed's `identifies` of a student; name that one."


def _circles(register: Register) -> Iterator[str]:
    """A feed whose rows wait for a feed that waits for them."""
    waits_for = {
        feed.id: {
            id_
            for reference in references_of(feed)
            if reference.unknown != "list"
            for id_ in feeds_referred_to(register, reference)
        }
        for feed in register.feeds
    }
    for feed in register.feeds:
        reached: set[str] = set()
        ahead = [feed.id]
        while ahead:
            new = waits_for.get(ahead.pop(), set()) - reached
            reached |= new
            ahead += new
        if feed.id in reached:
            yield (
                f"sources/{feed.source}.yml: feed `{feed.id}` would wait for itself by its references; "
                "say `unknown: list` of one of them."
            )
