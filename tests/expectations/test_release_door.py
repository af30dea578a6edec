"""Door 2: what must not leave the lake, does not."""

import json
import logging
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations import Check, DoorReport, ExpectationsError, PassedBefore, check_release, engine
from expectations.kinds import Table, plan
from expectations.suite import Rule

NIGHT = date(2025, 10, 15)
STUDENT = """create table one_student_one_file as
select 'k1' as student_key, '2133000001' as school_code, '3' as grade, '0301' as class_code,
    date '2025-10-15' as as_of_date, 50.0 as percentile_rank_mean, 30.0 as written_minutes_mean"""
SCHOOL = """create table one_school_one_file as
select '2133000001' as school_code, '书院一小' as name, 1 as students, 1 as teachers, 1 as classes,
    1.0 as homework_student_day_rate, 1.0 as homework_class_day_rate, date '2025-10-15' as as_of_date,
    1 as full_time_teachers, 0 as other_staff, 0 as staff_not_in_service, 0 as staff_unclear, 3 as indicators,
    1 as indicators_passed, 2 as indicators_failed, 4 as software_titles, 0 as software_unlicensed,
    0 as software_unclear, 0 as software_beyond_licences, 2 as honours, 1 as honours_provincial_or_above,
    1 as project20_teachers_passed, 9 as feeds_expected, 1 as feeds_missing, 0.9 as completeness"""
TEACHER = """create table one_teacher_one_file as
select 't1' as teacher_key, '2133000001' as school_code"""
GROWTH = """create table student_growth as
select 'k1' as student_key, 'e1' as exam_id, '14' as subject, 5 as grade, {score} as score, {z} as z_score,
    50 + 10 * {z} as t_score, {rank} as percentile_rank, 40.0 as previous_percentile_rank,
    {rank} - 40.0 as percentile_change, null::integer as growth_percentile,
    null::integer as prior_count, null::varchar as growth_method, null::varchar as why_no_growth, {band} as band"""
EXAM = """create table exam as
select 'e1' as exam_id, '期中' as name, 'midterm' as name_en, date '2025-09-20' as held_on, '5' as grade,
    '13,14' as subject_codes, null::varchar as previous_exam_id"""
CLASS_DAY = """create table homework_load_class_day as
select '2133000001' as school_code, '3' as grade, '0301' as class_code, date '2025-10-14' as school_date,
    {minutes} as written_minutes_mean, 55.0 as written_minutes_by_subject_medians, 60.0 as limit_minutes,
    {over} as over_limit, {observed} as students_observed, {observed} as students_measured, 40 as students_enrolled,
    {missing} as platforms_missing, 1.0 as completeness, true as published"""
DELIVERY = """create table delivery as
select 'd1' as delivery_id, date '2025-10-15' as night, 's' as source, 's/f' as feed, 'a.csv' as file_name,
    '' as member, 'ab' as file_sha256, {read} as rows_read, 8 as rows_loaded, 1 as rows_quarantined, 0 as rows_held,
    1 as rows_skipped, 40 as values_delivered, 30 as values_read, 6 as values_listed, 4 as values_passed_over,
    0 as values_lost, '{status}' as status, null::varchar as reason"""


def checks(candidate: Path, *statements: str, **personal: Any) -> dict[str, Check]:
    """The checks of a candidate whose marts are made by these statements, by id without the door.

    `personal`: what its manifest says of personal data.
    """
    declared = {"k": 2, "share_max": {}, "people": []} | personal
    (candidate / "manifest.json").write_text(json.dumps({"personal_data": declared}))
    with duckdb.connect() as connection:
        connection.execute(f"attach '{candidate / 'marts.duckdb'}' as candidate")
        connection.execute("use candidate")
        for statement in statements:
            connection.execute(statement)
    return {check.id.removeprefix("release/"): check for check in check_release(candidate, NIGHT).checks}


def partly_checked(candidate: Path, whole: str, changed: str | None, *passed: str) -> dict[str, Check]:
    """The checks of growth in a candidate (`whole`), of which one file (`changed`) is new, where checks `passed`."""
    checks(candidate, STUDENT, EXAM, whole)
    files = []
    if changed is not None:
        files.append(candidate / "it's new.parquet")
        with duckdb.connect() as connection:
            connection.execute(changed)
            file = str(files[0]).replace("'", "''")
            connection.execute(f"copy student_growth to '{file}' (format parquet)")
    known = frozenset(f"release/student_growth/{rule}" for rule in passed)
    report = check_release(candidate, NIGHT, before=PassedBefore({"student_growth": tuple(files)}, known))
    return {check.id.split("/")[2]: check for check in report.checks if check.suite == "student_growth"}


