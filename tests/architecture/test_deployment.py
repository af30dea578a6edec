"""What stands beside the code for those who run it: settings that exist, a page that only this machine sees."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
NAMING = (".env.example", "docker-compose.yml", "Dockerfile", ".ci/run")
OF_TESTS = {"SHUYUAN_SHARED_DATA"}


@pytest.mark.parametrize("page", NAMING)
def test_a_variable_that_is_named_is_a_setting(page: str):
    from common.settings import AlertSettings, ReaderSettings, Settings

    fields = {*Settings.model_fields, *AlertSettings.model_fields, *ReaderSettings.model_fields}
    known = {f"SHUYUAN_{name.upper()}" for name in fields} | OF_TESTS
    assert set(re.findall(r"SHUYUAN_[A-Z_]+", (ROOT / page).read_text())) <= known


def test_a_setting_of_alerts_or_readers_reaches_the_container():
    from common.settings import AlertSettings, ReaderSettings

    environment = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["shuyuan"]["environment"]
    fields = {*AlertSettings.model_fields, *ReaderSettings.model_fields}
    assert {f"SHUYUAN_{name.upper()}" for name in fields} <= set(environment)


def test_the_container_shows_its_page_to_this_machine_alone_and_is_watched():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert list(services) == ["shuyuan"]
    assert all(port.startswith("127.0.0.1:") for port in services["shuyuan"]["ports"])
    assert services["shuyuan"]["healthcheck"]["test"][0] == "CMD"


def test_the_secret_never_shares_a_volume_with_the_lake():
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    assert {"lake", "secret"} <= set(compose["volumes"])


def test_airflow_asks_nobody_outside_and_listens_to_nobody_outside(tmp_path: Path):
    from common.settings import load_settings
    from dags.airflow_home import variables

    found = variables(load_settings(lake=tmp_path))
    assert found["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert found["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] == "False"
    assert found["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == f"sqlite:///{tmp_path}/airflow/airflow.db"


def test_a_machine_without_a_fitting_python_is_told_so_in_one_sentence(tmp_path: Path):
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / name).touch()
    asked = ["make", "setup", "PYTHON=python-that-is-not-there"]
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=False, env={"PATH": os.defpath})
    assert done.returncode != 0
    assert "No Python 3.11 or 3.12" in done.stderr
