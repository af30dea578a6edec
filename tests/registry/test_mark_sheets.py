"""What a header of a score sheet says: a subject's mark, in whatever way the two are joined, and what is none."""

import pytest

from registry import Register
from registry.mark_sheets import MarkSheets


@pytest.fixture(scope="module")
def sheets(house: Register) -> MarkSheets:
    return MarkSheets(house, "exams")


@pytest.mark.parametrize("header", [
    "语文", "语文成绩", "语文得分", "语文-得分", "语文\n得分", "语文：得分", "语文/分数", "得分_语文", "【语文】",
    "语 文", "语文(100分)",
    "语文（满分150分）", "语文150分", "语文/120", "语文成绩(百分制)", "期中语文成绩", "2025年期中语文",
    "第一次月考成绩_语文_得分", "语文总分",
    "Chinese score", "语", "语文（得分）", "语文(闭卷)",
])  # fmt: skip
def test_a_subject_and_its_mark_are_found_however_they_are_joined(sheets: MarkSheets, header: str):
    heading = sheets.heading(header)
    assert (heading.kind, heading.subject) == ("mark", "13")


@pytest.mark.parametrize(("header", "code"), [
    ("思品", "12"), ("道法得分", "12"), ("生物学", "18"), ("历史与社会", "19"), ("历史（闭卷）", "21"), ("外语",
    "40"), ("信息技术", "26"),
    ("体育与健康成绩", "22"),
])  # fmt: skip
def test_the_longest_name_of_a_subject_counts(sheets: MarkSheets, header: str, code: str):
    assert sheets.heading(header).subject == code


@pytest.mark.parametrize(("header", "rank"), [
    ("物理原始分", 0), ("物理(原始分)", 0), ("卷面_物理", 0), ("物理得分", 1), ("物理", 1), ("物理赋分", 2),
    ("物理赋分成绩", 2), ("物理(赋分)", 2),
    ("等级赋分_物理", 2),
])  # fmt: skip
def test_a_raw_mark_comes_before_a_converted_one(sheets: MarkSheets, header: str, rank: int):
    assert sheets.heading(header).rank == rank


@pytest.mark.parametrize(("header", "kind"), [
    ("总分", "total"), ("总分_得分", "total"), ("语数英总分", "total"), ("三科合计", "total"), ("班级排名",
    "other"), ("语文_校次", "other"),
    ("语文联考排名", "other"), ("语文等级", "other"), ("校次进退步", "other"), ("语文得分率%", "other"), ("成绩",
    "measure"), ("语文(听力)", "unknown"),
    ("政史", "unknown"), ("语文原始分赋分", "unknown"), ("备注", "unknown"), ("4(1)", "unknown"), ("", "unknown"),
])  # fmt: skip
def test_totals_ranks_and_what_is_not_understood_are_no_marks(sheets: MarkSheets, header: str, kind: str):
    assert sheets.heading(header).kind == kind


def test_a_foreign_language_is_the_one_that_the_exam_has(sheets: MarkSheets):
    exam = sheets.exam_of("2025-2026-1-m1-g7/2132990001")
    assert exam is not None
    assert [sheets.subject_of(code, exam) for code in ("40", "41", "42", "24")] == ["41", "41", None, None]
    assert sheets.subject_of("24", None) == "24", "of an exam that the register lacks nobody knows the subjects"


def test_a_hostile_header_is_read_in_no_time(sheets: MarkSheets):
    assert sheets.heading("语" * 50_000).kind == "unknown"
    assert sheets.heading("(" * 50_000).kind == "unknown"
