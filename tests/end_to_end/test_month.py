"""A month of nights with all dirt, over National Day: the lake holds what was planted, row for row."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

import samples
from tests.end_to_end import lists, planted
from tests.end_to_end.conftest import Nights

FIRST, LENGTH, STUDENTS = date(2025, 9, 25), 30, 300
DAYS = [FIRST + timedelta(days=n) for n in range(LENGTH)]

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory, secret: Path) -> Nights:
    out = tmp_path_factory.mktemp("month")
    samples.write_city(out, STUDENTS, seed=3, nights=LENGTH, first_night=FIRST, dirt="all")
    held = Nights(tmp_path_factory.mktemp("lake") / "lake", out, secret, {})
    for day in DAYS:
        held.outcomes[day] = held.run(day)
        assert held.outcomes[day]["status"] == "published", (day, held.outcomes[day])
    return held


def test_every_file_of_the_month_is_accounted_for(month: Nights) -> None:
    planted.accounts(month, DAYS[-1])


def test_the_quarantine_is_what_was_planted(month: Nights) -> None:
    planted.quarantine(month)


def test_every_problem_is_opened_seen_again_and_closed_as_planted(month: Nights) -> None:
    planted.problem_ledger(month, DAYS[-1])


def test_the_problem_lists_hold_what_was_planted(month: Nights) -> None:
    entries = lists.entries(month)
    lists.bad_rows(month, entries)
    lists.differences(month, entries)


def test_the_ledger_of_differences_is_what_was_planted(month: Nights) -> None:
    planted.difference_ledger(month)


def test_holidays_are_silent_and_sound_no_alarm(month: Nights) -> None:
    planted.silence(month, DAYS[-1])
    assert not [p for p in (month.city / "2025-10-05").rglob("*") if "homework" in p.as_posix() and p.is_file()]
