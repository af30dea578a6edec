"""What Airflow prepares for many and one night in one process does not need.

Lives here: making Airflow's metadata of a new lake, and cutting its in-process API to what a step asks of it.
Add here: another part of Airflow's start that costs seconds and serves nobody here.
Stays out: the scheduler, which takes Airflow as it is; settings (`airflow_home`).

Airflow 3 lets a task talk to an HTTP API even within one process, and builds that API once for each of its nine
versions, with all of its routes: 8 seconds of a processor. The night's client speaks the newest version, and
its steps start, end and hand over ids.
"""

from __future__ import annotations

import sqlite3
import tempfile
from importlib.metadata import version
from pathlib import Path

from warehouse import artifact_cache
from warehouse.lake import Lake

_ASKED = ("/task-instances/", "/xcoms/")
_KIND = "airflow"


def cut_api() -> None:
    """Leave the in-process API its newest version and the routes of a step. Doing it twice does nothing."""
    from airflow.api_fastapi.execution_api import versions
    from airflow.api_fastapi.execution_api.routes import execution_api_router
    from cadwyn import HeadVersion, Version, VersionBundle

    newest = versions.bundle.versions[0].value
    versions.bundle = VersionBundle(HeadVersion(), Version(newest))
    routes = execution_api_router.routes
    routes[:] = [route for route in routes if str(getattr(route, "path", "")).startswith(_ASKED)]


def make_metadata(lake: Lake) -> None:
    """Make Airflow's metadata of a lake where they are missing: from a pristine copy, which is made once.

    Airflow must be imported already, with its settings pointing to this lake.
    """
    wanted = lake.airflow / "airflow.db"
    if wanted.exists():
        return
    name = f"airflow-{version('apache-airflow-core')}.db"
    pristine = artifact_cache.find(_KIND, name)
    if pristine is not None:
        _copy(pristine, wanted)
        return
    from airflow.utils import db

    db.initdb()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / name
        _copy(wanted, copy)
        artifact_cache.keep(_KIND, name, copy)


def _copy(source: Path, target: Path) -> None:
    """A database as one whole file: it appears under its name when it is complete."""
    fresh = target.with_name(f".{target.name}")
    fresh.unlink(missing_ok=True)
    connection = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    try:
        connection.execute("vacuum into ?", [str(fresh)])
    finally:
        connection.close()
    fresh.replace(target)
