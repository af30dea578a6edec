"""Keeping programs alive: parts that are started, watched, restarted and ended together, with all that they started.

Stays out: which programs (`dags.standalone`), Airflow.

Two processes: the guard, which the person sees, and its child, the supervisor, which starts the parts. Each notices
the death of the other and ends what is left, since orphans fall to the guard (Linux: a "subreaper").
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from common import failures

Say = Callable[[str], None]
Condition = Callable[[], bool]
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_PR_SET_CHILD_SUBREAPER = 36
_TICK = 0.2
_LOG_BYTES = 20_000_000


class PartFailed(RuntimeError):  # noqa: N818 (a sentence for a person: the part, and where its log is)
    """A part cannot be kept alive."""


class Stopped(Exception):  # noqa: N818 (no error: somebody asked for it)
    """The supervisor was asked to end."""


@dataclass(frozen=True)
class Limits:
    """Patience with a part, in seconds; `deaths` of a part within `period` end the whole."""

    deaths: int = 5
    period: float = 600
    first_delay: float = 1
    longest_delay: float = 30
    grace: float = 4
    interval: float = 60  # between two calls of the watch


@dataclass
class Part:
    """A program that is kept alive, and the file of its output."""

    name: str
    command: Sequence[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)
    restart_at: float | None = None

    def start(self) -> None:
        """Start the program in a session of its own, its output appended to the log."""
        self.restart_at = None
        self.log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 (a program of our own environment)
                list(self.command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )  # fmt: skip


class Supervisor:
    """Starts parts and keeps them alive until a signal comes or the guard has gone."""

    def __init__(self, say: Say, limits: Limits | None = None) -> None:
        self._say, self._limits = say, limits or Limits()
        self._parts: list[Part] = []
        self._guard = os.getppid()
        self._signalled = False
        self._watch: threading.Thread | None = None
        self._complaint = ""

    @contextmanager
    def running(self) -> Iterator[None]:
        """End the block with Stopped when a signal comes, and all that was started when the block ends."""
        adopt_orphans()
        for number in _SIGNALS:
            signal.signal(number, self._note_signal)
        try:
            yield
        finally:
            self.stop()

    def _note_signal(self, *_: object) -> None:
        self._signalled = True

    def start(self, *parts: Part) -> None:
        """Start parts, which are kept alive from now on."""
        for part in parts:
            part.start()
            self._parts.append(part)

    def run_to_end(self, part: Part) -> None:
        """Run a program that ends by itself. Raises PartFailed where it fails."""
        part.start()
        assert part.process is not None  # noqa: S101 (started in the line above)
        while part.process.poll() is None:
            self._pause()
        if part.process.returncode:
            raise PartFailed(f"{part.name} failed (exit code {part.process.returncode}): its log is {part.log}.")

    def wait_for(self, condition: Condition, seconds: float, otherwise: str) -> None:
        """Wait until the condition holds. Raises PartFailed with the sentence `otherwise` after `seconds`."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise PartFailed(otherwise)
            self._check_parts()

    def run(self, watch: Callable[[], None]) -> None:
        """Keep the parts alive, and call `watch` once a minute. Ends with Stopped or PartFailed."""
        due = time.monotonic()
        while True:
            if time.monotonic() >= due:
                due = time.monotonic() + self._limits.interval
                self._call(watch)
                for part in self._parts:
                    shorten(part.log)
            self._check_parts()

    def _call(self, watch: Callable[[], None]) -> None:
        """Call `watch` in a thread, so that one that hangs (a mail server) holds nothing up."""
        if self._watch is None or not self._watch.is_alive():
            self._watch = threading.Thread(target=self._run_watch, args=(watch,), daemon=True)
            self._watch.start()

    def _run_watch(self, watch: Callable[[], None]) -> None:
        complaint = ""
        try:
            watch()
        except Exception as error:  # noqa: BLE001 (whatever fails there, the night goes on)
            complaint = failures.sentence(error, "the watch for alerts", "this output")
        if complaint and complaint != self._complaint:  # once, not every minute
            self._say(complaint)
        self._complaint = complaint

    def _check_parts(self) -> None:
        for part in self._parts:
            if part.process is not None and part.process.poll() is not None:
                self._handle_death(part, part.process.returncode)
            if part.restart_at is not None and time.monotonic() >= part.restart_at:
                part.start()
        self._pause()

    def _handle_death(self, part: Part, code: int) -> None:
        """Note the death of a part, end what it has left, and plan its restart. Raises PartFailed."""
        now = time.monotonic()
        part.process = None
        kill_all(self._orphans)
        part.deaths = [death for death in part.deaths if death > now - self._limits.period] + [now]
        if len(part.deaths) >= self._limits.deaths:
            raise PartFailed(
                f"{part.name} ended {len(part.deaths)} times within {self._limits.period / 60:.0f} minutes (last with "
                f"exit code {code}), so everything is ended: see {part.log}, mend the cause, and start again."
            )
        delay = min(self._limits.first_delay * 2 ** (len(part.deaths) - 1), self._limits.longest_delay)
        part.restart_at = now + delay
        self._say(f"{part.name} ended (exit code {code}) and is started again in {delay:.0f} s; its log is {part.log}")

    def _orphans(self) -> list[psutil.Process]:
        """Descendants that belong to no living part, nor to the watch, whose commands are of this session."""
        own, every = {os.getpid()}, own_descendants()  # all of them first: a part may have a child meanwhile
        for part in self._parts:
            if part.process is not None:
                own |= {part.process.pid, *(process.pid for process in descendants(part.process.pid))}
        return [p for p in every if p.pid not in own and _session(p.pid) != os.getsid(0)]

    def _pause(self) -> None:
        if self._signalled or os.getppid() != self._guard:
            raise Stopped
        time.sleep(_TICK)

    def stop(self) -> None:
        """End all parts: asked first; after some seconds killed, with everything that they started.

        Only the parts are asked: a step that is asked would report a failure, one that is killed is begun again.
        """
        for part in self._parts:
            if part.process is not None:
                with suppress(ProcessLookupError):
                    os.kill(part.process.pid, signal.SIGTERM)
        deadline = time.monotonic() + self._limits.grace
        while time.monotonic() < deadline and _alive(own_descendants()):
            for part in self._parts:
                if part.process is not None:
                    part.process.poll()
            time.sleep(_TICK / 2)
        kill_all(own_descendants)


