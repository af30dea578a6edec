"""Keeping programs alive, with small programs in the place of Airflow's: nothing dies unnoticed, nothing is left."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from tests.dags import processes
from tests.dags.processes import kill_tree, tree_of

ROOT = Path(__file__).parents[2]
SECONDS = 20  # of patience, never of a claim
until = partial(processes.until, seconds=SECONDS)

# A part that has started a child of its own session, deaf to TERM: the worst that a task can be.
PART = """
import subprocess, sys, time
deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", deaf], start_new_session=True, stdout=subprocess.PIPE)
child.stdout.readline()
print("pids", __import__("os").getpid(), child.pid, flush=True)
time.sleep(60)
"""

DRIVER = """
import subprocess, sys
from pathlib import Path
from dags.scheduler.supervisor import Limits, Part, PartFailed, Stopped, Supervisor, with_guard

def say(text):
    print(text, flush=True)

def watch():
    subprocess.run(["echo", "watched"], check=True)
    raise ValueError("the mail server is away")

def supervise():
    limits = Limits(deaths=3, first_delay=0.1, longest_delay=0.1, grace=0.5, interval=0.3)
    supervisor = Supervisor(say, limits)
    try:
        with supervisor.running():
            supervisor.start(*(Part(n, [sys.executable, "-c", c], Path(f"{n}.log")) for n, c in PARTS.items()))
            say("started")
            supervisor.run(watch)
    except Stopped:
        return 0
    except PartFailed as error:
        say(str(error))
        return 1

sys.exit(with_guard(supervise))
"""


class Run:
    """A supervisor of parts in a process of its own."""

    def __init__(self, folder: Path, parts: dict[str, str]) -> None:
        self.folder, self.output = folder, folder / "output"
        (folder / "driver.py").write_text(f"PARTS = {parts!r}\n{DRIVER}")
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "driver.py"], cwd=folder, stdout=output, stderr=output,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip

    def text(self) -> str:
        return self.output.read_text()

    def pids(self, part: str) -> list[list[int]]:
        """The process and its child of each life of a part."""
        log = self.folder / f"{part}.log"
        lines = log.read_text().splitlines() if log.exists() else []
        return [[int(pid) for pid in line.split()[1:]] for line in lines if line.startswith("pids")]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[dict[str, str]], Run]]:
    runs: list[Run] = []

    def starting(parts: dict[str, str]) -> Run:
        runs.append(Run(tmp_path, parts))
        return runs[-1]

    yield starting
    for run in runs:
        kill_tree(run.process, SECONDS)


def gone(pids: list[int]) -> bool:
    return not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in pids)


def test_a_part_that_dies_is_started_again_and_what_it_left_is_ended_before(start):
    run = start({"one": PART, "two": PART})
    until(lambda: run.pids("one") and run.pids("two"))
    (first,), (other,) = run.pids("one"), run.pids("two")
    os.kill(first[0], signal.SIGKILL)
    until(lambda: len(run.pids("one")) == 2)
    assert gone(first)
    assert not gone(other[:1])
    assert not gone(other[1:])
    assert "one ended (exit code -9) and is started again" in run.text()


def test_a_part_that_dies_again_and_again_ends_the_whole_with_a_sentence(start):
    run = start({"sick": "raise SystemExit(7)", "sound": PART})
    assert run.process.wait(SECONDS) == 1
    assert "sick ended 3 times within 10 minutes (last with exit code 7), so everything is ended: see sick.log" in (
        run.text()
    )
    assert all(gone(pids) for pids in run.pids("sound"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_everything_also_what_is_deaf_to_it(start, number):
    run = start({"one": PART})
    until(lambda: run.pids("one"))
    tree = [process.pid for process in tree_of(run.process)]
    run.process.send_signal(number)
    assert run.process.wait(SECONDS) == 0
    assert gone([*tree, *run.pids("one")[0]])


@pytest.mark.skipif(sys.platform != "linux", reason="orphans fall to an ancestor on Linux alone")
@pytest.mark.parametrize("victim", ["guard", "supervisor"])
def test_a_supervisor_that_is_killed_leaves_nothing(start, victim):
    run = start({"one": PART})
    until(lambda: run.pids("one"))
    tree = [process.pid for process in tree_of(run.process)]
    os.kill(run.process.pid if victim == "guard" else tree[0], signal.SIGKILL)
    assert run.process.wait(SECONDS) != 0
    until(lambda: gone([*tree, *run.pids("one")[0]]))


def test_a_watch_that_fails_is_reported_once_and_called_again_and_ends_nothing(start):
    run = start({"one": PART})
    until(lambda: run.text().count("watched") > 2)
    assert run.text().count("the watch for alerts failed with an unexpected error (ValueError)") == 1
    assert run.process.poll() is None
    assert len(run.pids("one")) == 1


def test_a_log_that_has_grown_is_moved_aside_while_its_program_goes_on_writing(tmp_path, monkeypatch):
    from dags.scheduler import supervisor

    monkeypatch.setattr(supervisor, "_LOG_BYTES", 10)
    log = tmp_path / "x.log"
    with log.open("ab", buffering=0) as writing:
        writing.write(b"a long line\n")
        supervisor.shorten(log)
        writing.write(b"more\n")
    assert log.read_text() == "more\n"
    assert (tmp_path / "x.log.1").read_text() == "a long line\n"
