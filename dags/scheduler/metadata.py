"""Prepares Airflow's metadata database, in a process of its own: created where it is missing, migrated where it is old.

Run as `python -m dags.scheduler.metadata`, with the variables of `dags.airflow_home`.
"""

from __future__ import annotations

from common.settings import load_settings
from dags import light_airflow
from warehouse.lake import Lake


def main() -> None:
    """Create or migrate the database of the scheduler."""
    from airflow.utils import db

    home = Lake(load_settings().lake).airflow
    if (home / "airflow.db").exists():
        db.upgradedb()
    else:
        light_airflow.make_metadata(home)


if __name__ == "__main__":
    main()
