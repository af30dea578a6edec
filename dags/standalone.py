"""`make up`: Airflow's own scheduler and page for a lake, on this machine alone.

Lives here: handing over to `airflow standalone`.
Stays out: Airflow in production.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from common.settings import load_settings
from dags import airflow_home
from warehouse.lake import Lake, create_lake


def main() -> None:
    """Replace this process by `airflow standalone` on the lake."""
    parser = argparse.ArgumentParser(description="Airflow's scheduler and page for a lake.")
    parser.add_argument("--lake", type=Path, help="the lake; else SHUYUAN_LAKE")
    parser.add_argument("--host", default="127.0.0.1", help="address of the page; this machine alone by default")
    given = parser.parse_args()
    settings = load_settings(lake=given.lake)
    place = Lake(settings.lake)
    create_lake(place)
    os.environ.update(airflow_home.variables(place))
    os.environ.update({"AIRFLOW__API__HOST": given.host, "SHUYUAN_LAKE": str(settings.lake)})
    if settings.inbox:
        os.environ["SHUYUAN_INBOX"] = str(settings.inbox)
    else:  # without an inbox a night would only fail: it waits for a hand
        os.environ["AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION"] = "True"
    os.environ["SHUYUAN_REGISTRY"] = str(settings.registry)
    airflow = Path(sys.executable).parent / "airflow"
    os.execv(airflow, [str(airflow), "standalone"])  # noqa: S606 (a program of our own environment)


if __name__ == "__main__":
    main()
