"""The entries of the problem lists: whose they are, when they open, close and come back, what they say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import registry
from registry.derived.references import DELIVERED, REGISTERED
from registry.model import TypeName
from tests.dbt_project.conftest import FIRST, SCHOOL, SECOND
from tests.dbt_project.intake_rows import OTHER

PROJECT = Path(__file__).parents[2] / "dbt_project"
ENTRIES = "from lake.conformed.problem_list_entries "


def test_a_problem_that_comes_back_is_open_again_also_in_a_ledger_of_an_older_program(built):
    found = built[SECOND](
        "select cast(first_seen as varchar), reopened_on, closed_on from lake.conformed.problems where row_key = 'G1'"
    )
    assert found == [("2025-09-01", FIRST, None)]


def test_the_term_of_what_came_back_begins_anew_in_the_list_and_in_the_mart(built):
    ask = "select cast(opened as varchar), reopened, cast(due as varchar) "
    expected = [("2025-09-01", FIRST, "2025-10-29")]
    assert built[SECOND](ask + ENTRIES + "where row_key = 'G1'") == expected
    assert built[SECOND](ask + "from lake.marts.data_problem where row_key = 'G1'") == expected


def test_an_entry_finds_its_row_under_the_names_of_the_platform(built):
    found = built[SECOND](
        "select source, organisation_code, organisation_name, file_name, row_number, row_name, column_header, value, "
        "whole_row, rule_zh, effect " + ENTRIES + "where row_key = 'G1'"
    )
    assert found == [(
        "student_registry", SCHOOL, "第一初级中学", f"student_registry/students/{SCHOOL}.xlsx", 7, "张甲", "出生日期",
        "2012-02-30", "姓名：张甲；出生日期：2012-02-30；电子信箱：=1+1", "不是日期", "该值未读入",
    )]  # fmt: skip


def test_a_row_that_waits_is_not_called_unread(built):
    assert built[SECOND](f"select rule_zh, effect {ENTRIES} where row_key = 'm9'") == [
        ("考试登记中没有该考试", "已收到，待登记或更正后自动计入")
    ]


def test_a_row_of_a_platforms_own_file_is_for_the_school_it_names_else_for_the_office(built):
    ask = f"select row_key, organisation_code, row_name {ENTRIES} where rule = 'range' and feed like '作业%' order by 1"
    assert built[SECOND](ask) == [("a10", None, None), ("a9", SCHOOL, "李乙")]


def test_a_difference_is_for_the_holder_of_the_copy_with_the_owners_value_and_whom_to_ask(built):
    ask = (
        "select distinct source, organisation_code, column_header, value, owner_value, owner, file_name, "
        "contains(remedy_zh, '基础教育处') " + ENTRIES + "where rule = 'difference' and column_header = '班级'"
    )
    assert built[FIRST](ask) == [
        (
            "exams", SCHOOL, "班级", "2102", "2101", "学籍系统（基础教育处）",
            f"exams/results/2025-2026-1-m2-g7/{SCHOOL}.xlsx", True,
        )
    ]  # fmt: skip


def test_a_difference_changes_lists_with_the_owner(built):
    ask = (
        f"select source, status, count(*) {ENTRIES} where rule = 'difference' and value in ('2101', '2102') "
        "group by all order by all"
    )
    assert built[FIRST](ask)[0] == ("exams", "open", 10)
    assert {("exams", "closed", 10), ("student_registry", "open", 10)} <= set(built[SECOND](ask))


def test_a_refused_file_is_one_entry_from_its_first_night_until_its_slice_is_brought(built):
    ask = (
        "select organisation_code, value, cast(opened as varchar), cast(closed as varchar), status " + ENTRIES
        + "where rule = 'refused_file' and source = 'student_registry' and file_name like '%a.xlsx'"
    )
    assert built[SECOND](ask) == [(OTHER, "has no rows", "2025-10-13", "2025-10-15", "closed")]


def test_a_sheet_stays_refused_whatever_is_taken_beside_it(built):
    ask = f"select member, cast(opened as varchar), status {ENTRIES} where source = 'teaching' and kind = 'file'"
    assert built[SECOND](ask) == [("二", "2025-10-14", "open")]


def test_a_file_that_is_corrected_in_the_same_night_leaves_nothing_to_do(built):
    ask = f"select status, closed::varchar {ENTRIES}where source = 'homework_b' and kind = 'file'"
    assert built[SECOND](ask) == [("closed", "2025-10-15")]


def test_a_file_of_no_feed_is_over_when_its_source_delivers_without_it(built):
    ask = "select feed, organisation_code, status " + ENTRIES + "where file_name like '%notes.docx'"
    assert built[SECOND](ask) == [(None, None, "closed")]


def test_each_spell_of_a_held_slice_is_an_entry_with_the_last_reason(built):
    ask = f"select organisation_code, value, opened::varchar, status {ENTRIES}where kind = 'slice' order by opened"
    assert built[SECOND](ask) == [
        (OTHER, "rows fell from 40 to 4", "2025-10-12", "closed"),
        (OTHER, "rows fell from 40 to 5", "2025-10-15", "open"),
    ]


def test_every_rule_is_told_in_words():
    told = {rule.rule for rule in registry.load(registry.HOUSE).problem_rules}
    checks = "".join(p.read_text(encoding="utf-8") for p in (PROJECT / "models" / "conformed" / "checks").glob("*.sql"))
    macros = (PROJECT / "macros" / "checks" / "checks.sql").read_text(encoding="utf-8")
    between = set(re.findall(r"'(\w+)'(?: as rule)?,\s*'warn'", checks + macros))
    assert {"in_two_schools", "unknown_reference", "other_role"} <= between
    between |= {f"unknown_{thing}" for thing in (*REGISTERED, *DELIVERED)}
    assert ({f"type_{kind}" for kind in get_args(TypeName)} | between) - told == set()
