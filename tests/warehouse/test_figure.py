"""A figure, and the way from it to its units, their people, and the rows of exports."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from registry import Register
from registry.model import Feed
from warehouse.disclosure import pseudonyms, secret
from warehouse.disclosure.value_display import Showing
from warehouse.errors import QueryError
from warehouse.explain import Level, explain_figure
from warehouse.lake import Lake, connect_lake
from warehouse.report import Report
from warehouse.tables import raw_tables, register_tables

AT = datetime(2025, 10, 16, 9, 30, tzinfo=UTC)
SECRET = b"7" * 32
CITY, DISTRICT, SCHOOL, OTHER = "329900", "329901", "3132990001", "3132990002"
NUMBER, UID = "G320000000000000001", "student_number:G320000000000000001"
KEY = pseudonyms.hmac_sm3(SECRET)(UID)
HOMEWORK, FORMS = "homework_a/records", "school_registry/conditions"
CLASS_DAYS, STUDENT_DAYS = "sj2021.over_limit_days", "sj2021.written_limit_student_day"
UNIT = f"{SCHOOL}/2101/2025-10-13"
FIGURES = f"""
    create table lake.marts.indicator_value as
    select *, 1.0 as completeness, date '2025-10-15' as as_of_date
    from (values
        ('{CLASS_DAYS}', '{CITY}', 'city', null, '2025-10', 2, 3, 2, 0, false, null),
        ('{CLASS_DAYS}', '{DISTRICT}', 'district', null, '2025-10', 2, 3, 2, 0, false, null),
        ('{CLASS_DAYS}', '{SCHOOL}', 'school', null, '2025-10', 1, 2, 1, 0, false, null),
        ('{CLASS_DAYS}', '{SCHOOL}', 'school', null, '2025-09', 1, 1, 1, 0, false, null),
        ('{STUDENT_DAYS}', '{SCHOOL}:2101', 'class', null, '2025-10', 1, 2, 0.5, null, null, null),
        ('yz2017.cv_pe_art_teachers_primary', '{DISTRICT}', 'district', 'primary', '2025-2026', 0.02, 0.04, 0.5, 0.5,
         true, null),
        ('yz2017.pe_art_teachers_primary', '{SCHOOL}', 'school', 'primary', '2025-2026', 2, 100, 2, 0.9, true, null),
        ('yz2017.pe_art_teachers_primary', '{OTHER}', 'school', 'primary', '2025-2026', 6, 100, 6, 0.9, false, null),
        ('yz2017.six_of_seven', '{SCHOOL}', 'school', 'primary', '2025-2026', 1, 7, 1, 6, false, null),
        ('js2023.improvement_loop', '{CITY}', 'city', null, '2025-2026', 3, 6, 0.5, null, null, null),
        ('sj2021.sleep_hours', '{SCHOOL}', 'school', null, '2025-2026', null, null, null, null, null, '无 / none')
    ) as f(indicator_id, organisation_code, level, stage, period, numerator, denominator, value, threshold, passed,
        reason)"""
UNITS = f"""
    create table lake.conformed.indicator_units as
    select * from (values
        ('homework_class_day_over_limit', '{UNIT}', '{SCHOOL}', '2101', '7', date '2025-10-13', null, '2025-10', 0, 1),
        ('homework_class_day_over_limit', '{SCHOOL}/2101/2025-10-14', '{SCHOOL}', '2101', '7', date '2025-10-14', null,
         '2025-10', 1, 1),
        ('homework_class_day_over_limit', '{OTHER}/2201/2025-10-14', '{OTHER}', '2201', '8', date '2025-10-14', null,
         '2025-10', 1, 1),
        ('homework_class_day_over_limit', '{SCHOOL}/2101/2025-09-30', '{SCHOOL}', '2101', '7', date '2025-09-30', null,
         '2025-09', 0, 1),
        ('homework_student_day_within_limit', '{UNIT}', '{SCHOOL}', '2101', '7', date '2025-10-13', null,
         '2025-10', 1, 2),
        ('js2023.improvement_loop', '{DISTRICT}', '{DISTRICT}', null, null, null, null, '2025-2026', 1, 2),
        ('js2023.improvement_loop', '{SCHOOL}', '{SCHOOL}', null, null, null, null, '2025-2026', 2, 4),
        ('yz2017.pe_art_teachers_primary', '{SCHOOL}', '{SCHOOL}', null, null, null, 'primary', '2025-2026', 2, 100),
        ('yz2017.pe_art_teachers_primary', '{OTHER}', '{OTHER}', null, null, null, 'primary', '2025-2026', 6, 100)
    ) as u(measure, unit, school_code, class_code, grade, day, stage, period, numerator, denominator)"""
TABLES = [
    FIGURES,
    UNITS,
    "alter table lake.conformed.indicator_units add column known bigint default 1",
    "alter table lake.conformed.indicator_units add column expected bigint default 1",
    f"""create table lake.conformed.organisation_members as select * from (values
        ('{SCHOOL}', '{SCHOOL}', 'school'), ('{SCHOOL}', '{DISTRICT}', 'district'), ('{SCHOOL}', '{CITY}', 'city'),
        ('{OTHER}', '{OTHER}', 'school'), ('{OTHER}', '{DISTRICT}', 'district'), ('{OTHER}', '{CITY}', 'city')
    ) as m(school_code, organisation_code, level)""",
    f"""create table lake.conformed.area_members as select * from (values
        ('{DISTRICT}', '{DISTRICT}'), ('{DISTRICT}', '{CITY}'), ('{CITY}', '{CITY}')
    ) as m(area_code, organisation_code)""",
    f"""create table lake.conformed.indicator_people as select * from (values
        ('homework_student_day_within_limit', '{SCHOOL}', '2101', '7', date '2025-10-13', 'student', 'student_number:2',
         0, 1, 95),
        ('homework_student_day_within_limit', '{SCHOOL}', '2101', '7', date '2025-10-13', 'student', '{UID}', 1, 1, 30)
    ) as p(measure, school_code, class_code, grade, day, entity, uid, numerator, denominator, value)""",
    f"""create table lake.conformed.indicator_rows as select * from (values
        ('homework_student_day_within_limit', 'student', '{UID}', date '2025-10-13', '{HOMEWORK}', 'd1', 8),
        ('homework_student_day_within_limit', 'student', '{UID}', date '2025-10-14', '{HOMEWORK}', 'd1', 9),
        ('yz2017.pe_art_teachers_primary', 'organisation', '{SCHOOL}', null, '{FORMS}', 'd2', 5)
    ) as r(measure, entity, uid, day, feed, _delivery_id, _row_number)""",
    """create table lake.intake.delivery as select 'd1' as delivery_id, 'homework_a/20251013.csv' as file_name,
        '' as member, date '2025-10-14' as night""",
    f"""insert into lake.raw.homework_a__records (student_number, student_name, subject, written, actual_minutes, title,
        _delivery_id, _row_number, _known_from) values
        ('{NUMBER}', '张三', '语文', '是', '30', '背诵', 'd1', 8, date '2025-10-14'),
        ('{NUMBER}', '张三', '数学', '是', '99', '口算', 'd1', 9, date '2025-10-14')""",
    f"""insert into lake.raw.school_registry__conditions
        (school_code, school_name, teachers_sport_art, students, _delivery_id, _row_number, _known_from) values
        ('{SCHOOL}', '第一小学', '2', '100', 'd2', 5, date '2025-10-14')""",
]


@pytest.fixture(scope="module")
def feeds(register: Register) -> list[Feed]:
    return [register.feed(name) for name in (HOMEWORK, FORMS)]


@pytest.fixture(scope="module")
def filled(empty_lake: Lake, register: Register, feeds: list[Feed], tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(Path(shutil.copytree(empty_lake.root, tmp_path_factory.mktemp("figure") / "lake")))
    with connect_lake(lake) as connection:
        register_tables.write(connection, register)
        raw_tables.ensure_raw(connection, feeds)
        for sql in TABLES:
            connection.execute(sql)
        pseudonyms.prepare_pseudonyms(connection, SECRET, secret.fingerprint(SECRET), [f"select '', '{UID}'"])
    return lake


@pytest.fixture
def explain(filled: Lake, register: Register):
    def ask(name: str, organisation: str, *level: str | None, **how) -> Report:
        return explain_figure(filled, register, name, organisation, AT, Level(*level), Showing(**how))

    return ask


def rows(report: Report, part: str, *columns: str) -> list[tuple]:
    return [tuple(row[c] for c in columns) for row in report.part(part).dicts()]


def test_a_figure_counted_over_a_mart_is_the_sum_of_what_schools_and_areas_have(explain):
    report = explain("js2023.improvement_loop", CITY)
    assert report.facts["sum_of_units"] == "agrees: 2 units give this numerator and denominator"
    assert rows(report, "units", "unit", "numerator", "denominator") == [(SCHOOL, 2, 4), (DISTRICT, 1, 2)]


def test_a_figure_leads_to_the_level_below_and_to_units_that_sum_to_it_those_against_the_threshold_first(explain):
    report = explain(CLASS_DAYS, CITY)
    told = {name: report.facts[name] for name in ("numerator", "denominator", "value", "threshold", "passed", "period")}
    assert told == {"numerator": 2, "denominator": 3, "value": 2, "threshold": 0, "passed": False, "period": "2025-10"}
    assert report.facts["sum_of_units"] == "agrees: 3 units give this numerator and denominator"
    assert rows(report, "organisations", "organisation_code", "numerator") == [(DISTRICT, 2)]
    assert rows(report, "units", "unit", "numerator") == [
        (f"{SCHOOL}/2101/2025-10-14", 1), (f"{OTHER}/2201/2025-10-14", 1), (UNIT, 0),
    ]  # fmt: skip


def test_a_figure_that_is_not_the_sum_of_its_units_says_so(explain):
    """September's figure says 1 of 1 over the limit, and its only class-day is within."""
    told = explain(CLASS_DAYS, SCHOOL, "2025-09").facts["sum_of_units"]
    assert told.startswith("DIFFERS: 1 units give 0")


