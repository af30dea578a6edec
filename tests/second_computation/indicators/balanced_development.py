"""义务教育优质均衡, 资源配置 (`yz2017`, F§9): seven indicators by school and stage, and their variation in a county.

Lives here: the figures of the seven indicators, of their variation, of the two verdicts on them.
Add here: another figure of the statutory form.
Stays out: what the form says of a school in a stage (`statutory_form`), how a figure becomes a row (`clauses`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

from tests.second_computation import register
from tests.second_computation.events import Events
from tests.second_computation.indicators import administrative_records, binding, clauses
from tests.second_computation.indicators.clauses import Cells, Clause, Figure
from tests.second_computation.indicators.statutory_form import Unit, figure_of_form

_SET = "yz2017"
Judged = tuple[bool | None, bool | None]  # threshold met, floor reached


def units(events: Events, clause: Clause, stage: str) -> list[Unit]:
    """The schools in scope of a stage. 'Out of scope: special, vocational, teaching points <50'."""
    return [Unit(code, stage) for code in binding.schools(events, {**clause, "stage": stage})]


def resource(events: Events, clause: Clause, unit: Unit) -> Fraction | None:
    """The numerator of a clause: a sum of columns, each with its factor (万元 × 10000; the gym taken off)."""
    total = Fraction(0)
    for column, factor in clause["conditions"].items():
        told = figure_of_form(events, unit, column)
        if told is None:
            return None
        total += told * Fraction(str(factor))
    return total


def of_school(events: Events, clause: Clause, unit: Unit) -> Figure:
    """A resource over 'students of the same form and stage'."""
    numerator, students = resource(events, clause, unit), figure_of_form(events, unit, "students")
    if numerator is None or not students:
        return Figure(None, None, Fraction(0))
    return Figure(numerator, students, Fraction(1))


def resources(events: Events, clause: Clause) -> Iterator[Cells]:
    """A row per school of the clause's stage; 'teacher_system is shown beside'."""
    for unit in units(events, clause, clause["stage"]):
        row = clauses.row(events, clause, unit.school_code, "school", of_school(events, clause, unit))
        yield row | {"administrative_value": administrative_records.value(events, clause, unit)}


def variation(events: Events, clause: Clause, members: Sequence[Unit]) -> Figure:
    """'CV = √( Σ P_i (x_i − X̄)² / Σ P_i ) / X̄, X̄ = Σ resource_i / Σ students_i'; 'not computed while a school in
    scope is missing'. The denominator is X̄, the numerator the spread about it.
    """
    of = register.clauses(_SET)[clause["variation_of"]]
    figures = (of_school(events, of, unit) for unit in members)
    told = ((f.numerator, f.denominator) for f in figures)
    known = [(Fraction(r), Fraction(p)) for r, p in told if r is not None and p]
    completeness = Fraction(len(known), len(members)) if members else Fraction(0)
    if len(known) < len(members) or not known:
        return Figure(None, None, completeness)
    students = sum(p for _, p in known)
    mean = sum(r for r, _ in known) / students
    variance = sum(p * (r / p - mean) ** 2 for r, p in known) / students
    with localcontext() as context:
        context.prec = 50
        spread = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
    return Figure(Fraction(spread), Fraction(mean), completeness)


def variations(events: Events, clause: Clause) -> Iterator[Cells]:
    """A row per district."""
    for code in binding.areas("district"):
        members = _of_area(events, clause, code)
        figure = variation(events, clause, members) if members else None
        yield clauses.row(events, clause, code, "district", figure)


def _of_area(events: Events, clause: Clause, area: str, stage: str | None = None) -> list[Unit]:
    everyone = units(events, clause, stage or clause["stage"])
    here = set(binding.members(events, area, [unit.school_code for unit in everyone]))
    return [unit for unit in everyone if unit.school_code in here]


def judged(events: Events, clause: Clause, unit: Unit) -> Judged:
    """Whether a school meets a clause, and its floor: 'statutory, unrounded'."""
    value = clauses.value_of(clause, of_school(events, clause, unit))
    if value is None:
        return None, None
    return value >= Fraction(str(clause["threshold"])), value >= Fraction(str(clause["floor"]))


def six_of_seven(verdicts: Sequence[Judged]) -> bool | None:
    """'≥6 of 7 met, and the remaining one ≥85 % of the standard'; 'one unknown: undecided; two below: fails'."""
    if any(is_met is None for is_met, _ in verdicts):
        return None
    return sum(bool(is_met) for is_met, _ in verdicts) >= 6 and all(reached for _, reached in verdicts)


def _verdicts(events: Events, clause: Clause, unit: Unit) -> list[Judged]:
    """On the seven clauses of the unit's stage."""
    asked = (register.clauses(_SET)[clause_id] for clause_id in clause["count_met"])
    return [judged(events, one, unit) for one in asked if one["stage"] == unit.stage]


def counts_met(events: Events, clause: Clause) -> Iterator[Cells]:
    """A row per school and stage: how many of the seven are met."""
    for stage in register.COMPULSORY:
        for unit in units(events, clause, stage):
            verdicts = _verdicts(events, clause, unit)
            known = [is_met for is_met, _ in verdicts if is_met is not None]
            whole = len(known) == len(verdicts)
            completeness = Fraction(len(known), len(verdicts))
            figure = Figure(sum(known) if whole else None, len(verdicts), completeness)
            row = clauses.row(events, clause, unit.school_code, "school", figure)
            yield row | {"stage": stage, "passed": six_of_seven(verdicts)}


def all_met(events: Events, clause: Clause) -> Iterator[Cells]:
    """A row per district: 'all schools in scope meet six_of_seven and all fourteen CVs are within'."""
    for code in binding.areas("district"):
        verdicts = _parts(events, clause, code)
        known = [verdict for verdict in verdicts if verdict is not None]
        completeness = Fraction(len(known), len(verdicts)) if verdicts else Fraction(0)
        whole = bool(verdicts) and len(known) == len(verdicts)
        figure = Figure(int(all(known)) if whole else None, 1, completeness)
        yield clauses.row(events, clause, code, "district", figure if verdicts else None)


def _parts(events: Events, clause: Clause, district: str) -> list[bool | None]:
    """The verdict on each school and stage of a district, and on each variation of a stage that it has."""
    verdicts: list[bool | None] = []
    for clause_id in clause["all_met"]:
        part = register.clauses(_SET)[clause_id]
        if "count_met" in part:
            members = [u for stage in register.COMPULSORY for u in _of_area(events, part, district, stage)]
            verdicts += [six_of_seven(_verdicts(events, part, unit)) for unit in members]
        elif schools := _of_area(events, part, district):
            figure = variation(events, part, schools)
            verdicts.append(clauses.verdict(part, "district", figure))
    return verdicts
