"""Airflow with a home of its own, made once for these tests."""

import os
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def airflow_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Airflow's settings point to a directory of this test run, whatever the machine's own are."""
    from dags.airflow_home import by_hand, home_by_hand
    from warehouse.lake import Lake

    lake = Lake(tmp_path_factory.mktemp("lake"))
    home = home_by_hand(lake)
    home.mkdir(parents=True)
    if "airflow" not in sys.modules:
        os.environ.update(by_hand(lake))
    return home
