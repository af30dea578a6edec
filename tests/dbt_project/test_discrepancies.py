"""The ledger of differences: every slice that a feed has now against what the owner said of the slice's own day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import registry
from ingest.committing import intake_tables
from registry import own_directory
from tests.dbt_project.conftest import number
from tests.dbt_project.quick_dbt import City, Project
from warehouse import build

SCHOOL, OTHER = "3132990001", "3132990002"
FIRST, SECOND, THIRD = date(2025, 9, 25), date(2025, 10, 13), date(2025, 10, 20)
JUNE, SEPTEMBER, OCTOBER = "town-june", "2025-2026-1-m1-g5", "2025-2026-1-m2-g5"  # held 06-20, 09-24, 10-11
STUDENTS, EXAMS, HOMEWORK = "student_registry__students", "exams__results", "homework_a__records"
ZHANG, LI, WANG, ZHAO = range(1, 5)
NAMES = {ZHANG: "张甲", LI: "李乙", WANG: "王丙", ZHAO: "赵丁"}
EXAM = f"""
- {{id: {JUNE}, label: {{zh: 统考, en: exam}}, held_on: 2025-06-20, grade: 4, subjects: ["13"]}}
"""
# a list of classes that the bureau keeps beside the schools' own
ROLLS = """\
id: rolls
label: {zh: 班级花名册, en: rolls}
office: 教研室
feeds:
  - id: rolls/rows
    label: {zh: 班级, en: classes}
    grain: {zh: 每班一行, en: one row per class}
    batch: snapshot
    expected: on_demand
    key: [school_code, class_code]
    slice: {column: school_code}
    identifies:
      - {entity: class, namespace: class_code, column: class_code}
      - {entity: school, namespace: school_code, column: school_code}
    columns:
      - {name: school_code, headers: [学校标识码], type: school_code}
      - {name: class_code, headers: [班号], type: identifier}
      - {name: class_name, headers: [班级名称], type: text, elements: [class.name]}
      - {name: grade, headers: [年级], type: code, code_set: grade, elements: [class.grade]}
      - {name: adviser, headers: [班主任工号], type: identifier, elements: [class.adviser]}
      - {name: status, headers: [学校状态], type: code, code_set: school_status, elements: [school.status]}
