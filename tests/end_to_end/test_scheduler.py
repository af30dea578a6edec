"""The real scheduler: nothing that people do on Airflow's page, or that dies, publishes a night wrongly or undoes it.

Four nights of a small city in one life of the scheduler; each test reads what became of its part of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

import registry
import samples
from tests.end_to_end.conftest import rows_of, run
from tests.end_to_end.real_scheduler import ZONE, RealScheduler, due_of, running
from warehouse.lake import connect_lake

DAYS = FIRST, MISSED, LAST = date(2025, 10, 15), date(2025, 10, 16), date(2025, 10, 17)
STUDENTS = 200
SOURCES = ("student_registry", "school_registry")  # a feed costs a process
PHONE = "13812345678"


@dataclass
class Session:
    """A running scheduler, the inbox it reads, and every release that was the current one, in order."""

    scheduler: RealScheduler
    inbox: Path
    releases: list[str]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory, secret: Path) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("scheduler")
    samples.write_city(folder / "city", STUDENTS, nights=len(DAYS))
    for day in DAYS:
        for source in SOURCES:
            exports = folder / "city" / day.isoformat() / source
            if exports.exists():
                shutil.copytree(exports, folder / "inbox" / day.isoformat() / source)
    inbox = folder / "inbox" / "{date}"
    noon = datetime(FIRST.year, FIRST.month, FIRST.day, 12, tzinfo=ZONE)
    with (
        running(RealScheduler(folder / "home", str(inbox), secret, noon)) as scheduler,
        scheduler.watched() as releases,
    ):
        yield Session(scheduler, inbox, releases)


@dataclass
class FirstNight:
    """The night of 02:00 in whose middle one was started by hand, and the scheduler killed."""

    run: str
    state: str
    by_hand: str
    code_by_hand: int
    release: Path


@pytest.fixture(scope="module")
def first(session: Session) -> FirstNight:
    scheduler = session.scheduler
    run_id = scheduler.two_o_clock(FIRST)
    scheduler.reached(run_id, "find_arrivals", "success")
    by_hand = scheduler.night_by_hand(FIRST)
    scheduler.reached(run_id, "transform")
    scheduler.kill_scheduler(run_id)
    state = scheduler.ended(run_id)
    release = scheduler.lake.releases / str(scheduler.current)
    return FirstNight(run_id, state, by_hand.stdout + by_hand.stderr, by_hand.returncode, release)


def test_a_night_by_hand_in_the_middle_of_the_schedulers_is_refused_and_takes_nothing_from_it(first: FirstNight):
    assert first.code_by_hand != 0
    assert "the night 2025-10-15" in first.by_hand
    assert first.state == "success"


def test_a_night_whose_scheduler_was_killed_publishes_what_an_undisturbed_one_does(
    session: Session, first: FirstNight, tmp_path: Path, secret: Path
):
    undisturbed = run(tmp_path / "lake", session.inbox, secret, FIRST)
    assert first.release.name == undisturbed["release"]
    assert rows_of(first.release) == rows_of(Path(undisturbed["path"]))
    with connect_lake(session.scheduler.lake, read_only=True) as connection:
        asked = "select count(*), count(distinct arrival_id) from lake.intake.arrival"
        (rows, arrivals) = connection.execute(asked).fetchone() or (0, 1)
    assert rows == arrivals


@dataclass
class PausedDays:
    """The night after days on which the DAG was paused: what it said, and what a backfill then made."""

    run: str
    state: str
    log: str
    outcomes: list[str]
    releases: list[str]


@pytest.fixture(scope="module")
def paused(session: Session, first: FirstNight) -> PausedDays:
    scheduler, page = session.scheduler, session.scheduler.page
    page.pause()
    before = set(page.runs())
    scheduler.move_to(due_of(LAST) + timedelta(minutes=10))
    scheduler.expects(LAST)
    page.pause(paused=False)
    (run_id,) = scheduler.new_runs(before)
    state = scheduler.ended(run_id)
    log = page.log(run_id, "open_lake")
    page.backfill(due_of(MISSED), due_of(LAST), again="failed")
    (missed,) = scheduler.new_runs({*before, run_id})
    outcomes = [scheduler.ended(missed), scheduler.ended(run_id)]
    return PausedDays(run_id, state, log, outcomes, list(session.releases))


def test_a_night_after_paused_days_names_those_that_were_missed_and_a_backfill_loads_them_in_order(paused: PausedDays):
    assert paused.state == "failed"
    assert "the night 2025-10-16 must be loaded" in paused.log
    assert paused.outcomes == ["success", "success"]
    assert [release[:10] for release in paused.releases] == [day.isoformat() for day in DAYS]


def test_an_older_night_that_is_cleared_or_backfilled_never_moves_the_release_back(
    session: Session, first: FirstNight, paused: PausedDays
):
    scheduler, page = session.scheduler, session.scheduler.page
    newest = scheduler.current
    page.clear(first.run)
    assert scheduler.ended(first.run) == "failed"
    assert "holds the night 2025-10-17 already" in page.log(first.run, "open_lake")
    page.backfill(due_of(FIRST), due_of(MISSED), again="completed")
    scheduler.restarted(first.run)
    assert scheduler.ended(first.run) == "failed"
    assert scheduler.current == newest == session.releases[-1]
    assert len(session.releases) == len(DAYS)


def test_a_gate_that_is_marked_as_passed_publishes_nothing(session: Session, paused: PausedDays, tmp_path: Path):
    """The register names an office by its telephone number, which door 2 lets nobody publish."""
    scheduler, page = session.scheduler, session.scheduler.page
    shutil.copytree(registry.HOUSE, tmp_path / "registry", ignore=shutil.ignore_patterns("*.py", "examples", "rules"))
    bureau = tmp_path / "registry" / "bureau.yml"
    bureau.write_text(bureau.read_text(encoding="utf-8").replace("泮池县", f"泮池县{PHONE}"), encoding="utf-8")
    newest = scheduler.current
    run_id = page.trigger(date=LAST.isoformat(), registry=str(tmp_path / "registry"))
    assert scheduler.ended(run_id) == "failed"
    assert page.tasks(run_id)["check_release"] == "failed"
    page.mark(run_id, "check_release", "success")
    page.clear(run_id, "publish")
    assert scheduler.ended(run_id) == "failed"
    assert page.tasks(run_id) | {"check_release": "success", "publish": "failed"} == page.tasks(run_id)
    assert "check_release has refused the night" in page.log(run_id, "publish")
    assert scheduler.current == newest
    assert len(session.releases) == len(DAYS)
