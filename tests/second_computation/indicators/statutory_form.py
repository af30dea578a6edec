"""What the statistics of education (教基) say of a school in a stage.

Lives here: the rows of the year's form, and the apportioning of what they do not split.
Stays out: the clauses that ask for it (`balanced_development`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from tests.second_computation import cells, register, rosters
from tests.second_computation.events import Events, Row

FEED = "school_registry/conditions"


@dataclass(frozen=True)
class Unit:
    """A school in a stage."""

    school_code: str
    stage: str


@cache
def form(events: Events) -> dict[tuple[str, str | None], Row]:
    """The rows of this school year's form by school and stage; None is the whole school."""
    year = register.school_year(events.last)[:4]
    return {
        (str(cells.text(row["school_code"])), cells.code("stage", row.get("stage"))): row
        for part, delivery in events.current(FEED).items()
        if part[:4] == year
        for row in delivery.rows
    }


def figure_of_form(events: Events, unit: Unit, column: str) -> Fraction | None:
    """What the form says of a school in a stage; what it does not split is 'apportioned by a register rule so that the
    parts sum to the whole': 'a stage that states its own part keeps it, and the others share the rest'. None where the
    form does not say, or not by what to share.
    """
    stages = rosters.schools(events)[unit.school_code].stages
    told = {stage: _number(events, unit.school_code, stage, column) for stage in stages}
    if told.get(unit.stage) is not None:
        return told[unit.stage]
    whole = _number(events, unit.school_code, None, column)
    share = _share(events, unit, [stage for stage, number in told.items() if number is None])
    if whole is None or share is None:
        return None
    return (whole - sum(number for number in told.values() if number is not None)) * share


def students_of(events: Events, school: str) -> Fraction | None:
    """All students of a school by the form: of the whole school, or of its stages together."""
    whole = _number(events, school, None, "students")
    parts = [_number(events, code, stage, "students") for code, stage in form(events) if code == school and stage]
    known = [part for part in parts if part is not None]
    return whole if whole is not None else sum(known, Fraction(0)) if known else None


def _share(events: Events, unit: Unit, stages: list[str]) -> Fraction | None:
    """The share of a stage among some, by students or classes as the register says; all where it is the only one."""
    if stages == [unit.stage]:
        return Fraction(1)
    by = str(register.document("bureau.yml")["conditions_shared_by"])
    numbers = {stage: _number(events, unit.school_code, stage, by) for stage in stages}
    known = [number for number in numbers.values() if number is not None]
    if len(known) < len(numbers) or not sum(known):
        return None
    return (numbers[unit.stage] or Fraction(0)) / sum(known)


def _number(events: Events, school: str, stage: str | None, column: str) -> Fraction | None:
    row = form(events).get((school, stage))
    told = cells.decimal(row.get(column)) if row else None
    return None if told is None or told < 0 else Fraction(told)  # -1 is not applicable
