"""One night in this process: Airflow runs `dags.nightly_load` without a scheduler or server.

Stays out: the DAG (`dags.nightly_load`), its steps (`dags.steps`), printing (`shuyuan`).
"""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from datetime import UTC, datetime, timedelta
from io import TextIOBase
from pathlib import Path
from typing import Any, TextIO

from common import disk_space, files
from common.settings import Settings
from dags import airflow_home, claim, light_airflow, outcome
from dags.profile import course, measuring, table
from dags.profile.course import Course
from dags.scratch import BY_HAND, Night
from warehouse.lake import disk_use

Say = Callable[[str], None]
Follow = Callable[[Course], None]


def run(
    settings: Settings,
    say: Say | None = None,
    feeds: Collection[str] = (),
    *,
    leave_missed: bool = False,
    follow: Follow | None = None,
    whole: bool = False,
) -> dict[str, Any]:
    """Run the night of `settings` through Airflow in this process; of `feeds` alone, if any are named.

    `leave_missed`: although earlier nights of a dated inbox were not loaded. `whole`: build it, although nothing came,
    changed or falls due.

    Returns the outcome: `status` (published, kept, refused, failed), and with it `release` and `path`, or `reason`.
    `say` is called with a line for each step as it begins, `follow` with the course of the night at each change of it.
    Raises RegisterError, SettingsError, LakeError before the first step.
    """
    values = {k: v for k, v in settings.model_dump().items() if v is not None}
    parameters = values | {"feeds": list(feeds), "leave_missed": leave_missed, "whole": whole, "run": BY_HAND}
    night = Night.of_run(parameters, datetime.now(UTC))
    # invalid settings are refused before anything is changed
    _ = night.register, night.inbox, night.only_feeds, night.readers
    try:
        with course.followed(Course(table.last(night.lake, night.date), follow) if follow else None):
            state = _run(night, say)
    except Exception as error:
        if not disk_space.is_full(error):
            raise
        return {"status": "failed", "reason": disk_use.full_sentence(night.lake)}
    return outcome.read(night) or {"status": "failed", "reason": _unsaid(night, state)}


def _run(night: Night, say: Say | None) -> str:
    """Run the night under its claim; the state in which Airflow's run has ended."""
    with files.private(), claim.locked(night):
        claim.refuse_busy(night)
        claim.refuse_unfit(night)
        with _logged(night, say), _rare_garbage_collection():
            night.clear()
            table.remove(night.lake, night.date)
            _prepare_airflow(night)
            return _run_dag(night)


def _unsaid(night: Night, state: str) -> str:
    """Why a night has failed that could not even write down why."""
    if disk_space.space_of(night.lake.root).free < disk_space.LITTLE:
        return disk_use.full_sentence(night.lake)
    return f"Airflow ended as {state} without an error message: its log is {_log_file(night)}"


def _run_dag(night: Night) -> str:
    """Run the DAG for the night; a failing step is retried once, immediately: somebody is waiting."""
    from dags.nightly_load import night as dag

    for task in dag.tasks:
        task.retries, task.retry_delay = 1, timedelta(0)
    course.tell(lambda followed: followed.plan(task.task_id for task in dag.topological_sort()))
    conf = {**night.settings.model_dump(mode="json", exclude_none=True), "date": night.date.isoformat()}
    conf |= {"feeds": list(night.feeds), "leave_missed": night.leave_missed, "whole": night.whole, "run": night.run}
    return str(dag.test(run_conf=conf).state)


def _prepare_airflow(night: Night) -> None:
    """Point Airflow to the lake's own home, and create its metadata database where it is missing."""
    already_imported = "airflow" in sys.modules
    home = airflow_home.home_by_hand(night.lake)
    home.mkdir(exist_ok=True, mode=0o700)
    os.environ.update(airflow_home.by_hand(night.lake))
    os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "WARNING"
    from airflow import settings

    if already_imported:  # a second night in one process may be another lake's
        settings.dispose_orm()
        settings.configure_vars()
        settings.configure_orm()
    light_airflow.make_metadata(home)
    light_airflow.cut_api()


class _NightLog(TextIOBase):
    """Sends stdout and stderr to the night's log; discards them after `release`, since loggers keep their stream.

    `rich_proxied_file` lets a progress display still draw on the screen.
    """

    def __init__(self, file: TextIO, screen: TextIO) -> None:
        self._file: TextIO | None = file
        self.rich_proxied_file = getattr(screen, "rich_proxied_file", screen)

    def write(self, text: str) -> int:
        with suppress(OSError):  # a log on a full disk is the least: the step says so that needs the room
            if self._file:
                self._file.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            if self._file:
                self._file.flush()

    def release(self) -> None:
        self._file = None


def _log_file(night: Night) -> Path:
    return night.lake.airflow / "logs" / f"night-{night.date}.log"


@contextmanager
def _logged(night: Night, say: Say | None) -> Iterator[None]:
    """Redirect the output of Airflow and dbt to the night's log file, with what each step has cost, and messages of
    steps to `say`.
    """
    path = _log_file(night)
    path.parent.mkdir(parents=True, exist_ok=True)
    steps, handler = logging.getLogger("shuyuan.night"), _CallbackHandler(say)
    steps.addHandler(handler)
    steps.setLevel(logging.INFO)
    file = path.open("w", encoding="utf-8", errors="backslashreplace")
    out, err = _NightLog(file, sys.stdout), _NightLog(file, sys.stderr)
    costs = logging.StreamHandler(out)  # Airflow's own handlers pass on warnings alone
    measuring.log.addHandler(costs)
    measuring.log.setLevel(logging.INFO)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            yield
    finally:
        out.release()
        err.release()
        with suppress(OSError):
            file.close()
        steps.removeHandler(handler)
        measuring.log.removeHandler(costs)


@contextmanager
def _rare_garbage_collection() -> Iterator[None]:
    """Raise the thresholds of Python's garbage collector: objects of Airflow, dbt and Great Expectations live as long
    as the night, and scanning them a thousand times cost a twentieth of it.
    """
    thresholds = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


class _CallbackHandler(logging.Handler):
    """Passes each message to a callback, with stdout and stderr restored."""

    def __init__(self, say: Say | None) -> None:
        super().__init__()
        self._say = say
        self._screens = sys.stdout, sys.stderr

    def emit(self, record: logging.LogRecord) -> None:
        if self._say:
            with redirect_stdout(self._screens[0]), redirect_stderr(self._screens[1]):
                self._say(record.getMessage())
