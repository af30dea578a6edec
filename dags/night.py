"""The night in this process: Airflow runs `nightly_load` here, without a server.

Lives here: preparing Airflow for a lake, running the DAG, and reading what came of it.
Add here: what running in one process needs that a scheduler does not.
Stays out: the DAG (`nightly_load`), its steps (`steps`), printing (shuyuan).
"""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from io import TextIOBase
from pathlib import Path
from typing import Any, TextIO

from common.settings import Settings
from dags import airflow_home, light_airflow, outcome
from dags.scratch import Night
from warehouse.lake import create_lake, write_lock

Say = Callable[[str], None]


def run(settings: Settings, say: Say | None = None, feeds: Collection[str] = ()) -> dict[str, Any]:
    """Run the night of `settings` through Airflow in this process; of `feeds` alone, if any are named.

    Returns the outcome: `status` (published, refused, failed), and with it `release` and `path`, or `reason`.
    `say` is told each step as it begins. Before it begins, raises RegisterError, SettingsError, LakeError.
    """
    given = {k: v for k, v in settings.model_dump().items() if v is not None}
    night = Night.of_run(given | {"feeds": list(feeds)}, datetime.now(UTC))
    _ = night.register, night.inbox, night.alone  # refused before anything is touched
    create_lake(night.lake)
    with write_lock(night.lake, night.date), _quietly(night, say), _rarely_collecting():
        night.clear()
        _prepare_airflow(night)
        state = _run_dag(night)
    return outcome.read(night) or {
        "status": "failed",
        "reason": f"Airflow ended {state} and no step said why; its log is {_log_file(night)}",
    }


def _run_dag(night: Night) -> str:
    """Run `nightly_load` for the night; a step that fails is tried once more, at once: somebody is waiting."""
    from dags.nightly_load import night as dag

    for task in dag.tasks:
        task.retries, task.retry_delay = 1, timedelta(0)
    given = {**night.settings.model_dump(mode="json", exclude_none=True), "date": night.date.isoformat()}
    given["feeds"] = list(night.feeds)
    return str(dag.test(run_conf=given).state)


def _prepare_airflow(night: Night) -> None:
    """Point Airflow to the lake's own home, and make its metadata there if they are missing."""
    known = "airflow" in sys.modules
    os.environ.update(airflow_home.variables(night.lake))
    os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "WARNING"
    from airflow import settings

    if known:  # a second night in one process may be another lake's
        settings.dispose_orm()
        settings.configure_vars()
        settings.configure_orm()
    light_airflow.make_metadata(night.lake)
    light_airflow.cut_api()


class _Log(TextIOBase):
    """What would go to the screen goes to a file; afterwards to nobody, since loggers keep their stream.

    `rich_proxied_file` lets a progress display that draws meanwhile reach the screen.
    """

    def __init__(self, file: TextIO, screen: TextIO) -> None:
        self._file: TextIO | None = file
        self.rich_proxied_file = getattr(screen, "rich_proxied_file", screen)

    def write(self, text: str) -> int:
        return self._file.write(text) if self._file else len(text)

    def flush(self) -> None:
        if self._file:
            self._file.flush()

    def release(self) -> None:
        self._file = None


def _log_file(night: Night) -> Path:
    return night.lake.airflow / "logs" / f"night-{night.date}.log"


@contextmanager
def _quietly(night: Night, say: Say | None) -> Iterator[None]:
    """Airflow's and dbt's talk goes to the night's log file; the steps' own words to `say`."""
    path = _log_file(night)
    path.parent.mkdir(parents=True, exist_ok=True)
    steps, handler = logging.getLogger("shuyuan.night"), _Telling(say)
    steps.addHandler(handler)
    steps.setLevel(logging.INFO)
    with path.open("w", encoding="utf-8") as file:
        out, err = _Log(file, sys.stdout), _Log(file, sys.stderr)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                yield
        finally:
            out.release()
            err.release()
            steps.removeHandler(handler)


@contextmanager
def _rarely_collecting() -> Iterator[None]:
    """What Airflow, dbt and Great Expectations hold lives as long as the night: Python's collector would look through
    it a thousand times, which cost a twentieth of the night.
    """
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class _Telling(logging.Handler):
    """Hands each message to a function, which finds the screen as it was."""

    def __init__(self, say: Say | None) -> None:
        super().__init__()
        self._say = say
        self._screens = sys.stdout, sys.stderr

    def emit(self, record: logging.LogRecord) -> None:
        if self._say:
            with redirect_stdout(self._screens[0]), redirect_stderr(self._screens[1]):
                self._say(record.getMessage())
