"""Homework on a hand-made town, judged from the words of the standard: each school tells one story, all on one night.

A record of one platform is told by its own id; what two platforms hold is one where their clocks and the evidence
agree; a class-day is judged only where it is whole; what is expected counts, seen or not; unknown is no 0; and a limit
follows the school's own years of primary school.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from registry.model import Register
from tests.dbt_project.homework_town import (
    ENGLISH,
    MONDAY,
    NIGHT,
    PLATFORMS,
    TUESDAY,
    WEDNESDAY,
    HomeworkTown,
)
from tests.dbt_project.quick_dbt import City, Project

A, B = PLATFORMS
ONE_PLATFORM, CLOCKS, DOUBT, CHAIN, MIDNIGHT, UNSEEN, UNKNOWN, NINE_YEARS, AGAIN, EVEN, YOUNG = (
    f"31329900{n}" for n in range(10, 21)
)
Asked = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def town(house: Register, project: Project) -> HomeworkTown:
    """Tuesday's file of platform B has not come; the others have."""
    wanted = (
        "homework_load_class_day", "homework_compliance", "indicator_value", "indicator_units", "indicator_people",
        "discrepancies",
    )  # fmt: skip
    town = HomeworkTown(City(house, wanted, project))
    town.deliver(A, MONDAY, TUESDAY, WEDNESDAY)
    town.deliver(B, MONDAY, WEDNESDAY)
    stories = (_one_platform, _clocks, _doubt, _chain, _midnight, _unseen, _unknown, _nine_years, _again, _even, _young)
    for told in stories:
        told(town)
    town.city.night(NIGHT)
    return town


def _young(town: HomeworkTown) -> None:
    """Five minutes in grade 2, which may have none, and 70 in grade 3, which may have 60."""
    town.school(YOUNG, "小学")
    (second,), (third,) = town.class_(YOUNG, "1201", "二年级", 1), town.class_(YOUNG, "1301", "三年级", 1)
    town.set(A, second, "2025-10-13 16:00:00", 5)
    town.set(A, third, "2025-10-13 16:00:00", 70)
    town.set(A, second, "2025-10-15 16:00:00", 0)


def _one_platform(town: HomeworkTown) -> None:
    """Two tasks of one subject, set at one time; the other platform holds one of them too."""
    town.school(ONE_PLATFORM)
    for pupil in town.class_(ONE_PLATFORM, "2101", "七年级", 2):
        town.set(A, pupil, "2025-10-13 16:00:00", 20, title="口算")
        town.set(A, pupil, "2025-10-13 16:00:00", 15, title="背诵")
        town.set(B, pupil, "2025-10-13 16:00:00", 15, title="背诵")
        for _ in range(2):  # nothing tells these two apart but their ids
            town.set(A, pupil, "2025-10-15 16:00:00", 30)


def _clocks(town: HomeworkTown) -> None:
    """Thirty seconds apart: one. Beyond the tolerance, or of another subject: two."""
    town.school(CLOCKS)
    first, second, third = town.class_(CLOCKS, "2101", "七年级", 3)
    town.set(A, first, "2025-10-13 16:00:00", 40, title="练习 一", planned_minutes="30",
             published_at="2025-10-13 16:05:00", due_at="2025-10-14 07:50:00")  # fmt: skip
    town.set(B, first, "2025-10-13 16:00:30", 45, title="练习一", planned_minutes="30",
             published_at="2025-10-13 16:05:30", due_at="2025-10-14 00:00:00")  # fmt: skip
    town.set(A, second, "2025-10-13 16:00:00", 40)
    town.set(B, second, "2025-10-13 16:02:01", 45)
    town.set(A, third, "2025-10-13 16:00:00", 40)
    town.set(B, third, "2025-10-13 16:00:30", 45, subject=ENGLISH)


def _doubt(town: HomeworkTown) -> None:
    """Near in time, but title and minutes are others: counted apart, and shown."""
    town.school(DOUBT)
    (pupil,) = town.class_(DOUBT, "2101", "七年级", 1)
    town.set(A, pupil, "2025-10-13 16:00:00", 80, title="口算", planned_minutes="60")
    town.set(B, pupil, "2025-10-13 16:00:30", 25, title="作文", planned_minutes="25")


