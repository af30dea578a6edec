"""What a bureau has declared: areas, calendar, stages, limits, exams, elements and clauses, from their YAML.

Lives here: the register's inputs to a figure (a limit, a floor, a term), as plain values.
Add here: another input.
Stays out: any figure; the product's own loader.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import yaml

from tests.second_computation.cells import REGISTRY

COMPULSORY = ("primary", "junior")


@cache
def document(name: str) -> Any:
    return yaml.safe_load((REGISTRY / name).read_text(encoding="utf-8"))


def bureau(setting: str) -> Decimal:
    """A number that the bureau has declared."""
    return Decimal(str(document("bureau.yml")[setting]))


@cache
def areas() -> dict[str, dict[str, str]]:
    """The areas by code, with `level` and `parent`."""
    return {area["code"]: area for area in document("bureau.yml")["areas"]}


@cache
def above(code: str) -> list[str]:
    """An area, and those in which it lies."""
    parent = areas()[code].get("parent")
    return [code, *(above(parent) if parent else [])]


@cache
def day_type(day: date) -> str:
    """school_day, weekend, holiday or vacation: a holiday is one on any day; a make-up day is a school day."""
    calendar = document("calendar.yml")
    if not any(term["first_day"] <= day <= term["last_day"] for term in calendar["terms"]):
        return "vacation"
    if day in calendar["holidays"]:
        return "holiday"
    return "weekend" if day.weekday() >= 5 and day not in calendar["workdays"] else "school_day"


def school_days(first: date, last: date) -> list[date]:
    """The school days from `first` to `last`, both counted."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day_type(day) == "school_day"]


def school_year(day: date) -> str:
    """`2025-2026` from the first of September on."""
    first = day.year if day.month >= 9 else day.year - 1
    return f"{first}-{first + 1}"


@cache
def stage_of(school_type: str | None, primary_years: int | None, grade: str | None) -> str | None:
    """The stage in which a school has a grade: 'grade 6 of a five-four school belongs to 初中 by stage' (F§4)."""
    years = primary_years or int(bureau("primary_years"))
    with (REGISTRY / "stages.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            is_type = school_type in row["school_types"].split("|")
            if is_type and str(years) in row["primary_years"].split("|") and grade in row["grades"].split("|"):
                return row["stage"]
    return None


def limit_minutes(stage: str | None, grade: str | None) -> Decimal | None:
    """The limit of written minutes a day of a grade; None where none binds."""
    for line in document("bureau.yml")["homework_limits"]:
        low, high = line.get("grade_from", 0), line.get("grade_to", 99)
        if line["stage"] == stage and grade and grade.isdigit() and low <= int(grade) <= high:
            return None if line["limit_minutes"] is None else Decimal(line["limit_minutes"])
    return None


@cache
def exams() -> dict[str, dict[str, Any]]:
    return {exam["id"]: exam for exam in document("exams.yml")}


def band(percentile_rank: Decimal) -> str:
    """'Bands of the percentile rank, the highest first'."""
    return next(b["name"] for b in document("business_words.yml")["bands"] if percentile_rank >= b["from"])


def codes_of(group: str) -> set[str]:
    """The codes of a code group."""
    return next(set(g["codes"]) for g in document("business_words.yml")["code_groups"] if g["id"] == group)


@cache
def elements() -> dict[str, dict[str, Any]]:
    """The data elements of the four entities of which every record is counted."""
    return {
        element["id"]: element
        for entity in ("student", "teacher", "school", "class")
        for element in document(f"elements/{entity}.yml")
    }


def entity_of(element: str) -> str:
    """`student` of `student.name`."""
    return element.partition(".")[0]


def clauses(indicator_set: str) -> dict[str, dict[str, Any]]:
    """The clauses of a set, by id."""
    return {clause["id"]: clause for clause in document(f"indicators/{indicator_set}.yml")}