def test_a_variation_is_held_against_the_schools_that_vary(explain):
    """2 and 6 teachers for 100 students each: mean 0.04, deviation sqrt((0.02² + 0.02²) / 2) = 0.02."""
    report = explain("yz2017.cv_pe_art_teachers_primary", DISTRICT)
    assert report.facts["sum_of_units"] == "agrees: 2 units give this numerator and denominator"
    assert rows(report, "units", "unit", "numerator", "denominator") == [(OTHER, 6, 100), (SCHOOL, 2, 100)]


def test_the_people_of_a_unit_have_the_keys_of_a_release_alone_and_a_list_says_what_it_leaves_off(explain):
    report = explain(STUDENT_DAYS, f"{SCHOOL}:2101", None, UNIT, limit=1)
    assert rows(report, "people", "entity", "key", "numerator", "denominator", "value") == [("student", KEY, 1, 1, 30)]
    assert report.as_dict()["left_off"] == {"people": 1}
    assert NUMBER not in json.dumps(report.as_dict(), ensure_ascii=False, default=str)


def test_a_person_of_a_unit_leads_to_file_and_row_of_that_day_and_to_what_may_be_shown_of_it(explain, filled: Lake):
    report = explain(STUDENT_DAYS, f"{SCHOOL}:2101", "2025-10", UNIT, KEY)
    assert rows(report, "rows", "feed", "file", "row", "read") == [
        (HOMEWORK, "homework_a/20251013.csv", 8, {"subject": "语文", "written": "是", "actual_minutes": "30"})
    ]
    assert not filled.access_log.exists()


