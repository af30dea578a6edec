"""The ledger of differences between an owner and its copies.

Lives here: `discrepancy`, and which records have an open one.
Add here: another way in which a row tells its day.
Stays out: the owner's values themselves (`records`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from tests.second_computation import cells, contracts, pseudonyms, records, register
from tests.second_computation.events import FEEDS, Delivery, Events, Row

_KEYS = {"student.number", "teacher.staff_number", "school.code", "class.code", "class.school"}  # they find the record


@dataclass(frozen=True)
class Disagreement:
    """A value in a slice of a copy that is not what the owner said of the slice's own day."""

    element: str
    record: records.Record
    owner: str
    owner_value: str
    copy: str
    slice: str
    copy_value: str

    @property
    def entity(self) -> str:
        return register.entity_of(self.element)


def day_of(delivery: Delivery, row: Row, tonight: date) -> date:
    """'The day is the row's own where the contract names its column, else the exam's, the homework's, that in the
    slice's name, the last of its term or school year; never later than the night that brought it. The statistics of
    education are of the first day of their school year. A list that tells no day is compared with tonight.'
    """
    told = _day_told(delivery, row)
    return min(told, delivery.night) if told else tonight


def _day_told(delivery: Delivery, row: Row) -> date | None:
    column = contracts.contract(delivery.feed).get("day")
    own = cells.day(row.get(column)) if column else None
    set_at = cells.moment(row.get("assigned_at"))
    named, _, _ = delivery.slice.partition("/")
    if own or set_at:
        return own or (set_at.date() if set_at else None)
    if named in register.exams():
        held_on: date = register.exams()[named]["held_on"]
        return held_on
    if re.fullmatch(r"20\d{6}", named):
        return cells.day(named)
    return _day_of_period(named)


def _day_of_period(named: str) -> date | None:
    """The last day of a term or school year, the first of the year of a form."""
    terms = register.document("calendar.yml")["terms"]
    last_days = [term["last_day"] for term in terms if named in (term["id"], term["school_year"])]
    first_days = [term["first_day"] for term in terms if named == term["school_year"][:4]]
    return max(last_days, default=min(first_days, default=None))


@cache
def disagreements(events: Events, night: date) -> dict[Disagreement, list[date]]:
    """'Every current slice of every feed compared with the owner as of the day it speaks of', as a night sees it: of
    each difference the days of its rows.
    """
    days: dict[Disagreement, list[date]] = defaultdict(list)
    for delivery in (d for feed in FEEDS for d in events.current(feed, night).values()):
        for difference, day in _of_slice(events, delivery, night):
            days[difference].append(day)
    return dict(days)


def _of_slice(events: Events, delivery: Delivery, night: date) -> Iterator[tuple[Disagreement, date]]:
    copied = _copied(delivery.feed, night)
    for row in delivery.rows if copied else ():
        day = day_of(delivery, row, night)
        if day < _begun(events):
            continue
        known = max([n for n in events.nights if n <= day], default=events.nights[0])
        for element, owner, column in copied:
            record = records.record_of(register.entity_of(element), row)
            told = contracts.value(column, row.get(column["name"]))
            own = records.owned_values(events, element, known).get(record) if record else None
            if record and told is not None and own is not None and _plain(told) != _plain(own):
                values = (element, record, owner, str(own), delivery.feed, delivery.slice, str(told))
                yield Disagreement(*values), day


def _begun(events: Events) -> date:
    """'The owner's first word counts back to the beginning of its school year, and no further.'"""
    year = register.school_year(events.nights[0])
    terms = register.document("calendar.yml")["terms"]
    first_day: date = min(term["first_day"] for term in terms if term["school_year"] == year)
    return first_day


@cache
def _copied(feed: str, night: date) -> list[tuple[str, str, dict[str, object]]]:
    """The elements of which a feed holds copies, each with its owner and its column in the feed."""
    owners = {element: contracts.owner_of(declared, night) for element, declared in register.elements().items()}
    return [
        (element, owners[element], column)
        for element, column in contracts.columns_of(feed).items()
        if element in owners and element not in _KEYS and owners[element] != feed
    ]


def _plain(value: object) -> object:
    """A text without the blanks that people set into it (F§3.6): written otherwise, it means the same."""
    return re.sub(r"\s", "", value) if isinstance(value, str) else value


def open_records(events: Events) -> set[tuple[str, records.Record]]:
    """Element and record of every difference that is still open."""
    return {(d.element, d.record) for d in disagreements(events, events.last)}


def discrepancy(events: Events) -> list[dict[str, object]]:
    """One row per element, record, slice of a system and pair of values."""
    seen: dict[Disagreement, list[date]] = {}
    for night in events.nights:
        for difference in disagreements(events, night):
            seen.setdefault(difference, []).append(night)
    return [_row(events, difference, nights) for difference, nights in seen.items()]


def _row(events: Events, difference: Disagreement, nights: list[date]) -> dict[str, object]:
    last_seen = nights[-1]
    days = disagreements(events, last_seen)[difference]
    resolved = next((night for night in events.nights if night > last_seen), None)
    return {
        "entity": difference.entity,
        "element_id": difference.element,
        "record_key": pseudonyms.record_key(events, difference.entity, difference.record),
        "owner_source": difference.owner,
        "copy_source": difference.copy,
        "slice": difference.slice,
        "as_of_date": min(days),
        "differing_rows": len(days),
        "owner_value": pseudonyms.shown(events, difference.element, difference.owner_value),
        "copy_value": pseudonyms.shown(events, difference.element, difference.copy_value),
        "first_seen": nights[0],
        "last_seen": last_seen,
        "resolved_on": resolved,
        "status": "resolved" if resolved else "open",
    }
