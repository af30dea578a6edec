"""What 教督〔2017〕6号 asks of schools and districts, by hand from its words: seven resources and their variation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from registry.model import Register
from tests.dbt_project.conditions_town import AT_THRESHOLD, JUNIOR_AT_THRESHOLD, NIGHT, ConditionsTown
from tests.dbt_project.quick_dbt import City, Project

WHOLE, LACKING, MIXED, SENIOR_ONLY = "329901", "329902", "329903", "329904"
EXACT, SEVENTH_AT_FLOOR, BELOW_FLOOR, TWO_BELOW, ROUNDED = (f"21329901{n:02d}" for n in range(1, 6))
REPORTED, MISSING = "2132990201", "2132990202"
NINE_YEARS, SPECIAL, VOCATIONAL, POINT_OF_49, POINT_OF_50, NO_GYM = (f"31329903{n:02d}" for n in range(1, 7))
CLOSED = "2132990399"
SENIOR = "3432990401"
CRITERIA = (
    "above_degree_teachers", "backbone_teachers", "pe_art_teachers", "teaching_rooms", "sports_grounds",
    "equipment_value", "multimedia_rooms",
)  # fmt: skip
Rows = list[tuple[Any, ...]]
Asked = Callable[..., Rows]


@pytest.fixture(scope="module")
def town(house: Register, project: Project) -> ConditionsTown:
    town = ConditionsTown(City(house, ("indicator_value", "balanced_development", "school_conditions"), project))
    _whole_district(town)
    _district_of_which_a_school_is_missing(town)
    _district_of_many_kinds(town)
    town.school(SENIOR, SENIOR_ONLY, "高级中学")
    town.form(SENIOR, "高中", 900, **AT_THRESHOLD)
    town.city.night(NIGHT)
    return town


def _whole_district(town: ConditionsTown) -> None:
    for school in (EXACT, SEVENTH_AT_FLOOR, BELOW_FLOOR, TWO_BELOW, ROUNDED):
        town.school(school, WHOLE)
    town.form(EXACT, "小学", 1000, **AT_THRESHOLD)
    town.form(SEVENTH_AT_FLOOR, "小学", 2000, **_twice(AT_THRESHOLD) | {"equipment_value": 340})  # 1700 yuan a head
    town.form(BELOW_FLOOR, "小学", 1000, **AT_THRESHOLD | {"equipment_value": 169})
    town.form(TWO_BELOW, "小学", 1000, **AT_THRESHOLD | {"equipment_value": 190, "multimedia_rooms": 22})
    # 1050 of 25002 pupils are 4.19966 a hundred, shown as 4.20
    town.form(ROUNDED, "小学", 25002, **{name: value * 30 for name, value in AT_THRESHOLD.items()}
              | {"teachers_college": 1050, "teachers_bachelor": 0})  # fmt: skip
    for degree in ("本科毕业", "专科毕业", "中专毕业"):
        town.teacher(EXACT, degree=degree)
    town.teacher(EXACT, post="行政人员")
    town.teacher(EXACT, post="教辅人员", backbone="是")
    town.teacher(EXACT, status="退休", backbone="是", subject="音乐")
    town.teacher(EXACT, subject="体育与健康", backbone="是")
    town.pupils(EXACT, "小学", 20)
    town.teacher(TWO_BELOW)
    town.teacher(TWO_BELOW, post="")
    town.pupils(TWO_BELOW, "小学", 20)


def _district_of_which_a_school_is_missing(town: ConditionsTown) -> None:
    town.school(REPORTED, LACKING)
    town.form(REPORTED, "小学", 1000, **AT_THRESHOLD | {"multimedia_rooms": None})
    town.school(MISSING, LACKING)
    town.form(MISSING, "小学", 1000, "2024", **AT_THRESHOLD)  # of the year before


def _district_of_many_kinds(town: ConditionsTown) -> None:
    """A nine-year school of 600 and 400 pupils whose form splits pupils and teachers, and not its buildings."""
    town.school(NINE_YEARS, MIXED, "九年一贯制学校")
    people = {"teachers_college", "teachers_bachelor", "teachers_master"}
    town.form(NINE_YEARS, "小学", 600, teachers_college=6, teachers_bachelor=24, teachers_master=0)
    town.form(NINE_YEARS, "初中", 400, teachers_college=5, teachers_bachelor=20, teachers_master=4)
    town.form(NINE_YEARS, None, 1000, **{k: v for k, v in JUNIOR_AT_THRESHOLD.items() if k not in people}
              | {"multimedia_rooms": 23})  # fmt: skip
    for school, kind, pupils in (
        (SPECIAL, "培智学校", 90), (VOCATIONAL, "职业高中", 800),
        (POINT_OF_49, "教学点", 49), (POINT_OF_50, "教学点", 50),
    ):  # fmt: skip
        town.school(school, MIXED, kind)
        town.form(school, "小学", pupils, **{name: -(-value // 20) for name, value in AT_THRESHOLD.items()})
    town.school(NO_GYM, MIXED, "初级中学")
    town.form(NO_GYM, None, 1000, **JUNIOR_AT_THRESHOLD)  # it teaches one stage: the whole is that
    town.school(CLOSED, MIXED, "小学", status="撤销")


def _twice(columns: dict[str, int]) -> dict[str, int]:
    return {name: 2 * value for name, value in columns.items()}


@pytest.fixture(scope="module")
def asked(town: ConditionsTown) -> Asked:
    def rows(columns: str, indicator: str, organisation: str = "%", stage: str | None = None) -> Rows:
        return town.city.rows(
            f"select {columns} from lake.marts.indicator_value where indicator_id = ? and organisation_code like ? "
            "and (? is null or stage = ?) order by organisation_code, stage",
            f"yz2017.{indicator}", organisation, stage, stage,
        )  # fmt: skip

    return rows


@pytest.mark.parametrize(
    ("indicator", "value"),
    [
        ("above_degree_teachers", 4.2), ("backbone_teachers", 1.0), ("pe_art_teachers", 0.9), ("teaching_rooms", 4.5),
        ("sports_grounds", 7.5), ("equipment_value", 2000.0), ("multimedia_rooms", 2.3),
    ],
)  # fmt: skip
def test_a_school_at_each_threshold_meets_it(asked: Asked, indicator: str, value: float):
    """专科 and above over the pupils of the same form; the gym with the sports grounds alone; 万元 are 10,000 yuan."""
    assert asked("value, passed, completeness, reason", f"{indicator}_primary", EXACT) == [(value, True, 1.0, None)]


def test_a_figure_that_only_looks_like_its_threshold_fails(asked: Asked):
    ((value, passed),) = asked("value, passed", "above_degree_teachers_primary", ROUNDED)
    assert (round(value, 2), passed) == (4.2, False)
    assert value == pytest.approx(105000 / 25002, abs=1e-6)


def test_only_full_time_teachers_in_service_count_beside_the_statistics(asked: Asked):
    """Of seven two are of other posts, one has retired and one has no degree that counts: three of 20 pupils."""
    beside = [asked("administrative_value, value", f"{name}_primary", EXACT)[0] for name in CRITERIA[:3]]
    assert beside == [(15.0, 4.2), (5.0, 1.0), (5.0, 0.9)]
    assert asked("administrative_value", "above_degree_teachers_primary", TWO_BELOW) == [(None,)]  # a post is unknown


def test_six_of_seven_needs_the_seventh_at_its_floor(asked: Asked):
    found = {school: told for school, *told in asked("organisation_code, value, passed", "six_of_seven")}
    assert found[EXACT] == [7.0, True]
    assert found[SEVENTH_AT_FLOOR] == [6.0, True]
    assert found[BELOW_FLOOR] == [6.0, False]
    assert found[TWO_BELOW] == [5.0, False]


def test_six_of_seven_is_undecided_while_one_is_unknown(asked: Asked):
    ((value, passed, completeness, reason),) = asked("value, passed, completeness, reason", "six_of_seven", REPORTED)
    assert (value, passed) == (None, None)
    assert completeness == pytest.approx(6 / 7, abs=1e-6)
    assert "6 of 7" in reason


def test_a_variation_is_weighted_by_students(asked: Asked):
    """Yuan a head: 2000 of 1000 pupils, 1700 of 2000, 1690, 1900 of 1000 each, and 60,000,000 / 25002 of 25002."""
    students = [1000, 2000, 1000, 1000, 25002]
    money = [2_000_000, 3_400_000, 1_690_000, 1_900_000, 60_000_000]
    mean = sum(money) / sum(students)
    variance = sum(p * (r / p - mean) ** 2 for p, r in zip(students, money, strict=True)) / sum(students)
    ((value, passed, completeness),) = asked("value, passed, completeness", "cv_equipment_value_primary", WHOLE)
    assert value == pytest.approx(variance**0.5 / mean, abs=1e-6)
    assert (passed, completeness) == (True, 1.0)


def test_a_district_of_two_schools_of_which_one_is_missing_has_no_variation(asked: Asked):
    for name in CRITERIA[:6]:
        ((*figures, completeness, reason),) = asked(
            "numerator, value, passed, completeness, reason", f"cv_{name}_primary", LACKING
        )
        assert (figures, completeness) == ([None, None, None], 0.5)
        assert "1 of 2" in reason


def test_the_survey_of_another_year_is_no_figure_of_this_one(asked: Asked):
    assert asked("value, period, completeness", "teaching_rooms_primary", MISSING) == [(None, "2025-2026", 0.0)]


def test_what_a_nine_year_school_cannot_split_is_shared_by_its_students(town: ConditionsTown, asked: Asked):
    shared = town.city.rows(
        "select stage, amount, is_shared from lake.conformed.school_conditions "
        f"where school_code = '{NINE_YEARS}' and column_name = 'multimedia_rooms' order by stage"
    )
    assert shared == [("junior", pytest.approx(9.2), True), ("primary", pytest.approx(13.8), True)]
    assert sum(amount for _, amount, _ in shared) == pytest.approx(23)
    # 专科 and above of its primary, 本科 and above of its junior pupils
    assert asked("value", "above_degree_teachers_primary", NINE_YEARS) == [(5.0,)]
    assert asked("value", "above_degree_teachers_junior", NINE_YEARS) == [(6.0,)]
    # 2.3 rooms a hundred in each: at the primary threshold, below the junior one of 2.4
    assert [asked("value, passed", f"multimedia_rooms_{stage}", NINE_YEARS) for stage in ("primary", "junior")] == [
        [(2.3, True)], [(2.3, False)],
    ]  # fmt: skip
    # 5800 m² without the gym for 1000 pupils
    assert asked("value, passed", "teaching_rooms_junior", NINE_YEARS) == [(5.8, True)]
    assert asked("stage, value, passed", "six_of_seven", NINE_YEARS) == [("junior", 6.0, True), ("primary", 7.0, True)]


def test_special_vocational_and_closed_schools_and_small_teaching_points_are_out_of_scope(asked: Asked):
    schools = {school for (school,) in asked("organisation_code", "backbone_teachers_primary", f"{'_' * 10}")}
    assert schools == {
        EXACT, SEVENTH_AT_FLOOR, BELOW_FLOOR, TWO_BELOW, ROUNDED, REPORTED, MISSING, NINE_YEARS, POINT_OF_50,
    }  # fmt: skip
    junior = {school for (school,) in asked("organisation_code", "backbone_teachers_junior", f"{'_' * 10}")}
    assert junior == {NINE_YEARS, NO_GYM}


def test_the_resource_part_needs_every_school_and_every_variation(asked: Asked):
    told = {area: rest for area, *rest in asked("organisation_code, value, passed, reason", "resource_part")}
    assert told[WHOLE][:2] == [0.0, False]
    assert told[LACKING][:2] == [None, None]
    assert "undecided" in told[LACKING][2]
    assert told[MIXED][:2] == [1.0, True]
    assert told[SENIOR_ONLY][:2] == [None, None]
    assert "not applicable" in told[SENIOR_ONLY][2]


def test_a_district_without_a_school_of_the_stage_has_no_variation_to_judge(asked: Asked):
    ((value, passed, reason),) = asked("value, passed, reason", "cv_backbone_teachers_junior", LACKING)
    assert (value, passed) == (None, None)
    assert "not applicable" in reason


def test_the_mart_of_balance_shows_figures_variations_and_the_difference_of_the_two_records(town: ConditionsTown):
    def rows(columns: str, organisation: str) -> Rows:
        return town.city.rows(
            f"select {columns} from lake.marts.balanced_development where organisation_code = ? and stage = 'primary'",
            organisation,
        )

    degree = "above_degree_teachers"
    assert rows(f"{degree}_value, {degree}_administrative, {degree}_difference, met, passed", EXACT) == [
        (4.2, 15.0, pytest.approx(-10.8), 7, True)
    ]
    assert rows("equipment_value_met, equipment_value_cv", EXACT) == [(True, None)]
    assert rows(f"{degree}_value, {degree}_met", WHOLE) == [(None, True)]
    assert rows("schools, schools_known, schools_passed, passed", WHOLE) == [(5, 5, 3, False)]
    assert rows("met, known, mean_cv, schools, schools_known, passed", LACKING) == [(0, 0, None, 2, 0, None)]
    assert rows("known, schools_passed, passed", MIXED) == [(7, 2, True)]
