"""Feeds that a bureau declares reach the marts by their contracts alone, and pupils are found without a number."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import registry
from ingest.committing import intake_tables
from registry import own_directory
from tests.dbt_project.conftest import number
from tests.dbt_project.quick_dbt import City, Project
from warehouse import build

NIGHT = date(2025, 10, 16)
SCHOOL, OTHER_SCHOOL = "3132990001", "3132990002"
PUPILS = ("张甲", "李乙", "王丙", "赵丁")
IDENTIFIED = """
    identifies: [{{entity: student, namespace: {0}_number{1}}}]
    columns:
      - {{name: class_name, headers: [班级], type: text, elements: [student.class]}}
      - {{name: name, headers: [姓名], type: name, elements: [student.name]}}
"""
HEAD = """\
id: {0}
label: {{zh: 平台, en: platform}}
office: 教研室
feeds:
  - id: {0}/rows
    label: {{zh: 行, en: rows}}
    grain: {{zh: 一行, en: one row}}
    batch: snapshot
    expected: on_demand
    key: [{1}]
    slice: {{path: '^(?P<slice>[^/]+/(?P<school>\\d{{10}}))\\.csv$', parts: [{2}, school_code]}}"""
NUMBER = "      - {name: number, headers: [考号], type: identifier}\n"
CONTRACTS = {
    "sheets": HEAD.format("sheets", "number", "exam_id") + "\n    rest: marks\n    rest_elements: [exam_result.score]"
    + IDENTIFIED.format("sheets", ", column: number") + NUMBER,
    "lists": HEAD.format("lists", "number, subject", "exam_id")
    + IDENTIFIED.format("lists", ", column: number") + NUMBER
    + "      - {name: subject, headers: [科目], type: code, code_set: subject}\n"
    + "      - {name: score, headers: [得分], type: decimal, elements: [exam_result.score]}\n",
    "clubs": HEAD.format("clubs", "class_name, name, club", "term_id") + IDENTIFIED.format("clubs", "")
    + "      - {name: club, headers: [社团], type: text, elements: [membership.group]}\n",
    "electives": HEAD.format("electives", "class_name, name", "term_id")
    + "\n    rest: more\n    rest_elements: [membership.group]" + IDENTIFIED.format("electives", "")
    + "      - {name: entry, headers: [周一], type: text, elements: [membership.group]}\n"
    + "      - {name: part, headers: [周五], type: text, separator: 、, elements: [membership.group]}\n",
    "lists_of_schools": HEAD.format("lists_of_schools", "class_name, name", "year") + IDENTIFIED.format("lists", "")
    + "      - {name: phones, headers: [家长电话], type: phone, elements: [student.guardian_phone]}\n"
    + "      - {name: sex, headers: [性别], type: code, code_set: sex, elements: [student.sex]}\n",
}  # fmt: skip
# a third homework platform: it knows no student number, calls two of its columns otherwise, is there from Tuesday on,
# and has a file for each school and day
PLATFORM = {
    "slice: {path: '^.*?(?P<slice>\\d{8})[^/]*$', example: 20251015.csv}":
        "slice: {path: '^(?P<slice>\\d{8}/(?P<school>\\d{10}))[^/]*$', parts: [day, sender], "
        "example: 20251015/3132990001.jsonl}",
    "homework_b": "homework_c", "rank: 2": "rank: 3\n      since: 2025-10-14",
    "namespace: student_number, column: student_number": "namespace: account, column: account",
    "name: student_number, headers: [学籍号, student_number], type: student_number, elements: [student.number]":
        "name: account, headers: [账号], type: identifier",
    "name: actual_minutes": "name: used_minutes", "[[actual_minutes,": "[[used_minutes,",
    "name: assigned_at": "name: set_at",
}  # fmt: skip
EXAM = """
- {id: joint-g5, label: {zh: 联考, en: joint exam}, held_on: 2025-10-15, grade: 5, subjects: ["13", "14"], full_marks: {"13": 100, "14": 100}}
- {id: town-g5, label: {zh: 统考, en: exam of the town}, held_on: 2025-10-14, grade: 5, subjects: ["13"], full_marks: {"13": 100}}
"""  # noqa: E501


def add(city: City, table: str, slice_: str, *rows: dict[str, Any]) -> None:
    for place, row in enumerate(rows, start=1):
        row |= {"_delivery_id": table, "_row_number": place, "_slice": slice_, "_known_from": NIGHT}
        city.insert(table, row)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A school of two classes, of whose pupils three further systems speak, each in its own writing."""
    folder = tmp_path_factory.mktemp("bureau")
    own_directory.make(folder / "own", {})
    for source, contract in CONTRACTS.items():
        (folder / "own" / "sources" / f"{source}.yml").write_text(contract, encoding="utf-8")
    with (folder / "own" / "exams.yml").open("a", encoding="utf-8") as file:
        file.write(EXAM)
    platform = (folder / "own" / "sources" / "homework_b.yml").read_text(encoding="utf-8")
    for old, new in PLATFORM.items():
        assert old in platform
        platform = platform.replace(old, new)
    (folder / "own" / "sources" / "homework_c.yml").write_text(platform, encoding="utf-8")
    register = registry.load(folder / "own")
    assembled = build.assemble(build.PROJECT, folder / "own", register, folder / "project")
    project = Project(more=(assembled / "declared",))
    wanted = ("student_growth", "membership", "homework_records", "identity_queue", "discrepancies")
    wanted += ("unknown_references", "homework_platform_days")
    city = City(register, wanted, project)
    intake_tables.ensure(city.connection)
    for school in (SCHOOL, OTHER_SCHOOL):
        add(city, "teaching__classes", school, *(
            {"school_code": school, "class_code": code, "name": name, "grade": "五年级"}
            for code, name in (("1501", "五年级1班"), ("1502", "五年级2班"))
        ))  # fmt: skip
        add(city, "student_registry__students", school, *(
            {"student_number": number(n + (50 if school == OTHER_SCHOOL else 0)), "school_code": school, "name": name,
             "grade": "五年级",
             "class_code": "1502" if name == "赵丁" else "1501", "birth_date": f"2014.0{n}.01", "sex": "男",
             "member1_phone": f"1380000000{n}"}
            for n, name in enumerate(PUPILS, start=1)
        ))  # fmt: skip
    add(city, "sheets__rows", f"joint-g5/{SCHOOL}", *(
        {"number": str(n), "name": name, "class_name": written,
         "marks": {"语文_得分": str(60 + n), "数学_得分": "缺考", "语文_校次": "1"}}
        for n, (name, written) in enumerate(zip(PUPILS, ("五年级1班", "501", "501班", "五年级二班"), strict=True))
    ))  # fmt: skip
    add(city, "lists__rows", f"town-g5/{SCHOOL}", *(
        {"number": str(n), "name": name, "class_name": "1501", "subject": "语文", "score": str(70 + n)}
        for n, name in enumerate(reversed(PUPILS[:3]))  # the numbers of the other exam, given out anew
    ))  # fmt: skip
    add(city, "lists__rows", f"town-g5/{SCHOOL}", *(  # one pupil twice, with two marks
        {"number": number, "name": PUPILS[3], "class_name": "1502", "subject": "语文", "score": score}
        for number, score in (("7", "80"), ("8", "90"))
    ))  # fmt: skip
    add(city, "sheets__rows", f"town-g5/{SCHOOL}", {  # and once more by the other platform, against which none counts
        "number": "9", "name": PUPILS[3], "class_name": "五年级二班", "marks": {"语文_得分": "70"},
    })  # fmt: skip
    add(city, "lists__rows", f"joint-g5/{SCHOOL}", *(  # the other platform's exam, once with another mark
        {"number": f"9{n}", "name": name, "class_name": "1501", "subject": "语文", "score": score}
        for n, (name, score) in enumerate((("张甲", "60"), ("李乙", "99.5")))
    ))  # fmt: skip
    add(city, "clubs__rows", f"2025-2026-1/{SCHOOL}", *(
        {"class_name": "五(1)班", "name": name, "club": club}
        for name, club in (("张甲", "合唱"), ("张甲", "足球"), ("李乙", "合唱"), ("无名氏", "合唱"))
    ))  # fmt: skip
    wrong = {"class_name": "五(1)班", "name": "张甲"}
    add(city, "clubs__rows", f"2025-1/{SCHOOL}", wrong | {"club": "合唱"})
    add(city, "sheets__rows", f"joint-g6/{SCHOOL}", wrong | {"number": "1", "marks": {"语文_得分": "61"}})
    add(city, "lists__rows", f"town-g6/{SCHOOL}", wrong | {"number": "1", "subject": "语文", "score": "71"})
    add(city, "electives__rows", f"2025-2026-1/{SCHOOL}", *(
        {"class_name": "五(1)班", "name": name, "entry": monday, "part": friday, "more": more}
        for name, monday, friday, more in (
            ("张甲", "象棋", "陶艺、 象棋、", {"社团_田径": "√", "合唱_2": "队长", "木工": "否"}),
            ("李乙", None, None, {"木工": "1"}),
        )
    ))  # fmt: skip
    add(city, "lists_of_schools__rows", f"2025/{SCHOOL}", *(
        {"class_name": "五(1)班", "name": name, "phones": phones, "sex": sex}
        for name, phones, sex in (
            ("张甲", "13900000009、138 0000 0001", "男"), ("李乙", "13900000009", "男"),
            ("王丙", "父13800000003", "女"),
        )
    ))  # fmt: skip
    add(city, "homework_c__records", f"20251015/{SCHOOL}", *(
        {"record_id": str(n), "assignment_id": "a", "account": f"u{n}", "student_name": name,
         "school_code": SCHOOL, "class_code": code, "subject": "数学", "written": "是", "used_minutes": "20",
         "set_at": f"2025-10-15 16:{at}"}
        for n, (name, code, at) in enumerate(
            zip(PUPILS, ("1501", "1501", "1501", "1502"), ("00:00", "00:00", "03:00", "01:00"), strict=True), start=1
        )
    ))  # fmt: skip
    for platform, at in (("a", {3: "00:00", 4: "00:00"}), ("b", {3: "01:30"})):
        add(city, f"homework_{platform}__records", "20251015", *(
            {"record_id": str(n), "assignment_id": "a", "student_number": number(n), "student_name": PUPILS[n - 1],
             "school_code": SCHOOL, "class_code": "1501" if n < 4 else "1502", "subject": "数学", "written": "是",
             "actual_minutes": "30", "assigned_at": f"2025-10-15 16:{clock}"}
            for n, clock in at.items()
        ))  # fmt: skip
    add(city, "homework_a__records", "20251013", {"record_id": "first"})
    city.night(NIGHT)
    return city


