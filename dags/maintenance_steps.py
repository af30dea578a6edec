"""The tasks of `dags.lake_maintenance`: taking away what has grown beside the data and is of no more use.

Add here: a task, one function; its section goes into `dags/texts/lake_maintenance.md`.
Stays out: their order (`dags.lake_maintenance`), what a night sweeps itself (`dags.scratch`).
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from common.settings import Settings, inherited_environment
from dags import airflow_home
from warehouse.lake import Lake

log = logging.getLogger("shuyuan.maintenance")

# The tables that grow with each run. Not `trigger`: one that watches for releases is as old as the lake.
_TABLES = ("asset_event", "callback", "dag_run", "dag_version", "import_error", "job", "log", "task_instance",
           "task_instance_history", "task_reschedule", "xcom")  # fmt: skip
# Not the output of programs that live longer than a log is stored.
_LOGS = ("dag_id=*", "dag_processor", "night-*.log")


class MaintenanceFailed(RuntimeError):  # noqa: N818 (named as what happened)
    """A task of the maintenance could not do its work."""


def clean_metadata(settings: Settings) -> None:
    """Delete the runs, tasks and events of Airflow that are older than `airflow_days`. Raises MaintenanceFailed."""
    lake = Lake(settings.lake)
    if not (lake.airflow / "airflow.db").exists():
        log.info("%s has no metadata of a scheduler", lake.airflow)
        return
    command = [sys.executable, "-m", "airflow", "db", "clean", "--clean-before-timestamp", _limit(settings).isoformat(),
               "--tables", ",".join(_TABLES), "--skip-archive", "--error-on-cleanup-failure", "--yes"]  # fmt: skip
    # a task has no access to the database; Airflow's own command, with the lake's variables alone, has
    environment = inherited_environment(without=("AIRFLOW", "_AIRFLOW", "__AIRFLOW"))
    done = subprocess.run(  # noqa: S603 (a program of our own environment)
        command, env=environment | airflow_home.variables(settings), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise MaintenanceFailed(f"'airflow db clean' failed: {' '.join(done.stderr.splitlines()[-1:])}")
    log.info("metadata older than %d days deleted", settings.airflow_days)


def clean_logs(settings: Settings) -> None:
    """Delete the logs of nights, tasks and parsing that nothing was written to for `airflow_days`."""
    limit = _limit(settings).timestamp()
    paths = sorted(_logs(Lake(settings.lake).airflow / "logs"), reverse=True)  # a folder after what lies in it
    old = [path for path in paths if not path.is_symlink() and path.stat().st_mtime < limit]
    files = [path for path in old if path.is_file()]
    for path in files:
        path.unlink(missing_ok=True)
    for folder in old:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    log.info("%d logs older than %d days deleted", len(files), settings.airflow_days)


def _logs(root: Path) -> Iterator[Path]:
    for pattern in _LOGS:
        for path in root.glob(pattern):
            yield path
            yield from path.rglob("*")


def _limit(settings: Settings) -> datetime:
    return datetime.now(UTC) - timedelta(days=settings.airflow_days)
