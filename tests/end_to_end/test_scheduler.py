"""The real scheduler: nothing that people do on Airflow's page, or that dies, publishes a night wrongly or undoes it.

Three nights of a small city in one life of the scheduler; each test reads what became of its part of them. On the last
one a school has a name that a rule of the bureau's own lets nobody publish. `tests/dags`
starts a scheduler too, without a night, and holds the claim and the verdicts that stand behind this without one.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

import registry
import samples
from registry import own_directory
from tests.end_to_end.conftest import rows_of, run
from tests.end_to_end.real_scheduler import ZONE, RealScheduler, due_of, running
from warehouse.lake import connect_lake

DAYS = FIRST, MISSED, LAST = date(2025, 10, 15), date(2025, 10, 16), date(2025, 10, 17)
STUDENTS = 200
SOURCES = ("student_registry", "school_registry")  # a feed costs a process
SCHOOLS = "school_registry/schools/schools.xlsx"
PROVISIONAL = "暂名"
RULE = f"""\
who_fixes: {{zh: 局, en: bureau}}
rules:
  - id: name_final
    none: {{where: "name like '%{PROVISIONAL}%'", shows: [name]}}
    severity: block
    what: {{zh: 校名为正式名称。, en: The name of a school is its final one.}}
    when_it_matters: {{zh: 对外发布。, en: Whenever it is published.}}
    how_to_fix: {{zh: 改为正式名称。, en: Give the final name.}}
"""

pytestmark = pytest.mark.soak


@dataclass
class Session:
    """A running scheduler, the inbox it reads, and every release that was the current one, in order."""

    scheduler: RealScheduler
    inbox: Path
    register: Path
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
    give_a_provisional_name(folder / "city" / str(FIRST) / SCHOOLS, folder / "inbox" / str(LAST) / SCHOOLS)
    inbox, register = folder / "inbox" / "{date}", shutil.copytree(registry.HOUSE, folder / "registry")
    suite = own_directory.suites(register) / "release" / "organisations" / "organisation.yml"
    suite.parent.mkdir(parents=True)
    suite.write_text(RULE, encoding="utf-8")
    noon = datetime(FIRST.year, FIRST.month, FIRST.day, 12, tzinfo=ZONE)
    with (
        running(
            RealScheduler(folder / "home", str(inbox), secret, noon, {"SHUYUAN_REGISTRY": str(register)})
        ) as scheduler,
        scheduler.watched() as releases,
    ):
        yield Session(scheduler, inbox, register, releases)


def give_a_provisional_name(schools: Path, changed: Path) -> None:
    """The list of schools with another name of the first."""
    workbook = openpyxl.load_workbook(schools)
    workbook.worksheets[0]["B3"].value += PROVISIONAL
    changed.parent.mkdir(parents=True)
    workbook.save(changed)


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
    return FirstNight(run_id, state, by_hand.stdout, by_hand.returncode, release)


def test_a_night_by_hand_in_the_middle_of_the_schedulers_is_refused_and_takes_nothing_from_it(first: FirstNight):
    assert first.code_by_hand != 0
    assert "the night 2025-10-15" in first.by_hand
    assert first.state == "success"


def test_a_night_whose_scheduler_was_killed_publishes_what_an_undisturbed_one_does(
    session: Session, first: FirstNight, tmp_path: Path, secret: Path
):
    undisturbed = run(tmp_path / "lake", session.inbox, secret, FIRST, registry=session.register)
    assert first.release.name == undisturbed["release"]
    assert rows_of(first.release) == rows_of(Path(undisturbed["path"]))
    with connect_lake(session.scheduler.lake, read_only=True) as connection:
        asked = "select count(*), count(distinct arrival_id) from lake.intake.arrival"
        (rows, arrivals) = connection.execute(asked).fetchone() or (0, 1)
    assert rows == arrivals


@dataclass
class PausedDays:
    """The night after a day on which the DAG was paused: what it said, and what a backfill made of both."""

    run: str
    state: str
    log: str
    missed_state: str
    tasks: dict[str, str | None]


@pytest.fixture(scope="module")
def paused(session: Session, first: FirstNight) -> PausedDays:
    scheduler, page = session.scheduler, session.scheduler.page
    before = set(page.runs())
    page.pause()
    scheduler.move_to(due_of(LAST) + timedelta(minutes=10))
    scheduler.expects(LAST)
    page.pause(paused=False)
    (run_id,) = scheduler.new_runs(before)
    state = scheduler.ended(run_id)
    log = page.log(run_id, "open_lake")
    page.backfill(due_of(MISSED))
    (missed,) = scheduler.new_runs({*before, run_id})
    page.clear(run_id)
    missed_state = scheduler.ended(missed)
    scheduler.ended(run_id)
    return PausedDays(run_id, state, log, missed_state, page.tasks(run_id))


def test_a_night_after_paused_days_names_those_that_were_missed_and_a_backfill_loads_them_in_order(
    session: Session, paused: PausedDays
):
    assert paused.state == "failed"
    assert "the night 2025-10-16 must be loaded" in paused.log
    assert paused.missed_state == "success"
    assert paused.tasks["commit"] == "success"
    assert [release[:10] for release in session.releases] == [str(FIRST), str(MISSED)]


def test_a_gate_that_is_marked_as_passed_publishes_nothing(session: Session, paused: PausedDays):
    scheduler, page, run_id = session.scheduler, session.scheduler.page, paused.run
    assert paused.tasks["check_release"] == "failed"
    assert ("open", "refused", str(LAST)) in [(a["status"], a["kind"], a["night"]) for a in scheduler.alerts()]
    page.mark(run_id, "check_release", "success")
    page.clear(run_id, "publish")
    assert scheduler.ended(run_id) == "failed"
    assert page.tasks(run_id) | {"check_release": "success", "publish": "failed"} == page.tasks(run_id)
    assert "check_release has refused the night" in page.log(run_id, "publish")
    assert session.releases[-1] == scheduler.current
    assert len(session.releases) == 2


def test_an_older_night_that_is_cleared_or_backfilled_never_moves_the_release_back(
    session: Session, first: FirstNight, paused: PausedDays
):
    scheduler, page = session.scheduler, session.scheduler.page
    page.clear(first.run)
    assert scheduler.ended(first.run) == "failed"
    assert "holds the night 2025-10-17 already" in page.log(first.run, "open_lake")
    page.backfill(due_of(FIRST), again="completed")
    scheduler.restarted(first.run)
    assert scheduler.ended(first.run) == "failed"
    assert [release[:10] for release in session.releases] == [str(FIRST), str(MISSED)]
