"""A fortnight of a small city under the real scheduler, in which a seeded choice of things goes wrong every night.

Each release must be the one that undisturbed nights by hand make in another lake, and follow the one before.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import registry
import samples
from tests.end_to_end.conftest import run
from tests.end_to_end.real_scheduler import ZONE, RealScheduler, due_of, running
from warehouse.lake import Lake, connect_lake

SEED, STUDENTS = 14, 200
FIRST, LENGTH = date(2025, 10, 15), 14
DAYS = [FIRST + timedelta(days=n) for n in range(LENGTH)]
DAY = timedelta(days=1)
SOURCES = ("student_registry", "school_registry", "attendance", "homework_a", "teaching", "exams", "reading")
STEPS = ("check_raw", "commit", "transform", "prove", "assemble", "check_release", "publish")
GROWING = "import sys, time\nwith open(sys.argv[1], 'ab', 0) as f:\n    while f.write(b' '): time.sleep(0.0005)"

pytestmark = pytest.mark.soak


@dataclass
class Fortnight:
    """The scheduler, the inbox, an undisturbed lake beside it, and what has come to pass."""

    scheduler: RealScheduler
    inbox: Path
    secret: Path
    bad_register: Path
    random: random.Random
    undisturbed: Lake
    releases: list[str]
    expected: list[str] = field(default_factory=list)  # the ids of the releases of undisturbed nights
    runs: dict[date, str] = field(default_factory=dict)
    alerts: set[tuple[str, str]] = field(default_factory=set)  # those that had to come: kind and night

    def folder(self, night: date) -> Path:
        return self.inbox / night.isoformat()

    def night_undisturbed(self, night: date) -> None:
        outcome = run(self.undisturbed.root, self.inbox / "{date}", self.secret, night)
        assert outcome["status"] == "published", outcome
        self.expected.append(outcome["release"])

    def tick(self, night: date) -> str:
        self.runs[night] = self.scheduler.two_o_clock(night)
        return self.runs[night]

    def ends_well(self, run_id: str) -> None:
        assert self.scheduler.ended(run_id) == "success", self.scheduler.page.tasks(run_id)

    def ends_badly(self, run_id: str, night: date, kind: str = "failed") -> None:
        assert self.scheduler.ended(run_id) == "failed", self.scheduler.page.tasks(run_id)
        self.alerts.add((kind, night.isoformat()))


Plot = Callable[[Fortnight, date], None]


# ---------------------------------------------------------------- what happens in a night


def nothing(story: Fortnight, night: date) -> None:
    story.ends_well(story.tick(night))


def scheduler_is_killed(story: Fortnight, night: date) -> None:
    run_id = story.tick(night)
    story.scheduler.reached(run_id, story.random.choice(STEPS))
    story.scheduler.kill_scheduler(run_id)
    story.ends_well(run_id)


def tasks_are_killed(story: Fortnight, night: date) -> None:
    run_id = story.tick(night)
    for step in sorted(story.random.sample(STEPS, 3), key=STEPS.index):
        story.scheduler.reached(run_id, step)
        story.scheduler.kill_tasks(run_id)
    story.ends_well(run_id)


def a_night_by_hand_in_the_middle(story: Fortnight, night: date) -> None:
    run_id = story.tick(night)
    story.scheduler.reached(run_id, "find_arrivals", "success")
    by_hand = story.scheduler.night_by_hand(night)
    assert by_hand.returncode != 0, by_hand
    story.ends_well(run_id)


def a_night_by_hand_before(story: Fortnight, night: date) -> None:
    """The scheduler's night waits for the one that was started by hand, then makes the same release again."""
    scheduler = story.scheduler
    scheduler.move_to(due_of(night) - timedelta(minutes=10))
    by_hand = scheduler.start_by_hand(night)
    scheduler.by_hand_has_begun(night)
    run_id = story.tick(night)
    assert by_hand.wait(300) == 0
    story.ends_well(run_id)


def the_run_is_cleared(story: Fortnight, night: date) -> None:
    run_id = story.tick(night)
    story.ends_well(run_id)
    story.scheduler.page.clear(run_id)
    story.ends_well(run_id)


def a_step_is_cleared(story: Fortnight, night: date) -> None:
    """Of a published night: it makes the same release again, or is refused."""
    run_id = story.tick(night)
    story.ends_well(run_id)
    story.scheduler.page.clear(run_id, story.random.choice(STEPS), downstream=True)
    if story.scheduler.ended(run_id) == "failed":
        story.alerts.add(("refused", night.isoformat()))


