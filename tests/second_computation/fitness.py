"""The national student physical fitness standard of 2014 (F§5), worked out pupil by pupil.

Lives here: `fitness_result`.
Stays out: the delivered files (`events`), who is who.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache

from tests.second_computation import cells, numbers, pseudonyms, records, register, rosters
from tests.second_computation.events import Events, Row

ITEMS = (
    "vital_capacity", "sprint_50m", "sit_and_reach", "rope_skipping", "sit_ups", "shuttle_run", "long_jump", "pull_ups",
    "run_1000m", "run_800m",
)  # fmt: skip
RUNS = ("sprint_50m", "shuttle_run", "run_1000m", "run_800m")
IN_MINUTES = RUNS[1:]
LET_OFF = {"3": "exempted", "4": "postponed", "5": "not_tested"}
LEVELS = ((90, "1"), (80, "2"), (60, "3"), (0, "4"))  # '≥90 优秀, 80-89.9 良好, 60-79.9 及格, ≤59.9 不及格'
FINAL_GRADES = {"primary": 6, "junior": 9, "senior": 12, "vocational": 12, "special": 9}
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Test:
    """A delivered row, and what the standard makes of it."""

    student: str
    year: str
    school: str
    grade: int | None
    stage: str | None
    row: Row
    cells: dict[str, object]
    total: Decimal | None
    reason: str | None


@cache
def table(name: str) -> list[dict[str, str]]:
    with (cells.REGISTRY / "fitness" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def asked(grade: int, sex: str) -> dict[str, int]:
    """The items of a grade and sex, with their weights in percent."""
    return {
        row["item"]: int(row["percent"])
        for row in table("weights")
        if row["sex"] == sex and int(row["grade_from"]) <= grade <= int(row["grade_to"])
    }


@cache
def rows_of(item: str, sex: str, grade: int) -> tuple[tuple[int, Decimal], ...]:
    """'Skip null rows': the scores that a grade has, the best first."""
    found = (row for row in table("scores") if (row["item"], row["sex"]) == (item, sex) and row[str(grade)])
    return tuple(sorted(((int(row["score"]), Decimal(row[str(grade)])) for row in found), reverse=True))


def item_score(item: str, sex: str, grade: int, value: Decimal) -> int:
    """'Score of the best row whose threshold is met; below the 10 row → 0'."""
    met = (score for score, limit in rows_of(item, sex, grade) if (value <= limit if item in RUNS else value >= limit))
    return next(met, 0)


def item_bonus(item: str, sex: str, grade: int, value: Decimal) -> int:
    """'跳绳 +1 per 2 above the 100 mark, max 20 (primary); 引体 +1 each max 10' and so on."""
    if not rows_of(item, sex, grade):
        return 0
    beyond = (value - rows_of(item, sex, grade)[0][1]) * (-1 if item in RUNS else 1)
    if item == "rope_skipping":
        return max(0, min(20, int(beyond // 2)))
    if item == "pull_ups":
        return max(0, min(10, int(beyond)))
    steps = {
        "sit_ups": (2, 4, 6, 7, 8, 9, 10, 11, 12, 13) if sex == "2" and grade > 6 else (),
        "run_1000m": (4, 8, 12, 16, 20, 23, 26, 29, 32, 35),
        "run_800m": tuple(range(5, 51, 5)),
    }.get(item, ())
    return sum(beyond >= step for step in steps)


def body(
    height: Decimal, weight: Decimal, sex: str | None, grade: int | None
) -> tuple[Decimal, str | None, int | None]:
    """BMI with one decimal; 'normal 100, low or over 80, obese 60'."""
    bmi = numbers.half_up(Fraction(weight) / (Fraction(height) / 100) ** 2, TENTH) or Decimal(0)
    for row in table("bmi"):
        if (row["sex"], row["grade"]) == (sex, str(grade)):
            low, high, obese = (Decimal(row[name]) for name in ("normal_from", "normal_to", "obese_from"))
            if bmi < low:
                return bmi, "6", 80
            if bmi >= obese:
                return bmi, "8", 60
            return (bmi, "5", 100) if bmi <= high else (bmi, "7", 80)
    return bmi, None, None


def seconds(cell: str | None) -> Decimal | None:
    """`3′45″`, `3'45`, `3:45`, `3分45秒`, and the number 3.45, which is 3 minutes 45 seconds."""
    plain = cells.text(cell)
    match = re.fullmatch(r"(\d+)(?:[′'’:分]|\.)(\d{1,2})(?:″|′′|\"|秒|'')?", plain or "")
    if match is None:
        return None
    rest = match[2].ljust(2, "0") if "." in str(plain) else match[2]
    return Decimal(int(match[1]) * 60 + int(rest))


def measured(row: Row, item: str) -> Decimal | None:
    return seconds(row.get(item)) if item in IN_MINUTES else cells.decimal(row.get(item))


def grade_of(row: Row, school: rosters.School | None, registered: str | None, *, is_this_year: bool) -> int | None:
    """'21 → standard grade 6, 22 → 初一' of a five-four school; without a number the registry's, of this year alone."""
    number = cells.code("fitness_grade", row.get("grade_number"))
    if number is None:
        return int(registered) if registered and is_this_year else None
    stage, year = int(number[0]), int(number[1])
    years = (school.primary_years if school else None) or int(register.bureau("primary_years"))
    grade = {1: year, 2: years + year, 3: 9 + year}.get(stage)
    return grade if grade and grade <= {1: 6, 2: 9, 3: 12}[stage] else None


