"""The exam series of the sample city, as it was sat: growth by every order, what schools add, how they stand."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from datetime import date
from typing import Any

import duckdb
import pytest

from registry.model import Register
from samples.city import build_city
from samples.feeds.exam_results import Sitting, sit
from samples.truth import series
from samples.world.exams import SCORED, series_exams
from samples.world.pools import SUBJECT_CODES
from tests.dbt_project.quick_dbt import City, Project, _Night

NIGHT = date(2025, 10, 15)
MINIMA, GROUP = (60, 100, 1000), 20
MATHS, THIS_YEAR = "14", "2025-2026"
MODELS = (
    "growth_marks", "growth_percentiles", "student_growth", "value_added_marks", "value_added_estimates",
    "school_value_added", "quality_trend",
)  # fmt: skip
Marts = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def city() -> Any:
    return build_city(2000, 7)


@pytest.fixture(scope="module")
def sittings(city: Any) -> list[Sitting]:
    return [sit(city, exam) for exam in series_exams()]


def told(city: Any, sittings: list[Sitting]) -> list[tuple[Any, ...]]:
    """Student, exam, subject, mark, school."""
    return [
        (f"student_number:{city.students.number[person]}", sitting.exam.id, SUBJECT_CODES[subject],
         sitting.scores.halves[n][place] / 2, city.schools.code[sitting.school[place]])
        for sitting in sittings
        for n, subject in enumerate(sitting.exam.subjects)
        for place, person in enumerate(sitting.people.tolist())
        if sitting.scores.state[n][place] == SCORED
    ]  # fmt: skip


@pytest.fixture(scope="module")
def marts(house: Register, project: Project, city: Any, sittings: list[Sitting]) -> Marts:
    bureau = house.bureau.model_copy(update={"growth_minima": MINIMA, "group_students_min": GROUP})
    lake = City(house.model_copy(update={"bureau": bureau, "version": "a series"}), (), project, duckdb.connect())
    run = lake.connection.execute
    run("create table lake.conformed.touched_growth as select '' as exam_id where false")
    run("create table marks (student_uid text, exam_id text, subject text, score decimal(9, 2), school text)")
    lake.connection.executemany("insert into marks values (?, ?, ?, ?, ?)", told(city, sittings))
    run(
        "create table lake.conformed.exam_results as select marks.* exclude (school), school as school_code, "
        "cast(null as varchar) as class_code, 'exams/results' as feed, 1 as _row_number, grade, held_on, previous "
        "from marks inner join lake.register.exam on exam_id = id"
    )
    run("create table sexes (student_uid varchar, sex varchar)")
    sexes = [(f"student_number:{city.students.number[n]}", str(sex)) for n, sex in enumerate(city.students.sex)]
    lake.connection.executemany("insert into sexes values (?, ?)", sexes)
    run("create table lake.conformed.students as select *, '' as boarding, '' as left_behind from sexes")
    run(
        "create table lake.conformed.organisation_members as select distinct school as school_code, school as "
        "organisation_code, 'school' as level from marks union all select distinct school, 'city', 'city' from marks"
    )
    for model in MODELS:
        _Night(lake, NIGHT, alone=True).model(model)
    wanted = ("student_growth", "school_value_added", "quality_trend")
    return {name: run(f"select * from lake.marts.{name}").to_arrow_table().to_pylist() for name in wanted}


def test_growth_is_of_as_many_priors_as_the_cohort_has_enough_of_and_says_why_there_is_none(marts, city, sittings):
    rows = {(r["student_uid"], r["exam_id"], r["subject"]): r for r in marts["student_growth"]}
    histories = series.histories(city, sittings)
    found = set()
    for history in histories:
        key = (f"student_number:{history.student_number}", history.exam_id, history.subject_code)
        row = rows.pop(key)
        if history.exam_id.startswith("2025"):
            found.add((row["growth_method"], row["prior_count"], row["why_no_growth"]))
        if row["prior_count"]:
            assert row["prior_count"] <= history.priors
            assert 1 <= row["growth_percentile"] <= 99
        elif row["why_no_growth"] in ("no_prior", "repeated_grade"):
            assert (history.priors, history.repeats) == (0, str(row["why_no_growth"] == "repeated_grade").lower())
    assert rows == {}
    expected = {("student_growth_percentile", 1, None), ("student_growth_percentile", 2, None)}
    expected |= {(None, None, why) for why in ("no_prior", "repeated_grade", "few_students")}
    assert found == expected | {(None, None, None)}  # of grade 7, which has no exam before it


def test_the_schools_that_were_given_to_add_are_those_that_are_said_to(marts, city):
    planted = {gain.school_code: "above" if gain.gain > 0 else "below" for gain in series.gains(city)}
    rows = {
        r["school_code"]: r
        for r in marts["school_value_added"]
        if (r["subject"], r["school_year"]) == (MATHS, THIS_YEAR)
    }
    assert {code: r["verdict"] for code, r in rows.items() if r["verdict"]} == {
        code: verdict for code, verdict in planted.items() if code in rows
    }
    for row in rows.values():
        assert row["interval_to"] - row["interval_from"] == pytest.approx(
            2 * 1.959964 * row["standard_error"], abs=1e-5
        )


def test_who_counts_has_a_mark_of_the_year_before_and_the_others_are_left_out(marts, city, sittings):
    expected: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    with_before = {r["exam_id"] for r in marts["student_growth"] if r["why_no_growth"] == "no_prior"}
    school_of = {(s, e, subject): school for s, e, subject, _, school in told(city, sittings)}
    for history in (h for h in series.histories(city, sittings) if h.exam_id in with_before):
        key = (f"student_number:{history.student_number}", history.exam_id, history.subject_code)
        expected[school_of[key], history.subject_code, history.exam_id[:9]][history.priors == 0] += 1
    rows = marts["school_value_added"]
    assert {(r["school_code"], r["subject"], r["school_year"]): [r["n"], r["n_left_out"]] for r in rows} == expected


def test_of_fewer_than_ten_schools_nothing_is_said(marts):
    few = [r for r in marts["school_value_added"] if r["schools"] < 10]
    assert {r["subject"] for r in few} == {MATHS, "41"}
    assert {(r["estimate"], r["verdict"], r["note"]) for r in few} == {(None, None, "few_schools")}


def test_a_trend_is_a_plain_mean_of_z_and_a_city_stands_still(marts, city, sittings):
    marks: dict[tuple[str, str], list[tuple[float, str]]] = defaultdict(list)
    for _, exam, subject, mark, school in told(city, sittings):
        marks[exam, subject].append((mark, school))
    rows = {(r["organisation_code"], r["exam_id"], r["subject"]): r for r in marts["quality_trend"]}
    assert {(e, s) for _, e, s in rows} == set(marks)
    for (exam, subject), all_marks in marks.items():
        values = [mark for mark, _ in all_marks]
        mean, deviation = statistics.fmean(values), statistics.pstdev(values)
        assert rows["city", exam, subject]["z_mean"] == pytest.approx(0, abs=1e-6)
        for school in {school for _, school in all_marks}:
            z = [(mark - mean) / deviation for mark, of in all_marks if of == school]
            row = rows[school, exam, subject]
            assert (row["students"], row["reason"]) == (len(z), "few_students" if len(z) < GROUP else None)
            if row["reason"] is None:
                assert row["z_mean"] == pytest.approx(statistics.fmean(z), abs=2e-6)
                assert row["z_standard_error"] == pytest.approx(statistics.stdev(z) / math.sqrt(len(z)), abs=2e-6)
                assert (row["mark_mean"] is not None) == exam.endswith("g7")


def test_a_change_is_of_the_same_grade_a_year_before(marts):
    rows = {(r["organisation_code"], r["exam_id"], r["subject"]): r for r in marts["quality_trend"]}
    changed = [r for r in rows.values() if r["z_mean_change"] is not None]
    assert {r["trend"] for r in changed} == {"rising", "falling", None}
    for row in changed:
        year = int(row["exam_id"][:4])
        before = rows[row["organisation_code"], f"{year - 1}-{year}-1-jc-g{row['grade']}", row["subject"]]
        assert row["previous_exam_id"] == before["exam_id"]
        assert row["z_mean_change"] == pytest.approx(row["z_mean"] - before["z_mean"], abs=2e-6)
        assert (row["mark_mean_change"] is not None) == (row["grade"] == "7")
    assert {r["why_no_change"] for r in rows.values()} == {None, "few_students", "no_exam_before"}
