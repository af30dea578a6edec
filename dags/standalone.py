"""`make up`: Airflow's scheduler and web page for a lake, on this machine alone (`airflow standalone`).

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
    arguments = parser.parse_args()
    settings = load_settings(lake=arguments.lake)
    lake = Lake(settings.lake)
    create_lake(lake)
    os.environ.update(airflow_home.variables(lake))
    os.environ.update({"AIRFLOW__API__HOST": arguments.host, "SHUYUAN_LAKE": str(settings.lake)})
    if settings.inbox:
        os.environ["SHUYUAN_INBOX"] = str(settings.inbox)
    else:  # without an inbox every night would fail: paused until somebody starts it
        os.environ["AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION"] = "True"
    os.environ["SHUYUAN_REGISTRY"] = str(settings.registry)
    airflow = Path(sys.executable).parent / "airflow"
    os.execv(airflow, [str(airflow), "standalone"])  # noqa: S606 (a program of our own environment)


if __name__ == "__main__":
    main()
