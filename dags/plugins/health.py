"""`/shuyuan/health` on Airflow's page, to be watched from outside: 503 where the scheduler is dead. No login.

Stays out: alerts (`dags.alarm`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from airflow.plugins_manager import AirflowPlugin
from fastapi import FastAPI, Response

from common.settings import load_settings, today
from warehouse.lake import Lake

NEEDED = ("metadatabase", "scheduler", "dag_processor")  # without the triggerer a night runs all the same
app = FastAPI(title="Shuyuan", docs_url=None, redoc_url=None, openapi_url=None)


@app.get("/health")
def health(response: Response) -> dict[str, Any]:
    """The state of Airflow's parts with their last heartbeats, and the current release with its age."""
    from airflow.api.common.airflow_health import get_airflow_health

    parts = get_airflow_health()
    response.status_code = status_code(parts)
    settings = load_settings()
    return {**parts, "release": release(Lake(settings.lake), today(settings))}


def status_code(parts: Mapping[str, Mapping[str, Any]]) -> int:
    """200, or 503 where a part that a night needs is not alive."""
    return 200 if all(parts[name]["status"] == "healthy" for name in NEEDED) else 503


def release(lake: Lake, day: date) -> dict[str, Any] | None:
    """The current release: its id, its night, the last night for which it stands (a later one may have changed
    nothing), and how many days have passed since that; None where there is none yet.
    """
    from warehouse import unchanged  # here: every process of Airflow loads the plugin, one asks
    from warehouse.release import current

    directory = current(lake)
    if directory is None:
        return None
    night, basis = date.fromisoformat(directory.name[:10]), unchanged.read(lake)
    stands_for = basis.stands_for if basis is not None and basis.release == directory.name else night
    return {
        "id": directory.name,
        "night": night.isoformat(),
        "stands_for": stands_for.isoformat(),
        "age_days": (day - stands_for).days,
    }


class ShuyuanHealth(AirflowPlugin):
    """Adds the address to the page."""

    name = "shuyuan_health"
    fastapi_apps = [{"app": app, "url_prefix": "/shuyuan", "name": "shuyuan"}]  # noqa: RUF012 (Airflow's own form)
