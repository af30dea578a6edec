"""义务教育优质均衡, 资源配置 (`yz2017`, F§9): seven indicators by school and stage, and their variation in a county.

Lives here: which schools are in scope, what the statutory form says of them, the figures of the two verdicts.
Stays out: how a figure becomes a row (`clauses`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from typing import Any

from tests.second_computation import cells, clauses, register, rosters
from tests.second_computation.clauses import Figure
from tests.second_computation.events import Events, Row

_FORM = "school_registry/conditions"
_WHOLE = None  # the stage of a row that speaks of the whole school


@dataclass(frozen=True)
class Unit:
    """A school in a stage."""

    school_code: str
    stage: str


@cache
def form(events: Events) -> dict[tuple[str, str | None], Row]:
    """The rows of the latest form by school and stage."""
    year = max(events.current(_FORM), default="")
    rows = [row for part, delivery in events.current(_FORM).items() if part[:4] == year[:4] for row in delivery.rows]
    return {(str(cells.text(row["school_code"])), _stage(row)): row for row in rows}


def _stage(row: Row) -> str | None:
    return cells.code("stage", row["stage"]) if row.get("stage") else _WHOLE


def stages_of(school: rosters.School) -> list[str]:
    """The compulsory stages that a school teaches, by its type; nine-year and twelve-year schools have both."""
    return [s for s in register.COMPULSORY if school.type_code in register.codes_of(f"teaches_{s}")]


def figure_of_form(events: Events, unit: Unit, column: str) -> Fraction | None:
    """What the form says of a school in a stage; what it does not split is 'apportioned by a register rule so that the
    parts sum to the whole'. None where the form does not say.
    """
    told = _number(events, (unit.school_code, unit.stage), column)
    if told is not None:
        return told
    whole = _number(events, (unit.school_code, _WHOLE), column)
    part = _part(events, unit)
    return None if whole is None or part is None else whole * part


def _part(events: Events, unit: Unit) -> Fraction | None:
    """The share of a stage in its school, by students or classes as the register says; all where there is no other."""
    stages = [stage for school, stage in form(events) if school == unit.school_code and stage is not _WHOLE]
    if not stages:
        school = rosters.schools(events).get(unit.school_code)
        return Fraction(1) if school and _teaches_one_stage(school) else None
    by = register.document("bureau.yml").get("conditions_shared_by", "students")
    numbers = {stage: _number(events, (unit.school_code, stage), by) for stage in stages}
    if unit.stage not in numbers or any(n is None for n in numbers.values()):
        return None
    total = sum((n for n in numbers.values() if n is not None), Fraction(0))
    return (numbers[unit.stage] or Fraction(0)) / total if total else None


def _teaches_one_stage(school: rosters.School) -> bool:
    groups = ("teaches_primary", "teaches_junior", "teaches_senior")
    return sum(school.type_code in register.codes_of(group) for group in groups) == 1


def _number(events: Events, key: tuple[str, str | None], column: str) -> Fraction | None:
    row = form(events).get(key)
    told = cells.decimal(row.get(column)) if row else None
    return None if told is None or told < 0 else Fraction(told)  # -1 is not applicable


@cache
def units(events: Events, stage: str) -> list[Unit]:
    """The schools in scope of a stage. 'Out of scope: special, vocational, teaching points <50'."""
    out = register.codes_of("special_school") | register.codes_of("vocational_school")
    return [
        Unit(code, stage)
        for code, school in sorted(rosters.schools(events).items())
        if stage in stages_of(school)
        and school.type_code not in out
        and not (school.type_code in register.codes_of("teaching_point") and _is_small(events, code, stage))
    ]


def _is_small(events: Events, code: str, stage: str) -> bool:
    """'Teaching points <50' students."""
    students = figure_of_form(events, Unit(code, stage), "students")
    return students is not None and students < 50


def resource(events: Events, clause: clauses.Clause, unit: Unit) -> Fraction | None:
    """The numerator of a clause: a sum of columns, each with its factor (万元 × 10000; the gym taken off)."""
    total = Fraction(0)
    for column, factor in clause["conditions"].items():
        told = figure_of_form(events, unit, column)
        if told is None:
            return None
        total += told * Fraction(Decimal(str(factor)))
    return total


def of_school(events: Events, clause: clauses.Clause, unit: Unit) -> Figure:
    """A resource over 'students of the same form and stage'."""
    numerator, students = resource(events, clause, unit), figure_of_form(events, unit, "students")
    is_known = numerator is not None and bool(students)
    return Figure(numerator, students, Fraction(int(is_known))) if is_known else Figure(None, None, Fraction(0))


def variation(events: Events, clause: clauses.Clause, members: Sequence[Unit]) -> Figure:
    """'CV = √( Σ P_i (x_i − X̄)² / Σ P_i ) / X̄, X̄ = Σ resource_i / Σ students_i'; 'not computed while a school in
    scope is missing'. The denominator is X̄, the numerator the spread about it.
    """
    of = register.clauses("yz2017")[clause["variation_of"]]
    pairs = [(resource(events, of, unit), figure_of_form(events, unit, "students")) for unit in members]
    known = [(r, p) for r, p in pairs if r is not None and p]
    completeness = Fraction(len(known), len(pairs))
    if len(known) < len(pairs):
        return Figure(None, None, completeness)
    students = sum(p for _, p in known)
    mean = sum(r for r, _ in known) / students
    variance = sum(p * (r / p - mean) ** 2 for r, p in known) / students
    with localcontext() as context:
        context.prec = 50
        spread = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
    return Figure(Fraction(spread), mean, completeness)


def schools_verdict(verdicts: Sequence[tuple[bool | None, bool | None]]) -> tuple[int | None, bool | None]:
    """How many of seven are met, and '≥6 of 7 met, and the remaining one ≥85 % of the standard'; 'one unknown:
    undecided; two below: fails'. Each is (threshold met, floor reached).
    """
    met = sum(bool(is_met) for is_met, _ in verdicts)
    if any(is_met is None for is_met, _ in verdicts):
        return None, None
    return met, met >= 6 and all(reached for _, reached in verdicts)


def judged(events: Events, clause: clauses.Clause, unit: Unit) -> tuple[bool | None, bool | None]:
    """Whether a school meets a clause, and its floor, 'statutory, unrounded'."""
    value = clauses.value_of(clause, of_school(events, clause, unit))
    if value is None:
        return None, None
    return value >= Fraction(str(clause["threshold"])), value >= Fraction(str(clause["floor"]))


def clauses_of(stage: str, way: str) -> list[dict[str, Any]]:
    """The clauses of a stage that get their figure in a way of the register."""
    return [c for c in register.clauses("yz2017").values() if c.get("stage") == stage and way in c]
