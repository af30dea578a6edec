"""How a figure of a clause becomes a row of `indicator_value`, with its verdict.

Lives here: what holds for every clause: value by unit, threshold, verdict.
Stays out: the figures (`double_reduction`, `balanced_development`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.second_computation import numbers, register
from tests.second_computation.events import Events

Clause = dict[str, Any]
Cells = dict[str, object]
_FACTORS = {"per_100": 100}
SOME_TEXT = "(some text)"  # a cell that explains in words of its own


@dataclass(frozen=True)
class Figure:
    """Numerator and denominator of a clause, and which share of what should be known is."""

    numerator: Fraction | int | None
    denominator: Fraction | int | None
    completeness: Fraction


def value_of(clause: Clause, figure: Figure) -> Fraction | None:
    """Numerator ÷ denominator, by hundred where the clause says so, the numerator alone of a count; 'nothing measured
    is no value, and no count of 0'.
    """
    if figure.numerator is None or not figure.denominator:
        return None
    if clause["unit"] == "count":
        return Fraction(figure.numerator)
    return Fraction(figure.numerator) * _FACTORS.get(clause["unit"], 1) / Fraction(figure.denominator)


def verdict(clause: Clause, level: str, figure: Figure) -> bool | None:
    """Met or failed, by the value before it is rounded; None where there is no threshold or no value, where less is
    measured than the register asks, and of expected units while one is unknown.
    """
    threshold, value = threshold_of(clause, level), value_of(clause, figure)
    if threshold is None or value is None:
        return None
    least = register.bureau("completeness_min") if clause["units"] == "measured" else 1
    if figure.completeness < least:
        return None
    return value <= threshold if clause.get("direction") == "at_most" else value >= threshold


def threshold_of(clause: Clause, level: str) -> Fraction | None:
    """The register's; of a duty that of whom it binds: 'yes/no duties pass or fail as declared', their sum does not."""
    if clause["unit"] == "yes_no" and "fact" in clause:
        return Fraction(1) if level == clause["levels"][0] else None
    told = clause.get("threshold")
    return None if told is None else Fraction(str(told))


def row(
    events: Events, clause: Clause, code: str, level: str, figure: Figure | None, *, period: str | None = None
) -> Cells:
    """The row of one clause, organisation and period (the school year, where nothing else is said); without a figure
    where nothing of the clause can be counted, so that no threshold is at stake.
    """
    told = figure or Figure(None, None, Fraction(0))
    value = value_of(clause, told)
    threshold = threshold_of(clause, level) if figure else None
    passed = verdict(clause, level, told)
    is_open = value is None or (passed is None and threshold is not None)
    return {
        "indicator_id": clause["id"],
        "organisation_code": code,
        "level": level,
        "stage": clause.get("stage"),
        "period": period or register.school_year(events.last),
        "numerator": told.numerator,
        "denominator": told.denominator,
        "value": numbers.half_up(value),
        "administrative_value": None,
        "threshold": threshold,
        "passed": passed,
        "units": clause.get("units") if figure else None,
        "completeness": numbers.half_up(told.completeness),
        "reason": SOME_TEXT if is_open else None,
        "as_of_date": events.last,
        "suppressed": False,
    }
