"""The weekly maintenance: what is old goes, what is in use stays, and the database is the lake's."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from common.settings import Settings, load_settings
from dags import maintenance_steps
from dags.airflow_home import variables

OLD = datetime.now(UTC) - timedelta(days=91)
NEW = OLD + timedelta(days=2)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "lake" / "airflow").mkdir(parents=True)
    return load_settings(lake=tmp_path / "lake", secret_file=tmp_path / "secret.key", airflow_days=90)


def log(settings: Settings, name: str, written: datetime) -> Path:
    path = settings.lake / "airflow" / "logs" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("a line")
    for entry in (path, *path.parents):
        if entry.name == "logs":
            break
        os.utime(entry, (written.timestamp(),) * 2)
    return path


def test_old_logs_go_with_their_folders_and_none_that_is_written_to(settings):
    old = [
        log(settings, "dag_id=nightly_load/run_id=1/task_id=read/attempt=1.log", OLD),
        log(settings, "dag_processor/2025-07-01/dags-folder/nightly_load.py.log", OLD),
        log(settings, "night-2025-07-01.log", OLD),
    ]
    new = [
        log(settings, "dag_id=nightly_load/run_id=2/task_id=read/attempt=1.log", NEW),
        log(settings, "night-2025-07-02.log", NEW),
    ]
    open_ended = log(settings, "parts/scheduler.log", OLD)
    maintenance_steps.clean_logs(settings)
    assert [path.exists() for path in (*old, *new, open_ended)] == [False] * 3 + [True] * 3
    assert not (settings.lake / "airflow/logs/dag_id=nightly_load/run_id=1").exists()
    assert not (settings.lake / "airflow/logs/dag_processor").exists()
    maintenance_steps.clean_logs(settings)


def test_a_lake_without_a_scheduler_is_left_as_it_is(settings, monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("there is nothing to clean"))
    maintenance_steps.clean_metadata(settings)
    maintenance_steps.clean_logs(settings)
    assert list((settings.lake / "airflow").iterdir()) == []


def test_the_database_of_the_lake_is_cleaned_from_a_task_that_may_not_open_it(settings, monkeypatch):
    database = settings.lake / "airflow" / "airflow.db"
    environment = {"PATH": os.defpath, "HOME": str(settings.lake), **variables(settings)}
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], env=environment, check=True, capture_output=True)
    with closing(sqlite3.connect(database)) as metadata, metadata:
        rows = [(day.isoformat(" "), text) for day, text in ((OLD, "old"), (NEW, "new"))]
        metadata.executemany("insert into log (dttm, event) values (?, ?)", rows)
    for name in ("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "AIRFLOW__CORE__SQL_ALCHEMY_CONN"):
        monkeypatch.setenv(name, "airflow-db-not-allowed:///")  # as Airflow sets them for a task
    monkeypatch.setenv("_AIRFLOW_PROCESS_CONTEXT", "client")
    maintenance_steps.clean_metadata(settings)
    with closing(sqlite3.connect(database)) as metadata:
        assert metadata.execute("select event from log where event in ('old', 'new')").fetchall() == [("new",)]
        assert metadata.execute("select name from sqlite_master where name like '_airflow_deleted%'").fetchall() == []


def test_a_command_that_fails_makes_the_task_red_with_a_sentence(settings, monkeypatch):
    (settings.lake / "airflow" / "airflow.db").touch()
    done: Any = subprocess.CompletedProcess([], 1, "", "first\ndatabase is locked\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    with pytest.raises(maintenance_steps.MaintenanceFailed, match="'airflow db clean' failed: database is locked"):
        maintenance_steps.clean_metadata(settings)


def test_it_begins_when_no_night_does(airflow_home):
    from dags.lake_maintenance import maintenance

    assert maintenance.timetable.expression == "0 5 * * SUN"
    assert str(maintenance.timetable.timezone) in ("Asia/Shanghai", "Timezone('Asia/Shanghai')")
    assert (maintenance.catchup, maintenance.is_paused_upon_creation) == (False, False)
    assert maintenance.start_date is None, "a first start would begin the Sunday before"