def a_step_is_marked_failed(story: Fortnight, night: date) -> None:
    page, step = story.scheduler.page, story.random.choice(("check_raw", "transform", "prove", "check_release"))
    run_id = story.tick(night)
    story.scheduler.reached(run_id, step)
    page.mark(run_id, step, "failed")
    story.ends_badly(run_id, night)
    page.clear(run_id, step, downstream=True)
    story.ends_well(run_id)


def a_step_is_marked_as_done(story: Fortnight, night: date) -> None:
    """Before it has begun: what follows refuses to go on, until the whole run is cleared."""
    page, step = story.scheduler.page, story.random.choice(("guard", "check_raw", "commit", "prove", "check_release"))
    run_id = story.tick(night)
    page.mark(run_id, step, "success")
    story.ends_badly(run_id, night, "refused")
    page.clear(run_id)
    story.ends_well(run_id)


def a_gate_is_clicked_open(story: Fortnight, night: date) -> None:
    scheduler, page = story.scheduler, story.scheduler.page
    scheduler.move_to(due_of(night) - timedelta(hours=1))
    run_id = page.trigger(date=night.isoformat(), registry=str(story.bad_register))
    story.ends_badly(run_id, night, "refused")
    page.mark(run_id, "check_release", "success")
    page.clear(run_id, "publish")
    story.ends_badly(run_id, night, "refused")
    story.ends_well(story.tick(night))


def days_are_paused(story: Fortnight, night: date) -> None:
    """Two nights are missed; the third names them, is cleared, and waits until Airflow's backfill has loaded them."""
    scheduler, page = story.scheduler, story.scheduler.page
    last = night + 2 * DAY
    before = set(page.runs())
    page.pause()
    scheduler.move_to(due_of(last) + timedelta(minutes=10))
    scheduler.expects(last)
    page.pause(paused=False)
    (run_id,) = scheduler.new_runs(before)
    story.ends_badly(run_id, last)
    log = page.log(run_id, "open_lake")
    assert f"{night}, {night + DAY}" in log, log[:2000]
    story.runs[last] = run_id
    backfilled(story, night)
    story.ends_well(story.runs[night])
    backfilled(story, night + DAY)
    page.clear(run_id)
    story.ends_well(story.runs[night + DAY])
    story.ends_well(run_id)


def backfilled(story: Fortnight, night: date) -> None:
    """Airflow's backfill of a night that was missed begins."""
    before = set(story.scheduler.page.runs())
    story.scheduler.page.backfill(due_of(night))
    (story.runs[night],) = story.scheduler.new_runs(before)


PLOTS: list[tuple[Plot, int]] = [
    *((plot, 1) for plot in (
        scheduler_is_killed, tasks_are_killed, a_night_by_hand_in_the_middle, a_night_by_hand_before,
        the_run_is_cleared, a_step_is_cleared, a_step_is_marked_failed, a_step_is_marked_as_done,
        a_gate_is_clicked_open,
    )),
    (days_are_paused, 3),
]  # fmt: skip


# ---------------------------------------------------------------- what comes into the inbox


def a_file_is_late(story: Fortnight, night: date) -> None:
    """A file of a night comes a day later."""
    put_off(a_file(story, night), story, night)