def named(*numbers: int) -> list[str]:
    return sorted(f"student_number:{number(n)}" for n in numbers)


def test_marks_of_a_sheet_reach_the_growth_of_the_pupils_whom_class_and_name_tell(city: City):
    found = city.rows(
        "select student_uid, subject, score, class_code from lake.marts.student_growth "
        "where exam_id = 'joint-g5' order by student_uid"
    )
    assert [uid for uid, *_ in found] == named(1, 2, 3, 4)
    assert [(subject, float(score), code) for _, subject, score, code in found] == [
        ("13", 60.0, "1501"), ("13", 99.5, "1501"), ("13", 62.0, "1501"), ("13", 63.0, "1502"),
    ]  # fmt: skip


def test_marks_of_a_list_are_read_by_the_subject_of_each_row(city: City):
    found = city.rows(
        "select student_uid, subject, score from lake.marts.student_growth where exam_id = 'town-g5' order by 1"
    )
    assert [uid for uid, *_ in found] == named(1, 2, 3)
    assert [(subject, float(score)) for _, subject, score in found] == [("13", 72.0), ("13", 71.0), ("13", 70.0)]


def test_of_two_platforms_marks_of_one_exam_one_counts_and_the_other_is_listed_where_it_differs(city: City):
    check = city.sql("exam_marks", NIGHT)
    listed = city.rows(f"select feed, rule, value, remedy_en from ({check}) where rule = 'other_mark'")
    (second,) = named(2)
    ((score,),) = city.rows(
        "select score from lake.marts.student_growth where exam_id = 'joint-g5' and student_uid = ?", second
    )
    assert (float(score), [row[:3] for row in listed]) == (99.5, [("sheets/rows", "other_mark", "61")])
    assert listed[0][3].startswith("lists/rows has 99.50, which counts")