def failed(found: dict[str, Check], mart: str) -> set[str]:
    return {name.split("/")[1] for name, check in found.items() if check.suite == mart and not check.passed}


def growth(score: str = "80.0", z: str = "0.0", rank: str = "50.0", band: str = "'C'") -> str:
    return GROWTH.format(score=score, z=z, rank=rank, band=band)


def class_day(over: str, observed: int, minutes: float = 70.0, missing: str = "[]::varchar[]") -> str:
    return CLASS_DAY.format(minutes=minutes, over=over, observed=observed, missing=missing)


def test_good_marts_pass_every_check_of_their_suites(tmp_path: Path):
    good = MARTS | {"homework_load_class_day", "delivery"}
    found = checks(
        tmp_path, STUDENT, SCHOOL, TEACHER, EXAM, growth(),
        class_day("false", 38, minutes=55.0),
        DELIVERY.format(read=10, status="loaded"),
    )  # fmt: skip
    assert {mart: failed(found, mart) for mart in sorted(good)} == {mart: set() for mart in sorted(good)}


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
        ("13800138000.pdf", True),
        ("13800138000.0", True),
        ("students/330282201509010037.xlsx", True),
        ("张三.13800138000", True),
        ("0.123456789012345678", False),
        ("0.13800138000", False),
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


PUPILS = """create table one_student_one_file as
select 'k' || pupil as student_key, '2133000001' as school_code, '3' as grade, '0301' as class_code, sex, ethnicity,
    date '2025-10-15' as as_of_date, 50.0 as percentile_rank_mean, 30.0 as written_minutes_mean
from (values (1, '1', '01'), (2, '1', '01'), (3, '1', '01'), (4, '2', null), (5, '2', null), (6, '2', '{other}'))
    as pupils(pupil, sex, ethnicity)"""
FILE = {"mart": "one_student_one_file", "entity": "student", "key": "student_key", "one_row_each": True}
BY_SEX_AND_ETHNICITY = FILE | {"quasi_identifiers": ["sex", "ethnicity"]}
SEVERAL = {"one_row_each": False}
STANDING_OUT = "one_student_one_file/k_anonymity_student"


def stand_out(candidate: Path, other: str = "56", k: int = 3, **limit: float) -> Check:
    """Six pupils: three boys alike, two girls alike of whom no ethnicity is known, and one girl."""
    found = checks(candidate, PUPILS.format(other=other), k=k, share_max=limit, people=[BY_SEX_AND_ETHNICITY])
    return found[STANDING_OUT]


def test_people_who_stand_out_are_counted_and_never_shown(tmp_path: Path):
    check = stand_out(tmp_path)
    assert check.figures == {
        "people": 6, "alone": 1, "in_small_groups": 3, "k": 3, "share": 0.5, "by": ["sex", "ethnicity"],
    }  # fmt: skip
    assert (check.passed, check.severity, check.failing_count) == (False, "warn", 3)
    assert (check.failing_rows, check.detail) == ([], None)
    assert DoorReport.of("release", [check]).passed, "without a limit it refuses nothing"


@pytest.mark.parametrize(("limit", "passed"), [(0.49, False), (0.5, True)])
def test_a_limit_of_the_register_refuses_a_release_in_which_more_stand_out(tmp_path: Path, limit: float, passed: bool):
    check = stand_out(tmp_path, student=limit)
    assert (check.passed, check.severity) == (passed, "block")
    assert check.figures["in_small_groups"] == 3, "the figure is shown although nothing is refused"
    assert DoorReport.of("release", [check]).passed is passed


def test_a_limit_for_teachers_binds_no_pupils(tmp_path: Path):
    assert stand_out(tmp_path, teacher=0.0).severity == "warn"


def test_where_everybody_has_company_the_check_passes(tmp_path: Path):
    coarser = PUPILS.format(other="56").replace("sex, ethnicity,\n", "sex, null::varchar as ethnicity,\n")
    check = checks(tmp_path, coarser, people=[BY_SEX_AND_ETHNICITY])[STANDING_OUT]
    assert (check.passed, check.figures["alone"], check.figures["share"]) == (True, 0, 0)


