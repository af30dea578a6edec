"""What a row names and nothing knows: it is listed once, waits, and comes by itself once the name is known."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from registry.model import Exam, Feed, Label, Reference, Register
from tests.dbt_project.conftest import number
from tests.dbt_project.quick_dbt import City, Project

NIGHT, NEXT = date(2025, 10, 15), date(2025, 10, 16)
SCHOOL, OTHER, NOBODY = "3132990001", "3132990002", "3132990099"
EXAM, NEW_EXAM = "2025-2026-1-m1-g7", "2025-2026-1-qz-g7"
SCHOOLS, CLASSES, STUDENTS = "school_registry__schools", "teaching__classes", "student_registry__students"
RESULTS, TEACHERS, HOMEWORK = "exams__results", "teacher_system__teachers", "homework_a__records"
FITNESS, ASSIGNMENTS, QUALITY, ATTENDANCE = (
    "fitness__results", "teaching__assignments", "quality__records", "attendance__events",
)  # fmt: skip
TABLES = (SCHOOLS, CLASSES, STUDENTS, RESULTS, TEACHERS, HOMEWORK, FITNESS, ASSIGNMENTS, QUALITY, ATTENDANCE)


class Night:
    """A city of which each test tells the rows; `stage` gives a staging model's rows."""

    def __init__(self, register: Register, project: Project) -> None:
        wanted = ("unknown_references", *(f"stg_{table}" for table in TABLES))
        self.register = register
        self.city = City(register, wanted=wanted, project=project)

    def bring(self, table: str, *rows: dict[str, Any], part: str = "", delivery: str = "d1") -> None:
        """Add raw rows; what the table has no column for is left out."""
        known = {name for (name,) in self.city.rows(f'select column_name from (describe lake.raw."{table}")')}
        place = {"_delivery_id": delivery, "_slice": part, "_row_hash": "h", "_known_from": NIGHT}
        for n, told in enumerate(rows, 1):
            row = {name: value for name, value in told.items() if name in known} | place | {"_row_number": n}
            self.city.insert(table, row)

    def replace(self, table: str, *rows: dict[str, Any]) -> None:
        self.city.connection.execute(f'update lake.raw."{table}" set _known_to = date \'{NEXT}\'')
        self.bring(table, *rows)

    def close(self, register: Register | None = None, night: date = NIGHT) -> None:
        self.city.night(night, register or self.register)

    def stage(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        return self.city.rows(f"select {', '.join(columns)} from lake.staging.stg_{table} order by all")

    def listed(self, *columns: str) -> list[tuple[Any, ...]]:
        return self.city.rows(f"select {', '.join(columns)} from lake.conformed.unknown_references order by all")


@pytest.fixture(scope="module")
def lake(house: Register, project: Project) -> Night:
    return Night(house, project)


@pytest.fixture
def town(lake: Night) -> Night:
    """Two schools, of which one has told its classes."""
    night = lake
    for table in TABLES:
        night.city.connection.execute(f'delete from lake.raw."{table}"')
    night.bring(SCHOOLS, {"school_code": SCHOOL, "name": "一中"}, {"school_code": OTHER, "name": "二中"})
    night.bring(CLASSES, {"school_code": SCHOOL, "class_code": "2101"}, {"school_code": SCHOOL, "class_code": "2102"})
    return night


def child(n: int, **more: Any) -> dict[str, Any]:
    return {"student_number": number(n), "name": "张甲", "school_code": SCHOOL} | more


def test_marks_of_an_exam_that_nobody_entered_wait_until_it_is(town, house):
    town.bring(RESULTS, child(0), child(1), part=f"{NEW_EXAM}/{SCHOOL}")
    town.bring(RESULTS, child(2), part=f"期中考试/{OTHER}", delivery="d2")
    town.bring(RESULTS, child(3), part=f"{EXAM}/{SCHOOL}", delivery="d3")
    town.close()
    assert town.stage(RESULTS, "_slice") == [(f"{EXAM}/{SCHOOL}",)]
    assert town.listed("rule", "severity", "value", "_delivery_id") == [
        ("unknown_exam", "row", NEW_EXAM, "d1"),
        ("unknown_exam", "row", "期中考试", "d2"),
    ]
    assert town.listed("remedy_en")[0][0].startswith(f"exam {NEW_EXAM} is not in exams.yml (2 rows in 1 files)")
    entered = Exam(id=NEW_EXAM, label=Label(zh="期中", en="mid"), held_on=NIGHT, grade=7, subjects=("13",))
    town.close(house.model_copy(update={"exams": (*house.exams, entered), "version": "next"}), NEXT)
    assert len(town.stage(RESULTS, "_slice")) == 3
    assert town.listed("value") == [("期中考试",)]


def test_rows_of_a_school_in_no_list_wait(town):
    dated = {RESULTS: EXAM, FITNESS: "2025-2026"}
    waiting = (RESULTS, FITNESS, STUDENTS, TEACHERS, CLASSES)
    for n, table in enumerate(waiting):
        row = child(n, school_code=NOBODY, staff_number="1", class_code="2101", event_id="e")
        town.bring(table, row, part=f"{dated.get(table, '20251015')}/{NOBODY}")
    town.close()
    assert NOBODY not in str([town.stage(table, "*") for table in waiting])
    assert len(town.listed("feed")) == len(waiting)
    assert set(town.listed("rule", "severity", "value", "organisation_code")) == {
        ("unknown_school", "row", NOBODY, None),
    }


def test_a_passage_waits_for_nobody_and_a_stranger_is_listed_at_the_school_until_a_registry_has_them(town):
    town.bring(ATTENDANCE, child(0, event_id="e1"), child(0, event_id="e2"), child(1, event_id="e3"), part="20251015")
    town.bring(ATTENDANCE, child(1, event_id="e4", school_code=NOBODY), part="20251016", delivery="d2")
    town.bring(STUDENTS, child(1), part=SCHOOL)
    town.close()
    assert len(town.stage(ATTENDANCE, "event_id")) == 4
    asked = ("rule", "severity", "value", "organisation_code")
    stranger = ("unknown_student", "warn", child(0)["student_number"], SCHOOL)
    assert town.listed(*asked) == [("unknown_school", "warn", NOBODY, None), stranger]
    town.bring(STUDENTS, child(0), part=SCHOOL)
    town.close(night=NEXT)
    assert town.listed(*asked) == [("unknown_school", "warn", NOBODY, None)]


def test_a_school_that_was_listed_once_and_one_without_a_list_are_known(town):
    town.replace(SCHOOLS, {"school_code": OTHER, "name": "二中"})
    town.bring(STUDENTS, child(0))
    town.close()
    assert len(town.stage(STUDENTS, "student_number")) == 1
    town.city.connection.execute(f"delete from lake.raw.{SCHOOLS}")
    town.bring(STUDENTS, child(1, school_code=NOBODY))
    town.close(night=NEXT)
    assert len(town.stage(STUDENTS, "student_number")) == 2
    assert town.listed("rule") == []


def test_a_copy_of_a_school_that_no_figure_needs_is_listed_and_stays(town):
    town.bring(HOMEWORK, {"record_id": "a1", "school_code": NOBODY}, {"record_id": "a2", "school_code": NOBODY})
    town.close()
    assert town.stage(HOMEWORK, "record_id") == [("a1",), ("a2",)]
    assert town.listed("rule", "severity", "value") == [("unknown_school", "warn", NOBODY)]


def test_a_class_that_no_list_has_is_left_out_and_listed_once(town):
    in_words = ["四年级1班", "七(1)班", "2101班", "Class 1", "2109"]
    unknown = [child(n, class_code=written) for n, written in enumerate([*in_words, *in_words])]
    town.bring(STUDENTS, *unknown, child(10, class_code="2101"), child(11, school_code=OTHER, class_code="甲班"))
    town.close()
    assert town.stage(STUDENTS, "class_code") == [("2101",), ("甲班",), *[(None,)] * 10]  # the other told no classes
    found = town.listed("rule", "severity", "column_name", "organisation_code", "value")
    assert found == sorted(("unknown_class", "cell", "class_code", SCHOOL, written) for written in in_words)
    assert "(2 rows in 1 files)" in town.listed("remedy_en")[0][0]
    town.bring(CLASSES, *({"school_code": SCHOOL, "class_code": written} for written in in_words))
    town.close(night=NEXT)
    assert town.listed("rule") == []
    assert (None,) not in town.stage(STUDENTS, "class_code")


def test_a_pupil_whose_class_nothing_knows_keeps_the_one_before_in_the_same_school(town):
    town.bring(STUDENTS, child(0, class_code="2101"), child(1, class_code="2102"), child(2, class_code="2101"))
    town.replace(
        STUDENTS, child(0, class_code="四年级1班"), child(1, class_code="2101"),
        child(2, class_code="四年级1班", school_code=OTHER), child(3, class_code="四年级1班"),
    )  # fmt: skip
    town.bring(CLASSES, {"school_code": OTHER, "class_code": "2301"})
    town.close()
    assert town.stage(STUDENTS, "right(student_number, 2)", "class_code") == [
        ("00", "2101"), ("01", "2101"), ("02", None), ("03", None),
    ]  # fmt: skip
    assert town.listed("organisation_code", "value") == [(SCHOOL, "四年级1班"), (OTHER, "四年级1班")]


def test_a_class_by_its_name_is_known(town):
    town.bring(CLASSES, {"school_code": SCHOOL, "class_code": "2103", "name": "初一(3)班", "grade": "初一"})
    for n, written in enumerate(("初一(3)班", "初一（3）班", "七年级3班")):
        town.bring(STUDENTS, child(n, class_code=written, grade="初一"))
    town.close()
    assert town.stage(STUDENTS, "class_code") == [("2103",)] * 3
    assert town.listed("value") == []


def test_a_class_that_a_spreadsheet_made_a_number_is_called_so(town):
    town.bring(CLASSES, {"school_code": SCHOOL, "class_code": "0101"})
    damaged = ["101", "2101.0", "101.00", "2103"]
    town.bring(STUDENTS, *(child(n, class_code=code) for n, code in enumerate(damaged)))
    town.close()
    assert town.listed("value", "rule") == [
        ("101", "lost_zeros"), ("101.00", "lost_zeros"), ("2101.0", "lost_zeros"), ("2103", "unknown_class"),
    ]  # fmt: skip


def test_a_class_that_is_listed_no_more_is_said_and_kept(town):
    town.replace(CLASSES, {"school_code": SCHOOL, "class_code": "2102"})
    town.bring(STUDENTS, child(0, class_code="2101"))
    town.bring(RESULTS, child(1, class_code="2101"), part=f"{EXAM}/{SCHOOL}")
    town.close()
    assert town.stage(STUDENTS, "class_code") == [("2101",)]
    assert town.listed("feed", "rule", "value") == [("student_registry/students", "unknown_class", "2101")]


def test_what_is_taught_in_a_class_that_no_list_has_waits(town):
    lesson = {"school_code": SCHOOL, "subject": "数学", "staff_number": "1"}
    town.bring(ASSIGNMENTS, lesson | {"class_code": "2101"}, lesson | {"class_code": "初一1班"}, part=SCHOOL)
    town.close()
    assert town.stage(ASSIGNMENTS, "class_code") == [("2101",)]
    assert town.listed("rule", "severity", "value") == [("unknown_class", "row", "初一1班")]


def test_terms_and_school_years_stand_in_the_calendar(town):
    town.bring(QUALITY, {"record_id": "1"}, part="2025-2026-1")
    town.bring(QUALITY, {"record_id": "2"}, part="2025-2026-3")
    town.bring(FITNESS, {"name": "张甲"}, part=f"2025-2026/{SCHOOL}")
    town.bring(FITNESS, {"name": "李乙"}, part=f"1999-2000/{SCHOOL}")
    town.close()
    assert town.stage(QUALITY, "record_id") == [("1",)]
    assert town.stage(FITNESS, "name") == [("张甲",)]
    assert town.listed("rule", "value") == [("unknown_school_year", "1999-2000"), ("unknown_term", "2025-2026-3")]


def test_a_bureaus_own_feed_may_refer_to_another_feed(town, house):
    reference = Reference(to="teaching/classes.class_code", column="class_name")
    told = tuple(
        source.model_copy(update={"feeds": tuple(_with(feed, reference) for feed in source.feeds)})
        for source in house.sources
    )
    pupils = ({"name": "张甲", "class_name": "2101"}, {"name": "李乙", "class_name": "围棋社"})
    town.bring(FITNESS, *pupils, part=f"2025-2026/{SCHOOL}")
    town.close(house.model_copy(update={"sources": told, "version": "own"}))
    assert town.stage(FITNESS, "name") == [("张甲",)]
    assert town.listed("rule", "value", "remedy_zh") == [
        ("unknown_reference", "围棋社", "所引用的班级名单不在本次及既有数据中：请补报该班级名单或更正引用"),
    ]


def _with(feed: Feed, reference: Reference) -> Feed:
    return feed.model_copy(update={"references": (reference,)}) if feed.id == "fitness/results" else feed
