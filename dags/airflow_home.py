"""Airflow's configuration for a lake: its paths, local and without telemetry.

Stays out: Shuyuan's settings (`common.settings`), starting Airflow (`dags.night`, `dags.standalone`).

Set as environment variables, not in airflow.cfg: that file holds absolute paths, and a lake may be moved.
"""

from __future__ import annotations

from pathlib import Path

from warehouse.lake import Lake

DAGS = Path(__file__).resolve().parent


def variables(lake: Lake) -> dict[str, str]:
    """Environment variables with which Airflow runs on this lake."""
    home = lake.airflow
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW_CONFIG": str(home / "airflow.cfg"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Asia/Shanghai",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "2",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__EXPOSE_CONFIG": "False",
    }