def a_file_is_half_copied(story: Fortnight, night: date) -> None:
    """A file is there in part, under another name; all of it comes a day later."""
    path = a_file(story, night)
    half = path.read_bytes()[: path.stat().st_size // 2]
    put_off(path, story, night)
    path.with_name(f"{path.name}.part").write_bytes(half)


def a_file(story: Fortnight, night: date) -> Path:
    """One of the files of a night; not of those that come once only."""
    paths = sorted(path for path in story.folder(night).rglob("*") if path.is_file() and "changes" not in path.parts)
    assert len(paths) > 1, "a night without files is another story"
    return story.random.choice(paths)


def put_off(path: Path, story: Fortnight, night: date) -> None:
    """Move a file into the folder of the next day, unless a newer one of its name is there."""
    target = story.folder(night + DAY) / path.relative_to(story.folder(night))
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        path.unlink()
    else:
        shutil.move(path, target)


@contextmanager
def growing(path: Path) -> Iterator[None]:
    """A large file that another program writes all the while."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(50_000_000)
    writer = subprocess.Popen([sys.executable, "-c", GROWING, str(path)])
    try:
        yield
    finally:
        writer.kill()
        writer.wait()
        path.unlink()


# ---------------------------------------------------------------- the fortnight


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, secret: Path) -> Iterator[Fortnight]:
    folder = tmp_path_factory.mktemp("fortnight")
    samples.write_city(folder / "city", STUDENTS, seed=SEED, nights=LENGTH, first_night=FIRST)
    for day in DAYS:
        (folder / "inbox" / day.isoformat()).mkdir(parents=True)
        for source in SOURCES:
            exports = folder / "city" / day.isoformat() / source
            if exports.exists():
                shutil.copytree(exports, folder / "inbox" / day.isoformat() / source)
    noon = datetime(FIRST.year, FIRST.month, FIRST.day, 12, tzinfo=ZONE)
    inbox = folder / "inbox"
    with (
        running(RealScheduler(folder / "home", str(inbox / "{date}"), secret, noon)) as scheduler,
        scheduler.watched() as releases,
    ):
        yield Fortnight(
            scheduler, inbox, secret, bad_register(folder), random.Random(SEED), Lake(folder / "undisturbed"), releases
        )


def bad_register(folder: Path) -> Path:
    """A register that names an office by its telephone number, which door 2 lets nobody publish."""
    copy = folder / "registry"
    shutil.copytree(registry.HOUSE, copy, ignore=shutil.ignore_patterns("*.py", "examples", "rules"))
    bureau = copy / "bureau.yml"
    bureau.write_text(bureau.read_text(encoding="utf-8").replace("泮池县", "泮池县13812345678"), encoding="utf-8")
    return copy


def test_a_fortnight_in_which_everything_goes_wrong_once_ends_as_an_undisturbed_one(story: Fortnight):
    plots = story.random.sample(PLOTS, len(PLOTS))
    plots.insert(0, (nothing, 1))
    plots.append((nothing, 1))
    assert sum(length for _, length in plots) == LENGTH
    nights = iter(DAYS)
    for plot, length in plots:
        span = [next(nights) for _ in range(length)]
        sys.stderr.write(f"{datetime.now(ZONE):%H:%M:%S} {span[0]} {plot.__name__}\n")
        a_night_with(story, plot, span)
    ends_as_undisturbed(story)


def a_night_with(story: Fortnight, plot: Plot, nights: list[date]) -> None:
    """Nights of which the inbox is no better than their course; then an old one is asked for again."""
    if nights[0] not in (DAYS[0], DAYS[-1]):
        story.random.choice((a_file_is_late, a_file_is_half_copied))(story, nights[-1])
    with growing(story.folder(nights[0]) / "attendance" / "events" / f"growing-{nights[0]}.csv"):
        plot(story, nights[0])
        for night in nights:
            story.night_undisturbed(night)
    assert story.scheduler.current == story.expected[-1], plot.__name__
    assert story.releases == story.expected, plot.__name__
    if nights[0] == DAYS[-1]:
        return  # the alert of an old night is mended by the next one that is published, and there is none
    if nights[0] in story.runs and story.random.random() < 0.4 and nights[0] != DAYS[0]:
        an_old_night_again(story, story.random.choice([day for day in story.runs if day < nights[-1]]))
        assert story.releases == story.expected, "an old night"


def an_old_night_again(story: Fortnight, night: date) -> None:
    scheduler, page, run_id = story.scheduler, story.scheduler.page, story.runs[night]
    if story.random.random() < 0.5:
        page.clear(run_id)
    else:
        page.backfill(due_of(night), again="completed")
        scheduler.restarted(run_id)
    story.ends_badly(run_id, night)


def ends_as_undisturbed(story: Fortnight) -> None:
    """The same rows in the same tables, no release that a gate refused, and no alert of a night without its end."""
    assert rows_of_lake(story.scheduler.lake) == rows_of_lake(story.undisturbed)
    kept = {path.name for path in story.scheduler.lake.releases.iterdir() if path.is_dir() and not path.is_symlink()}
    assert kept <= set(story.expected)
    of_nights = [alert for alert in story.scheduler.alerts() if alert["kind"] != "missing"]
    sent = [(alert["status"], alert["kind"], alert["night"]) for alert in of_nights]
    opened = {(kind, night) for status, kind, night in sent if status == "open"}
    mended = {(kind, night) for status, kind, night in sent if status == "mended"}
    assert story.alerts <= opened
    assert opened == mended
    still_open = json.loads((story.scheduler.lake.outbox / "alerts" / "open.json").read_text())
    assert [a for a in still_open if a.get("closed") is None and a["kind"] != "missing"] == []


def rows_of_lake(lake: Lake) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the tables that deliveries fill."""
    with connect_lake(lake, read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name in ('raw', 'intake') order by all"
        ).fetchall()
        return {
            f"{schema}.{table}": connection.execute(f'select * from lake."{schema}"."{table}" order by all').fetchall()
            for schema, table in tables
        }
