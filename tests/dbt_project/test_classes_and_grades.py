"""Classes and grades as schools write them: who is in which class does not hang on the writing of its name."""

from __future__ import annotations

from datetime import date

import pytest

import registry
from ingest.committing import intake_tables
from tests.dbt_project.quick_dbt import City

NIGHT = date(2025, 10, 15)
WHOLE, JUNIOR_54, PRIMARY, JUNIOR = "3132990001", "3132990002", "2132990003", "3132990004"
SCHOOLS = [(WHOLE, "312", "6"), (JUNIOR_54, "311", "5"), (PRIMARY, "211", "6"), (JUNIOR, "311", "6")]
CLASSES = [
    (WHOLE, "1501", "五年级1班", "五年级"),
    (WHOLE, "2101", "七年级（1）班", "七年级"),
    (WHOLE, "2102", "火箭班", "七年级"),
    (JUNIOR_54, "A61", "初一(1)班", "初一"),
    (JUNIOR_54, "A62", "6.2班", "六年级"),
    (PRIMARY, "501班", "2021级1班", "2021级"),
    (PRIMARY, "x1", "三年级1班", "三年级"),
    (PRIMARY, "x2", "3.1班", "三年级"),  # two classes of one name: neither is told by it
]
STUDENTS = [
    # school, class and grade as a roster writes them; the class and grade that are meant
    *((WHOLE, written, "五年级", "1501", "5") for written in ("1501", "五年级1班", "五(1)班", "5.1班")),
    *((WHOLE, written, "五", "1501", "5") for written in ("５.１班", "501班")),
    *((WHOLE, written, "五", "1501", "5") for written in ("2021级1班", "五一班", "小学五年级(1)班", "五①班")),
    *((WHOLE, written, "初一", "2101", "7") for written in ("七年级1班", "初一(1)班", "七1班", "初一1班")),
    (WHOLE, "火箭班", "七年级(初中)", "2102", "7"),
    (WHOLE, "八年级1班", "初二", None, "8"),
    (WHOLE, "五年级1班", "2021级", "1501", "5"),
    (WHOLE, "五年级1班", "2023级", "1501", None),  # of the third grade, or of the ninth
    (JUNIOR_54, "六年级1班", "初一", "A61", "6"),
    (JUNIOR_54, "预初(2)班", "预初", "A62", "6"),
    (JUNIOR_54, "初一2班", "初四", "A62", "9"),
    (JUNIOR_54, "2025级1班", "2025级", "A61", "6"),
    (PRIMARY, "5.1班", "21级", "501班", "5"),
    (PRIMARY, "三年级1班", "三年级（2023级）", None, "3"),
    (PRIMARY, "x1", "2018级", "x1", None),  # has left
    (JUNIOR, "三班", "初四", "三班", None),  # has three junior grades
    (JUNIOR, "三班", "2024级", "三班", "8"),
]
EXAM = "2025-2026-1-m1-g5"  # of the fifth grade
SAT = [("1501", "1501"), ("五年级1班", "1501"), ("（1）班", "1501"), ("2021级1班", "1501"), ("八年级1班", "八年级1班")]


@pytest.fixture(scope="module")
def city() -> City:
    city = City(registry.load(registry.HOUSE), wanted=("students", "classes", "registry_rosters", "exam_results"))
    intake_tables.ensure(city.connection)
    add = city.connection.executemany
    add("insert into lake.raw.school_registry__schools (school_code, type_code, primary_years, _slice, _row_number, "
        "_known_from) values (?, ?, ?, '', 1, date '2025-10-15')", SCHOOLS)  # fmt: skip
    add("insert into lake.raw.teaching__classes (school_code, class_code, name, grade, _slice, _row_number, "
        "_known_from) values (?, ?, ?, ?, '', 1, date '2025-10-15')", CLASSES)  # fmt: skip
    rows = [(f"J{n:018d}", *row[:3], n) for n, row in enumerate(STUDENTS)]
    add("insert into lake.raw.student_registry__students (student_number, school_code, class_code, grade, _slice, "
        "_row_number, _known_from) values (?, ?, ?, ?, '', ?, date '2025-10-15')", rows)  # fmt: skip
    marks = [(f"J{n:018d}", written, f"{EXAM}/{WHOLE}", n) for n, (written, _) in enumerate(SAT)]
    add("insert into lake.raw.exams__results (student_number, class_code, marks, _slice, _row_number, _known_from) "
        "values (?, ?, map {'语文_得分': '90'}, ?, ?, date '2025-10-15')", marks)  # fmt: skip
    city.night(NIGHT)
    return city


def test_a_pupil_is_in_the_class_and_grade_that_are_meant(city: City):
    found = city.rows("select school, class, grade from lake.conformed.students order by number")
    wrong = [(row, told) for row, told in zip(STUDENTS, found, strict=True) if told != (row[0], *row[3:])]
    assert wrong == []


def test_a_class_has_the_grade_that_its_school_means(city: City):
    found = dict(city.rows("select code, grade from lake.conformed.classes"))
    assert (found["A61"], found["501班"], found["2101"]) == ("6", "5", "7")


def test_a_grade_that_the_school_cannot_mean_is_listed(city: City):
    ask = "select value, organisation_code, feed from lake.conformed.registry_rosters where rule = 'untold_grade'"
    feed = "student_registry/students"
    assert sorted(city.rows(ask)) == [("2018级", PRIMARY, feed), ("2023级", WHOLE, feed), ("初四", JUNIOR, feed)]


def test_a_mark_is_of_the_class_that_its_sheet_names_in_words(city: City):
    rows = city.rows("select class_code from lake.conformed.exam_results order by _row_number")
    assert [code for (code,) in rows] == [code for _, code in SAT]
