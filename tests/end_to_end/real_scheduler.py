"""Airflow's real scheduler for a lake of its own, its clock shifted: started, moved through days, killed, ended."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psutil

from dags import claim
from dags.scratch import BY_HAND
from tests.architecture.conftest import ROOT
from tests.end_to_end.airflow_page import ENDED, Page, wait_for
from warehouse.lake import Lake

ZONE = ZoneInfo("Asia/Shanghai")
CLOCK = ROOT / "tests" / "fixtures" / "clock"
_PR_SET_PDEATHSIG = 1
START_SECONDS, STOP_SECONDS, NIGHT_SECONDS = 300, 60, 900


@dataclass
class RealScheduler:
    """`make up` on a lake: the processes, their clock, their page.

    `inbox` may hold `{date}`; `begin` is what the shifted clock shows at the start.
    """

    folder: Path
    inbox: str
    secret: Path
    begin: datetime
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.clock = self.folder / "clock"
        self.alerts_file = self.folder / "alerts.jsonl"
        self.port = free_port()
        self.page = Page(self.port, self.lake.airflow / "simple_auth_manager_passwords.json.generated")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def lake(self) -> Lake:
        return Lake(self.folder / "lake")

    @property
    def environment(self) -> dict[str, str]:
        """The environment of everything on this lake whose clock is shifted."""
        outer = {k: v for k, v in os.environ.items() if not k.startswith(("SHUYUAN_", "AIRFLOW", "PYTEST"))}
        return outer | {
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(CLOCK), *filter(None, [os.environ.get("PYTHONPATH")])]),
            "SHIFTED_CLOCK": str(self.clock),
            "SHUYUAN_LAKE": str(self.lake.root),
            "SHUYUAN_INBOX": self.inbox,
            "SHUYUAN_SECRET_FILE": str(self.secret),
            "SHUYUAN_ALERT_COMMAND": f"{{ cat; echo; }} >> '{self.alerts_file}'",
            # files of the checkout are younger than the clock: by their age they would be parsed without end
            "AIRFLOW__DAG_PROCESSOR__FILE_PARSING_SORT_MODE": "alphabetical",
            # a jump of the clock must not make a DAG old that is just being parsed
            "AIRFLOW__DAG_PROCESSOR__STALE_DAG_THRESHOLD": "100000000",
            # how often Airflow looks for tasks that have died: by its monotonic clock, which no jump reaches
            "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "5",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
            **self.settings,
        }

    # ---------------------------------------------------------------- its life

    def start(self) -> None:
        """Start everything, and wait until the scheduler is well and knows the night. Raises AssertionError."""
        if not self.clock.exists():
            self.clock.write_bytes(struct.pack("<q", 0))
            self.move_to(self.begin)
        self.output = (self.folder / "up.log").open("ab")
        command = [sys.executable, "-m", "dags.standalone", "--lake", str(self.lake.root), "--port", str(self.port)]
        self._process = subprocess.Popen(
            command, cwd=self.folder, env=self.environment, stdout=self.output, stderr=self.output,
            preexec_fn=_end_with_test,  # noqa: PLW1509 (one call of the kernel)
        )  # fmt: skip
        wait_for(self._is_up, START_SECONDS, lambda: f"the scheduler: {(self.folder / 'up.log').read_text()[-3000:]}")

    def _is_up(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "up.log").read_text()[-3000:]
        return self.page.is_ready()

    def stop(self) -> None:
        """End by TERM; nothing that was started lives on. Raises AssertionError."""
        if self._process is None:
            return
        family = self.family()
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        finally:
            _, alive = psutil.wait_procs(family, timeout=5)
            left = [process.cmdline() for process in alive if process.is_running()]
            for process in alive:
                process.kill()
            self._process.wait(5)
            self._process = None
            self.output.close()
        assert not left, left

    def family(self) -> list[psutil.Process]:
        """Everything that runs for this scheduler."""
        assert self._process is not None
        root = psutil.Process(self._process.pid)
        return [root, *root.children(recursive=True)]

    def kill_scheduler(self, run_id: str) -> None:
        """SIGKILL Airflow's scheduler, as the system does when memory is short, and wait for the next one.

        Minutes pass, after which Airflow misses the tasks of this run that died with it.
        """
        before = self._scheduler()
        assert before is not None
        tasks = self._processes_of(run_id)
        before.kill()
        wait_for(lambda: (self._scheduler() or before) != before, 60, "another scheduler")
        _, alive = psutil.wait_procs(tasks, timeout=5)
        if not alive:
            self.advance(minutes=6)

    def kill_tasks(self, run_id: str) -> None:
        """SIGKILL the tasks of a run that are at work."""
        for process in self._processes_of(run_id):
            process.kill()

    def _scheduler(self) -> psutil.Process | None:
        """Airflow's scheduler: the first process of that name, since what it has forked has it too."""
        found = [p for p in self.family() if "airflow scheduler" in _title(p)]
        return min(found, key=psutil.Process.create_time) if found else None

    def _processes_of(self, run_id: str) -> list[psutil.Process]:
        names = [name for name, state in self.page.tasks(run_id).items() if state == "running"]
        pids = [self.page.task(run_id, name)["pid"] for name in names if "[" not in name]
        return [psutil.Process(pid) for pid in pids if pid and psutil.pid_exists(pid)]

    # ---------------------------------------------------------------- its clock

    @property
    def now(self) -> datetime:
        (shift,) = struct.unpack("<q", self.clock.read_bytes())
        return (datetime.now(UTC) + timedelta(seconds=shift)).astimezone(ZONE)

    def move_to(self, moment: datetime) -> None:
        """Set the clock of all processes. Nothing may run: Airflow would take it for dead."""
        shift = round(moment.timestamp() - time.time())
        with self.clock.open("r+b") as file:
            file.write(struct.pack("<q", shift))
        if self._process is not None:
            self.page.login()

    def advance(self, **time: float) -> None:
        """Let time pass, while nothing runs."""
        self.move_to(self.now + timedelta(**time))

    def two_o_clock(self, night: date) -> str:
        """Let the clock strike 02:00 after a night; the id of the run that begins."""
        before = set(self.page.runs())
        self.move_to(due_of(night) - timedelta(seconds=2))
        (run_id,) = self.new_runs(before)
        return run_id

    # ---------------------------------------------------------------- its nights

    def new_runs(self, before: Collection[str]) -> list[str]:
        """Wait for runs that were not there before; their ids, in the order in which they are due."""
        return list(wait_for(lambda: [run for run in self.page.runs() if run not in before], 120, "a new run"))

    def expects(self, night: date) -> None:
        """Wait until the run that Airflow will start next is that of a night: after a jump it thinks anew."""
        due = due_of(night)
        wait_for(
            lambda: datetime.fromisoformat(self.page.dag()["next_dagrun_run_after"]) == due,
            90,
            lambda: f"{due} to be the next run: {self.page.dag()['next_dagrun_run_after']}",
        )

    def restarted(self, run_id: str) -> None:
        """Wait until a run that had ended is to run again."""
        wait_for(lambda: self.page.runs()[run_id] not in ENDED, 60, f"{run_id} to begin again", pause=0.1)

    def ended(self, run_id: str, seconds: float = NIGHT_SECONDS) -> str:
        """Wait for a run to end; its state. What waits for another try is not kept waiting."""

        def state() -> str | None:
            self._shorten_waits(run_id)
            found = self.page.runs()[run_id]
            return found if found in ENDED else None

        return str(wait_for(state, seconds, lambda: f"the end of {run_id}: {self.page.tasks(run_id)}", pause=1))

    def _shorten_waits(self, run_id: str) -> dict[str, str | None]:
        """Move the clock where a run does nothing but wait for its next try; the states of its tasks."""
        tasks = self.page.tasks(run_id)
        states = set(tasks.values())
        if states & {"up_for_retry"} and not states & {"running", "queued", "scheduled"}:
            self.advance(minutes=5)
        return tasks

    def reached(self, run_id: str, task: str, state: str = "running", seconds: float = NIGHT_SECONDS) -> None:
        """Wait until a task of a run is in a state, or beyond it: a short one may have ended between two looks."""

        def there() -> bool:
            states = self._shorten_waits(run_id)
            return any(name.split("[")[0] == task and found in (state, "success") for name, found in states.items())

        wait_for(there, seconds, lambda: f"{task} of {run_id} to be {state}: {self.page.tasks(run_id)}", pause=0.2)

    def night_by_hand(self, night: date) -> subprocess.CompletedProcess[str]:
        """`shuyuan night` in a process of its own."""
        process = self.start_by_hand(night)
        output, _ = process.communicate(timeout=NIGHT_SECONDS)
        return subprocess.CompletedProcess(process.args, process.returncode, output)

    def start_by_hand(self, night: date) -> subprocess.Popen[str]:
        """The same, while it runs."""
        command = [sys.executable, "-m", "shuyuan", "night", "--date", night.isoformat()]
        return subprocess.Popen(
            command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def by_hand_has_begun(self, night: date) -> None:
        """Wait until a night by hand has the lake."""

        def has_lake() -> bool:
            holder = claim.read(self.lake)
            return holder is not None and (holder.run, holder.night) == (BY_HAND, night.isoformat())

        wait_for(has_lake, 90, f"the night {night} by hand to open the lake", pause=0.1)

    @property
    def current(self) -> str | None:
        """The id of the current release."""
        try:
            return (self.lake.releases / "current").readlink().name
        except FileNotFoundError:
            return None

    @contextmanager
    def watched(self) -> Iterator[list[str]]:
        """Every release that becomes the current one, in order, while the block runs."""
        releases: list[str] = []
        done = threading.Event()

        def watch() -> None:
            while not done.wait(0.05):
                release = self.current
                if release is not None and release != (releases[-1] if releases else None):
                    releases.append(release)

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield releases
        finally:
            done.set()
            thread.join()

    def alerts(self) -> list[dict[str, Any]]:
        """What the alert command was given, in order."""
        lines = self.alerts_file.read_text(encoding="utf-8").splitlines() if self.alerts_file.exists() else []
        return [json.loads(line) for line in lines]


@contextmanager
def running(scheduler: RealScheduler) -> Iterator[RealScheduler]:
    """A scheduler from its start to its end."""
    try:
        scheduler.start()
        yield scheduler
    finally:
        scheduler.stop()
        scheduler.page.close()


def due_of(night: date) -> datetime:
    """When the run of a night is due: at 02:00 of the next day."""
    return datetime.combine(night + timedelta(days=1), time_of_day(2), ZONE)


def _end_with_test() -> None:
    """Let the scheduler get TERM when the test dies, however it dies (Linux alone)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _title(process: psutil.Process | None) -> str:
    try:
        return " ".join(process.cmdline()) if process else ""
    except psutil.Error:
        return ""