def test_a_person_of_several_rows_counts_once_and_by_the_rarest(tmp_path: Path):
    """Of four pupils k1 was in a class of his own at one exam; the many exams of the others make no company."""
    rows = "('k1', 'a', 'x'), ('k1', 'b', 'y'), ('k2', 'a', 'x'), ('k2', 'b', 'x'), ('k3', 'a', 'x'), ('k4', 'a', 'x')"
    mart = f"create table mine as from (values {rows}) as seen(student_key, exam_id, class_code)"
    people = {"mart": "mine", "entity": "student", "key": "student_key", "quasi_identifiers": ["class_code"]} | SEVERAL
    figures = checks(tmp_path, mart, k=4, people=[people])["mine/k_anonymity_student"].figures
    assert (figures["people"], figures["alone"], figures["in_small_groups"]) == (4, 1, 1)


def test_what_other_marts_tell_under_the_key_is_counted_together(tmp_path: Path):
    """Three boys are alike in their files: k1 alone was in another class at an exam, and k9 has no file."""
    rows = "('k1', 'a', 'y'), ('k1', 'b', 'x'), ('k2', 'a', 'x'), ('k2', 'b', 'x'), ('k3', 'a', 'x'), ('k9', 'a', 'z')"
    mart = f"create table mine as from (values {rows}) as seen(student_key, exam_id, class_code)"
    mine = {"mart": "mine", "entity": "student", "key": "student_key", "quasi_identifiers": ["class_code"]} | SEVERAL
    clubs = "create table clubs as select 'k2' as student_key, 'chess' as club where {}"
    club = {"mart": "clubs", "entity": "student", "key": "student_key", "quasi_identifiers": ["club"]} | SEVERAL
    teacher = {"mart": "staff", "entity": "teacher", "key": "teacher_key", "quasi_identifiers": ["title"]} | SEVERAL
    people = [BY_SEX_AND_ETHNICITY, mine, club, teacher]
    staff = "create table staff as select 't1' as teacher_key, '051' as title"
    found = checks(tmp_path, PUPILS.format(other="56"), mart, clubs.format("false"), staff, k=3, people=people)
    joined = found[f"{STANDING_OUT}_joined"]
    assert (joined.figures["people"], joined.figures["alone"], joined.figures["in_small_groups"]) == (6, 2, 6)
    assert joined.figures["by"] == ["sex", "ethnicity", "mine.class_code", "clubs.club"]
    assert found[STANDING_OUT].figures["alone"] == 1
    assert "mine/k_anonymity_student_joined" not in found


def test_a_mart_without_people_or_without_what_tells_them_apart_has_a_figure(tmp_path: Path):
    people = {"mart": "mine", "entity": "student", "key": "student_key", "quasi_identifiers": []} | SEVERAL
    mart = "create table mine as select 'k' || pupil as student_key from range({}) as pupils(pupil)"
    none = checks(tmp_path, mart.format(0), people=[people])["mine/k_anonymity_student"]
    assert (none.passed, none.figures["people"], none.figures["share"]) == (True, 0, 0)
    (tmp_path / "marts.duckdb").unlink()
    many = checks(tmp_path, mart.format(3), people=[people])["mine/k_anonymity_student"]
    assert (many.passed, many.figures["people"], many.figures["alone"]) == (True, 3, 0)


def test_a_candidate_that_does_not_say_of_whom_it_tells_is_refused(tmp_path: Path):
    checks(tmp_path, STUDENT)
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(ExpectationsError, match=r"does not say of whom the marts tell"):
        check_release(tmp_path, NIGHT)


def test_a_report_of_the_door_can_be_written_as_json(tmp_path: Path):
    checks(tmp_path, STUDENT, growth(rank="101.0"))
    report = check_release(tmp_path, NIGHT)
    assert not report.passed
    assert "student_growth/percentile_in_range" in json.dumps(report.as_dict())
    assert any("100" in reason for reason in report.reasons())


@pytest.mark.parametrize("changed", [growth(), None])
def test_a_rule_on_rows_that_passed_before_is_asked_of_new_files_alone(tmp_path: Path, changed: str | None):
    found = partly_checked(tmp_path, growth(rank="140.0"), changed, "percentile_in_range")
    assert found["percentile_in_range"].passed
    assert found["change_is_a_difference"].passed


def test_a_rule_that_did_not_pass_before_is_asked_of_all(tmp_path: Path):
    found = partly_checked(tmp_path, growth(rank="140.0"), growth(), "change_is_a_difference")
    assert (found["percentile_in_range"].passed, found["percentile_in_range"].failing_count) == (False, 1)


def test_what_a_new_file_does_not_keep_is_counted_in_all(tmp_path: Path):
    whole = f"{growth(rank='140.0')} union all {growth(rank='150.0').partition('as')[2]}"
    found = partly_checked(tmp_path, whole, growth(rank="150.0"), "percentile_in_range")
    assert (found["percentile_in_range"].passed, found["percentile_in_range"].failing_count) == (False, 2)


