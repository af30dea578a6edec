"""The rows of `balanced_development`: the seven resources of each school and stage, their variation in each district.

Lives here: the mart, column by column.
Stays out: how a figure comes about (`balanced_development`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from tests.second_computation import numbers, register
from tests.second_computation.events import Events
from tests.second_computation.indicators import administrative_records, balanced_development, binding, clauses
from tests.second_computation.indicators.balanced_development import six_of_seven
from tests.second_computation.indicators.clauses import Cells, Clause
from tests.second_computation.indicators.statutory_form import Unit

_COUNT = "yz2017.six_of_seven"


def rows(events: Events) -> Iterator[Cells]:
    """One row per organisation and stage."""
    for stage in register.COMPULSORY:
        resources = _clauses(stage, "conditions")
        units = balanced_development.units(events, register.clauses("yz2017")[_COUNT], stage)
        yield from (_of_school(events, unit, resources) for unit in units)
        for district in binding.areas("district"):
            here = set(binding.members(events, district, [unit.school_code for unit in units]))
            yield _of_district(events, district, stage, [unit for unit in units if unit.school_code in here])


def _clauses(stage: str, way: str) -> dict[str, Clause]:
    """The seven of a stage, by the name of the resource."""
    found = (c for c in register.clauses("yz2017").values() if c.get("stage") == stage and way in c)
    return {c["id"].removeprefix("yz2017.").removeprefix("cv_").removesuffix(f"_{stage}"): c for c in found}


def _of_school(events: Events, unit: Unit, resources: dict[str, Clause]) -> Cells:
    cells: Cells = {}
    verdicts = []
    for name, clause in resources.items():
        value = numbers.half_up(clauses.value_of(clause, balanced_development.of_school(events, clause, unit)))
        verdicts.append(balanced_development.judged(events, clause, unit))
        cells |= {f"{name}_value": value, f"{name}_cv": None, f"{name}_met": verdicts[-1][0]}
        if clause.get("administrative"):
            beside = administrative_records.value(events, clause, unit)
            cells |= {f"{name}_administrative": beside, f"{name}_difference": _difference(value, beside)}
    met = [is_met for is_met, _ in verdicts]
    return {
        **_head(events, unit.school_code, "school", unit.stage),
        **cells,
        "mean_cv": None,
        **_counts(met),
        "schools": None,
        "schools_known": None,
        "schools_passed": None,
        "passed": six_of_seven(verdicts),
    }


def _difference(statutory: Decimal | None, administrative: Decimal | None) -> Fraction | None:
    """'Statutory less administrative', of the two as they are shown."""
    return None if statutory is None or administrative is None else Fraction(statutory - administrative)


def _of_district(events: Events, district: str, stage: str, units: Sequence[Unit]) -> Cells:
    cells: Cells = {}
    values, met = [], []
    for name, clause in _clauses(stage, "variation_of").items():
        figure = balanced_development.variation(events, clause, units)
        values.append(numbers.half_up(clauses.value_of(clause, figure)))
        met.append(clauses.verdict(clause, "district", figure))
        cells |= {f"{name}_value": None, f"{name}_cv": values[-1], f"{name}_met": met[-1]}
    resources = _clauses(stage, "conditions")
    for name in (name for name, clause in resources.items() if clause.get("administrative")):
        cells |= {f"{name}_administrative": None, f"{name}_difference": None}
    schools = [
        six_of_seven([balanced_development.judged(events, clause, unit) for clause in resources.values()])
        for unit in units
    ]
    return {
        **_head(events, district, "district", stage),
        **cells,
        "mean_cv": _mean([value for value in values if value is not None]) if None not in values else None,
        **_counts(met),
        "schools": len(schools) or None,
        "schools_known": sum(passed is not None for passed in schools) if schools else None,
        "schools_passed": sum(bool(passed) for passed in schools) if schools else None,
        "passed": None if not schools or None in (*met, *schools) else all((*met, *schools)),
    }


def _head(events: Events, code: str, level: str, stage: str) -> Cells:
    return {
        "organisation_code": code,
        "level": level,
        "stage": stage,
        "period": register.school_year(events.last),
        "as_of_date": events.last,
    }


def _counts(met: Sequence[bool | None]) -> Cells:
    return {"known": sum(is_met is not None for is_met in met), "met": sum(bool(is_met) for is_met in met)}


def _mean(values: Sequence[Decimal]) -> Fraction | None:
    """'The mean of the 7 CVs is also reported', of these as they are shown: it decides nothing."""
    return numbers.mean(values)
