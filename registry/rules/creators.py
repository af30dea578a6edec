"""Refusals about what creates an entity.

Lives here: the columns that decide whether a record is one.
Add here: another rule on `creates`.
Stays out: elements and their owners (`owners`).
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.model import Feed, Register


def refusals(register: Register) -> Iterator[str]:
    """Contradictions in `creates`."""
    for feed in register.feeds:
        for person in feed.creates:
            for decider in person.decided_by:
                if not _declared(decider, feed, register):
                    yield (
                        f"sources/{feed.source}.yml: feed `{feed.id}`: `decided_by` of its {person.entity} names "
                        f"`{decider}`, which no feed declares; write a column of this feed, or <feed id>.<column>."
                    )


def _declared(decider: str, feed: Feed, register: Register) -> bool:
    feed_id, _, name = decider.rpartition(".")
    of = next((f for f in register.feeds if f.id == (feed_id or feed.id)), None)
    return of is not None and name in {c.name for c in of.loaded_columns}
