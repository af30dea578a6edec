"""The claim on a lake: which night may be opened, and which steps may go on."""

import json
import multiprocessing
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from common.settings import SettingsError, load_settings, today
from dags import claim, outcome
from dags.scheduler import scheduler_lock
from dags.scratch import BY_HAND, Night, Refused
from warehouse.errors import LakeBusy
from warehouse.lake import Lake, connect_lake, create_lake, write_lock

DAY = date(2025, 10, 15)
RUN = "scheduled__2025-10-15"


@pytest.fixture
def night(tmp_path: Path) -> Night:
    inbox = tmp_path / "inbox"
    for day in range(13, 17):
        (inbox / f"2025-10-{day}" / "source").mkdir(parents=True)
        (inbox / f"2025-10-{day}" / "source" / "a.csv").write_text("a\n")
    settings = load_settings(lake=tmp_path / "lake", inbox=inbox / "{date}", secret_file=tmp_path / "secret.key")
    create_lake(Lake(settings.lake))
    return Night(DAY, settings, run=RUN)


@pytest.fixture
def scheduler(night: Night, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A scheduler that lives, and what its metadata database says of a run."""
    monkeypatch.setattr(scheduler_lock, "is_held", lambda _: True)
    database = sqlite3.connect(night.lake.airflow / "airflow.db")
    database.execute("create table dag_run (dag_id text, run_id text, state text, logical_date datetime)")

    def add(run: str, state: str, due: str = "2025-10-15 18:00:00.000000") -> None:
        database.execute("insert into dag_run values ('nightly_load', ?, ?, ?)", [run, state, due])
        database.commit()

    return add


def taken(lake: Lake, day: date) -> None:
    """A lake that has committed a night."""
    with write_lock(lake, day):
        pass
    with connect_lake(lake) as connection:
        connection.execute("create table if not exists lake.intake.arrival (night date)")
        connection.execute("insert into lake.intake.arrival values (?)", [day])


def test_an_opened_night_is_claimed_by_its_run_and_may_be_opened_again(night):
    assert claim.open_night(night)
    assert claim.open_night(night)
    assert claim.is_of(night)
    claim.require(night)


@pytest.mark.parametrize("later", [1, 30])
def test_a_night_older_than_the_lake_is_refused_before_anything_is_written(night, later):
    taken(night.lake, DAY + timedelta(later))
    before = sorted(night.lake.root.rglob("*"))
    with pytest.raises(SettingsError, match=r"holds the night .* already, and the night 2025-10-15 is older: put late"):
        claim.open_night(night)
    assert sorted(night.lake.root.rglob("*")) == before


def test_a_night_older_than_a_release_is_refused_although_its_tables_are_gone(night):
    (night.lake.releases / "2025-10-16-abc").mkdir()
    (night.lake.releases / "2025-10-16-abc" / "manifest.json").write_text("{}")
    with pytest.raises(SettingsError, match="holds the night 2025-10-16 already"):
        claim.open_night(night)


def test_the_last_night_may_come_a_second_time(night):
    taken(night.lake, DAY)
    assert claim.open_night(night)


def test_a_night_of_tomorrow_does_not_shut_out_all_nights_until_then(night):
    with pytest.raises(SettingsError, match="has not come yet"):
        claim.open_night(replace(night, date=today(night.settings) + timedelta(1)))


def test_missed_nights_are_named_and_nothing_is_written(night):
    taken(night.lake, date(2025, 10, 12))
    with pytest.raises(SettingsError, match=r"the nights 2025-10-13, 2025-10-14 must be loaded.*--from 2025-10-13"):
        claim.open_night(night)
    assert claim.read(night.lake) is None
    assert claim.open_night(replace(night, leave_missed=True))


def test_an_empty_folder_and_a_new_lake_have_missed_nothing(night):
    assert claim.open_night(night)
    claim.close(night)
    taken(night.lake, date(2025, 10, 13))
    (night.inbox.parent / "2025-10-14" / "source" / "a.csv").unlink()
    assert claim.open_night(night)


def test_a_night_waits_for_earlier_ones_that_are_in_the_queue(night, scheduler):
    taken(night.lake, date(2025, 10, 13))
    scheduler("backfill__14", "queued", "2025-10-14 18:00:00.000000")
    assert not claim.open_night(night)


def test_a_backfill_of_one_folder_for_all_days_is_refused(night):
    undated = night.settings.model_copy(update={"inbox": night.inbox.parent})
    with pytest.raises(SettingsError, match="one folder for all days"):
        claim.open_night(replace(night, settings=undated, is_backfill=True))


@pytest.mark.parametrize(
    ("state", "alive", "opened"), [("running", True, False), ("failed", True, True), ("running", False, True)]
)
def test_a_claim_holds_as_long_as_its_run_and_its_scheduler_live(night, scheduler, monkeypatch, state, alive, opened):
    assert claim.open_night(night)
    scheduler(RUN, state)
    monkeypatch.setattr(scheduler_lock, "is_held", lambda _: alive)
    assert claim.open_night(replace(night, run="manual__2")) is opened


def test_a_night_by_hand_is_told_who_holds_the_lake(night, scheduler):
    assert claim.open_night(night)
    scheduler(RUN, "running")
    with pytest.raises(LakeBusy, match=f"claimed by the night 2025-10-15 of Airflow's run {RUN}, since"):
        claim.refuse_busy(replace(night, run=BY_HAND))
    claim.close(night)
    claim.refuse_busy(replace(night, run=BY_HAND))


def test_a_scheduled_night_waits_while_a_night_by_hand_runs(night):
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(night.lake.root, ready, done))
    other.start()
    try:
        assert ready.wait(60)
        assert not claim.open_night(night)
    finally:
        done.set()
        other.join()
    assert claim.open_night(night)


def _hold(lake: Path, ready: Any, done: Any) -> None:
    with write_lock(Lake(lake), DAY):
        ready.set()
        done.wait(60)


def test_a_cleared_step_of_a_run_after_which_another_came_is_refused(night):
    assert claim.open_night(night)
    claim.close(night)
    assert claim.open_night(replace(night, run=BY_HAND))
    with pytest.raises(Refused, match=r"is not open for the night 2025-10-15 of this run.*by hand.*open_lake"):
        claim.require(night)


def test_a_step_of_a_run_that_was_never_opened_is_refused(night):
    with pytest.raises(Refused, match="no night has opened it"):
        claim.require(night)


def test_a_cleared_step_of_the_last_run_opens_the_claim_again(night):
    assert claim.open_night(night)
    claim.close(night)
    claim.require(night)
    last = claim.read(night.lake)
    assert last is not None
    assert last.is_open


def test_days_on_which_no_scheduled_night_ran_are_named(night):
    taken(night.lake, date(2025, 10, 12))
    assert claim.open_night(replace(night, leave_missed=True))
    assert "No night was run for 2025-10-13, 2025-10-14" in outcome.alarms(night)[0]
    assert claim.open_night(replace(night, leave_missed=True, run=BY_HAND))
    assert outcome.alarms(night) == []


def test_the_claim_says_who_which_night_and_since_when(night):
    assert claim.open_night(night)
    content = json.loads(night.lake.claim.read_text())
    assert (content["run"], content["night"]) == (RUN, "2025-10-15")
    assert content["since"]
