"""Airflow's configuration for a lake: its paths, local and without telemetry.

Stays out: Shuyuan's settings (`common.settings`), starting Airflow (`dags.night`, `dags.standalone`).

Set as environment variables, not in airflow.cfg: that file holds absolute paths, and a lake may be moved.

The scheduler and nights by hand have a home each, so a metadata database each: neither waits for the other, and a
night by hand is no run that the scheduler knows.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from common import files
from common.settings import CHECKOUT, Settings, environment, prepend
from warehouse.lake import Lake

DAGS = Path(__file__).resolve().parent
PROGRAM = str(Path(sys.executable).parent / "airflow")  # of our own environment
PORT = 8080
LOOPBACK = "127.0.0.1"
USER = "admin"
_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 (compared, not bound)


def variables(settings: Settings, port: int = PORT, host: str = LOOPBACK) -> dict[str, str]:
    """Environment variables of the scheduler, its page and its tasks, and of Airflow's command line beside them."""
    lake = Lake(settings.lake)
    return {
        **_shared(lake, lake.airflow),
        **environment(settings),
        **_keys(lake),
        # found from every directory, by own DAGs and by tasks too
        "PYTHONPATH": prepend("PYTHONPATH", str(CHECKOUT), os.pathsep),
        "AIRFLOW__CORE__AUTH_MANAGER": "dags.scheduler.page_login.PageLogin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(password_file(lake)),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(DAGS / "plugins"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{page(port, host)}/execution/",
        "AIRFLOW__API__HOST": host,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": page(port, host),
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(_bundles(settings)),
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",  # seconds until a new file is seen
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "60",
        "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "60",  # steps of a scheduler that was killed go on soon
        # the page is on this machine: a proxy of the office must not be asked for it
        "NO_PROXY": prepend("NO_PROXY", f"{LOOPBACK},localhost", ","),
        "no_proxy": prepend("no_proxy", f"{LOOPBACK},localhost", ","),
    }


def by_hand(lake: Lake) -> dict[str, str]:
    """Environment variables of a night by hand: a home of its own, the logs beside the scheduler's."""
    return _shared(lake, home_by_hand(lake))


def home_by_hand(lake: Lake) -> Path:
    """AIRFLOW_HOME of nights by hand."""
    return lake.airflow / "by_hand"


def metadata(home: Path) -> str:
    """The address of the metadata database of an AIRFLOW_HOME: the scheduler's is `lake.airflow`."""
    return f"sqlite:///{home / 'airflow.db'}"


def own_dags(settings: Settings) -> Path:
    """The folder of the bureau's own DAGs."""
    return settings.own_dags or Lake(settings.lake).airflow / "dags"


def password_file(lake: Lake) -> Path:
    """Airflow's file of the users of the page and their passwords."""
    return lake.airflow / "simple_auth_manager_passwords.json.generated"


def keys_file(lake: Lake) -> Path:
    """The keys that the parts of a scheduler share, as the variables by which Airflow knows them."""
    return lake.airflow / "keys.json"


def page(port: int = PORT, host: str = LOOPBACK) -> str:
    """The address of the page, as seen from this machine."""
    name = LOOPBACK if host in _EVERYWHERE else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def is_sound(database: Path) -> bool:
    """Whether SQLite finds nothing wrong with a metadata database."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return connection.execute("pragma quick_check(1)").fetchone() == ("ok",)
    except sqlite3.Error:
        return False


def remove_metadata(database: Path) -> None:
    """Delete a metadata database, and what SQLite keeps beside it."""
    for path in database.parent.glob(f"{database.name}*"):
        path.unlink()


def _keys(lake: Lake) -> dict[str, str]:
    return files.read_record(keys_file(lake)) or {}


def _shared(lake: Lake, home: Path) -> dict[str, str]:
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW_CONFIG": str(home / "airflow.cfg"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Asia/Shanghai",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "2",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata(home),
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(lake.airflow / "dag_bundles"),  # else below /tmp
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(lake.airflow / "logs"),
        "AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FOLDER_PERMISSIONS": "0o700",  # else for all to read
        "AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS": "0o600",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW__API__HOST": LOOPBACK,
        "AIRFLOW__API__EXPOSE_CONFIG": "False",
    }


def _bundles(settings: Settings) -> list[dict[str, object]]:
    """The folders in which Airflow looks for DAGs: the product's, under Airflow's own name for it, and the bureau's."""
    folders = {"dags-folder": DAGS, "own_dags": own_dags(settings)}
    return [
        {
            "name": name,
            "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
            "kwargs": {"path": str(path)},
        }
        for name, path in folders.items()
    ]
