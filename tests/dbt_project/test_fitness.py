"""Every boundary of the fitness standard, one step better and one worse, and every edge of the body mass index."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ingest.committing import intake_tables
from registry.model import Register
from tests.dbt_project.quick_dbt import City, Project

NIGHT = date(2025, 10, 16)
PUBLISHED = Path(os.environ.get("SHUYUAN_SHARED_DATA", "/nowhere/data")).parent / "standards/fitness_2014_tables.json"
NAMES = {
    "vital_capacity_ml": "vital_capacity", "run_50m_s": "sprint_50m", "sit_reach_cm": "sit_and_reach",
    "rope_skip_n": "rope_skipping", "sit_up_n": "sit_ups", "shuttle_50x8_s": "shuttle_run", "long_jump_cm": "long_jump",
    "pull_up_n": "pull_ups", "run_1000m_s": "run_1000m", "run_800m_s": "run_800m", "bmi": "bmi",
}  # fmt: skip
SEXES = {"M": "1", "F": "2"}
RUNS = ("sprint_50m", "shuttle_run", "run_1000m", "run_800m")
TENTHS = ("sprint_50m", "sit_and_reach")
# the published extra points, in the words of the standard: what is beyond the row of 100, for each of 1, 2, 3 …
BEYOND = {
    ("rope_skipping", "1"): range(2, 41, 2), ("rope_skipping", "2"): range(2, 41, 2), ("pull_ups", "1"): range(1, 11),
    ("sit_ups", "2"): (2, 4, 6, 7, 8, 9, 10, 11, 12, 13), ("run_1000m", "1"): (4, 8, 12, 16, 20, 23, 26, 29, 32, 35),
    ("run_800m", "2"): range(5, 51, 5),
}  # fmt: skip
Cell = tuple[str, str, int]
Expected = dict[tuple[str, str, int, Decimal], tuple[int, int]]


def ladders(house: Register) -> dict[Cell, list[tuple[int, Decimal]]]:
    """Of each item, sex and grade, the scores from the highest, with what they ask."""
    found: dict[Cell, list[tuple[int, Decimal]]] = defaultdict(list)
    for cell in house.fitness.scores:
        found[cell.item, cell.sex, cell.grade].append((cell.score, Decimal(str(cell.threshold))))
    return {cell: sorted(rows, reverse=True) for cell, rows in found.items()}


def has_bonus(item: str, sex: str, grade: int) -> bool:
    """Of girls' sit-ups only those from grade 7 on."""
    return (item, sex) in BEYOND and (item != "sit_ups" or grade > 6)


def boundaries(house: Register) -> Expected:
    """Score and bonus of each boundary, and of one step better and one worse."""
    expected: Expected = {}
    for (item, sex, grade), rows in ladders(house).items():
        step = Decimal("0.1") if item in TENTHS else Decimal(1)
        better = -step if item in RUNS else step
        for place, (score, threshold) in enumerate(rows):
            worse = rows[place + 1][0] if place + 1 < len(rows) else 0
            above = rows[place - 1] if place else (100, None)
            expected[item, sex, grade, threshold] = (score, 0)
            expected[item, sex, grade, threshold - better] = (worse, 0)
            expected.setdefault(
                (item, sex, grade, threshold + better), (above[0] if threshold + better == above[1] else score, 0)
            )
        if has_bonus(item, sex, grade):
            top, beyond = rows[0][1], list(BEYOND[item, sex])
            for points, further in enumerate(beyond, 1):
                expected[item, sex, grade, top + further * better] = (100, points)
                expected[item, sex, grade, top + (further + 1) * better] = (
                    100, points + 1 if further + 1 in beyond else points,
                )  # fmt: skip
                expected[item, sex, grade, top + (further - 1) * better] = (
                    100, points - 1 if further - 1 >= (beyond[points - 2] if points > 1 else 0) else points,
                )  # fmt: skip
    return expected