def test_people_are_shown_in_full_only_with_a_line_each_in_the_access_log(explain, filled: Lake):
    report = explain(STUDENT_DAYS, f"{SCHOOL}:2101", "2025-10", UNIT, UID, identified=True)
    assert rows(report, "rows", "read")[0][0]["student_name"] == "张三"
    (line,) = [json.loads(text) for text in filled.access_log.read_text().splitlines()]
    assert (line["what"], line["record"]) == (f"explain {STUDENT_DAYS}", UID)
    filled.access_log.unlink()


def test_a_figure_of_a_school_leads_to_its_row_of_the_form_with_the_numbers_in_it(explain):
    report = explain("yz2017.pe_art_teachers_primary", SCHOOL, None, SCHOOL)
    ((feed, delivery, row, read),) = rows(report, "rows", "feed", "delivery", "row", "read")
    assert (feed, delivery, row) == (FORMS, "d2", 5)
    assert (read["teachers_sport_art"], read["students"]) == ("2", "100")


def test_a_figure_that_is_made_of_verdicts_leads_to_the_figures_that_were_judged(explain):
    report = explain("yz2017.six_of_seven", SCHOOL)
    assert rows(report, "verdicts", "indicator_id", "organisation_code", "value", "passed") == [
        ("yz2017.pe_art_teachers_primary", SCHOOL, 2, True)
    ]


def test_a_clause_without_a_figure_says_why(explain):
    report = explain("sj2021.sleep_hours", SCHOOL)
    assert (report.facts["value"], report.facts["reason"]) == (None, "无 / none")
    assert report.parts == ()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("sj2021.over_limit_day", CITY), r"named `sj2021\.over_limit_day`: the nearest are sj2021\.over_limit_days"),
        ((CLASS_DAYS, "329999"), r"has no figure of the organisation `329999`: the nearest are 329901, 329900"),
        ((CLASS_DAYS, SCHOOL), r"^Give --period: there are 2025-09, 2025-10\.$"),
        ((CLASS_DAYS, SCHOOL, "2025-11"), r"of 3132990001 for the period `2025-11`: the nearest are 2025-10, 2025-09"),
        ((CLASS_DAYS, CITY, "2025-10", f"{SCHOOL}/2101"), r"not count the unit `3132990001/2101`: the nearest are"),
        ((STUDENT_DAYS, f"{SCHOOL}:2101", "2025-10", UNIT, "nobody"), r"no person of that key: give one that --unit"),
    ],
)
def test_what_is_not_there_is_one_sentence_with_the_nearest(explain, asked: tuple[str, ...], said: str):
    with pytest.raises(QueryError, match=said):
        explain(*asked)
