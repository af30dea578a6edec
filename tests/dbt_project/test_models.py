"""The rules of the models, each on a handful of rows whose answer a person can work out."""

from __future__ import annotations

import re

import pytest

from tests.dbt_project.conftest import FIRST, MARKS, SCHOOL, SECOND
from warehouse import build

MODELS = build.PROJECT / "models"


def test_a_change_of_authority_takes_the_column_from_its_new_owner_on_its_night(built):
    ask = "select distinct class, class_source from lake.conformed.students where name like '张%'"
    assert built[FIRST](ask) == [("2101", "student_registry/students")]
    assert built[SECOND](ask) == [("2102", "exams/results")]


def test_the_copy_and_the_owner_change_places_in_the_ledger(built):
    ask = (
        "select distinct owner_source, copy_source, closed_on is null from lake.conformed.discrepancies "
        "where element_id = 'student.class' order by all"
    )
    assert ("student_registry/students", "exams/results", True) in built[FIRST](ask)
    later = built[SECOND](ask)
    assert ("exams/results", "student_registry/students", True) in later
    assert ("student_registry/students", "exams/results", False) in later


def test_every_value_can_be_traced_to_delivery_and_row(built):
    found = built[FIRST]("select provenance['student_registry/students'] from lake.conformed.students order by number")
    assert found[3] == ("d-student_registry__students#3",)


def test_scores_ranks_and_percentiles_are_those_of_the_worked_example(built):
    found = built[FIRST](
        "select cast(score as integer), z_score, t_score, percentile_rank from lake.marts.student_growth order by score"
    )
    assert [row[0] for row in found] == MARKS
    by_score = {row[0]: row[1:] for row in found}
    assert by_score[85][0] == pytest.approx(1.1125, abs=5e-5)
    assert by_score[85][1] == pytest.approx(61.12, abs=0.01)
    assert by_score[80][2] == 75.0


def test_an_absent_pupil_has_no_mark_and_not_a_zero(built):
    assert built[FIRST]("select count(*) from lake.marts.student_growth where subject = '13'") == [(0,)]


def test_a_record_of_two_platforms_counts_once_and_the_first_platform_counts(built):
    found = built[FIRST](
        "select distinct records, written_minutes, sources from lake.marts.homework_load_student_day "
        "where school_date = date '2025-10-14'"
    )
    assert [(n, float(minutes), sources) for n, minutes, sources in found] == [
        (1, 100.0, ["homework_a/records", "homework_b/records"])
    ]


def test_a_class_of_which_under_half_is_observed_is_not_judged(built):
    found = built[FIRST](
        "select cast(school_date as varchar), students_observed, students_enrolled, limit_minutes, over_limit "
        f"from lake.marts.homework_load_class_day where school_code = '{SCHOOL}' order by school_date"
    )
    assert found == [
        # school days since another school's homework, on which nobody of this class was seen
        ("2025-10-10", 0, 10, 90.0, None),
        ("2025-10-11", 0, 10, 90.0, None),
        ("2025-10-12", 10, 10, None, None),  # a Sunday: no national limit
        ("2025-10-13", 4, 10, 90.0, None),
        ("2025-10-14", 6, 10, 90.0, True),
    ]


def test_a_mark_that_no_paper_gives_is_none_and_listed_and_a_reason_is_right(built):
    read = "select count(*) from lake.conformed.exam_results where subject = '13' and score is not null"
    assert built[FIRST](read) == [(0,)]
    listed = built[FIRST](
        "select rule, severity, column_name, value from lake.conformed.problems "
        "where feed = 'exams/results' and rule in ('range', 'type_decimal') order by all"
    )
    assert listed == [
        ("range", "cell", "语文_得分", "-1"), ("range", "cell", "语文_得分", "160"),
        ("type_decimal", "cell", "语文_得分", "90分"),
    ]  # fmt: skip


def test_a_state_that_is_over_ends_in_its_own_time_and_what_was_believed_before_in_known_time(built):
    found = built[SECOND](
        "select class_code, cast(valid_from as varchar), cast(valid_to as varchar), cast(known_from as varchar), "
        "cast(known_to as varchar), count(*) from lake.conformed.student_spans where student_uid like '%0_' "
        "group by all order by all"
    )
    assert found == [
        ("2101", "2025-10-15", "2025-10-16", "2025-10-16", None, 10),
        ("2101", "2025-10-15", None, "2025-10-15", "2025-10-16", 10),
        ("2102", "2025-10-16", None, "2025-10-16", None, 10),
    ]