def level(total: Decimal | None) -> str | None:
    return None if total is None else next(code for least, code in LEVELS if total >= least)


@cache
def tests(events: Events) -> list[Test]:
    """Every delivered row of a pupil whom the registry knows."""
    sexes = records.owned_values(events, "student.sex", events.last)
    seats = rosters.seats(events, events.last)
    this_year = register.school_year(events.last)
    found = []
    for part, delivery in events.current("fitness/results").items():
        year, school_code = part.split("/")
        school = rosters.schools(events).get(school_code)
        for row in delivery.rows:
            student = str(cells.identifier(row["student_number"]))
            if student not in seats:
                continue
            grade = grade_of(row, school, seats[student].grade, is_this_year=year == this_year)
            found.append(_test(student, year, school_code, grade, school, row, str(sexes.get((student,), ""))))
    return found


def _test(
    student: str, year: str, school_code: str, grade: int | None, school: rosters.School | None, row: Row, sex: str
) -> Test:
    told: dict[str, object] = {
        "sex": sex or None,
        "height": cells.decimal(row.get("height")),
        "weight": cells.decimal(row.get("weight")),
    }
    scores: dict[str, int | None] = {}
    told |= {"bmi": None, "bmi_level": None}
    height, weight = cells.decimal(row.get("height")), cells.decimal(row.get("weight"))
    if height and weight:
        told["bmi"], told["bmi_level"], scores["bmi"] = body(height, weight, sex, grade)
    weights = asked(grade, sex) if grade else {}
    bonus = 0
    for item in ITEMS:
        value = told[item] = measured(row, item)
        if item in weights and grade and value is not None:
            scores[item] = item_score(item, sex, grade, value)
            bonus += item_bonus(item, sex, grade, value)
    told |= {f"{item}_score": scores.get(item) if item in weights else None for item in ("bmi", *ITEMS)}
    missing = sorted(item for item in weights if scores.get(item) is None)
    status = cells.code("fitness_status", row.get("status"))
    reason = LET_OFF.get(status or "") or ("grade_unknown" if grade is None else "items_missing" if missing else None)
    standard = (
        sum((Decimal((scores[item] or 0) * weights[item]) / 100 for item in weights), Decimal(0))
        if not reason
        else None
    )
    total = None if standard is None else (standard + bonus).quantize(TENTH, ROUND_HALF_UP)
    told |= {
        "status": status,
        "tested_on": cells.day(row.get("tested_on")),
        "standard_score": standard,
        "bonus": None if reason else bonus,
        "missing_items": ",".join(missing) or None,
        "reported_standard_score": cells.decimal(row.get("standard_score")),
        "reported_bonus": cells.decimal(row.get("bonus")),
        "reported_total": cells.decimal(row.get("total")),
        "reported_level": cells.code("fitness_level", row.get("total_level")),
    }
    stage = school.stage_of(str(grade)) if school and grade else None
    return Test(student, year, school_code, grade, stage, row, told, total, reason)


def graduation(test: Test, of_student: list[Test], first_grade: int) -> tuple[Decimal | None, int | None]:
    """'50 % final year + 50 % mean of other years'; every other year of the stage is there, or was exempted."""
    if test.total is None or test.grade is None or test.stage is None or test.grade != FINAL_GRADES[test.stage]:
        return None, None
    others = [
        t for t in of_student if t.stage == test.stage and t.year < test.year and t.grade and t.grade < test.grade
    ]
    told = [t for t in others if t.total is not None or t.reason == "exempted"]
    totals = [t.total for t in told if t.total is not None]
    if {t.grade for t in told} != set(range(first_grade, test.grade)) or not totals:
        return None, None
    mean = Fraction(sum(totals, Decimal(0))) / len(totals)
    return numbers.half_up((Fraction(test.total) + mean) / 2, TENTH), len(totals) + 1


def fitness_result(events: Events) -> list[dict[str, object]]:
    """One row per student and school year."""
    by_student: dict[str, list[Test]] = defaultdict(list)
    for test in tests(events):
        by_student[test.student].append(test)
    night = events.nights[0]  # on which every file of fitness came
    rows: list[dict[str, object]] = []
    for student, some in by_student.items():
        for test in some:
            school = rosters.schools(events).get(test.school)
            years = (school.primary_years if school else None) or 6
            first = {"primary": 1, "junior": years + 1, "senior": 10, "vocational": 10, "special": 1}.get(
                test.stage or "", 0
            )
            graduated, count = graduation(test, some, first)
            rows.append(
                {
                    "student_key": pseudonyms.student_key(events, student),
                    "school_year": test.year,
                    "school_code": test.school,
                    "grade": str(test.grade) if test.grade else None,
                    **test.cells,
                    "total": test.total,
                    "level": level(test.total),
                    "reason": test.reason,
                    "tests_delivered": sum(t.year == test.year for t in some),
                    "graduation_score": graduated,
                    "graduation_level": level(graduated),
                    "graduation_years": count,
                    "known_from": night,
                }
            )
    return rows
