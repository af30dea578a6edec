"""Airflow's own command line on a lake's scheduler: its metadata database, DAGs and configuration.

Stays out: the verb (`shuyuan`), starting the scheduler (`dags.standalone`).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from urllib.parse import urlsplit

from common.settings import Settings
from dags import airflow_home
from dags.scheduler import scheduler_lock
from warehouse.errors import LakeError
from warehouse.lake import Lake


def run(settings: Settings, arguments: Sequence[str]) -> int:
    """Run Airflow's command line with `arguments`. Returns its exit code.

    Raises LakeError where no scheduler has run on the lake yet.
    """
    lake = Lake(settings.lake)
    if not (lake.airflow / "airflow.db").exists():
        raise LakeError(f"No scheduler has run on the lake {lake.root} yet: start one with 'make up LAKE={lake.root}'.")
    holder = scheduler_lock.holder(lake)
    page = urlsplit(holder.page if holder else airflow_home.page())
    os.environ.update(
        airflow_home.variables(settings, page.port or airflow_home.PORT, page.hostname or airflow_home.LOOPBACK)
    )
    os.environ["PYTHONWARNINGS"] = "ignore::UserWarning"  # of graphviz, which stands before every answer
    return subprocess.run([airflow_home.PROGRAM, *arguments], check=False).returncode  # noqa: S603 (the person's own command)