@pytest.fixture(scope="module")
def scored(house: Register, project: Project) -> dict[tuple[str, str, int, Decimal], tuple[int, int]]:
    """What the model makes of each value: a test that has this value alone."""
    city = City(house, (), project)
    rows = [(n, *key) for n, key in enumerate(boundaries(house))]
    values = ", ".join(f"if(item = '{name}', value, null) as {name}" for name in house.fitness.items)
    city.connection.execute(
        "create table asked (n bigint, item varchar, sex varchar, grade integer, value decimal(9, 3))"
    )
    city.connection.executemany("insert into asked values (?, ?, ?, ?, ?)", rows)
    city.connection.execute(
        "create table lake.conformed.fitness_tests as "
        "select 'd' as _delivery_id, n as _row_number, 'who' as student_uid, sex, grade, "
        f"'normal' as bmi_band, cast(null as decimal(5, 1)) as bmi, {values} from asked"
    )
    made = city.rows(
        "select asked.item, asked.sex, asked.grade, asked.value, made.score, made.bonus "
        f"from ({city.sql('fitness_items', NIGHT)}) as made "
        "inner join asked on made._row_number = asked.n and made.item = asked.item"
    )
    return {(item, sex, grade, value): (score, bonus) for item, sex, grade, value, score, bonus in made}


def test_every_boundary_scores_as_the_standard_says_one_step_better_and_one_worse(
    house: Register, scored: dict[tuple[str, str, int, Decimal], tuple[int, int]]
):
    weighed = {(w.item, w.sex, grade) for w in house.fitness.weights for grade in range(w.grade_from, w.grade_to + 1)}
    expected = {key: value for key, value in boundaries(house).items() if key[:3] in weighed}
    assert len(expected) > 6000
    assert {key: value for key, value in scored.items() if expected.get(key) != value} == {}
    assert scored.keys() == expected.keys()


def test_a_grade_is_asked_for_what_it_has_a_table_for_and_nothing_else(house: Register):
    tables = set(ladders(house))
    weighed = {
        (w.item, w.sex, grade)
        for w in house.fitness.weights
        for grade in range(w.grade_from, w.grade_to + 1)
        if w.item != "bmi"
    }
    assert weighed == tables


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="SHUYUAN_SHARED_DATA does not name a folder beside the standards")
def test_the_tables_are_those_that_were_published(house: Register):
    told: dict[str, Any] = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    scores = {
        (NAMES[item], SEXES[sex], grade, row[0], threshold)
        for item, tables in told["tables"].items()
        for sex, table in tables.items()
        for row in table["rows"]
        for grade, threshold in zip(table["grades"], row[1:], strict=True)
        if threshold is not None
    }
    assert {(c.item, c.sex, c.grade, c.score, c.threshold) for c in house.fitness.scores} == scores
    bands = {(SEXES[sex], n, *row) for sex in SEXES for n, row in enumerate(told["bmi"][sex], 1)}
    assert {(b.sex, b.grade, b.normal_from, b.normal_to, b.obese_from) for b in house.fitness.bmi} == bands
    weights = set()
    for grades, parts in told["weights_percent"].items():
        low, high = grades.rstrip("MF").split("-")
        sexes = [SEXES[grades[-1]]] if grades[-1] in SEXES else SEXES.values()
        weights |= {
            (int(low), int(high), sex, NAMES[item], percent) for item, percent in parts.items() for sex in sexes
        }
    assert {(w.grade_from, w.grade_to, w.sex, w.item, w.percent) for w in house.fitness.weights} == weights
    assert [(level.from_, told["levels"][n][1]) for n, level in enumerate(house.fitness.rules.levels)] == [
        tuple(level) for level in told["levels"]
    ]


# ---------------------------------------------------------------- the whole way from a delivered row

PRIMARY, JUNIOR, SENIOR, FIVE_YEARS = "2132990101", "3132990102", "3432990103", "2132990104"


