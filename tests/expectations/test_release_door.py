"""Door 2: what must not leave the lake, does not."""

import logging
from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations import Check, check_release
from expectations.kinds import Table, plan
from expectations.suite import Rule

NIGHT = date(2025, 10, 15)
STUDENT = """create table one_student_one_file as
select 'k1' as student_key, '2133000001' as school_code, '3' as grade, '0301' as class_code,
    date '2025-10-15' as as_of_date, 50.0 as percentile_rank_mean, 30.0 as written_minutes_mean"""
SCHOOL = """create table one_school_one_file as
select '2133000001' as school_code, '书院一小' as name, 1 as students, 1 as teachers, 1 as classes,
    1.0 as homework_student_day_rate, 1.0 as homework_class_day_rate, date '2025-10-15' as as_of_date"""
GROWTH = """create table student_growth as
select 'k1' as student_key, 'e1' as exam_id, '14' as subject, 5 as grade, {score} as score, {z} as z_score,
    50 + 10 * {z} as t_score, {rank} as percentile_rank, 40.0 as previous_percentile_rank,
    {rank} - 40.0 as percentile_change, null::integer as growth_percentile,
    null::varchar as growth_method, {band} as band"""
EXAM = """create table exam as
select 'e1' as exam_id, '期中' as name, 'midterm' as name_en, date '2025-09-20' as held_on, '5' as grade,
    '13,14' as subject_codes, null::varchar as previous_exam_id"""
CLASS_DAY = """create table homework_load_class_day as
select '2133000001' as school_code, '3' as grade, '0301' as class_code, date '2025-10-14' as school_date,
    {minutes} as written_minutes_mean, 55.0 as written_minutes_by_subject_medians, 60.0 as limit_minutes,
    {over} as over_limit, {observed} as students_observed, {observed} as students_measured, 40 as students_enrolled,
    {missing} as platforms_missing, 1.0 as completeness, true as published"""
DELIVERY = """create table delivery as
select 'd1' as delivery_id, 's' as source, 's/f' as feed, 'a.csv' as file_name, '' as member,
    'ab' as file_sha256, {read} as rows_read, 8 as rows_loaded, 1 as rows_quarantined, 0 as rows_held,
    1 as rows_skipped, 40 as values_delivered, 30 as values_read, 6 as values_listed, 4 as values_passed_over,
    0 as values_lost, '{status}' as status, null::varchar as reason"""


