"""Performance of schools and kindergartens 'by the dimensions of the register'.

Lives here: `school_performance`, from the rows of the marts that its measures are made of.
Stays out: those rows (one module a subject).
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from tests.second_computation import (
    attendance,
    compliance,
    finance,
    fitness,
    governing,
    improvement,
    numbers,
    platforms,
    readers,
    records,
    register,
    rosters,
    service,
)
from tests.second_computation.events import Events
from tests.second_computation.indicators import indicator_rows

_UNKNOWN = "-"
_PASSED = ("1", "2", "3")
_HUNDREDTHS = Decimal("0.01")
_Part = tuple[str, str, object, object, date | str]  # measure, school, numerator, denominator, a day or the school year
_Values = dict[tuple[str, str], dict[str, Fraction]]  # by measure and school year, the schools of which it is known


@dataclass
class Sums:
    numerator: Fraction = field(default_factory=Fraction)
    denominator: Fraction = field(default_factory=Fraction)
    is_known: bool = True


def _year_of(calendar_year: object) -> str:
    """'A calendar year is the school year that begins in it.'"""
    return f"{calendar_year}-{int(str(calendar_year)) + 1}"


def _parts(events: Events) -> Iterator[_Part]:
    """What is summed over a school year; a part of which anything is None is not."""
    yield from _of_files(events)
    yield from _of_days(events)
    for test in fitness.tests(events):
        if test.total is not None:
            yield "fitness_pass_share", test.school, int(fitness.level(test.total) in _PASSED), 1, test.year
    for row in finance.finance(events):
        code = str(row["organisation_code"])
        yield "budget_spent_share", code, row["spent"], row["budgeted"], _year_of(row["year"])
    for row in improvement.improvement_cycle(events):
        found_on = row["found_on"]
        if row["status"] != "dropped" and isinstance(found_on, date):
            done = int(row["status"] in ("done", "measured"))
            yield "findings_done_share", str(row["organisation_code"]), done, 1, found_on
    for row in governing.network_risk(events):
        code = str(row["organisation_code"])
        yield "systems_graded_share", code, row["systems_graded"], row["systems"], events.last
        officers = None if row["assets"] is None else int(str(row["assets"])) - int(str(row["assets_without_officer"]))
        yield "assets_with_officer_share", code, officers, row["assets"], events.last


def _of_files(events: Events) -> Iterator[_Part]:
    """'Students ÷ teachers, classes, unknown where either is 0.'"""
    students, teachers, classes = (defaultdict[str, int](int) for _ in range(3))
    for seat in rosters.seats(events, events.last).values():
        students[seat.school_code] += 1
    for school in records.owned_values(events, "teacher.school", events.last).values():
        teachers[str(school)] += 1
    for klass in rosters.classes(events).values():
        classes[klass.school_code] += 1
    for school in rosters.schools(events):
        here = students[school] or None
        yield "students_per_teacher", school, here, teachers[school] or None, events.last
        yield "students_per_class", school, here, classes[school] or None, events.last


def _of_days(events: Events) -> Iterator[_Part]:
    for row in compliance.homework_compliance(events):
        if row["level"] == "school":
            year, month = map(int, str(row["month"]).split("-"))
            last, code = date(year, month, monthrange(year, month)[1]), str(row["organisation_code"])
            yield "homework_within_limit", code, row["student_days_within"], row["student_days"], last
            yield "homework_published", code, row["class_days_published"], row["class_days_expected"], last
    of_weeks: tuple[tuple[str, Any, str, str, str], ...] = (
        ("after_school_coverage", service.after_school_service, "students_served", "students_enrolled", "coverage"),
        ("platform_coverage", platforms.platform_usage, "active_learners", "students_enrolled", "coverage"),
        ("attendance_rate", attendance.attendance, "half_days_present", "half_days_measured", "half_days_present"),
        ("reader_share", readers.reading, "readers", "students_enrolled", "readers"),
    )
    for measure, rows, numerator, denominator, known in of_weeks:
        for row in rows(events):
            if row[known] is not None:
                sunday = row["week"] + timedelta(days=6)
                yield measure, str(row["school_code"]), row[numerator], row[denominator], sunday


@cache
def _values(events: Events) -> _Values:
    sums: dict[tuple[str, str, str], Sums] = defaultdict(Sums)
    for measure, school, numerator, denominator, of in _parts(events):
        if numerator is not None and denominator is not None:
            year = of if isinstance(of, str) else register.school_year(of)
            some = sums[measure, year, school]
            some.numerator += Fraction(str(numerator))
            some.denominator += Fraction(str(denominator))
    for measure in {m["indicator"] for d in _dimensions() for m in d["measures"] if "indicator" in m}:
        for (year, school), some in _of_indicator(events, measure).items():
            if some.is_known:
                sums[measure, year, school] = some
    found: _Values = defaultdict(dict)
    for (measure, year, school), some in sums.items():
        if some.denominator:
            found[measure, year][school] = some.numerator / some.denominator
    return found


def _of_indicator(events: Events, indicator: str) -> dict[tuple[str, str], Sums]:
    """'Of the last period of the year, numerators ÷ denominators summed over stages, without a denominator 1.'"""
    told: dict[tuple[str, str], dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in indicator_rows.indicator_value(events):
        if row["indicator_id"] == indicator and row["organisation_code"] in rosters.schools(events):
            year = _year_of_period(str(row["period"]))
            told[year, str(row["organisation_code"])][str(row["period"])].append(row)
    return {key: _summed(periods[max(periods)]) for key, periods in told.items()}


def _year_of_period(period: str) -> str:
    """A month is of the year of its last day; a school year is itself."""
    if len(period) == len("2025-10"):
        year, month = map(int, period.split("-"))
        return register.school_year(date(year, month, monthrange(year, month)[1]))
    return period if len(period) == len("2025-2026") else _year_of(period)


def _summed(rows: list[dict[str, Any]]) -> Sums:
    some = Sums(is_known=all(row["value"] is not None for row in rows))
    for row in rows if some.is_known else ():
        some.numerator += Fraction(str(row["numerator"] if row["numerator"] is not None else row["value"]))
        some.denominator += Fraction(str(row["denominator"] if row["denominator"] is not None else 1))
    return some


def _dimensions() -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = register.document("performance.yml")["dimensions"]
    return told


def _kinds(events: Events) -> dict[str, str]:
    """'Kindergarten, whose only stage is that; school, all others.'"""
    return {
        code: "kindergarten" if school.stages == {"kindergarten"} else "school"
        for code, school in rosters.schools(events).items()
        if school.is_open
    }


def school_performance(events: Events) -> Iterator[dict[str, object]]:
    """One row per school, school year and dimension."""
    kinds, values, tonight = _kinds(events), _values(events), register.school_year(events.last)
    for dimension in _dimensions():
        names = [m.get("figure") or m["indicator"] for m in dimension["measures"]]
        of = [code for code, kind in kinds.items() if kind == dimension.get("of", "school")]
        years = {year for (measure, year), known in values.items() if measure in names and known.keys() & set(of)}
        for year in {*years, tonight}:
            for school in of:
                yield _row(school, year, dimension, [values.get((name, year), {}) for name in names], names, of)


def _row(
    school: str,
    year: str,
    dimension: dict[str, Any],
    values: list[dict[str, Fraction]],
    names: list[str],
    of: list[str],
) -> dict[str, object]:
    own = [known.get(school) for known in values]
    ranks = [
        _percentile(school, {s: v for s, v in known.items() if s in of}, measure["better"])
        for known, measure in zip(values, dimension["measures"], strict=True)
    ]
    unknown = [name for name, value in zip(names, own, strict=True) if value is None]
    weights = [measure.get("weight") for measure in dimension["measures"]]
    reason = "no_weights" if None in weights else None
    if unknown or None in ranks:
        reason = "none_known" if len(unknown) == len(names) else "some_unknown" if unknown else "few_siblings"
    return {
        "school_code": school,
        "school_year": year,
        "dimension": dimension["id"],
        "name": dimension["label"]["zh"],
        "name_en": dimension["label"]["en"],
        "school_kind": dimension.get("of", "school"),
        "measures": len(names),
        "measures_known": len(names) - len(unknown),
        "measure_ids": ",".join(names),
        "measure_values": ",".join(_UNKNOWN if v is None else str(numbers.half_up(v)) for v in own),
        "measures_unknown": ",".join(unknown) or None,
        "measures_compared": sum(rank is not None for rank in ranks),
        "measures_better": sum(rank is not None and rank > 50 for rank in ranks),
        "measures_worse": sum(rank is not None and rank < 50 for rank in ranks),
        "dimension_score": None if reason else _score(ranks, weights),
        "reason": reason,
    }


def _percentile(school: str, known: dict[str, Fraction], better: str) -> Fraction | None:
    """'Mid-rank among all schools of its kind, the better side high'; None where it is not compared."""
    if school not in known or len(known) < register.document("performance.yml")["siblings_min"]:
        return None
    side = -1 if better == "lower" else 1
    below = sum(side * value < side * known[school] for value in known.values())
    equal = sum(value == known[school] for value in known.values())
    return 100 * (below + Fraction(equal, 2)) / len(known)


def _score(ranks: list[Fraction | None], weights: list[Any]) -> Decimal | None:
    parts = [(rank, Fraction(str(weight))) for rank, weight in zip(ranks, weights, strict=True) if rank is not None]
    return numbers.half_up(
        sum((r * w for r, w in parts), Fraction(0)) / sum((w for _, w in parts), Fraction(0)), _HUNDREDTHS
    )
