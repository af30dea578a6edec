"""Files look as the platforms write them."""

from __future__ import annotations

import json
import re
import zipfile

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from samples.feeds import student_roster
from tests.samples.reading import City


def sheet(city: City, pattern: str) -> list[list[object]]:
    path = next(iter(sorted((city.out / city.nights[0]).glob(pattern))))
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)


def text(city: City, name: str, encoding: str = "gb18030") -> list[str]:
    return (city.out / city.nights[0] / name).read_bytes().decode(encoding).split("\n")


def test_a_roster_has_title_headers_hidden_keys_and_data(small: City):
    rows = sheet(small, "student_registry/students/*.xlsx")
    assert re.fullmatch(r".+学生基础信息", str(rows[0][0]))
    assert rows[1][:4] == ["学校标识码", "姓名", "性别", "出生日期"]
    assert rows[2] == [f"KD_F{n:02d}" for n in range(1, 74)]
    assert re.fullmatch(r"\d{10}", str(rows[3][0]))
    assert rows[-1][:2] == ["合计", f"{len(rows) - 4}行"]


def test_the_machine_keys_are_hidden_and_nothing_else(small: City):
    path = next(iter((small.out / small.nights[0]).glob("student_registry/students/*.xlsx")))
    hidden = [n for n, row in openpyxl.load_workbook(path).active.row_dimensions.items() if row.hidden]
    assert hidden == [3]


def test_headers_stand_in_the_order_of_the_contract(city: City):
    contract = [(c.name, c.headers[0]) for c in city.register.feed("student_registry/students").columns]
    assert list(student_roster.FIELDS) == contract


def test_options_are_exported_as_names(small: City):
    rows = [
        row
        for f in small.files(small.nights[0])
        if f.feed == "student_registry/students"
        for _, row in f.rows
    ]
    assert {row["sex"] for row in rows} == {"男", "女"}
    assert {row["grade"] for row in rows} <= {"四年级", "八年级", "高一年级"}
    assert any("·" in row["name"] for row in rows)
    assert {row["student_number"][:1] for row in rows} >= {"G", "J", "L"}


def test_marks_have_two_header_rows_merged_over_their_parts(small: City):
    path = next(iter((small.out / small.nights[0]).glob("exams/results/*-m1-g4/*.xlsx")))
    book = openpyxl.load_workbook(path).active
    rows = list(book.iter_rows(values_only=True))
    assert rows[1][:9] == ("考号", "学籍号", "班级", "姓名", "学生属性", "语文", None, None, "数学")
    assert rows[2][:9] == (None, None, None, None, None, "得分", "校次", "班次", "得分")
    assert {str(m) for m in book.merged_cells.ranges} >= {"A1:Q1", "A2:A3", "B2:B3", "F2:H2", "O2:Q2"}
    assert isinstance(rows[3][8], int | float)
    assert rows[-1][0] == "合计"


def test_ranks_follow_the_scores(usual: City):
    added = {
        (r["file_name"], int(r["row_number"])) for r in usual.truth("bad_rows") if r["rule"].startswith("dup")
    }
    for file in (f for f in usual.files(usual.nights[0]) if "-m2-g8/" in f.name):
        rows = [row for n, row in file.rows if (file.name, n) not in added]
        scored = [(float(r["语文_得分"]), int(r["语文_校次"])) for r in rows if r["语文_校次"]]
        best = sorted((score for score, _ in scored), reverse=True)
        assert [rank for _, rank in scored] == [best.index(score) + 1 for score, _ in scored]


def test_teachers_come_in_gb18030_with_starred_and_broken_headers(small: City):
    lines = text(small, "teacher_system/teachers/teachers.csv")
    assert lines[0].startswith('*学校标识码,*姓名,曾用名,*性别,教职工号,*国籍/地区,"*身份证件')
    assert "\n".join(lines).count('"*是否心理健康\n教育教师"') == 1
    assert any(line.startswith("示例,张三") for line in lines)


def test_homework_b_is_json_lines_with_numbers_and_truth_values(small: City):
    lines = text(small, "homework_b/records/homework_b_20251014.jsonl", "utf-8")[:-1]
    records = [json.loads(line) for line in lines]
    assert {type(r["planned_minutes"]) for r in records} == {int, type(None)}
    assert {type(r["written"]) for r in records} == {bool}
    assert {r["assigned_at"][:11] for r in records} >= {"2025-10-14T"}
    assert any(r["actual_minutes"] is None for r in records)


def test_homework_comes_of_the_school_days_before_and_then_of_the_day_before(small: City):
    days = {
        n: sorted(f.name[-12:-4] for f in small.files(n) if f.feed == "homework_a/records")
        for n in small.nights
    }
    assert days == {
        "2025-10-15": ["20251009", "20251010", "20251011", "20251013", "20251014"],
        "2025-10-16": ["20251015"], "2025-10-17": ["20251016"], "2025-10-18": ["20251017"],
    }  # fmt: skip


def test_a_platform_is_late_on_the_second_night_and_its_day_is_judged_on_the_third(small: City, usual: City):
    days = {n: sorted(f.name[-14:-6] for f in small.files(n) if f.feed == "homework_b/records") for n in small.nights}
    assert days["2025-10-16"] == []
    assert days["2025-10-17"] == ["20251015", "20251016"]
    first = [d for d in usual.truth("homework_class_days") if d["school_date"] == "2025-10-15"]
    assert {(d["over_limit"], d["platforms_missing"]) for d in first} == {("", "homework_b/records")}
    later = [d for d in small.truth("homework_class_days") if d["school_date"] == "2025-10-15"]
    assert {d["platforms_missing"] for d in later} == {""}
    assert {d["over_limit"] for d in later} >= {"true", "false"}


def test_no_homework_comes_after_a_day_without_school(tmp_path: object, register: object):
    from datetime import date
    from pathlib import Path

    import samples

    samples.write_city(Path(str(tmp_path)), 200, nights=2, first_night=date(2025, 10, 18))
    assert not list(Path(str(tmp_path)).glob("2025-10-19/homework_*"))


def test_large_cities_are_csv(large: City):
    names = [f.name for f in large.files(large.nights[0])]
    assert not [n for n in names if n.endswith(".xlsx")]
    roster = next(n for n in names if n.startswith("student_registry/"))
    assert text(large, roster, "utf-8")[0].startswith("学校标识码,姓名,性别")
    marks = next(n for n in names if n.startswith("exams/") and "-m1-" in n)
    assert text(large, marks, "utf-8")[0].startswith(
        "考号,学籍号,班级,姓名,学生属性,语文_得分,语文_校次,语文_班次"
    )


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
def test_a_workbook_is_well_formed(small: City, part: str):
    import xml.etree.ElementTree as ET

    for path in (small.out / small.nights[0]).rglob("*.xlsx"):
        with zipfile.ZipFile(path) as archive:
            assert ET.fromstring(archive.read(part)).tag