def checks(candidate: Path, *statements: str) -> dict[str, Check]:
    """The checks of a candidate whose marts are made by these statements, by id without the door."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{candidate / 'marts.duckdb'}' as candidate")
        connection.execute("use candidate")
        for statement in statements:
            connection.execute(statement)
    return {check.id.removeprefix("release/"): check for check in check_release(candidate, NIGHT).checks}


def failed(found: dict[str, Check], mart: str) -> set[str]:
    return {name.split("/")[1] for name, check in found.items() if check.suite == mart and not check.passed}


def growth(score: str = "80.0", z: str = "0.0", rank: str = "50.0", band: str = "'C'") -> str:
    return GROWTH.format(score=score, z=z, rank=rank, band=band)


def class_day(over: str, observed: int, minutes: float = 70.0, missing: str = "[]::varchar[]") -> str:
    return CLASS_DAY.format(minutes=minutes, over=over, observed=observed, missing=missing)


def test_good_marts_pass_every_check_of_their_suites(tmp_path: Path):
    found = checks(
        tmp_path, STUDENT, SCHOOL, EXAM, growth(),
        class_day("false", 38, minutes=55.0),
        DELIVERY.format(read=10, status="loaded"),
    )  # fmt: skip
    made = {check.suite for check in found.values() if not check.detail}
    assert len(made) == 6
    assert {mart: failed(found, mart) for mart in made} == {mart: set() for mart in made}


def test_the_log_of_a_door_holds_nothing_of_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # of the root, as Airflow's is: pytest's own asks silent loggers too
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [handler])
    monkeypatch.setattr(root, "level", logging.INFO)
    checks(tmp_path, STUDENT)
    assert records == [], "a thousand lines would stand above the sentence of the refusal"


def test_a_mart_that_is_missing_refuses_the_release(tmp_path: Path):
    found = checks(tmp_path, STUDENT)
    check = found["delivery/columns_promised"]
    assert check.fails
    assert check.severity == "block"
    assert "there is no table delivery" in check.detail


@pytest.mark.parametrize(
    ("statement", "mart", "rule"),
    [
        (growth(rank="101.0"), "student_growth", "percentile_in_range"),
        (growth(z="1.0"), "student_growth", "cohorts_are_centred"),
        (class_day(over="true", observed=19), "homework_load_class_day", "few_measured_not_judged"),
        (
            class_day(over="true", observed=38, missing="['homework_b/records']"),
            "homework_load_class_day", "platform_missing_not_judged",
        ),
        (class_day(over="null", observed=0), "homework_load_class_day", "nobody_measured_no_mean"),
        (class_day(over="false", observed=38), "homework_load_class_day", "judged_by_the_limit"),
        (DELIVERY.format(read=11, status="loaded"), "delivery", "rows_account"),
        (DELIVERY.format(read=10, status="refused"), "delivery", "refusals_say_why"),
        (
            DELIVERY.format(read=10, status="loaded").replace("0 as values_lost", "3 as values_lost"),
            "delivery", "values_account",
        ),
        (f"{growth()} union all {growth().split(' as', 1)[1]}", "student_growth", "grain_unique"),
        (growth().replace("'k1'", "null::varchar"), "student_growth", "grain_filled"),
    ],
    ids=lambda value: value if len(value) < 40 else "",
)
def test_a_wrong_figure_refuses_the_release(tmp_path: Path, statement: str, mart: str, rule: str):
    check = checks(tmp_path, STUDENT, statement)[f"{mart}/{rule}"]
    assert check.fails
    assert check.severity == "block"
    assert check.failing_count >= 1
    assert check.failing_rows


@pytest.mark.parametrize(
    ("text", "leaks"),
    [
        ("330282201509010037", True),
        ("33028220150901003x", True),
        ("G330282201509010037", True),
        ("学籍号 L330282201509010037 重复", True),
        ("13800138000", True),
        ("0.123456789012345678", False),
        ("20251014", False),
        ("2133000001", False),
        ("d" * 64, False),
        ("1" * 64, False),
    ],
)
def test_what_looks_like_an_identifier_is_found_and_nothing_else(text: str, leaks: bool):
    rule = Rule("no_identifiers", "no_identifiers", "every text column", "block", {})
    where = plan(rule, Table("main", "t", {"note": "VARCHAR", "score": "DOUBLE"})).where
    with duckdb.connect() as connection:
        connection.execute("create table t as select ? as note, 1.5 as score", [text])
        assert bool(connection.execute(f"select * from t where {where}").fetchall()) is leaks


def test_an_identifier_in_any_text_refuses_the_release(tmp_path: Path):
    found = checks(tmp_path, STUDENT, growth(band="'330282201509010037'"))
    assert found["student_growth/no_identifiers"].fails
    assert "330282201509010037" not in str(found["student_growth/no_identifiers"].failing_rows)


def test_a_column_of_names_refuses_the_release(tmp_path: Path):
    found = checks(tmp_path, STUDENT + ", '张三' as name")
    assert found["one_student_one_file/no_direct_identifiers"].fails


def test_a_report_of_the_door_can_be_written_as_json(tmp_path: Path):
    import json

    checks(tmp_path, STUDENT, growth(rank="101.0"))
    report = check_release(tmp_path, NIGHT)
    assert not report.passed
    assert "student_growth/percentile_in_range" in json.dumps(report.as_dict())
    assert any("100" in reason for reason in report.reasons())
