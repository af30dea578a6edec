"""What a night needs of the disk is foretold by the nights before it."""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from common import disk_space
from common.disk_space import MIB
from warehouse.lake import Lake, disk_use

NIGHT = date(2025, 10, 15)


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The free space of every folder, in MiB, which a test changes."""
    left = [1000]
    monkeypatch.setattr(disk_space, "space_of", lambda p: disk_space.Space(p, 2000 * MIB, left[0] * MIB))
    return left


def run(lake: Lake, night: date, free: list[int], *after: int) -> None:
    """A night of steps, each of which leaves so much free."""
    lake.work(night).mkdir(parents=True)
    for left in after:
        with disk_use.measured(lake, night):
            free[0] = left
    disk_use.keep(lake, night)


def test_the_next_night_needs_what_the_last_ones_used_at_their_peak(tmp_path: Path, free: list[int]) -> None:
    lake = Lake(tmp_path)
    assert disk_use.forecast(lake).needed == disk_use.FIRST_NIGHT_BYTES
    run(lake, NIGHT, free, 900, 500, 990)
    run(lake, NIGHT + timedelta(1), free, 900, 970)
    found = disk_use.forecast(lake)
    assert (found.needed // MIB, found.kept // MIB, found.nights) == (600, 15, 2)


def test_a_full_disk_says_where_how_much_is_free_and_how_much_is_needed(tmp_path: Path, free: list[int]) -> None:
    lake = Lake(tmp_path)
    run(lake, NIGHT, free, 500, 990)
    free[0] = 3
    assert disk_use.full_sentence(lake) == (
        f"The disk is full: 3 MiB of 2,000 MiB are free under {tmp_path}, and the night needs 600 MiB, by the last "
        "night: free that much there, and run the night again from its beginning"
    )


def test_what_is_used_in_the_middle_of_a_step_counts(
    tmp_path: Path, free: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_use, "_SECONDS", 0.01)
    lake = Lake(tmp_path)
    lake.work(NIGHT).mkdir(parents=True)
    with disk_use.measured(lake, NIGHT):
        free[0] = 100
        time.sleep(0.2)
        free[0] = 1000
    disk_use.keep(lake, NIGHT)
    assert disk_use.forecast(lake).needed // MIB == 1080


def test_a_step_that_does_not_get_the_lake_notes_nothing(tmp_path: Path, free: list[int]) -> None:
    with disk_use.measured(Lake(tmp_path), NIGHT):
        free[0] = 1
    assert not list(tmp_path.rglob("disk_use.json"))


def test_a_night_is_foretold_to_fail_only_where_both_its_files_and_the_last_nights_say_so(
    tmp_path: Path, free: list[int]
) -> None:
    lake = Lake(tmp_path)
    run(lake, NIGHT, free, 900, 500, 990)  # needs 600 MiB
    free[0] = 100
    said = disk_use.surely_too_little(lake, 101 * MIB)
    assert said is not None
    assert "100 MiB of 2,000 MiB are free" in said
    assert "its new files alone have 101 MiB" in said
    assert disk_use.surely_too_little(lake, 99 * MIB) is None
    free[0] = 700
    assert disk_use.surely_too_little(lake, 5000 * MIB) is None
