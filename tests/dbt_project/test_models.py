"""The rules of the models, each on a handful of rows whose answer a person can work out."""

from __future__ import annotations

import pytest

from tests.dbt_project.conftest import FIRST, MARKS, SECOND


def test_a_change_of_authority_takes_the_column_from_its_new_owner_on_its_night(built):
    ask = "select distinct class, class_source from lake.conformed.students"
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
        "from lake.marts.homework_load_class_day order by school_date"
    )
    assert found == [
        ("2025-10-12", 10, 10, None, None),  # a Sunday: no national limit
        ("2025-10-13", 4, 10, 90.0, None),
        ("2025-10-14", 6, 10, 90.0, True),
    ]


def test_a_span_of_a_student_closes_on_the_night_that_says_otherwise(built):
    found = built[SECOND](
        "select class_code, cast(known_from as varchar), cast(known_to as varchar), count(*) "
        "from lake.conformed.student_spans group by all order by all"
    )
    assert found == [("2101", "2025-10-15", "2025-10-16", 10), ("2102", "2025-10-16", None, 10)]


def test_a_record_is_flagged_while_an_objection_is_accepted_and_not_closed(built):
    ask = (
        "select student_uid like '%03X', disputed_elements, count(*) from lake.marts.one_student_one_file "
        "group by all order by all"
    )
    assert built[FIRST](ask) == [(False, [], 9), (True, [], 1)]
    assert built[SECOND](ask) == [(False, [], 9), (True, ["student.birth_date", "student.name"], 1)]
    assert built[SECOND]("select disputed_elements from lake.marts.one_school_one_file") == [(["school.name"],)]


def test_nothing_of_who_objects_enters_the_lake(built):
    columns = {row[0] for row in built[SECOND]("describe lake.register.objection_step")}
    assert columns == {"objection", "entity", "element", "record_uid", "ordinal", "state", "on"}
