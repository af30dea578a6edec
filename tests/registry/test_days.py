"""Of which day the rows of the house's feeds speak, as their contracts tell it."""

from __future__ import annotations

import pytest

import registry
from registry.derived.days import Day, day_of

DAYS = {
    "exams/results": Day(period="exam", slice_part=1),
    "fitness/results": Day("tested_on", "school_year", slice_part=1),
    "homework_a/records": Day("assigned_at", in_slice=True),
    "quality/records": Day("recorded_on", "term", slice_part=1),
    "school_registry/conditions": Day(period="year", slice_part=1),
    "student_registry/changes": Day("changed_on"),
    "teaching/assignments": None,  # a list, of tonight
    "training/records": None,
}


@pytest.mark.parametrize(("feed", "day"), DAYS.items(), ids=DAYS.keys())
def test_a_row_tells_its_day_by_its_own_date_or_by_what_it_is_of(feed: str, day: Day | None):
    register = registry.load(registry.HOUSE)
    assert day_of(register, register.feed(feed)) == day