def _chain(town: HomeworkTown) -> None:
    """A task of A, two of B near it: the nearer is its copy; the other is near that copy too, and is none."""
    town.school(CHAIN)
    (pupil,) = town.class_(CHAIN, "2101", "七年级", 1)
    town.set(A, pupil, "2025-10-13 16:00:00", 10)
    town.set(B, pupil, "2025-10-13 16:01:10", 20)
    town.set(B, pupil, "2025-10-13 16:01:00", 40)


def _even(town: HomeworkTown) -> None:
    """Two of B as near to one of A; to each pupil the same, their ids in another order."""
    town.school(EVEN)
    for pupil, minutes in zip(town.class_(EVEN, "2101", "七年级", 2), ((20, 30), (30, 20)), strict=True):
        town.set(A, pupil, "2025-10-13 16:00:00", 25)
        for said in minutes:
            town.set(B, pupil, "2025-10-13 16:00:30", said)


def _midnight(town: HomeworkTown) -> None:
    """A's clock says Monday, B's says Tuesday."""
    town.school(MIDNIGHT)
    (pupil,) = town.class_(MIDNIGHT, "2101", "七年级", 1)
    town.set(A, pupil, "2025-10-13 23:59:45", 10)
    town.set(B, pupil, "2025-10-14 00:00:15", 20, slice="20251013")


def _unseen(town: HomeworkTown) -> None:
    """Of two classes one never sets any; the third is in the list and has no pupil yet."""
    town.school(UNSEEN)
    pupils = town.class_(UNSEEN, "2101", "七年级", 2)
    town.class_(UNSEEN, "2102", "七年级", 2)
    town.class_(UNSEEN, "2103", "七年级", 0)
    for day in ("13", "15"):
        for pupil in pupils:
            town.set(A, pupil, f"2025-10-{day} 16:00:00", 20, published_at=f"2025-10-{day} 16:05:00")
    town.set(A, pupils[0], "2025-10-14 16:00:00", 100)


def _unknown(town: HomeworkTown) -> None:
    """Of four pupils one has no minutes, then three have none."""
    town.school(UNKNOWN)
    pupils = town.class_(UNKNOWN, "2101", "七年级", 4)
    for n, pupil in enumerate(pupils):
        town.set(A, pupil, "2025-10-13 16:00:00", 100 if n else None)
        town.set(A, pupil, "2025-10-15 16:00:00", None if n else 100)
        town.set(A, pupil, "2025-10-15 16:10:00", 10, written="否")


def _nine_years(town: HomeworkTown) -> None:
    """Grades 5 and 6 of a school whose primary school lasts five years."""
    town.school(NINE_YEARS, "九年一贯制学校", 5)
    for pupil in town.class_(NINE_YEARS, "1601", "六年级", 2):
        town.set(A, pupil, "2025-10-13 16:00:00", 80)
    for pupil in town.class_(NINE_YEARS, "1501", "五年级", 2):
        town.set(A, pupil, "2025-10-13 16:00:00", 80)


def _again(town: HomeworkTown) -> None:
    """One record comes again under its id in the next day's file, with the minutes that it took."""
    town.school(AGAIN)
    (pupil,) = town.class_(AGAIN, "2101", "七年级", 1)
    record = town.set(A, pupil, "2025-10-13 16:00:00", 20)
    town.set(A, pupil, "2025-10-13 16:00:00", 30, record_id=record, slice="20251015")


@pytest.fixture
def asked(town: HomeworkTown) -> Asked:
    def ask(columns: str, school: str, table: str = "homework_load_class_day", **where: str) -> list[tuple[Any, ...]]:
        tests = "".join(f" and {column} = '{value}'" for column, value in where.items())
        key = "school_code" if table.startswith("homework_load") else "organisation_code"
        return town.city.rows(f"select {columns} from lake.marts.{table} where {key} = '{school}'{tests} order by all")

    return ask


def minutes(asked: Asked, school: str, day: date = MONDAY, column: str = "written_minutes") -> list[float | None]:
    found = asked(f"student_uid, {column}", school, "homework_load_student_day", school_date=str(day))
    return [None if value is None else float(value) for _, value in found]


