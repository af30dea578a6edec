"""The whole night through Airflow: what was planted in the city is found, and nothing else."""

from __future__ import annotations

from tests.end_to_end import planted
from tests.end_to_end.conftest import DAYS, FIRST, LAST, Nights


def test_all_nights_are_published(nights: Nights) -> None:
    assert [o["status"] for o in nights.outcomes.values()] == ["published"] * len(DAYS), nights.outcomes
    assert nights.lake.releases.joinpath("current").resolve() == nights.release(LAST).resolve()


def test_every_row_of_every_file_is_accounted_for_as_planted(nights: Nights) -> None:
    planted.accounts(nights, LAST)


def test_every_planted_bad_row_is_quarantined_and_none_is_invented(nights: Nights) -> None:
    planted.quarantine(nights)


def test_problems_open_and_close_on_the_nights_that_show_and_mend_them(nights: Nights) -> None:
    planted.problem_ledger(nights, LAST)
    assert any(r["closed_on"] for r in nights.truth("problem_ledger"))


def test_every_planted_difference_is_in_the_ledger_and_no_lookalike_is(nights: Nights) -> None:
    planted.difference_ledger(nights)


def test_no_alarm_is_sounded_and_missing_homework_is_told(nights: Nights) -> None:
    planted.silence(nights, LAST)


def test_every_move_between_schools_is_seen_and_no_other(nights: Nights) -> None:
    expected = {(r["student_number"], r["from_school"], r["to_school"]) for r in nights.truth("moves")}
    found = nights.restricted(
        "select split_part(student_uid, ':', 2), previous_school_code, school_code "
        "from lake.marts.one_student_one_file where previous_school_code is not null"
    )
    assert expected
    assert set(found) == expected


def test_each_student_teacher_school_and_class_stands_once(nights: Nights) -> None:
    expected = {
        r["measure"]: int(r["value"]) for r in nights.truth("totals") if r["night"] == LAST.isoformat()
    }
    for measure, table in {
        "students": "one_student_one_file", "teachers": "one_teacher_one_file", "schools": "one_school_one_file",
    }.items():  # fmt: skip
        ((count,),) = nights.published(LAST, f"select count(*) from marts.{table}")
        assert count == expected[measure], measure
    ((classes,),) = nights.restricted("select count(*) from lake.conformed.classes")
    assert classes == expected["classes"]


def test_the_first_release_is_undisturbed_by_later_nights(nights: Nights) -> None:
    ((moved,),) = nights.published(
        FIRST, "select count(*) from marts.one_student_one_file where previous_school_code is not null"
    )
    assert moved == 0
    assert nights.release(FIRST) != nights.release(LAST)
