"""How a figure of a clause becomes a row of `indicator_value`, with its verdict.

Lives here: what holds for every clause: value by unit, threshold, verdict.
Stays out: the figures (`double_reduction`, `balanced_development`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.second_computation import numbers, register

Clause = dict[str, Any]
Cells = dict[str, object]
_FACTORS = {"per_100": 100}


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


def verdict(clause: Clause, value: Fraction | None, completeness: Fraction) -> bool | None:
    """Met or failed, by the value before it is rounded; None where there is no threshold or no value, and where less is
    measured than the register asks.
    """
    threshold = threshold_of(clause)
    if threshold is None or value is None:
        return None
    if clause.get("units") == "measured" and completeness < register.bureau("completeness_min"):
        return None
    return value >= threshold if clause["direction"] == "at_least" else value <= threshold


def threshold_of(clause: Clause) -> Decimal | None:
    told = clause.get("threshold")
    return None if told is None else Decimal(str(told))


def row(clause: Clause, code: str, level: str, period: str, night: date, figure: Figure) -> Cells:
    """The row of one clause, organisation and period."""
    value = value_of(clause, figure)
    return {
        "indicator_id": clause["id"],
        "organisation_code": code,
        "level": level,
        "stage": clause.get("stage"),
        "period": period,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "value": numbers.half_up(value),
        "threshold": threshold_of(clause),
        "passed": verdict(clause, value, figure.completeness),
        "units": clause.get("units"),
        "completeness": numbers.half_up(figure.completeness),
        "administrative_value": None,
        "as_of_date": night,
        "suppressed": False,
    }
