"""A small city's nights as programs of their own, which are killed in a step, or whose disk is full.

Lives here: starting, following and ending a night, and what a lake holds after it.
Stays out: which moments (`test_kills`, `test_full_disks`), the city (`samples`).
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import psutil

import samples
from warehouse.lake import Lake, connect_lake
from warehouse.release.differences import differences

DAYS = (date(2025, 10, 15), date(2025, 10, 16), date(2025, 10, 17))
PUPILS = 200  # a sample has no fewer
SOURCES = ("school_registry", "student_registry", "teacher_system", "teaching", "exams", "homework_a", "quality")
PATIENCE = 1800.0  # seconds, on a machine that does much else
# what a step leaves in the night's scratch: whose is missing is the step that runs
LEFT_BY = {
    "find_arrivals": "arrivals.json",
    "read": "",
    "guard": "verdicts/guard.json",
    "check_raw": "verdicts/check_raw.json",
    "commit": "verdicts/commit.json",
    "transform": "verdicts/transform.json",
    "list_problems": "problem_lists.json",
    "check_deliveries": "verdicts/check_deliveries.json",
    "prove": "verdicts/prove.json",
    "assemble": "candidate_build.json",
    "check_release": "verdicts/check_release.json",
    "publish": "outcome.json",
}
STEPS = ("open_lake", *LEFT_BY)


@dataclass(frozen=True)
class Content:
    """What a lake holds: its current release by the content of each mart, and the rows of each raw table."""

    release: str
    marts: dict[str, str]
    raw: dict[str, tuple[int, str]]


def city(out: Path) -> Path:
    """The exports of a few sources: what a night costs besides is what is killed."""
    samples.write_city(out, PUPILS, seed=5, nights=len(DAYS))
    for folder in out.glob("20*/*"):
        if folder.name not in SOURCES:
            shutil.rmtree(folder)
    return out


class Nights:
    """The nights of a city; `secret` is the bureau's."""

    def __init__(self, root: Path, secret: Path) -> None:
        self.root, self.city = root, city(root / "city")
        self._variables = {**os.environ, "SHUYUAN_SECRET_FILE": str(secret), "SHUYUAN_THREADS": "2"}

    def start(self, lake: Lake, day: date) -> subprocess.Popen[str]:
        """`shuyuan night` as a person starts it, in a session of its own."""
        inbox = str(self.city / day.isoformat())
        command = [sys.executable, "-m", "shuyuan", "night", "--inbox", inbox, "--lake", str(lake.root)]
        return subprocess.Popen(
            [*command, "--date", day.isoformat()], env=self._variables, start_new_session=True, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def run(self, lake: Lake, day: date) -> str:
        """Run a night to its end, which must be published; what it said."""
        code, said = self.run_anyhow(lake, day)
        assert code == 0, said
        return said

    def run_anyhow(self, lake: Lake, day: date) -> tuple[int, str]:
        night = self.start(lake, day)
        said, _ = night.communicate(timeout=PATIENCE)
        return night.returncode, said


def step_of(lake: Lake, day: date) -> str:
    """The step that a night is in, by what the steps before it have left."""
    work = lake.work(day)
    if not (work / "disk_use.json").exists():
        return "open_lake"
    for step, left in LEFT_BY.items():
        if step == "read":
            if not (work / "verdicts").exists() and not (work / "holds.json").exists() and not _all_read(work):
                return "read"
        elif not (work / left).exists():
            return step
    return "ended"


def _all_read(work: Path) -> bool:
    with suppress(OSError, ValueError):
        feeds = {a["feed"] for a in json.loads((work / "arrivals.json").read_text()) if a["feed"]}
        return len(list(work.glob("*/deliveries.json"))) >= len(feeds)
    return False


def kill_in(night: subprocess.Popen[str], lake: Lake, day: date, step: str, wait: float, whom: str) -> str:
    """Kill a night `wait` seconds after it has come to a step; the step that it was in then.

    `whom`: its whole "tree", its "main" process alone, or one "child" alone, after which the night goes on; "nobody":
    the night is only followed that far.
    """
    began = time.monotonic()
    reached: float | None = None
    while night.poll() is None:
        now = time.monotonic()
        assert now - began < PATIENCE
        seen = step_of(lake, day)
        if reached is None and (seen == step or STEPS.index(step) < (*STEPS, "ended").index(seen)):
            reached = now
        children = psutil.Process(night.pid).children(recursive=True)
        if reached is not None and now - reached >= wait and (whom != "child" or children or seen != step):
            seen = step_of(lake, day)
            targets = {"tree": [*children, psutil.Process(night.pid)], "main": [psutil.Process(night.pid)],
                       "child": children[:1], "nobody": []}[whom]  # fmt: skip
            for target in targets:
                with suppress(psutil.NoSuchProcess):
                    target.kill()
            if whom in ("tree", "main"):
                night.communicate(timeout=PATIENCE)
            return seen if targets or whom == "nobody" else "no child"
        time.sleep(0.005)
    return "ended"


def release_is_whole(lake: Lake) -> str | None:
    """The current release's id, after it was read whole and held against its manifest; None where there is none."""
    current = lake.releases / "current"
    if not current.is_symlink():
        return None
    assert list(differences(current.resolve(), deep=True)) == []
    manifest = json.loads((current / "manifest.json").read_text())
    with duckdb.connect() as connection:
        connection.execute(f"attach '{current / 'marts.duckdb'}' as marts (read_only); use marts")
        connection.execute(f"set variable release = '{current}'")
        for mart, said in manifest["marts"].items():
            assert connection.execute(f'select count(*) from "{mart}"').fetchone() == (said["rows"],), mart
    release_id: str = manifest["release_id"]
    assert current.resolve().name == release_id
    return release_id


def content_of(lake: Lake) -> Content:
    """What a lake holds after a night."""
    release_id = release_is_whole(lake)
    manifest: dict[str, Any] = json.loads((lake.releases / "current" / "manifest.json").read_text())
    raw = {}
    with connect_lake(lake, read_only=True) as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where database_name = 'lake' and schema_name = 'raw' order by 1"
        ).fetchall()
        for (table,) in tables:
            rows = connection.execute(f'select t::varchar from lake.raw."{table}" t order by 1').fetchall()
            raw[table] = (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest())
    return Content(str(release_id), {n: m["content_sha256"] for n, m in manifest["marts"].items()}, raw)


def copy_of(lake: Lake, target: Path) -> Lake:
    shutil.rmtree(target, ignore_errors=True)
    if lake.root.exists():
        shutil.copytree(lake.root, target, symlinks=True)
    return Lake(target)


def moments(count: int, seed: int) -> Iterator[tuple[int, str, float, str]]:
    """(number of the night, step, seconds into it, whom): every step in turn, one night after the other, seeded."""
    chance = random.Random(seed)
    for number in range(count):
        step = STEPS[number % len(STEPS)]
        whom = "child" if step == "read" and number % 2 else ("tree", "main")[number // len(STEPS) % 2]
        yield number * len(DAYS) // count, step, chance.random() ** 2 * 4, whom
