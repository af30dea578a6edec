"""A school that merges, one that is split, one with a new code: what counts to whom, and what is listed."""

from __future__ import annotations

from tests.dbt_project.conftest import FIRST, SCHOOL, SECOND
from tests.dbt_project.school_rows import (
    FORMER,
    INTO,
    MERGED,
    NEWER,
    OLDER,
    PRESENT,
    RENEWED,
    SILENT,
    SPLIT,
)

SCHOOLS_OF = "select right(number, 2), school from lake.conformed.students where number like '%2_' order by 1"


def test_rows_under_a_void_code_count_to_the_successor_from_the_day_on(built):
    assert built[FIRST](SCHOOLS_OF) == [
        ("20", MERGED), ("21", MERGED), ("22", SPLIT), ("23", SPLIT), ("24", SPLIT), ("25", FORMER), ("26", SILENT),
        ("27", SILENT),
    ]  # fmt: skip
    assert built[SECOND](SCHOOLS_OF) == [
        ("20", INTO), ("21", INTO),
        ("22", OLDER), ("23", NEWER), ("24", SPLIT),  # nobody says where the third went, so nobody guesses
        ("25", PRESENT),
        ("27", RENEWED),  # the old roster of a pupil whom the successor does not have is over
    ]  # fmt: skip


def test_the_move_of_a_pupil_is_a_span_and_a_new_code_is_no_move(built):
    ask = (
        "select school_code, cast(valid_from as varchar), cast(valid_to as varchar) from lake.conformed.student_spans "
        "where student_uid like '%{}' and known_to is null order by valid_from"
    )
    assert built[SECOND](ask.format(20)) == [(MERGED, "2025-10-15", "2025-10-16"), (INTO, "2025-10-16", None)]
    assert built[SECOND](ask.format(25)) == [(FORMER, "2025-10-15", None)]  # read under the present code
    ask = "select school_code, previous_school_code from lake.marts.one_student_one_file where student_uid like '%{}'"
    assert built[SECOND](ask.format(20)) == [(INTO, MERGED)]
    assert built[SECOND](ask.format(25)) == [(PRESENT, None)]


def test_what_was_before_stays_with_the_old_school(built):
    ask = (
        "select school_date, school_code from lake.marts.homework_load_student_day "
        "where student_uid like '%20' order by school_date"
    )
    assert [school for _, school in built[SECOND](ask)] == [MERGED, INTO]


def test_nobody_and_no_class_counts_twice(built):
    ask = "select (select sum(students) from lake.marts.one_school_one_file), count(*) from lake.conformed.students"
    for night in (FIRST, SECOND):
        in_files, known = built[night](ask)[0]
        assert in_files == known
    ask = f"select code from lake.conformed.classes where school_code = '{SCHOOL}' order by 1"
    assert built[FIRST](ask) == [("2101",)]
    assert built[SECOND](ask) == [("2101",), (f"{MERGED}:2101",)]  # two classes of one number stay two


def test_the_tree_has_valid_periods_with_merges_splits_and_former_names(built):
    ask = (
        "select organisation_code, name, cast(valid_from as varchar), cast(valid_to as varchar), ended_by, "
        f"successor_codes from lake.marts.organisation where organisation_code in ('{MERGED}', '{SPLIT}', '{OLDER}', "
        f"'{FORMER}', '{PRESENT}') order by organisation_code, valid_to nulls last"
    )
    ended = "2025-10-16"
    renamed = [(OLDER, "城关中学", None, "2024-09-01", None, []), (OLDER, "实验学校", "2024-09-01", None, None, [])]
    assert built[SECOND](ask) == [
        (MERGED, "第三初级中学", None, ended, "merge", [INTO]),
        (PRESENT, "文津中学", None, None, None, []),
        (SPLIT, "第五初级中学", None, ended, "split", [OLDER, NEWER]),
        *renamed,
    ]
    assert {row[3] for row in built[FIRST](ask)} == {None, "2024-09-01"}


def test_nothing_is_expected_of_a_school_that_has_ended_nor_has_it_a_file(built):
    expected = "select count(*) > 0 from lake.marts.completeness where organisation_code = '{}' and night = date '{}'"
    assert built[FIRST](expected.format(MERGED, FIRST)) == [(True,)]
    assert built[SECOND](expected.format(MERGED, SECOND)) == [(False,)]
    files = {code for (code,) in built[SECOND]("select school_code from lake.marts.one_school_one_file")}
    assert {INTO, OLDER, NEWER, PRESENT, RENEWED, SPLIT} <= files
    assert not {MERGED, SILENT, FORMER} & files


def test_what_cannot_be_told_is_listed_for_the_platforms_office(built):
    ask = (
        "select feed, rule, value, row_key, mended_by from lake.marts.data_problem join lake.conformed.problems "
        "using (problem_id, feed, rule, row_key) where closed is null and rule in ('former_school', "
        "'unassigned_school', 'unknown_school', 'unknown_school_name', 'ambiguous_school_name') order by all"
    )
    students, changes, office = "student_registry/students", "student_registry/changes", "基础教育处"
    names = [
        (changes, "ambiguous_school_name", "实验学校", "实验学校", office),
        (changes, "unknown_school_name", "火星中学", "火星中学", office),
    ]
    assert built[FIRST](ask) == names
    assert built[SECOND](ask) == [
        ("homework_a/records", "former_school", MERGED, MERGED, "教研室"),
        *names,
        (students, "unassigned_school", "2401", f"{SPLIT}|2401", office),
    ]


def test_every_code_and_name_of_a_school_leads_to_it(built):
    ask = "select identifier, namespace from lake.conformed.school_alias where school_code = '{}' order by 1"
    assert built[SECOND](ask.format(PRESENT)) == [
        (PRESENT, "school_code"), (FORMER, "school_code"), ("文津中学", "school_name"),
    ]  # fmt: skip
    assert built[SECOND](ask.format(OLDER))[1:] == [("城关中学", "school_name"), ("实验学校", "school_name")]
