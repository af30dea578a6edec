"""Two nights never write one lake."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from warehouse.errors import LakeBusy
from warehouse.lake import Lake, write_lock

NIGHT = date(2025, 10, 15)
HOLDER = """
import sys
from datetime import date
from pathlib import Path
from warehouse.lake import Lake, write_lock
with write_lock(Lake(Path(sys.argv[1])), date(2025, 10, 14)):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other_night(lake: Lake):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lake.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def test_a_second_night_is_told_who_holds_the_lake(lake: Lake, other_night: subprocess.Popen[str]) -> None:
    said = f"is being written by the night 2025-10-14 \\(process {other_night.pid}\\): wait until it ends"
    with pytest.raises(LakeBusy, match=said), write_lock(lake, NIGHT):
        pass


def test_a_night_that_was_killed_leaves_no_lock(lake: Lake, other_night: subprocess.Popen[str]) -> None:
    other_night.kill()
    other_night.wait()
    with write_lock(lake, NIGHT):
        assert "2025-10-15" in lake.lock.read_text()


def test_a_step_may_enter_the_lock_its_night_holds(lake: Lake) -> None:
    with write_lock(lake, NIGHT):
        with write_lock(lake, NIGHT):
            pass
        refused = subprocess.run(
            [sys.executable, "-c", HOLDER, str(lake.root)],
            input="",
            capture_output=True,
            text=True,
            check=False,
        )
    assert "LakeBusy" in refused.stderr


def test_the_lock_is_given_back_when_a_night_fails(lake: Lake) -> None:
    with pytest.raises(ZeroDivisionError), write_lock(lake, NIGHT):
        _ = 1 / 0
    done = subprocess.run(
        [sys.executable, "-c", HOLDER, str(lake.root)], input="", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
