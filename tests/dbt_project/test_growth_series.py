"""Growth by a series of exams, over four years: which marks are compared, and of whom there is none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from methods.growth import percentiles
from registry.model import Exam, Label, Register
from tests.dbt_project.quick_dbt import City, Project, _Night

NIGHT = date(2025, 10, 15)
MATHS, CHINESE, ENGLISH = "14", "13", "41"
MINIMA, ALIKE = (60, 80, 100), 5
LABEL = Label(zh="考试", en="exam")
Mark = tuple[str, str, str, float, str, str]  # student, exam, subject, score, school, class


def exam(year: int, grade: int, series: str | None = "autumn") -> Exam:
    name = f"{year}-g{grade}" + ("" if series else "-other")
    return Exam(
        id=name, label=LABEL, held_on=date(year, 9, 24), grade=grade, subjects=(CHINESE, MATHS, ENGLISH), series=series
    )


EXAMS = (*(exam(year, grade) for year in range(2022, 2026) for grade in range(3, 8)), exam(2025, 7, None))


def marks() -> list[Mark]:
    """Pupils of grade 7 in 2025: 120 of every year, 30 since 2024, 10 who skipped 2024, 8 who repeat grade 7."""
    chance = np.random.default_rng(4)
    rows: list[Mark] = []
    for n in range(168):
        able = chance.normal()
        years = range(2022, 2026) if n < 120 else (2024, 2025) if n < 150 else (2022, 2023, 2025)
        for subject in (MATHS, CHINESE) if n < 40 or n >= 160 else (MATHS,):
            for year in (2024, 2025) if n >= 160 else years:
                grade = 7 if n >= 160 else year - 2018
                score = round(float(np.clip(70 + 12 * able + 8 * chance.normal(), 0, 100)))
                rows.append((f"p{n:03}", f"{year}-g{grade}", subject, score, "A", "1"))
    # a year below: they give the scale of the older priors, and have growth of their own
    return rows + [
        (f"q{n:03}", f"{year}-g{year - 2019}", MATHS, float(30 + (n * 7 + year * 13) % 70), "A", "1")
        for n in range(90)
        for year in (2023, 2024, 2025)
    ]


def long_table(rows: list[Mark]) -> pa.Table:
    """The same, as the method takes a file of scores."""
    told = [(s, e[:4], e[6], subject, f"{score}") for s, e, subject, score, *_ in rows if not e.endswith("other")]
    columns = zip(*told, strict=True)
    names = ("student_id", "year", "grade", "subject", "score")
    return pa.table({name: list(cells) for name, cells in zip(names, columns, strict=True)})


Build = Callable[[list[Mark]], dict[tuple[str, str, str], dict[str, Any]]]


@pytest.fixture(scope="module")
def build(house: Register, project: Project) -> Build:
    bureau = house.bureau.model_copy(update={"growth_minima": MINIMA, "growth_students_min": ALIKE})
    register = house.model_copy(update={"exams": EXAMS, "bureau": bureau, "version": "of a series"})

    def built(rows: list[Mark]) -> dict[tuple[str, str, str], dict[str, Any]]:
        city = City(register, (), project, duckdb.connect())
        city.connection.execute("create table lake.conformed.touched_growth as select '' as exam_id where false")
        city.connection.execute(
            "create table lake.conformed.exam_results (student_uid varchar, exam_id varchar, subject varchar, "
            "score decimal(9, 2), school_code varchar, class_code varchar, feed varchar, _row_number bigint)"
        )
        city.connection.executemany(
            "insert into lake.conformed.exam_results values (?, ?, ?, ?, ?, ?, 'exams/results', 1)", rows
        )
        city.connection.execute(
            "alter table lake.conformed.exam_results rename to told; create table lake.conformed.exam_results as "
            "select told.*, exam.grade, exam.held_on, exam.previous from lake.conformed.told inner join "
            "lake.register.exam on told.exam_id = exam.id"
        )
        for model in ("growth_marks", "growth_percentiles", "student_growth"):
            _Night(city, NIGHT, alone=True).model(model)
        found = city.connection.execute("select * from lake.marts.student_growth").to_arrow_table().to_pylist()
        return {(row["student_uid"], row["exam_id"], row["subject"]): row for row in found}

    return built


@pytest.fixture(scope="module")
def growth(build: Build) -> dict[tuple[str, str, str], dict[str, Any]]:
    return build(marks())


def test_the_mart_has_what_the_method_tells_of_the_same_scores(growth):
    rows = marks()
    found = percentiles.growth(long_table(rows), MINIMA, ALIKE)
    expected = {
        (s, e, subject): (int(p), int(n), str(method)) if p else (None, None, None)
        for (s, e, subject, *_), p, n, method in zip(
            rows, found.percentile, found.priors, found.method, strict=True
        )
    }  # fmt: skip
    assert {
        key: (row["growth_percentile"], row["prior_count"], row["growth_method"]) for key, row in growth.items()
    } == expected
    assert {n for _, n, _ in expected.values()} == {None, 1, 2, 3}


def test_an_order_is_used_from_its_minimum_on_and_below_all_the_conditional_percentile(growth):
    def told(student: str, subject: str = MATHS) -> tuple[object, ...]:
        row = growth[student, "2025-g7", subject]
        return row["growth_method"], row["prior_count"]

    assert told("p000") == ("student_growth_percentile", 3)
    assert told("p130") == ("student_growth_percentile", 1)
    assert told("p000", CHINESE) == ("conditional_percentile", 1)


def test_a_skipped_year_and_a_repeated_grade_have_none_and_say_so(growth):
    assert growth["p155", "2025-g7", MATHS]["why_no_growth"] == "no_prior"
    repeater = growth["p165", "2025-g7", MATHS]
    assert (repeater["growth_percentile"], repeater["why_no_growth"]) == (None, "repeated_grade")
    assert {row["why_no_growth"] for row in growth.values() if row["growth_percentile"]} == {None}


def test_of_two_marks_that_differ_neither_is_a_prior_and_of_two_that_agree_one_is(build: Build, growth):
    twice = [("p001", "2024-g6", MATHS, 3.0, "A", "1"), ("p002", "2024-g6", MATHS, None, "B", "9")]
    own = {row[0]: row[3] for row in marks() if row[1] == "2024-g6" and row[2] == MATHS}
    found = build([*marks(), twice[0], (*twice[1][:3], own["p002"], "B", "9")])
    assert found["p001", "2025-g7", MATHS]["why_no_growth"] == "no_prior"
    assert ("p001", "2024-g6", MATHS) not in found
    assert found["p002", "2025-g7", MATHS]["prior_count"] == 3


def test_an_exam_of_no_series_is_compared_with_none_of_it(build: Build):
    rows = [*marks(), *[(f"p{n:03}", "2025-g7-other", MATHS, float(n), "A", "1") for n in range(100)]]
    found = [row for (_, name, _), row in build(rows).items() if name == "2025-g7-other"]
    assert len(found) == 100
    assert {(row["growth_percentile"], row["why_no_growth"]) for row in found} == {(None, None)}