"""


class Town:
    """A school whose systems send slices night by night; a slice that comes again replaces what stood in it."""

    def __init__(self, city: City) -> None:
        self._city, self._rows = city, 0

    def send(self, night: date, table: str, part: str, *rows: dict[str, Any]) -> None:
        raw = f"lake.raw.{table}"
        self._city.rows(f"update {raw} set _known_to = ? where _slice = ? and _known_to is null", night, part)
        for row in rows:
            self._rows += 1
            place = {"_delivery_id": f"{table}-{night}", "_row_number": self._rows, "_slice": part}
            told = row | place | {"_known_from": night}
            names, marks = ", ".join(f'"{name}"' for name in told), ", ".join("?" for _ in told)
            self._city.rows(f"insert into {raw} ({names}) values ({marks})", *told.values())

    def live(self, night: date) -> None:
        self._city.night(night)
        self._city.rows(f"create table memory.main.{_kept(night)} as from lake.conformed.discrepancies")

    def ledger(self, night: date, entity: str, *, closed: bool = False) -> set[tuple[str, ...]]:
        """(element, record, slice, owner's value, copy's value) of what is open, or closed, after a night."""
        found = self._city.rows(
            "select element_id, string_split(record_uid, ':')[-1], slice, owner_value, copy_value "
            f"from memory.main.{_kept(night)} where entity = ? and (closed_on is not null) = ?", entity, closed,
        )  # fmt: skip
        return set(found)

    def rows(self, night: date, sql: str) -> list[tuple[Any, ...]]:
        return self._city.rows(sql.format(ledger=f"memory.main.{_kept(night)}"))


def _kept(night: date) -> str:
    return f"ledger_{night:%m%d}"


def pupil(n: int, class_code: str, **more: str) -> dict[str, Any]:
    return {
        "student_number": number(n), "school_code": SCHOOL, "name": NAMES[n], "grade": "五年级",
        "class_code": class_code, "birth_date": f"2014.0{n}.01", "sex": "男",
    } | more  # fmt: skip


def mark(n: int, class_code: str, name: str | None = None) -> dict[str, Any]:
    return {
        "student_number": number(n), "class_code": class_code, "name": name or NAMES[n], "marks": {"语文_得分": "80"},
    }  # fmt: skip


def homework(record: str, n: int, name: str, day: str) -> dict[str, Any]:
    return {
        "record_id": record, "assignment_id": record, "student_number": number(n), "student_name": name,
        "school_code": SCHOOL, "class_code": "1501", "subject": "语文", "written": "是",
        "assigned_at": f"{day} 16:00:00",
    }  # fmt: skip


def teacher(staff: str, name: str, school: str) -> dict[str, Any]:
    return {"staff_number": staff, "name": name, "school_code": school, "sex": "女"}


def training(name: str, school: str) -> dict[str, Any]:
    return {
        "staff_number": "T1", "name": name, "school_code": school, "training_id": "t", "title": "研修",
        "kind": "校本研修", "result": "合格",
    }  # fmt: skip


def first_night(town: Town) -> None:
    town.send(FIRST, "school_registry__schools", "329901", *(
        {"school_code": code, "name": name, "type_code": "小学", "area_code": "329901", "status": "正常"}
        for code, name in ((SCHOOL, "第一小学"), (OTHER, "第二小学"))
    ))  # fmt: skip
    pupils = (pupil(ZHANG, "1501"), pupil(LI, "1501"), pupil(WANG, "1502"), pupil(ZHAO, "1502"))
    town.send(FIRST, STUDENTS, SCHOOL, *pupils)
    town.send(FIRST, "teacher_system__teachers", SCHOOL, teacher("T1", "陈师", SCHOOL), teacher("T2", "周师", SCHOOL))
    town.send(FIRST, "teaching__classes", SCHOOL, *(
        {"school_code": SCHOOL, "class_code": code, "name": name, "grade": "五年级", "adviser_number": "T1"}
        for code, name in (("1501", "五年级1班"), ("1502", "五年级2班"))
    ))  # fmt: skip
    town.send(FIRST, EXAMS, f"{JUNE}/{SCHOOL}", mark(ZHANG, "1401", "张田"), mark(LI, "1401"))
    town.send(
        FIRST, EXAMS, f"{SEPTEMBER}/{SCHOOL}",
        mark(ZHANG, "1501", "张田"), mark(LI, "1501"), mark(WANG, "1501"), mark(ZHAO, "1502", "赵才"),
    )  # fmt: skip
    town.send(FIRST, HOMEWORK, "20250922", *(homework(f"a{n}", LI, "李乞", "2025-09-22") for n in (1, 2)))
    town.send(FIRST, "training__records", SCHOOL, training("陈帅", SCHOOL))
    assigned = {"school_code": SCHOOL, "subject": "语文", "staff_number": "T1", "teacher_name": "陈师"}
    town.send(
        FIRST, "teaching__assignments", SCHOOL,
        assigned | {"class_code": "1501", "class_name": "五年级3班", "grade": "五年级"},
        assigned | {"class_code": "1502", "class_name": "五（2）班", "grade": "四年级"},
    )  # fmt: skip
    statistics = {"students": "900", "type_code": "小学"}
    town.send(
        FIRST, "school_registry__conditions", "2025",
        statistics | {"school_code": SCHOOL, "school_name": "第一小学"},
        statistics | {"school_code": OTHER, "school_name": "第二小学校", "type_code": "初级中学"},
    )  # fmt: skip
    town.send(FIRST, "rolls__rows", SCHOOL, {
        "school_code": SCHOOL, "class_code": "1501", "class_name": "五年级1班", "grade": "五年级", "adviser": "T2",
        "status": "停办",
    })  # fmt: skip


def second_night(town: Town) -> None:
    """Li and Wang change places, Zhao leaves, the first school is renamed; newer slices agree with all that."""
    town.send(SECOND, STUDENTS, SCHOOL, pupil(ZHANG, "1501"), pupil(LI, "1502"), pupil(WANG, "1501"))
    town.send(SECOND, "school_registry__schools", "329901", *(
        {"school_code": code, "name": name, "type_code": "小学", "area_code": "329901", "status": "正常"}
        for code, name in ((SCHOOL, "实验小学"), (OTHER, "第二小学"))
    ))  # fmt: skip
    town.send(SECOND, EXAMS, f"{OCTOBER}/{SCHOOL}", mark(ZHANG, "1501"), mark(LI, "1501"), mark(WANG, "1502"))
    town.send(SECOND, HOMEWORK, "20250923", homework("a3", LI, "李乙", "2025-09-23"))
    town.send(SECOND, "training__records", OTHER, training("陈师", OTHER))


def third_night(town: Town) -> None:
    """What was wrong is mended in the slices themselves; only the platform's homework is not."""
    town.send(
        THIRD, EXAMS, f"{SEPTEMBER}/{SCHOOL}",
        mark(ZHANG, "1501"), mark(LI, "1501"), mark(WANG, "1502"), mark(ZHAO, "1502"),
    )  # fmt: skip
    town.send(THIRD, "training__records", SCHOOL)
    town.send(THIRD, "school_registry__conditions", "2025", *(
        {"school_code": code, "school_name": name, "students": "900", "type_code": "小学"}
        for code, name in ((SCHOOL, "第一小学"), (OTHER, "第二小学"))
    ))  # fmt: skip


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("bureau")
    own_directory.make(folder / "own", {})
    (folder / "own" / "sources" / "rolls.yml").write_text(ROLLS, encoding="utf-8")
    with (folder / "own" / "exams.yml").open("a", encoding="utf-8") as file:
        file.write(EXAM)
    register = registry.load(folder / "own")
    assembled = build.assemble(build.PROJECT, folder / "own", register, folder / "project")
    city = City(register, ("discrepancies",), Project(more=(assembled / "declared",)))
    intake_tables.ensure(city.connection)
    town = Town(city)
    for night, brings in ((FIRST, first_night), (SECOND, second_night), (THIRD, third_night)):
        brings(town)
        town.live(night)
    return town


