"""The page for the person on duty, followed: its commands, its table of fields, its own DAG, its places in the lake."""

from __future__ import annotations

import inspect
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic_settings import BaseSettings

import samples
from common import settings as settings_module
from common.night_files import NightFiles
from common.settings import load_settings
from dags import claim
from dags.scratch import Night, day_before
from tests.architecture.conftest import ROOT
from warehouse.lake import Lake, create_lake

PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```bash\n(.*?)```", PAGE, re.S)
COMMANDS = [line for block in BLOCKS for line in block.splitlines()]
(OWN_DAG,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
MISSED = [date(2025, 10, 15), date(2025, 10, 16)]
NIGHT = date(2025, 10, 17)
SECONDS = 600  # of patience with the scheduler, never of a claim


def command(*words: str) -> list[str]:
    """The one command of the page with these words."""
    (found,) = (line for line in COMMANDS if all(word in line for word in words))
    return shlex.split(found)


def option(words: list[str], name: str) -> str:
    return words[words.index(name) + 1]


@pytest.fixture(scope="module")
def dag(airflow_home: Path) -> Any:
    from dags.nightly_load import night

    return night


@pytest.fixture(scope="module")
def airflow_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from dags.airflow_home import by_hand

    lake = Lake(tmp_path_factory.mktemp("lake"))
    lake.airflow.mkdir()
    if "airflow" not in sys.modules:
        os.environ.update(by_hand(lake))
    return lake.airflow


# ---------------------------------------------------------------- what it names


def test_the_fields_of_the_page_are_those_of_the_form(dag):
    table = PAGE.split("| field | says |", 1)[1].split("\n\n", 1)[0]
    fields = {word for cell in re.findall(r"^\| (`.*?`) \|", table, re.M) for word in re.findall(r"`(\w+)`", cell)}
    assert fields == set(dag.params)


def test_the_settings_of_the_page_exist():
    kinds = [kind for _, kind in inspect.getmembers(settings_module, inspect.isclass) if issubclass(kind, BaseSettings)]
    known = {f"SHUYUAN_{field.upper()}" for kind in kinds for field in kind.model_fields}
    assert set(re.findall(r"SHUYUAN_(?!TEST_)[A-Z_]+", PAGE)) <= known


def test_a_step_that_shall_be_cleared_is_one(dag):
    steps = set(re.findall(r"\*\*([a-z]+_?[a-z]*)\*\*", PAGE)) & {*dag.task_ids, "open_lake", "transform"}
    assert steps == {"open_lake", "transform"}
    assert steps <= set(dag.task_ids)
    refusing = set(re.findall(r"^\| the .*?\(`(\w+)`\)", PAGE, re.M)) | {"check_raw"}
    assert refusing <= set(dag.task_ids)


def test_findings_lie_where_the_page_says():
    files = NightFiles(Path("restricted/work/<night>"))
    for path in (files.door("raw"), files.candidate / "gate_report.html"):
        assert f"`{path}`" in PAGE


# ---------------------------------------------------------------- what it commands


def test_the_way_to_load_missed_nights_is_the_one_that_the_refusal_names(tmp_path, monkeypatch):
    backfill = command("shuyuan backfill", "--from")
    inbox = Path(option(backfill, "--inbox").replace("/exports", str(tmp_path / "exports")))
    for night in MISSED:
        folder = Path(str(inbox).replace("{date}", str(night)))
        folder.mkdir(parents=True)
        (folder / "file.csv").touch()
    monkeypatch.setattr(claim, "last_night", lambda _: date(2025, 10, 14))
    settings = load_settings(lake=tmp_path / "lake", inbox=inbox, secret_file=tmp_path / "secret.key")
    options = [f"{name} {option(backfill, name)}" for name in ("--from", "--to")]
    with pytest.raises(settings_module.SettingsError, match=rf"shuyuan backfill --inbox .* {' '.join(options)}'"):
        claim.refuse_unfit(Night(NIGHT, settings))


def test_the_backfill_of_airflow_loads_the_nights_that_the_page_says(dag):
    import pendulum
    from airflow.serialization.serialized_objects import DagSerialization

    words = command("backfill create")
    first, last = (pendulum.parse(option(words, name), tz="Asia/Shanghai") for name in ("--from-date", "--to-date"))
    runs = DagSerialization.from_dict(DagSerialization.to_dict(dag)).iter_dagrun_infos_between(first, last)
    assert [day_before(run.logical_date, "Asia/Shanghai") for run in runs] == [*MISSED, NIGHT]


@pytest.mark.parametrize("line", [line for line in COMMANDS if "shuyuan airflow" in line])
def test_a_command_for_airflow_is_one_that_it_knows(line, airflow_home):
    from airflow.cli.cli_parser import get_parser

    words = shlex.split(line)
    assert words[1:3] == ["airflow", "--lake"]
    assert get_parser().parse_args(words[4:]).func


def test_the_night_of_the_current_release_is_printed(tmp_path):
    create_lake(Lake(tmp_path / "var" / "lake"))
    (tmp_path / "var/lake/releases/current").symlink_to("2025-10-15-abc")
    (line,) = (line for line in COMMANDS if "readlink" in line)
    assert subprocess.check_output(line, shell=True, cwd=tmp_path, text=True) == "2025-10-15\n"


def test_the_own_dag_of_the_page_runs_after_a_release(tmp_path, monkeypatch, airflow_home):
    from airflow.dag_processing.dagbag import DagBag

    from dags.assets import RELEASE

    (tmp_path / "portal.py").write_text(OWN_DAG, encoding="utf-8")
    bag = DagBag(dag_folder=str(tmp_path), load_op_links=False)
    assert bag.import_errors == {}
    portal = bag.dags["portal"]
    assert portal.timetable.asset_condition == RELEASE
    schools = tmp_path / "lake/releases/current/parquet/one_school_one_file.parquet"
    schools.parent.mkdir(parents=True)
    schools.touch()
    monkeypatch.setenv("SHUYUAN_LAKE", str(tmp_path / "lake"))
    portal.get_task("copy_schools").python_callable()
    assert (tmp_path / "portal" / schools.name).exists()


# ---------------------------------------------------------------- with a real scheduler


@dataclass(frozen=True)
class Reader:
    """A person who types the commands of the page in a folder, with a port and an inbox of their own."""

    folder: Path
    port: int

    @property
    def environment(self) -> dict[str, str]:
        outer = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SHUYUAN"))}
        return outer | {"PYTHONPATH": str(ROOT), "SHUYUAN_SECRET_FILE": str(self.folder / "secret.key")}

    def types(self, line: str) -> str:
        """What a line prints. Raises AssertionError where it fails."""
        typed = line.replace(".venv/bin/shuyuan", f"{sys.executable} -m shuyuan")
        done = subprocess.run(
            typed, shell=True, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    @contextmanager
    def up(self) -> Iterator[subprocess.Popen[str]]:
        """`make up` of the page, ended by TERM."""
        words = command("make up")
        assert [word.split("=")[0] for word in words[2:]] == ["INBOX", "LAKE", "PORT"]
        arguments = ["--inbox", "exports/2025-10-15", "--lake", "var/lake", "--port", str(self.port)]
        with (self.folder / "up.log").open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "dags.standalone", *arguments], cwd=self.folder, env=self.environment,
                stdout=output, stderr=output, text=True,
            )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            assert process.wait(60) == 0, (self.folder / "up.log").read_text()