def test_two_tasks_of_one_platform_set_at_one_time_are_two(asked: Asked):
    assert minutes(asked, ONE_PLATFORM) == [35.0, 35.0]
    assert minutes(asked, ONE_PLATFORM, WEDNESDAY) == [60.0, 60.0]
    ((mean, by_subject),) = asked(
        "written_minutes_mean, written_minutes_by_subject_medians", ONE_PLATFORM, school_date=str(MONDAY)
    )
    assert (mean, by_subject) == (35.0, 35)


def test_a_copy_goes_to_the_task_of_its_title(town: HomeworkTown):
    found = town.city.rows(
        "select distinct title, len(sources) from lake.conformed.homework_records "
        "join lake.conformed.homework_copies using (record_key) "
        f"where school_code = '{ONE_PLATFORM}' and school_date = '{MONDAY}'"
    )
    assert sorted(found) == sorted([("口算", 1), ("背诵", 2)])


def test_one_homework_is_one_though_the_clocks_of_two_platforms_differ(asked: Asked):
    assert minutes(asked, CLOCKS) == [40.0, 85.0, 85.0]
    assert asked("overlapping_records", CLOCKS, school_date=str(MONDAY)) == [(0,)]


def test_copies_whose_clocks_differ_are_compared_in_the_ledger_and_their_clocks_are_not(town: HomeworkTown):
    found = town.city.rows(
        "select owner_value::decimal(9, 2)::double, copy_value::decimal(9, 2)::double, copy_source "
        f"from lake.conformed.discrepancies where organisation_code = '{CLOCKS}' and entity = 'homework_record'"
    )
    assert found == [(40.0, 45.0, B)]


def test_a_doubtful_overlap_counts_apart_and_shows_the_figure_either_way(asked: Asked):
    ((mean, if_one, overlapping, over),) = asked(
        "written_minutes_mean, written_minutes_mean_if_one, overlapping_records, over_limit", DOUBT,
        school_date=str(MONDAY),
    )  # fmt: skip
    assert (mean, if_one, overlapping) == (105.0, 80.0, 1)
    assert over is None  # 105 is over 90, 80 is not


def test_a_record_is_one_with_at_most_one_of_another_platform_and_the_nearest_is_it(asked: Asked):
    assert minutes(asked, CHAIN) == [30.0]  # 10, of which 40 is the copy, and 20


def test_the_order_of_record_ids_decides_no_minute(asked: Asked):
    assert minutes(asked, EVEN) == [45.0, 45.0]


def test_copies_on_two_sides_of_midnight_stand_on_the_day_of_the_one_that_counts(asked: Asked):
    assert minutes(asked, MIDNIGHT, MONDAY) == [10.0]
    assert minutes(asked, MIDNIGHT, TUESDAY) == []


def test_a_day_that_a_platform_has_not_delivered_is_not_judged_and_says_so(asked: Asked):
    columns = "school_date, students_observed, over_limit, platforms_missing, completeness"
    found = asked(columns, UNSEEN, class_code="2101")
    assert found == [
        (MONDAY, 2, False, [], 1.0),
        (TUESDAY, 1, None, [B], 0.25),  # one of two pupils, one of two platforms
        (WEDNESDAY, 2, False, [], 1.0),
    ]
    ((*parts, completeness),) = asked(
        "numerator, denominator, completeness", f"{UNSEEN}:2101", "indicator_value",
        indicator_id="sj2021.written_limit_class_day",
    )  # fmt: skip
    assert parts == [2.0, 2.0]
    assert completeness == pytest.approx(2 / 3, abs=1e-6)
    assert asked("student_days, student_days_expected", UNSEEN, "homework_compliance") == [(4, 12)]


