"""Faster start of Airflow for one night in one process: cached metadata and a reduced in-process API.

Stays out: the scheduler, which uses Airflow unchanged; configuration (`dags.airflow_home`).

In Airflow 3 a task talks to an HTTP API even within one process; that API is built once for each of its nine versions,
with every route: 8 seconds of processor time. The night's client uses the newest version, and its steps only start,
end and hand over ids.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from common import files
from dags import airflow_home
from warehouse import artifact_cache

_STEP_ROUTES = ("/task-instances/", "/xcoms/")
_CACHE_KIND = "airflow"


def cut_api() -> None:
    """Reduce the in-process API to its newest version and the routes of a step. Idempotent."""
    from airflow.api_fastapi.execution_api import versions
    from airflow.api_fastapi.execution_api.routes import execution_api_router
    from cadwyn import HeadVersion, Version, VersionBundle

    newest = versions.bundle.versions[0].value
    versions.bundle = VersionBundle(HeadVersion(), Version(newest))
    routes = execution_api_router.routes
    routes[:] = [route for route in routes if str(getattr(route, "path", "")).startswith(_STEP_ROUTES)]


def make_metadata(home: Path) -> None:
    """Create the metadata database of an Airflow home where it is missing or damaged: a copy of a cached empty one.

    Airflow must be imported already, with its settings pointing to this home.
    """
    target = home / "airflow.db"
    if target.exists():
        if airflow_home.is_sound(target):
            return
        airflow_home.remove_metadata(target)  # the runs of nights that are over: nothing asks for them
    name = f"airflow-{version('apache-airflow-core')}.db"
    template = artifact_cache.cached_file(_CACHE_KIND, name)
    if template is not None:
        _copy(template, target)
        return
    from airflow.utils import db

    db.initdb()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / name
        _copy(target, copy)
        artifact_cache.store_file(_CACHE_KIND, name, copy)


def _copy(source: Path, target: Path) -> None:
    """Copy a SQLite database; it appears under its name when it is complete."""
    with (
        files.placing(target) as partial,
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as connection,
    ):
        connection.execute("vacuum into ?", [str(partial)])