def test_coverage_counts_what_is_delivered_missing_and_differing_at_each_level(built):
    ask = (
        "select element_id, organisation_code, level, records, owned, delivered, borrowed, missing, differing "
        "from lake.marts.register_coverage where organisation_code in ('3132990001', '329901', '329900') "
        "and element_id in ('student.birth_date', 'student.ethnicity', 'student.class', 'school.name', 'class.grade') "
        "order by element_id, level"
    )
    told = {  # in the city, in the district, in the school; the schools that change have pupils too
        "class.grade": ((2, 2, 2, 0, 0, 0), (2, 2, 2, 0, 0, 0), (1, 1, 1, 0, 0, 0)),
        "school.name": ((8, 8, 8, 0, 0, 0), (4, 4, 4, 0, 0, 0), (1, 1, 1, 0, 0, 0)),
        "student.birth_date": ((18, 18, 10, 0, 8, 0), (15, 15, 10, 0, 5, 0), (10, 10, 10, 0, 0, 0)),
        "student.class": ((18, 18, 17, 0, 1, 10), (15, 15, 15, 0, 0, 10), (10, 10, 10, 0, 0, 10)),
        "student.ethnicity": ((18, 18, 0, 0, 18, 0), (15, 15, 0, 0, 15, 0), (10, 10, 0, 0, 10, 0)),
    }
    places = (("329900", "city"), ("329901", "district"), ("3132990001", "school"))
    assert built[FIRST](ask) == [
        (element, *place, *counted)
        for element, counts in told.items()
        for place, counted in zip(places, counts, strict=True)
    ]


def test_every_element_that_a_conformed_table_takes_from_its_owner_is_covered(built):
    columns = {
        f"{table[:-1] if table != 'classes' else 'class'}.{name.removesuffix('_source')}"
        for table, name in built[FIRST](
            "select table_name, column_name from duckdb_columns() where database_name = 'lake' and "
            "schema_name = 'conformed' and table_name in ('students', 'teachers', 'schools', 'classes') "
            "and column_name like '%_source'"
        )
    }
    known = {element for (element,) in built[FIRST]("select id from lake.register.element")}
    covered = {e for (e,) in built[FIRST]("select distinct element_id from lake.marts.register_coverage")}
    people = {e for e in columns & known if e.split(".")[0] in ("student", "school", "class")}
    assert people <= covered <= columns
    (mart,) = MODELS.glob("marts/**/register_coverage.sql")
    lists = re.findall(r"coverage\('(\w+)', '\w+', \[(.*?)\]", mart.read_text(encoding="utf-8"), re.S)
    assert {f"{entity}.{name}" for entity, names in lists for name in re.findall(r"'(\w+)'", names)} == columns


def test_a_record_is_flagged_while_an_objection_is_accepted_and_not_closed(built):
    ask = (
        "select student_uid like '%03', disputed_elements, count(*) from lake.marts.one_student_one_file "
        "where student_uid like '%0_' group by all order by all"
    )
    assert built[FIRST](ask) == [(False, [], 9), (True, [], 1)]
    assert built[SECOND](ask) == [(False, [], 9), (True, ["student.birth_date", "student.name"], 1)]
    ask = f"select disputed_elements from lake.marts.one_school_one_file where school_code = '{SCHOOL}'"
    assert built[SECOND](ask) == [(["school.name"],)]


def test_nothing_of_who_objects_enters_the_lake(built):
    columns = {row[0] for row in built[SECOND]("describe lake.register.objection_step")}
    assert columns == {"objection", "entity", "element", "record_uid", "ordinal", "state", "day"}


def test_copies_of_one_event_are_compared_and_their_own_record_numbers_are_not(built):
    ask = (
        "select element_id, owner_source, copy_source, owner_value, copy_value, organisation_code, copy_column, "
        "count(*) from lake.conformed.discrepancies where entity = 'homework_record' and closed_on is null "
        "group by all order by all"
    )
    platforms = ("homework_a/records", "homework_b/records")
    assert [(row[0], *row[1:3], float(row[3]), float(row[4]), *row[5:]) for row in built[FIRST](ask)] == [
        ("homework_record.actual_minutes", *platforms, 100.0, 5.0, SCHOOL, "actual_minutes", 10),
        ("homework_record.actual_minutes", *platforms, 300.0, 5.0, SCHOOL, "actual_minutes", 10),
    ]


def test_a_difference_of_an_event_is_on_the_list_of_the_copys_platform_under_the_pupils_name(built):
    found = built[FIRST](
        "select distinct source, row_name, column_header, owner from lake.conformed.problem_list_entries "
        "where rule = 'difference' and column_header = '实际时长' and row_key like '%07'"
    )
    assert found == [("homework_b", "张辛", "实际时长", "作业平台甲（教研室）")]
