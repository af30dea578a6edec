"""Ranks are no items and a blueprint may be missing; a fitness form that the platform gives back is read."""

from __future__ import annotations

import pytest

from tests.cases import items_and_fitness as given
from tests.cases import town
from tests.cases.nights import Night
from tests.cases.sheets import Sitting

pytestmark = pytest.mark.soak
ITEMS = {
    "ranks beside": (given.RANKED, {"1", "4(1)"}), "another name of the sheet": (given.DETAILS, {"1", "4(1)"}),
    "sections over numbers": (given.SECTIONS, {"选择题_1", "选择题_2", "解答题_3"}),
    "numbers with letters": (given.LETTERED, {"Q1", "Q2"}), "a blueprint": (given.WITH_BLUEPRINT, {"1", "4(1)"}),
}  # fmt: skip


@pytest.mark.parametrize("name", ITEMS)
def test_the_items_of_a_pupil_are_items_alone(night: Night, name: str):
    sitting, items = ITEMS[name]
    rows = night.restricted(
        "select distinct student_number, map_keys(items) from lake.raw.exams__items "
        "where _known_to is null and _slice = ?", f"{sitting.exam}/14/{sitting.school}",
    )  # fmt: skip
    assert {number for number, _ in rows} == {p.number for p in sitting.pupils}
    assert {item for _, keys in rows for item in keys} == items


@pytest.mark.parametrize("sitting", [given.RANKED, given.DETAILS], ids=["ranks beside", "another name"])
def test_a_workbook_without_a_blueprint_is_no_refusal(night: Night, sitting: Sitting):
    found = night.deliveries(given.items_path(sitting))
    assert {d["status"] for d in found} == {"loaded"}
    assert night.rules(given.items_path(sitting)) == {}


def test_no_alarm_says_that_every_blueprint_was_refused(night: Night):
    assert "exams/blueprint" not in str(night.outcome.get("alarms"))


def test_a_blueprint_beside_is_read(night: Night):
    asked = "select item from lake.raw.exams__blueprint where _known_to is null order by item"
    assert night.restricted(asked) == [("1",), ("4(1)",)]


FITNESS = {given.MEASURED: ("82.3", "1800"), given.TWO_ROWS: ("81", "1800"), given.BY_NAME: ("81", "1800")}


@pytest.mark.parametrize("school", FITNESS, ids=["items before scores", "items over scores", "items by name"])
def test_a_fitness_form_gives_total_and_measures(night: Night, school: str):
    assert night.delivery(given.fitness_path(school))["status"] == "loaded"
    assert night.rules(given.fitness_path(school)) == {}
    rows = night.restricted(
        "select student_number, total, vital_capacity from lake.raw.fitness__results "
        "where _known_to is null and _slice = ?", f"2025-2026/{school}",
    )  # fmt: skip
    assert {row[0]: row[1:] for row in rows} == {p.number: FITNESS[school] for p in town.pupils(school, 5)}


def test_a_fitness_form_without_totals_is_told_which_columns_it_lacks(night: Night):
    found = night.delivery(given.fitness_path(given.BARE))
    assert found["status"] == "refused"
    assert "lacks 总分, 总分等级" in found["reason"]