def test_a_class_that_was_never_seen_counts_where_all_are_expected(asked: Asked):
    """Three classes × three school days, two of them published; judged are two of nine."""
    told = {
        indicator: rest
        for indicator, *rest in asked(
            "indicator_id, numerator, denominator, round(completeness, 4), passed, units", UNSEEN, "indicator_value"
        )
        if indicator.startswith("sj2021.")
    }
    assert told["sj2021.published_class_day"] == [2.0, 9.0, 0.6667, None, "expected"]
    assert told["sj2021.written_limit_class_day"] == [2.0, 2.0, 0.2222, None, "measured"]
    assert told["sj2021.over_limit_days"] == [0.0, 2.0, 0.2222, None, "measured"]
    assert told["sj2021.written_limit_student_day"] == [4.0, 4.0, 0.3333, None, "measured"]
    ((value, completeness, passed),) = asked(
        "value, completeness, passed", f"{UNSEEN}:2102", "indicator_value", indicator_id="sj2021.over_limit_days"
    )
    assert (value, completeness, passed) == (None, 0.0, None)
    assert asked("school_date, students_observed, published", UNSEEN, class_code="2103") == [
        (day, 0, False) for day in (MONDAY, TUESDAY, WEDNESDAY)
    ]


def test_a_verdict_stands_where_enough_is_measured(asked: Asked):
    told = asked("completeness, passed", f"{UNSEEN}:2101", "indicator_value", indicator_id="sj2021.over_limit_days")
    assert told == [(pytest.approx(2 / 3, abs=1e-6), True)]


def test_unknown_minutes_are_neither_0_nor_unseen(asked: Asked):
    assert minutes(asked, UNKNOWN) == [None, 100.0, 100.0, 100.0]
    found = asked("students_observed, students_measured, written_minutes_mean, over_limit, completeness", UNKNOWN)
    assert found == [
        (0, 0, None, None, 0.0),
        (4, 1, 100.0, None, 0.25),  # of four seen three have no minutes: too few to judge
        (4, 3, 100.0, True, 0.75),
    ]


def test_grade_six_of_a_school_of_five_primary_years_is_junior(asked: Asked):
    found = asked("class_code, limit_minutes, over_limit", NINE_YEARS, school_date=str(MONDAY))
    assert found == [("1501", 60.0, True), ("1601", 90.0, False)]


def test_a_record_that_comes_again_under_its_id_is_one_as_it_was_told_last(asked: Asked):
    assert minutes(asked, AGAIN) == [30.0]


def test_a_clause_of_two_grades_counts_their_class_days_alone(asked: Asked):
    """Of the six class-days of grades 2 and 3 two are over a limit, one of them in grade 2."""
    told = dict(asked("indicator_id, value", YOUNG, "indicator_value"))
    assert (told["sj2021.no_written_homework_g12"], told["sj2021.over_limit_days"]) == (1.0, 2.0)
    ((value,),) = asked("value", f"{YOUNG}:1201", "indicator_value", indicator_id="sj2021.no_written_homework_g12")
    assert value == 1.0
    assert asked("value", f"{YOUNG}:1301", "indicator_value", indicator_id="sj2021.no_written_homework_g12") == []


def test_every_part_is_the_sum_of_its_units_and_those_of_student_days_of_their_students(town: HomeworkTown):
    """What a figure is said to be made of is what it is made of: at every level, and none is left out."""
    members = "(select school_code, organisation_code from lake.conformed.organisation_members)"
    units = f"""
        select measure, organisation_code, stage, grade, period,
            sum(numerator), sum(denominator), sum(known), sum(expected)
        from (
            from lake.conformed.indicator_units join {members} using (school_code)
            union all by name
            select *, school_code || ':' || class_code as organisation_code from lake.conformed.indicator_units
            where class_code is not null
        ) where measure like 'homework_%' group by all"""
    parts = """
        select measure, organisation_code, stage, grade, period, numerator, denominator, known, expected
        from lake.conformed.indicator_parts where measure like 'homework_%'"""
    assert town.city.rows(f"({parts}) except all ({units})") == []
    assert town.city.rows(f"({units}) except all ({parts})") == []
    names = "school_code, class_code, grade, day, numerator, denominator"
    measure = "measure = 'homework_student_day_within_limit'"
    sums = "school_code, class_code, grade, day, sum(numerator), sum(denominator)"
    people = f"select {sums} from lake.conformed.indicator_people where {measure} group by all"
    days = f"select {names} from lake.conformed.indicator_units where {measure}"
    assert town.city.rows(f"({people}) except all ({days})") == []
    assert town.city.rows(f"{days} and denominator > 0 except all ({people})") == []
