"""People who may be one, and birth dates that do not go with a grade: who is listed for whom, and who is not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import registry
from ingest.committing import intake_tables
from registry.model import Verdict
from tests.dbt_project.quick_dbt import City, Project

NIGHT = date(2025, 10, 15)
SCHOOL, OTHER, SPECIAL = "3132990001", "3132990002", "5132990003"
_CHECK = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(n: int, born: str = "20120101") -> str:
    """The n-th ID number of a birth date; its check digit holds (GB 11643)."""
    head = f"329901{born}{n:03d}"
    return head + "10X98765432"[sum(int(c) * w for c, w in zip(head, _CHECK, strict=True)) % 11]


def number(n: int) -> str:
    return f"L{id_number(n)}"


def school(code: str, kind: str) -> tuple[str, dict[str, Any]]:
    row = {"school_code": code, "name": f"学校{code}", "type_code": kind, "area_code": "329901"}
    return "school_registry__schools", row


def child(n: int, name: str, **more: Any) -> tuple[str, dict[str, Any]]:
    """A row of the student registry: seven years of school, thirteen years old, without an ID number."""
    return "student_registry__students", {
        "student_number": number(n), "school_code": SCHOOL, "name": name, "sex": "男", "grade": "初一",
        "class_code": "2101", "birth_date": "2012-10-01", "member1_name": f"父{n}", "member1_phone": f"1250{n:07d}",
    } | more  # fmt: skip


def teacher(n: int, name: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return "teacher_system__teachers", {
        "staff_number": f"T{n}", "school_code": SCHOOL, "name": name, "sex": "女", "birth_date": "1980-01-01",
    } | more  # fmt: skip


ROWS = [
    school(SCHOOL, "初级中学"), school(OTHER, "初级中学"), school(SPECIAL, "培智学校"),
    # one child under two numbers at two schools: the guardian's telephone and the birth date
    child(1, "张三"), child(2, "张三", school_code=OTHER, member1_phone="12500000001"),
    # the birth date mistyped, both guardian and telephone the same
    child(3, "李四"), child(4, "李四", birth_date="2012-01-10", member1_name="父3", member1_phone="12500000003"),
    # one name and birth date, and other guardians: two children
    child(5, "王五"), child(6, "王五"),
    # two ID numbers, both with their check digit: two children, whatever else is alike
    child(7, "赵六", id_number=id_number(7, "20121001")),
    child(8, "赵六", id_number=id_number(8, "20121001"), member1_phone="12500000007"),
    # twins share all but the name
    child(9, "孙一"), child(10, "孙二", member1_name="父9", member1_phone="12500000009"),
    # a person has said that these are two
    child(11, "周七"), child(12, "周七", member1_phone="12500000011"),
    teacher(1, "吴八"), teacher(2, "吴八", school_code=OTHER), teacher(3, "吴八", sex="男"),
    teacher(4, "吴八", birth_date="1981-01-01"),
    # twelve on 31 August is usual in grade 7: eleven and fifteen may be, ten and sixteen are asked about
    child(21, "龄甲", birth_date="2014-08-31"), child(22, "龄乙", birth_date="2014-09-01"),
    child(23, "龄丙", birth_date="2009-09-01"), child(24, "龄丁", birth_date="2009-08-31"),
    child(25, "龄戊", birth_date="2002-08-31", school_code=SPECIAL),
]  # fmt: skip


@pytest.fixture(scope="module")
def city(project: Project) -> City:
    verdict = Verdict(
        entity="student", verdict="apart", record=f"student_number:{number(11)}", person=f"student_number:{number(12)}",
        since=NIGHT, decided_by="lee", reason="asked the school",
    )  # fmt: skip
    register = registry.load(registry.HOUSE).model_copy(update={"verdicts": (verdict,), "version": "reviewed"})
    city = City(register, ("alike_people", "ages_in_grades"), project)
    intake_tables.ensure(city.connection)
    for place, (table, row) in enumerate(ROWS, 1):
        told = {"_delivery_id": "d", "_row_number": place, "_slice": "", "_row_hash": str(place), "_known_from": NIGHT}
        city.insert(table, row | told)
    city.night(NIGHT)
    return city


def listed(city: City, check: str, feed: str) -> set[tuple[Any, ...]]:
    asked = f"select row_key, value, organisation_code, column_name from lake.conformed.{check} where feed = ?"
    return set(city.rows(asked, feed))


def test_a_child_under_two_numbers_is_listed_for_both_schools_and_nobody_else_is(city: City) -> None:
    assert listed(city, "alike_people", "student_registry/students") == {
        (number(1), number(2), SCHOOL, "student_number"), (number(2), number(1), OTHER, "student_number"),
        (number(3), number(4), SCHOOL, "student_number"), (number(4), number(3), SCHOOL, "student_number"),
    }  # fmt: skip


def test_a_teacher_of_one_name_birth_date_and_sex_is_asked_about(city: City) -> None:
    assert listed(city, "alike_people", "teacher_system/teachers") == {
        ("T1", "T2", SCHOOL, "staff_number"), ("T2", "T1", OTHER, "staff_number"),
    }  # fmt: skip


def test_who_is_too_young_or_too_old_for_the_grade_is_asked_about_and_nobody_at_a_special_school(city: City) -> None:
    assert listed(city, "ages_in_grades", "student_registry/students") == {
        (number(22), "2014-09-01", SCHOOL, "birth_date"), (number(24), "2009-08-31", SCHOOL, "birth_date"),
    }  # fmt: skip


def test_an_entry_names_the_row_and_what_to_look_at(city: City) -> None:
    places = dict(city.rows("select row_key, _row_number from lake.conformed.alike_people where _delivery_id = 'd'"))
    assert (places[number(1)], places["T1"]) == (4, 16)
    told = dict(city.rows("select row_key, remedy_zh from lake.conformed.ages_in_grades"))
    assert "七年级学生学年初（8月31日）一般为 12 周岁" in told[number(22)]
    assert not any("10 周岁" in remedy or "16 周岁" in remedy for remedy in told.values())  # marts show the remedy too
