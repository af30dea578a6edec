"""The whole night through Airflow: what was planted in the city is found, and nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import date

from tests.end_to_end.conftest import FIRST, SECOND, Nights

CONTRACT_RULES = ("wrong_slice", "duplicate_key", "filled", "range", "code", "id_truncated")


def test_both_nights_are_published(nights: Nights) -> None:
    assert [o["status"] for o in nights.outcomes.values()] == ["published", "published"], nights.outcomes
    assert nights.lake.releases.joinpath("current").resolve() == nights.release(SECOND).resolve()


def test_every_row_of_every_file_is_accounted_for_as_planted(nights: Nights) -> None:
    found = nights.published(
        SECOND,
        "select night, file_name, rows_read, rows_loaded, rows_quarantined, rows_held from marts.delivery",
    )
    planted = [
        (
            date.fromisoformat(r["night"]), r["file_name"], int(r["rows_read"]), int(r["rows_loaded"]),
            int(r["rows_quarantined"]), 0,
        )
        for r in nights.truth("files")
    ]  # fmt: skip
    assert sorted(found) == sorted(planted)


def test_every_planted_bad_row_is_listed_and_none_is_invented(nights: Nights) -> None:
    found = nights.restricted(
        "select feed, rule, severity, coalesce(column_name, ''), row_key, coalesce(value, '') "
        "from lake.intake.problem"
    )
    planted = [
        (r["feed"], r["rule"], r["severity"], r["column_name"], r["row_key"], r["value"])
        for r in nights.truth("problems")
    ]
    assert Counter(found) == Counter(planted)


def test_problems_close_when_a_later_delivery_mends_them(nights: Nights) -> None:
    planted = {(r["feed"], r["row_key"], r["rule"]) for r in nights.truth("problems") if r["known_to"]}
    found = nights.restricted(
        "select feed, row_key, rule from lake.conformed.problems where closed_on is not null"
    )
    contract = {f for f in found if f[2] in CONTRACT_RULES or f[2].startswith("type_")}
    assert planted
    assert contract == planted


def test_every_planted_difference_is_in_the_ledger_and_no_lookalike_is(nights: Nights) -> None:
    found = nights.restricted(
        "select element_id, split_part(record_uid, ':', 2), owner_source, owner_value, copy_source, copy_value "
        "from lake.conformed.discrepancies"
    )
    planted = {
        (r["element_id"], r["student_number"], r["owner_source"], r["owner_value"], r["copy_source"], r["copy_value"])
        for r in nights.truth("differences")
    }
    assert len(planted) > 5
    assert set(found) == planted


def test_every_move_between_schools_is_seen_and_no_other(nights: Nights) -> None:
    planted = {(r["student_number"], r["from_school"], r["to_school"]) for r in nights.truth("moves")}
    found = nights.restricted(
        "select split_part(student_uid, ':', 2), previous_school_code, school_code "
        "from lake.marts.one_student_one_file where previous_school_code is not null"
    )
    assert planted
    assert set(found) == planted


def test_each_student_teacher_school_and_class_stands_once(nights: Nights) -> None:
    expected = {
        r["measure"]: int(r["value"]) for r in nights.truth("totals") if r["night"] == SECOND.isoformat()
    }
    for measure, table in {
        "students": "one_student_one_file", "teachers": "one_teacher_one_file", "schools": "one_school_one_file",
    }.items():  # fmt: skip
        ((count,),) = nights.published(SECOND, f"select count(*) from marts.{table}")
        assert count == expected[measure], measure
    ((classes,),) = nights.restricted("select count(*) from lake.conformed.classes")
    assert classes == expected["classes"]


def test_the_first_release_is_undisturbed_by_the_second_night(nights: Nights) -> None:
    ((moved,),) = nights.published(
        FIRST, "select count(*) from marts.one_student_one_file where previous_school_code is not null"
    )
    assert moved == 0
    assert nights.release(FIRST) != nights.release(SECOND)
