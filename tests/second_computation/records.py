"""The records of the four entities of which the register counts everything: students, teachers, schools, classes.

Lives here: each record as its owner tells it on a night, and the organisations in which it counts.
Stays out: copies (`ledger`), counts (`coverage`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

from tests.second_computation import cells, contracts, register, rosters
from tests.second_computation.events import Events, Row

CREATORS = {
    "student": "student_registry/students",
    "teacher": "teacher_system/teachers",
    "school": "school_registry/schools",
    "class": "teaching/classes",
}
Record = tuple[str, ...]  # what tells one record of an entity from another


def record_of(entity: str, row: Row) -> Record | None:
    """Of whom or of what a row speaks; None where it does not say."""
    told = [cells.identifier(row.get(column)) for column in contracts.ENTITIES[entity]]
    return tuple(str(part) for part in told) if all(told) else None


@cache
def owned_rows(events: Events, feed: str, entity: str, night: date) -> dict[Record, Row]:
    """An owner's rows by record, as they counted after a night."""
    rows = ((record_of(entity, row), row) for row in events.rows(feed, night))
    return {record: row for record, row in rows if record}


@cache
def owned_values(events: Events, element: str, night: date) -> dict[Record, object]:
    """What the owner of an element says of each record, as known after a night; not where it says nothing."""
    owner = contracts.owner_of(register.elements()[element], night)
    column = contracts.columns_of(owner)[element]
    rows = owned_rows(events, owner, register.entity_of(element), night)
    values = ((record, contracts.value(column, row.get(column["name"]))) for record, row in rows.items())
    return {record: value for record, value in values if value is not None}


def records(events: Events, entity: str) -> Iterator[tuple[Record, str | None]]:
    """Every record on the last night, and its school."""
    for record, row in owned_rows(events, CREATORS[entity], entity, events.last).items():
        yield record, cells.text(row["school_code"])


def organisations(events: Events, school_code: str | None) -> list[tuple[str, str]]:
    """Where a record of a school counts; 'records of no known school count above the districts alone'."""
    if school_code in rosters.schools(events):
        return rosters.organisations_above(events, str(school_code))
    return [(code, area["level"]) for code, area in register.areas().items() if area["level"] in ("city", "province")]
