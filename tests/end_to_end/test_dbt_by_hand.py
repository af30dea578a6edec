"""dbt by hand from a shell, on the lines of the README, and a night beside it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture.conftest import ROOT
from tests.end_to_end.conftest import LAST, Nights, run
from warehouse.lake import Lake

pytestmark = pytest.mark.soak

PAGE = (ROOT / "README.md").read_text(encoding="utf-8")
(BLOCK,) = re.findall(r"```bash\n(.*?)```", PAGE.split("## dbt by hand")[1].split("\n## ")[0], re.S)
SLOW = "select max(a.range * b.range) as n from range(1000000) as a, range(1000000) as b"


@pytest.fixture(scope="module")
def lake(nights: Nights, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return Lake(Path(shutil.copytree(nights.lake.root, tmp_path_factory.mktemp("shell") / "lake", symlinks=True)))


@pytest.fixture(scope="module")
def environment(lake: Lake) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "LAKE": str(lake.root), "SHUYUAN_LAKE": str(lake.root)}


@pytest.fixture
def opened(lake: Lake, environment: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts `shuyuan dbt` with arguments, to be ended with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "shuyuan", "dbt", *arguments]
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.wait(60)


def within(seconds: int, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(1)
    return False


def open_files(pid: int) -> set[str]:
    """The names of the files that a process has open."""
    return {Path(link.readlink()).name for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}


def test_the_lines_of_the_readme_run_as_they_are_written(environment: dict[str, str]):
    script = BLOCK.replace("make dbt", "make -o setup dbt")  # what is installed here stays as it is
    done = subprocess.run(
        ["bash", "-euc", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Previewing node 'student_growth'" in done.stdout
    assert "shuyuan.conformed.events.exam_results" in done.stdout


def test_a_night_runs_while_the_documentation_is_served_and_a_model_is_shown(
    lake: Lake, nights: Nights, opened: Callable[..., subprocess.Popen[bytes]]
):
    assert opened("docs", "generate").wait(600) == 0
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    served = opened("docs", "serve", "--no-browser", "--port", str(port))
    shown = opened("show", "--inline", SLOW)

    assert within(120, lambda: {"build.duckdb", "catalog.ducklake"} <= open_files(shown.pid)), "dbt holds its copy"
    outcome = run(lake.root, nights.city / LAST.isoformat(), nights.secret, LAST, whole=True)
    assert outcome["status"] == "published"
    assert (served.poll(), shown.poll()) == (None, None), "both ran all the while"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/catalog.json", timeout=10) as answer:
        assert b"student_growth" in answer.read()