def test_a_row_that_stands_twice_in_a_new_file_is_found(tmp_path: Path):
    twice = f"{growth()} union all {growth().partition('as')[2]}"
    found = partly_checked(tmp_path, twice, twice, "grain_unique", "grain_filled", "no_identifiers")
    assert [name for name, check in found.items() if not check.passed and check.severity == "block"] == ["grain_unique"]


def test_an_identifier_in_a_new_file_is_found(tmp_path: Path):
    leaking = growth(band="'110101200001011234'")
    found = partly_checked(tmp_path, leaking, leaking, "no_identifiers")
    assert not found["no_identifiers"].passed


@pytest.mark.parametrize("rule", ["exam_known", "student_has_a_file", "cohorts_are_centred"])
def test_a_rule_that_looks_at_other_rows_is_asked_of_all(tmp_path: Path, rule: str):
    whole = growth(z="1.0").replace("'k1'", "'k2'").replace("'e1'", "'e9'")
    assert not partly_checked(tmp_path, whole, growth(), rule)[rule].passed


PEOPLE = {
    "people": [
        {"mart": "one_student_one_file", "entity": "student", "key": "student_key", "quasi_identifiers": ["grade"],
         "one_row_each": True},
        {"mart": "student_growth", "entity": "student", "key": "student_key", "quasi_identifiers": ["band"],
         "one_row_each": False},
    ]
}  # fmt: skip
COUNTED = "one_student_one_file/k_anonymity_student"
MARTS = frozenset({"one_student_one_file", "one_school_one_file", "student_growth", "exam"})


def judged_again(candidate: Path, whole: dict[str, Check], same: set[str]) -> dict[str, Check]:
    """The checks of a candidate of which some marts are those of a release, of which `whole` was said."""
    results = {check.id: asdict(check) for check in whole.values() if check.suite in same}
    before = PassedBefore({}, frozenset(), frozenset(same), results)
    report = check_release(candidate, NIGHT, before=before)
    return {check.id.removeprefix("release/"): check for check in report.checks}


def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """The rules that are asked from now on, by mart."""
    found: dict[str, set[str]] = {}
    real = engine._validate

    def validate(source: Any, table: Table, plans: dict[str, Any], part: str = "") -> Any:
        found.setdefault(table.name, set()).update(plans)
        return real(source, table, plans, part)

    monkeypatch.setattr(engine, "_validate", validate)
    return found


def test_of_marts_that_are_the_same_only_what_failed_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    whole = checks(tmp_path, STUDENT, SCHOOL, EXAM, growth(rank="140.0"), **PEOPLE)
    assert (whole[COUNTED].passed, whole[COUNTED].figures["alone"]) == (False, 1)
    found = asked(monkeypatch)
    assert judged_again(tmp_path, whole, set(MARTS)) == whole, "in the same order, with the same rows and figures"
    asked_again = {f"{mart}/{rule}" for mart, rules in found.items() for rule in rules}
    of_rows = (name for name, check in whole.items() if not (check.passed or check.figures or check.detail))
    names_another = {"one_school_one_file/parts_within_their_whole"}  # its column `honours` may be the mart
    assert asked_again == set(of_rows) | names_another
    assert "student_growth/percentile_in_range" in asked_again


def test_a_mart_that_is_another_is_asked_whole_with_what_looks_at_it_from_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "before").mkdir()
    whole = checks(tmp_path / "before", STUDENT, EXAM, growth(), **PEOPLE)
    assert not failed(whole, "student_growth") - {"k_anonymity_student"}
    (tmp_path / "tonight").mkdir()
    student = STUDENT.replace("'k1'", "'k2'")
    truth = checks(tmp_path / "tonight", student, EXAM, growth(), **PEOPLE)
    found = asked(monkeypatch)
    assert judged_again(tmp_path / "tonight", whole, {"student_growth", "exam"}) == truth
    assert not truth["student_growth/student_has_a_file"].passed, "which reads the other mart"
    assert found["student_growth"] == {"student_has_a_file"}
    assert {"grain_filled", "k_anonymity_student", "k_anonymity_student_joined"} <= found["one_student_one_file"]


def test_what_could_not_be_computed_before_is_asked_again(tmp_path: Path):
    whole = checks(tmp_path, STUDENT, EXAM, growth())
    name = "student_growth/grain_filled"
    without = {**whole, name: replace(whole[name], detail="cannot be computed", passed=True)}
    assert judged_again(tmp_path, without, set(MARTS)) == whole
