"""Every clause of yz2017 and sj2021 stands for each organisation that it binds, with a value or the reason for none."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from registry.model import Register
from tests.dbt_project.conditions_town import AT_THRESHOLD, JUNIOR_AT_THRESHOLD, NIGHT, ConditionsTown
from tests.dbt_project.quick_dbt import City, Project

RESOURCES = (
    "above_degree_teachers", "backbone_teachers", "pe_art_teachers", "teaching_rooms", "sports_grounds",
    "equipment_value", "multimedia_rooms",
)  # fmt: skip
YZ2017 = (
    *(f"{cv}{name}_{stage}" for name in RESOURCES for cv in ("", "cv_") for stage in ("primary", "junior")),
    "six_of_seven", "resource_part", "music_art_rooms", "teacher_exchange", "consolidation_rate", "disabled_enrolment",
    "migrant_children_share", "satisfaction",
)  # fmt: skip
SJ2021 = (
    "no_written_homework_g12", "class_day_minutes_primary", "class_day_minutes_junior", "written_limit_class_day",
    "written_limit_student_day", "over_limit_days", "weekend_holiday_load", "published_class_day", "publication_system",
    "management_rules", "no_homework_for_parents", "on_time_share", "first_class_time", "sleep_hours",
    "after_school_5_2", "after_school_end",
)  # fmt: skip
LIST = Path(os.environ.get("SHUYUAN_SHARED_DATA", "/nowhere/data")).parent / "clauses.csv"
CLAUSES = {f"yz2017.{name}" for name in YZ2017} | {f"sj2021.{name}" for name in SJ2021}
DISTRICT, OTHERS = "329901", ("329902", "329903", "329904")
PRIMARY, JUNIOR, SENIOR, SPECIAL = "2132990101", "3132990102", "3432990103", "5132990104"
SCHOOLS = {PRIMARY, JUNIOR, SENIOR, SPECIAL}
Rows = list[tuple[Any, ...]]
Asked = Callable[[str, str], Rows]


def made(house: Register, project: Project, *, delivered: bool) -> ConditionsTown:
    """A district of a primary, a junior, a senior and a special school; `delivered`: with statistics and facts."""
    town = ConditionsTown(City(house, ("indicator_value",), project))
    for school, kind, stage in (
        (PRIMARY, "小学", "小学"), (JUNIOR, "初级中学", "初中"),
        (SENIOR, "高级中学", "高中"), (SPECIAL, "培智学校", "小学"),
    ):  # fmt: skip
        town.school(school, DISTRICT, kind)
        town.pupils(school, stage, 2)
    if delivered:
        town.form(PRIMARY, "小学", 1000, **AT_THRESHOLD)
        town.form(JUNIOR, "初中", 1000, **JUNIOR_AT_THRESHOLD)
        town.declare(PRIMARY, "作业管理办法", declared_on="2024-09-10")
        town.declare(PRIMARY, "作业管理办法", "否")
        town.declare(JUNIOR, "作业管理办法")
        town.declare(JUNIOR, "作业公示制度", valid_to="2025-10-16")
        town.declare(SENIOR, "作业管理办法")  # it is not bound
        town.declare(DISTRICT, "初中三年巩固率", value="96.5", unit="%")
        town.declare(DISTRICT, "社会满意度", value="0.849")
    town.city.night(NIGHT)
    return town


@pytest.fixture(scope="module")
def town(house: Register, project: Project) -> ConditionsTown:
    return made(house, project, delivered=True)


@pytest.fixture(scope="module")
def asked(town: ConditionsTown) -> Asked:
    return lambda columns, indicator: town.city.rows(
        f"select {columns} from lake.marts.indicator_value where indicator_id = ? order by organisation_code", indicator
    )


def test_the_register_holds_every_clause_under_its_id_and_no_other(house: Register):
    assert len(CLAUSES) == 52
    assert {i.id for i in house.indicators if i.id.startswith(("yz2017.", "sj2021."))} == CLAUSES


@pytest.mark.skipif(not LIST.is_file(), reason="SHUYUAN_SHARED_DATA does not name a folder beside the list of clauses")
def test_the_clauses_are_those_of_the_list_with_its_thresholds(house: Register):
    with LIST.open(encoding="utf-8") as lines:
        told = {f"{r['set']}.{r['id']}": r for r in csv.DictReader(lines) if r["set"] in ("yz2017", "sj2021")}
    assert set(told) == CLAUSES
    words = {"at_least": ">=", "at_most": "<="}
    for indicator in (i for i in house.indicators if i.id in told):
        target = told[indicator.id]["threshold"]
        assert (indicator.threshold is None) == (target == ""), indicator.id
        if target and not target.startswith("="):
            assert target.startswith(words[indicator.direction]), indicator.id
        assert target == "" or float(target.lstrip("<>=")) == indicator.threshold, indicator.id
        assert indicator.levels[0] in (told[indicator.id]["level"], "class"), indicator.id


def test_every_clause_stands_for_every_organisation_that_it_binds(town: ConditionsTown, house: Register):
    found = set(town.city.rows("select distinct indicator_id, organisation_code from lake.marts.indicator_value"))
    districts = {DISTRICT, *OTHERS}
    stages = {PRIMARY: "primary", JUNIOR: "junior", SENIOR: "senior"}
    expected = set()
    for indicator in house.indicators:
        bound = (indicator.stage,) if indicator.stage else indicator.binds.stages or (*stages.values(), "special")
        schools = {school for school, stage in stages.items() if stage in bound}
        schools |= {SPECIAL} if "special" in bound else set()
        expected |= {(indicator.id, o) for o in schools if "school" in indicator.levels}
        expected |= {(indicator.id, o) for o in districts if "district" in indicator.levels}
        expected |= {(indicator.id, "329900") for _ in "c" if "city" in indicator.levels}
    assert {(i, o) for i, o in found if ":" not in o} == expected
    classes = {o for i, o in found if i == "sj2021.class_day_minutes_primary"}
    assert classes == {f"{PRIMARY}:2001"}
    assert {i for i, _ in found} == {i.id for i in house.indicators} >= CLAUSES


def test_a_clause_without_a_value_says_why_and_waits_for_nothing_that_has_come(town: ConditionsTown):
    assert town.city.rows("select * from lake.marts.indicator_value where value is null and reason is null") == []
    waiting = town.city.rows("select distinct reason from lake.marts.indicator_value where reason like '%waits for%'")
    come = ("school_registry/conditions", "declarations/facts")
    assert [reason for (reason,) in waiting if any(feed in reason for feed in come)] == []


def test_a_feed_that_has_not_come_is_named(house: Register, project: Project):
    town = made(house, project, delivered=False)
    ask = "select distinct reason from lake.marts.indicator_value where indicator_id = ? and value is null"
    for indicator, feed in (
        ("yz2017.teaching_rooms_primary", "school_registry/conditions"),
        ("yz2017.six_of_seven", "school_registry/conditions"),
        ("yz2017.satisfaction", "declarations/facts"), ("sj2021.management_rules", "declarations/facts"),
    ):  # fmt: skip
        reasons = {reason for (reason,) in town.city.rows(ask, indicator)}
        assert reasons == {f"等待 {feed} / waits for {feed}"}, indicator


def test_what_lies_outside_any_feed_or_is_not_computed_says_so(asked: Asked):
    assert {reason for (reason,) in asked("reason", "sj2021.sleep_hours")} == {
        "在各数据之外：没有睡眠与就寝时间的数据 / outside any feed: none tells sleep or bedtimes"
    }
    for name in ("class_day_minutes_primary", "weekend_holiday_load", "on_time_share", "after_school_5_2"):
        assert all("not computed yet" in reason for (reason,) in asked("reason", f"sj2021.{name}")), name


def test_a_duty_is_what_the_school_declared_last_and_who_is_silent_is_undecided(asked: Asked):
    found = {
        organisation: rest
        for organisation, *rest in asked("organisation_code, value, passed, completeness", "sj2021.management_rules")
    }
    assert found[PRIMARY] == [0.0, False, 1.0]
    assert found[JUNIOR] == [1.0, True, 1.0]
    assert found[SPECIAL] == [None, None, 0.0]
    # of three bound one says yes, one says no
    assert found[DISTRICT] == [pytest.approx(1 / 3, abs=1e-6), None, pytest.approx(2 / 3, abs=1e-6)]
    assert found[OTHERS[0]] == [None, None, 0.0]
    assert SENIOR not in found


def test_a_declaration_that_has_ended_counts_no_longer(asked: Asked):
    assert {value for (value,) in asked("value", "sj2021.publication_system")} == {None}


def test_a_declared_share_is_judged_unrounded_in_its_own_unit(asked: Asked):
    found = {o: rest for o, *rest in asked("organisation_code, value, passed, reason", "yz2017.consolidation_rate")}
    assert found[DISTRICT] == [0.965, True, None]
    assert found[OTHERS[0]][:2] == [None, None]
    found = {o: rest for o, *rest in asked("organisation_code, value, passed", "yz2017.satisfaction")}
    assert found[DISTRICT] == [0.849, False]