def until(condition: Callable[[], object], what: str) -> None:
    """Wait for a condition. Raises AssertionError."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(1)


@pytest.mark.soak
def test_the_page_is_followed_with_a_real_scheduler(tmp_path: Path):
    """The scheduler's night by hand publishes, the own DAG runs after it and after a night beside the scheduler."""
    samples.write_city(tmp_path / "exports", 200, seed=1, nights=2)
    with socket.create_server(("127.0.0.1", 0)) as free:
        reader = Reader(tmp_path, free.getsockname()[1])
    own_dags, portal = tmp_path / "var/lake/airflow/dags", tmp_path / "var/portal/one_school_one_file.parquet"
    own_dags.mkdir(parents=True)
    (own_dags / "portal.py").write_text(OWN_DAG, encoding="utf-8")
    with reader.up():
        until(lambda: "Stop: " in (tmp_path / "up.log").read_text(), "the scheduler to start")
        (password,) = (line for line in COMMANDS if line.startswith("cat "))
        assert list(json.loads(reader.types(password))) == ["admin"]
        reader.types(next(line for line in COMMANDS if "dags trigger" in line))
        until((tmp_path / "var/lake/releases/current").exists, "the night to be published")
        assert reader.types(next(line for line in COMMANDS if "readlink" in line)) == "2025-10-15\n"
        until(portal.exists, "the own DAG to run")
        with urllib.request.urlopen(f"http://127.0.0.1:{reader.port}/shuyuan/health", timeout=10) as answer:
            assert json.load(answer)["release"]["night"] == "2025-10-15"
        assert "portal" in reader.types(next(line for line in COMMANDS if line.endswith("dags list")))
        assert "portal" not in reader.types(next(line for line in COMMANDS if "list-import-errors" in line))
        runs = next(line for line in COMMANDS if "list-runs" in line)
        until(lambda: "success" in reader.types(runs), "the run to end")
        portal.unlink()
        by_hand = next(line for line in COMMANDS if "shuyuan night" in line).replace("2025-10-15", "2025-10-16")
        reader.types(by_hand.replace("/exports", "exports/2025-10-16"))
        until(portal.exists, "the own DAG to run after a night by hand")
    lake = tmp_path / "var/lake"
    left = [path for path in lake.rglob("*") if not path.is_symlink()]
    assert [path for path in left if path.stat().st_mode & 0o077] == [], "other users may read it"
    assert {path.relative_to(lake).parts[0] for path in left} >= {"restricted", "airflow", "releases", "outbox"}
    shutil.rmtree(tmp_path / "exports")
