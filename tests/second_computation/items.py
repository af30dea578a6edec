"""Scores by item, and what each item is about: a workbook of an exam, subject and school, with its blueprint.

Lives here: the scores of each student, beside the knowledge point and full mark of their items.
Stays out: what a class comes to (`class_reports`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from tests.second_computation import cells, contracts, rosters
from tests.second_computation.events import Events

ITEMS, BLUEPRINT = "exams/items", "exams/blueprint"


@dataclass(frozen=True)
class ItemScore:
    """What a student has of an item; `point` and `full_mark` are None where no blueprint describes it."""

    exam: str
    subject: str
    school: str
    klass: str | None
    student: str
    score: Decimal
    point: str | None
    full_mark: Decimal | None


@cache
def item_scores(events: Events) -> tuple[ItemScore, ...]:
    """The scores of students whom the registry has; an absence is no score."""
    return tuple(_scores(events))


def _scores(events: Events) -> Iterator[ItemScore]:
    known, blueprints = rosters.seats(events, events.last), events.current(BLUEPRINT)
    plain = {column["name"] for column in contracts.contract(ITEMS)["columns"]}
    for part, delivery in events.current(ITEMS).items():
        exam, subject, school = part.split("/")
        described = {cells.identifier(r["item"]): r for r in (blueprints[part].rows if part in blueprints else ())}
        for row in delivery.rows:
            student, klass = str(cells.identifier(row["student_number"])), cells.identifier(row.get("class_code"))
            if student not in known:
                continue
            for item in row.keys() - plain:
                score, line = cells.decimal(row[item]), described.get(cells.identifier(item), {})
                if score is not None:
                    point, full = cells.text(line.get("knowledge_point")), cells.decimal(line.get("full_mark"))
                    yield ItemScore(exam, subject, school, klass, student, score, point, full)