def with_guard(supervise: Callable[[], int]) -> int:
    """Run `supervise` in a child and return its exit code, when it and everything that it started has ended.

    Call it before any thread is started. TERM, INT and HUP end the child.
    """
    adopt_orphans()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setsid()  # a Ctrl-C of the terminal comes to the guard alone, which passes it on once
            code = supervise()
        except BaseException:  # noqa: BLE001 (this process ends here, whatever it was)
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)
    for number in _SIGNALS:
        signal.signal(number, lambda *_: _signal(child))
    code = _wait(child)
    kill_all(own_descendants)
    return code


def _signal(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def _wait(child: int) -> int:
    """The exit code of the child; orphans that end meanwhile are reaped."""
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == child:
            return max(os.waitstatus_to_exitcode(status), -1) % 256


def adopt_orphans() -> None:
    """Let orphaned descendants become children of this process, where the system can do it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants(pid: int) -> list[psutil.Process]:
    """All descendants of a process, parents before their children."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def own_descendants() -> list[psutil.Process]:
    """All descendants of this process."""
    return descendants(os.getpid())


def kill_all(processes: Callable[[], list[psutil.Process]]) -> None:
    """Kill descendants of this process until there are none, those too that are born meanwhile.

    Parents first, so that none reports the death of its child.
    """
    for _ in range(100):
        rest = processes()
        if not rest:
            return
        for process in rest:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        _reap({process.pid for process in rest})
        time.sleep(0.02)


def _session(pid: int) -> int:
    """The session of a process; 0 where it has gone."""
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return 0


def _alive(processes: Sequence[psutil.Process]) -> bool:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            if process.status() != psutil.STATUS_ZOMBIE:
                return True
    return False


def _reap(pids: set[int]) -> None:
    """Reap those children of this process that are dead; a part is reaped by its own `Popen`."""
    for pid in pids:
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def shorten(log: Path) -> None:
    """Move what a long log holds into `<name>.1`: it is open for appending, so it goes on at its beginning."""
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        shutil.copyfile(log, log.with_name(f"{log.name}.1"))
        os.truncate(log, 0)