def test_two_marks_of_one_platform_are_listed_and_neither_is_the_pupil_s_by_its_place(city: City):
    check = city.sql("exam_marks", NIGHT)
    listed = city.rows(f"select feed, value, severity from ({check}) where rule = 'two_marks' order by value")
    assert listed == [("lists/rows", "80.0", "cell"), ("lists/rows", "90.0", "cell")]
    (fourth,) = named(4)
    found = "select exam_id from lake.marts.student_growth where student_uid = ?"
    assert city.rows(found, fourth) == [("joint-g5",)]


def test_who_is_in_which_club_can_be_asked(city: City):
    found = city.rows(
        "select student_uid, group_name, period, school_code from lake.marts.membership "
        "where feed = 'clubs/rows' order by all"
    )
    assert [uid for uid, *_ in found] == named(1, 1, 2)
    assert [group for _, group, *_ in found] == ["合唱", "足球", "合唱"]
    assert {tuple(rest) for _, _, *rest in found} == {("2025-2026-1", SCHOOL)}


def test_a_pupil_s_groups_in_columns_in_one_cell_and_under_headers_are_all_memberships(city: City):
    found = city.rows(
        "select student_uid, group_name, role, period from lake.marts.membership "
        "where feed = 'electives/rows' order by all"
    )
    (first, second), term = named(1, 2), "2025-2026-1"
    assert found == [
        (first, "合唱_2", "队长", term), (first, "田径", None, term), (first, "象棋", None, term),
        (first, "陶艺", None, term), (second, "木工", None, term),
    ]  # fmt: skip


