"""The ledger of differences between an owner and its copies.

Lives here: `discrepancy`, and which records have an open one.
Add here: another way in which a row tells its day.
Stays out: the owner's values themselves (`records`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from tests.second_computation import cells, contracts, pseudonyms, records, register
from tests.second_computation.events import FEEDS, Events, Row

_NOT_COMPARED = {"student.number", "teacher.staff_number", "school.code", "class.code", "class.school"}


@dataclass(frozen=True)
class Disagreement:
    """A copy's value that is not the owner's."""

    element: str
    record: records.Record
    owner: str
    owner_value: str
    copy: str
    copy_value: str

    @property
    def entity(self) -> str:
        return register.entity_of(self.element)


def day_of(feed: str, part: str, row: Row) -> date | None:
    """'The day it speaks of': of the row itself, of its exam, or of its slice; None where it speaks of today."""
    column = contracts.contract(feed).get("day")
    if column:
        return cells.day(row.get(column))
    exam, _, _ = part.partition("/")
    if exam in register.exams():
        held_on: date = register.exams()[exam]["held_on"]
        return held_on
    return cells.day(part) if re.fullmatch(r"20\d{6}", part) else None


@cache
def disagreements(events: Events, night: date) -> frozenset[Disagreement]:
    """'Every current slice of every feed compared with the owner as of the day it speaks of', as a night sees it."""
    return frozenset(d for feed in FEEDS for d in _of_feed(events, feed, night))


def _of_feed(events: Events, feed: str, night: date) -> Iterator[Disagreement]:
    elements = register.elements()
    copied = [
        (element, column)
        for element, column in contracts.columns_of(feed).items()
        if element in elements and element not in _NOT_COMPARED
        and contracts.owner_of(elements[element], night) != feed
    ]  # fmt: skip
    for part, delivery in events.current(feed, night).items() if copied else ():
        for row in delivery.rows:
            day = day_of(feed, part, row) or night
            known = max([n for n in events.nights if n <= min(day, night)], default=events.nights[0])
            for element, column in copied:
                record = records.record_of(register.entity_of(element), row)
                told = contracts.value(column, row.get(column["name"]))
                own = records.owned_values(events, element, known).get(record) if record else None
                if record and told is not None and own is not None and _plain(told) != _plain(own):
                    owner = contracts.owner_of(elements[element], night)
                    yield Disagreement(element, record, owner, str(own), feed, str(told))


def _plain(value: object) -> object:
    """A text without the blanks that people set into it (F§3.6): written otherwise, it means the same."""
    return re.sub(r"\s", "", value) if isinstance(value, str) else value


def open_records(events: Events) -> set[tuple[str, records.Record]]:
    """Element and record of every difference that is still open."""
    return {(d.element, d.record) for d in disagreements(events, events.last)}


def discrepancy(events: Events) -> list[dict[str, object]]:
    """One row per entity, element and system (and pair of values)."""
    seen: dict[Disagreement, list[date]] = {}
    for night in events.nights:
        for difference in disagreements(events, night):
            seen.setdefault(difference, []).append(night)
    return [_row(events, difference, nights) for difference, nights in seen.items()]


def _row(events: Events, difference: Disagreement, nights: list[date]) -> dict[str, object]:
    last_seen = nights[-1]
    resolved = next((night for night in events.nights if night > last_seen), None)
    return {
        "entity": difference.entity,
        "element_id": difference.element,
        "record_key": pseudonyms.record_key(events, difference.entity, difference.record),
        "owner_source": difference.owner,
        "copy_source": difference.copy,
        "owner_value": pseudonyms.shown(events, difference.element, difference.owner_value),
        "copy_value": pseudonyms.shown(events, difference.element, difference.copy_value),
        "first_seen": nights[0],
        "last_seen": last_seen,
        "resolved_on": resolved,
        "status": "resolved" if resolved else "open",
    }