def test_a_difference_of_an_older_slice_stays_open_while_a_newer_one_agrees(town: Town):
    wrong = ("student.name", number(ZHANG), f"{SEPTEMBER}/{SCHOOL}", "张甲", "张田")
    assert wrong in town.ledger(FIRST, "student")
    assert wrong in town.ledger(SECOND, "student")
    homework = ("student.name", number(LI), "20250922", "李乙", "李乞")
    assert all(homework in town.ledger(night, "student") for night in (FIRST, SECOND, THIRD))


def test_a_difference_is_resolved_on_the_night_that_replaces_its_slice(town: Town):
    slices = {part for _, _, part, _, _ in town.ledger(THIRD, "student")}
    assert slices == {"20250922"}
    closed = town.rows(THIRD, "select slice, closed_on from {ledger} where owner_value = '张甲'")
    assert closed == [(f"{SEPTEMBER}/{SCHOOL}", THIRD)]


def test_a_class_that_was_right_on_the_day_of_the_exam_is_no_difference_after_the_pupil_has_moved(town: Town):
    for night in (FIRST, SECOND, THIRD):
        told = {(element, who) for element, who, *_ in town.ledger(night, "student")}
        assert ("student.class", number(LI)) not in told


def test_a_class_that_was_wrong_on_the_day_of_the_exam_is_a_difference_though_it_is_right_today(town: Town):
    wrong = ("student.class", number(WANG), f"{SEPTEMBER}/{SCHOOL}", "1502", "1501")
    assert wrong in town.ledger(FIRST, "student")
    assert wrong in town.ledger(SECOND, "student")
    days = town.rows(SECOND, "select as_of_date from {ledger} where element_id = 'student.class'")
    assert days == [(date(2025, 9, 24),)]


def test_who_has_left_leaves_the_differences_of_the_days_before(town: Town):
    wrong = ("student.name", number(ZHAO), f"{SEPTEMBER}/{SCHOOL}", "赵丁", "赵才")
    assert wrong in town.ledger(SECOND, "student")
    assert wrong in town.ledger(THIRD, "student", closed=True)


def test_of_a_school_year_before_the_owner_s_first_word_nothing_is_compared(town: Town):
    for night in (FIRST, SECOND, THIRD):
        assert not [part for _, _, part, _, _ in town.ledger(night, "student") if part.startswith(JUNE)]


def test_what_the_rows_of_a_slice_say_alike_is_one_difference(town: Town):
    asked = "select slice, differing_rows, as_of_date, organisation_code from {ledger} where copy_value = '李乞'"
    assert town.rows(THIRD, asked) == [("20250922", 2, date(2025, 9, 22), SCHOOL)]


def test_a_school_is_compared_in_every_feed_that_tells_of_it_as_of_the_day_of_the_statistics(town: Town):
    """The statistics are of 1 September: the new name of the first school is none of theirs."""
    told = {
        ("school.name", OTHER, "2025", "第二小学", "第二小学校"), ("school.type", OTHER, "2025", "211", "311"),
    }  # fmt: skip
    status = {d for d in town.ledger(SECOND, "school") if d[0] == "school.status"}
    assert {(element, who, part) for element, who, part, *_ in status} == {("school.status", SCHOOL, SCHOOL)}
    assert town.ledger(SECOND, "school") - status == told
    assert town.ledger(THIRD, "school", closed=True) == told


def test_a_class_is_compared_by_name_grade_and_adviser(town: Town):
    """五（2）班 is another writing of 五年级2班."""
    assert town.ledger(SECOND, "class") == {
        ("class.name", "1501", SCHOOL, "五年级1班", "五年级3班"), ("class.grade", "1502", SCHOOL, "5", "4"),
        ("class.adviser", "1501", SCHOOL, "T1", "T2"),
    }  # fmt: skip


def test_a_teacher_s_older_list_differs_until_it_is_replaced(town: Town):
    wrong = {("teacher.name", "T1", SCHOOL, "陈师", "陈帅")}
    assert town.ledger(FIRST, "teacher") == town.ledger(SECOND, "teacher") == wrong
    assert town.ledger(THIRD, "teacher") == set()
    assert town.ledger(THIRD, "teacher", closed=True) == wrong
