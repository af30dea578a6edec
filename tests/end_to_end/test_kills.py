"""A night may be killed anywhere: the current release stays whole, and the next run makes what was to be made.

`KILLS` and `DISKS` are the counts of the long run; `SHUYUAN_TEST_KILLS` and `SHUYUAN_TEST_DISKS` give others.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.end_to_end.killed_nights import (
    DAYS,
    PATIENCE,
    STEPS,
    Content,
    Nights,
    content_of,
    copy_of,
    kill_in,
    moments,
    release_is_whole,
)
from warehouse.lake import Lake

KILLS = int(os.environ.get("SHUYUAN_TEST_KILLS", "60"))
DISKS = int(os.environ.get("SHUYUAN_TEST_DISKS", "10"))
SEED = 17
pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory, secret: Path) -> Nights:
    return Nights(tmp_path_factory.mktemp("killed"), secret)


class Undisturbed:
    """The lake before each night, and what it holds before and after it; made when they are asked for."""

    def __init__(self, nights: Nights) -> None:
        self._nights = nights
        self._states: list[tuple[Lake, Content | None]] = [(Lake(nights.root / "after-0"), None)]

    def around(self, number: int) -> tuple[Lake, Content | None, Content]:
        while len(self._states) <= number + 1:
            done = len(self._states)
            lake = copy_of(self._states[-1][0], self._nights.root / f"after-{done}")
            self._nights.run(lake, DAYS[done - 1])
            self._states.append((lake, content_of(lake)))
        (before, held), (_, expected) = self._states[number : number + 2]
        assert expected is not None
        return before, held, expected


@pytest.fixture(scope="module")
def undisturbed(nights: Nights) -> Undisturbed:
    return Undisturbed(nights)


def test_a_night_that_is_killed_anywhere_is_made_up_for_by_the_next_run(
    nights: Nights, undisturbed: Undisturbed, capsys: pytest.CaptureFixture[str]
) -> None:
    hits: Counter[tuple[str, str]] = Counter()
    for count, (number, step, wait, whom) in enumerate(moments(KILLS, SEED)):
        before, held, expected = undisturbed.around(number)
        lake, day = copy_of(before, nights.root / "killed"), DAYS[number]
        allowed = {content.release for content in (held, expected) if content} | ({None} if held is None else set())
        rounds = [("night", step, wait, whom)]
        if count % 4 == 3:  # the run that makes up for it is killed too
            rounds.append(("recovery", STEPS[(count * 5) % len(STEPS)], wait / 2, "tree"))
        for kind, at, seconds, victim in rounds:
            night = nights.start(lake, day)
            seen = kill_in(night, lake, day, at, seconds, victim)
            said, _ = night.communicate(timeout=PATIENCE)
            assert victim != "child" or night.returncode == 0, said
            hits[kind if kind == "recovery" else victim, seen] += 1
            assert release_is_whole(lake) in allowed
        nights.run(lake, day)
        assert content_of(lake) == expected, (count, number, step, whom)
        _print(capsys, f"{count + 1}: {day} {whom} in {seen}")
    _print(capsys, _table(hits))


def test_a_night_that_is_sent_term_ends_within_seconds_with_all_its_children(
    nights: Nights, undisturbed: Undisturbed, capsys: pytest.CaptureFixture[str]
) -> None:
    before, _, expected = undisturbed.around(0)
    for step in ("read", "transform", "check_release"):
        lake = copy_of(before, nights.root / "termed")
        night = nights.start(lake, DAYS[0])
        kill_in(night, lake, DAYS[0], step, 0.5, "nobody")
        children = psutil.Process(night.pid).children(recursive=True)
        began = time.monotonic()
        night.send_signal(signal.SIGTERM)
        said, _ = night.communicate(timeout=PATIENCE)
        seconds = time.monotonic() - began
        assert night.returncode == 143
        assert "was ended by SIGTERM" in said
        assert seconds < 5
        assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
        nights.run(lake, DAYS[0])
        assert content_of(lake) == expected
        _print(capsys, f"TERM in {step}: {seconds:.2f} s, {len(children)} children")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder that may be a disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    yield folder
    subprocess.run(["umount", "-l", folder], capture_output=True, check=False)


def test_a_night_on_a_full_disk_says_what_it_needs_and_the_next_one_on_a_larger_disk_is_whole(
    nights: Nights, undisturbed: Undisturbed, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("a disk of a size cannot be mounted here: this needs root")
    steps: Counter[str] = Counter()
    for number in range(DISKS):
        night = number * len(DAYS) // DISKS
        before, held, expected = undisturbed.around(night)
        _resize(disk, 4096)
        lake = copy_of(before, disk / "lake")
        used = shutil.disk_usage(disk).used / (1 << 20)
        _resize(disk, used + 0.2 + 60 * (number / DISKS) ** 2)
        code, said = nights.run_anyhow(lake, DAYS[night])
        steps[_step_said(lake, night) if code else "none: it was enough"] += 1
        if code:
            assert code == 1, said
            assert "The disk is full: " in said, said
            assert "MiB are free under" in said
            assert "the night needs" in said
        if held is not None:
            assert release_is_whole(lake) in {held.release, expected.release}
        _resize(disk, 4096)
        nights.run(lake, DAYS[night])
        assert content_of(lake) == expected
        _print(capsys, f"disk {number + 1}: night {night + 1}, exit {code}")
        shutil.rmtree(lake.root)
    _print(capsys, "\n".join(f"| {step} | {count} |" for step, count in steps.items()))


def _resize(disk: Path, size: float) -> None:
    """Give the disk so many MiB."""
    subprocess.run(["mount", "-o", f"remount,size={int(size * 1024)}k", disk], check=True)


def _step_said(lake: Lake, night: int) -> str:
    with suppress(OSError, ValueError):
        return str(json.loads((lake.work(DAYS[night]) / "outcome.json").read_text())["step"])
    return "before it could write which"


def _table(hits: Counter[tuple[str, str]]) -> str:
    whom = ("tree", "main", "child", "recovery")
    rows = [f"| {step} | {' | '.join(str(hits[who, step] or '') for who in whom)} |" for step in (*STEPS, "ended")]
    return "\n".join([f"| killed in | {' | '.join(whom)} |", "|---|---|---|---|---|", *rows])


def _print(capsys: pytest.CaptureFixture[str], text: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