class Town:
    """A school of each stage and a school of five primary years, and one test a pupil."""

    def __init__(self, house: Register, project: Project) -> None:
        self.city = City(house, ("fitness_result",), project)
        self.rows = 0
        intake_tables.ensure(self.city.connection)
        for school, kind, years in (
            (PRIMARY, "小学", "6"), (JUNIOR, "初级中学", "6"), (SENIOR, "高级中学", "6"),
            (FIVE_YEARS, "九年一贯制学校", "5"),
        ):  # fmt: skip
            self._insert("school_registry__schools", "329901", school_code=school, name=f"学校{school}", type_code=kind,
                         area_code="329901", primary_years=years)  # fmt: skip

    def test(self, school: str, sex: str, grade_number: str | None, **said: str) -> str:
        """A pupil who has been tested so; returns the pupil's key."""
        number = f"J32990120120101{self.rows:04d}"
        grade = said.pop("registered", "五年级")
        self._insert("student_registry__students", school, student_number=number, school_code=school, name="张甲",
                     grade=grade, class_code="2001", birth_date="2012.01.01", sex=sex)  # fmt: skip
        year = said.pop("year", "2025-2026")
        self._insert("fitness__results", f"{year}/{school}", student_number=number, name="张甲",
                     grade_number=grade_number, **said)  # fmt: skip
        return f"student_number:{number}"

    def _insert(self, table: str, slice_: str, **row: str | None) -> None:
        self.rows += 1
        self.city.insert(table, row | {
            "_delivery_id": f"d-{table}-{slice_}", "_row_number": self.rows, "_slice": slice_,
            "_row_hash": str(self.rows), "_known_from": NIGHT,
        })  # fmt: skip


@pytest.fixture(scope="module")
def town(house: Register, project: Project) -> tuple[Town, dict[str, Any]]:
    town = Town(house, project)
    expected: dict[str, Any] = {"bands": {}}
    places = [(PRIMARY, "1"), (JUNIOR, "2"), (SENIOR, "3")]
    for band in house.fitness.bmi:
        school, stage = places[0 if band.grade < 7 else 1 if band.grade < 10 else 2]
        grade_number = f"{stage}{(band.grade - 1) % 3 + 1 if band.grade > 6 else band.grade}"
        low, high, obese = (Decimal(str(x)) for x in (band.normal_from, band.normal_to, band.obese_from))
        step = Decimal("0.1")
        for bmi, score in (
            (low - step, 80), (low, 100), (high, 100), (high + step, 80), (obese - step, 80), (obese, 60),
        ):  # fmt: skip
            # two metres: the index is a quarter of the weight, and 0.0125 of it is a tie less a hair
            who = town.test(school, "男" if band.sex == "1" else "女", grade_number, height="200", weight=str(bmi * 4))
            expected["bands"][who] = (str(band.grade), bmi, score)
    expected["tie"] = town.test(PRIMARY, "男", "15", height="200", weight="72.6")  # 18.15
    expected["five"] = town.test(FIVE_YEARS, "男", "21", height="150", weight="40")
    expected["last of five"] = town.test(FIVE_YEARS, "男", "24", height="150", weight="40")
    expected["fourth of six"] = town.test(JUNIOR, "男", "24", height="150", weight="40")
    expected["registry"] = town.test(PRIMARY, "女", None, height="150", weight="40", registered="三年级")
    expected["past"] = town.test(PRIMARY, "女", None, height="150", weight="40", registered="三年级", year="2024-2025")
    town.city.night(NIGHT)
    return town, expected


def test_every_edge_of_the_body_mass_index(town: tuple[Town, dict[str, Any]]):
    made = {
        who: tuple(rest)
        for who, *rest in town[0].city.rows("select student_uid, grade, bmi, bmi_score from lake.marts.fitness_result")
    }
    assert len(town[1]["bands"]) == 2 * 12 * 6
    assert {who: made[who] for who in town[1]["bands"]} == town[1]["bands"]
    assert made[town[1]["tie"]][1] == Decimal("18.2")


def test_a_grade_is_the_platforms_or_the_registrys_of_this_year_and_none_of_a_past_one(
    town: tuple[Town, dict[str, Any]],
):
    made = dict(town[0].city.rows("select student_uid, grade from lake.marts.fitness_result"))
    asked = ("five", "last of five", "fourth of six", "registry", "past")
    assert [made[town[1][name]] for name in asked] == ["6", "9", None, "3", None]
