"""Which feeds carry the facts of an event, and where in them each fact stands.

Lives here: what the register says of a feed of marks or of memberships, worked out once for SQL that is written by it.
Add here: another event of which a mart reads every feed, in `_FACTS`.
Stays out: the SQL (dbt_project), the person an event is of (`carriers`), events that several feeds hold (`unions`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from registry.model import Feed, Register

_FACTS: Final = {"exam_result": "score", "membership": "group"}  # the fact without which a row tells no such event
# facts of which a row may tell several: in columns of their own, in one cell, or by a column each
SEVERAL: Final = frozenset({"membership.group"})
_WHEN: Final = frozenset({"exam_id", "term_id", "school_year"})  # columns by which a row says of which event it tells


@dataclass(frozen=True)
class EventFeed:
    """A feed that carries facts of an event. `elements`: the column of each, by its name.

    `cells`: the map column whose cells hold facts, a header each, if there is one. `columns`: all columns of its
    staging model that the contract tells, the parts of a slice among them. `subject`: the one of codes of `subject`.
    `facts`: the columns of the fact that makes the event, and what stands between several in one cell, or None. `own`:
    all columns of the raw table of which the event is told; the class in which a pupil sat an exam is one of them.
    """

    feed: str
    source: str
    model: str
    elements: dict[str, str]
    cells: str | None
    columns: tuple[str, ...]
    subject: str | None
    facts: dict[str, str | None]
    own: tuple[str, ...]


def event_feeds(register: Register) -> dict[str, tuple[EventFeed, ...]]:
    """The feeds of each event that a mart reads from all of them, in the order of the register."""
    return {event: tuple(_event_feeds(register, event)) for event in _FACTS}


def _event_feeds(register: Register, event: str) -> list[EventFeed]:
    found = []
    for feed in register.feeds:
        elements = _elements(feed, event)
        in_cells = any(element.startswith(f"{event}.") for element in feed.rest_elements)
        if in_cells or _FACTS[event] in elements:
            found.append(_event_feed(feed, elements, feed.rest if in_cells else None, f"{event}.{_FACTS[event]}"))
    return found


def _event_feed(feed: Feed, elements: dict[str, str], cells: str | None, fact: str) -> EventFeed:
    event, subject = fact.partition(".")[0], _subject(feed)
    own = [
        column.name
        for column in feed.loaded_columns
        if column.name in {subject, *_WHEN}
        or any(e.startswith(f"{event}.") or (event, e) == ("exam_result", "student.class") for e in column.elements)
    ]
    return EventFeed(
        feed=feed.id,
        source=feed.source,
        model=f"stg_{feed.table}",
        elements=elements,
        cells=cells,
        columns=(*(column.name for column in feed.loaded_columns), *feed.slice.parts),
        subject=subject,
        facts={column.name: column.separator for column in feed.loaded_columns if fact in column.elements},
        own=(*own, cells) if cells else tuple(own),
    )


def _subject(feed: Feed) -> str | None:
    return next((column.name for column in feed.loaded_columns if column.code_set == "subject"), None)


def _elements(feed: Feed, event: str) -> dict[str, str]:
    return {
        element.partition(".")[2]: column.name
        for column in feed.loaded_columns
        for element in column.elements
        if element.startswith(f"{event}.")
    }