def test_who_is_in_no_register_is_listed_and_nobody_else(city: City):
    queue = city.rows("select feed, rule, name from lake.conformed.identity_queue")
    assert queue == [("clubs/rows", "unknown_name", "无名氏")]


def test_a_term_or_an_exam_that_no_register_knows_is_listed_and_its_rows_wait(city: City):
    listed = city.rows("select feed, rule, value from lake.conformed.unknown_references order by all")
    assert listed == [
        ("clubs/rows", "unknown_term", "2025-1"), ("lists/rows", "unknown_exam", "town-g6"),
        ("sheets/rows", "unknown_exam", "joint-g6"),
    ]  # fmt: skip
    assert city.rows("select distinct period from lake.conformed.memberships") == [("2025-2026-1",)]


def test_a_class_in_words_is_no_difference(city: City):
    written = city.rows("select distinct class_name from lake.staging.stg_sheets__rows order by 1")
    assert written == [("1501",), ("1502",)]


def test_a_copy_with_more_telephone_numbers_is_no_difference_and_another_one_is(city: City):
    found = city.rows(
        "select element_id, copy_source, owner_value, copy_value from lake.conformed.discrepancies "
        "where entity = 'student' order by 1"
    )
    source = "lists_of_schools/rows"
    assert found == [
        ("student.guardian_phone", source, "13800000002", "13900000009"), ("student.sex", source, "1", "2"),
    ]  # fmt: skip


def test_a_third_homework_platform_is_one_more_copy_whatever_its_columns_are_called(city: City):
    assert told_of(city, 1) == told_of(city, 2) == [(["homework_c/records"], 20.0, date(2025, 10, 15))]
    assert told_of(city, 4) == [(["homework_a/records", "homework_c/records"], 30.0, date(2025, 10, 15))]


def test_a_chain_of_platforms_ends_at_the_copy_that_counts(city: City):
    """16:00:00, 16:01:30 and 16:03:00: the third is near the second alone, which is the copy of the first."""
    assert told_of(city, 3) == [
        (["homework_a/records", "homework_b/records"], 30.0, date(2025, 10, 15)),
        (["homework_c/records"], 20.0, date(2025, 10, 15)),
    ]


def told_of(city: City, pupil: int) -> list[tuple[list[str], float, date]]:
    asked = "select sources, minutes::double, school_date from lake.conformed.homework_records where student_uid = ?"
    return sorted(city.rows(asked, f"student_number:{number(pupil)}"))


def test_a_platform_is_missed_from_its_first_day_on_and_only_where_schools_send_it(city: City):
    found = city.rows(
        "select feed, school_code, school_date, is_delivered from lake.conformed.homework_platform_days order by all"
    )
    days = [date(2025, 10, day) for day in (13, 14, 15)]
    assert found == [
        ("homework_a/records", None, days[0], True),
        ("homework_a/records", None, days[1], False),
        ("homework_a/records", None, days[2], True),
        ("homework_b/records", None, days[0], False),
        ("homework_b/records", None, days[1], False),
        ("homework_b/records", None, days[2], True),
        ("homework_c/records", SCHOOL, days[1], False),
        ("homework_c/records", SCHOOL, days[2], True),
    ]


def test_a_copy_that_lacks_a_column_of_the_union_s_key_is_refused(tmp_path: Path):
    own_directory.make(tmp_path, {})
    platform = (tmp_path / "sources" / "homework_b.yml").read_text(encoding="utf-8")
    platform = platform.replace("name: subject,", "name: topic,").replace("elements: [homework_record.subject], ", "")
    (tmp_path / "sources" / "homework_b.yml").write_text(platform, encoding="utf-8")
    with pytest.raises(registry.RegisterError, match="`combine` names column `subject`"):
        registry.load(tmp_path)
