"""`make up`: what is said and refused before anything starts, and one real start of Airflow, page and scheduler."""

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from common.settings import SettingsError, load_settings
from dags import airflow_home, standalone
from dags.scheduler import scheduler_lock
from dags.scheduler.page import DagState, Page
from tests.dags import processes
from tests.dags.processes import kill_tree, tree_of
from warehouse import unchanged
from warehouse.errors import LakeBusy
from warehouse.lake import Lake, create_lake

ROOT = Path(__file__).parents[2]
SECONDS = 180  # of patience with a real start, never of a claim
until = partial(processes.until, seconds=SECONDS)
NOW = datetime(2025, 10, 16, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
PAUSED = DagState(paused=True, next_run=datetime(2025, 10, 16, 18, 0, tzinfo=UTC), parsed_at=NOW)
WAITING = replace(PAUSED, paused=False)
LATE = replace(WAITING, next_run=datetime(2025, 10, 15, 18, 0, tzinfo=UTC))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    lake.airflow.mkdir(parents=True)
    return lake


# ---------------------------------------------------------------- before anything starts


def test_a_second_scheduler_of_a_lake_is_refused_with_process_page_and_remedy(lake):
    assert not scheduler_lock.is_held(lake)
    with scheduler_lock.hold(lake, "http://127.0.0.1:8090"):
        assert scheduler_lock.is_held(lake)
        said = rf"runs already \(process {os.getpid()}, page http://127.0.0.1:8090\): .* 'kill {os.getpid()}'"
        with pytest.raises(LakeBusy, match=said), scheduler_lock.hold(lake, "http://127.0.0.1:8091"):
            pass
    assert not scheduler_lock.is_held(lake)
    assert scheduler_lock.holder(lake) is None


@pytest.mark.parametrize("garbage", [b"", b"\xff\xfe", b"[1]", b'{"admin": "x'], ids=repr)
def test_damaged_keys_and_passwords_are_made_anew(lake, garbage):
    files = (airflow_home.keys_file(lake), airflow_home.password_file(lake))
    for path in files:
        path.write_bytes(garbage)
    standalone.protect(lake)
    assert airflow_home.USER in json.loads(files[1].read_text())
    assert "AIRFLOW__API__SECRET_KEY" in airflow_home.variables(load_settings(lake=lake.root))


def test_a_damaged_database_of_the_scheduler_is_set_aside_and_said(lake, capsys):
    database = lake.airflow / "airflow.db"
    database.write_bytes(b"SQLite format 3\0" + b"garbage" * 2000)
    database.with_name("airflow.db-wal").write_bytes(b"garbage")
    standalone._set_damaged_metadata_aside(lake)
    assert [path.name for path in lake.airflow.iterdir()] == ["damaged-airflow.db"]
    assert "is damaged and is made anew" in capsys.readouterr().out
    standalone._set_damaged_metadata_aside(lake)
    assert capsys.readouterr().out == ""


def test_the_lock_stays_with_the_process_that_took_it_and_not_with_what_it_starts(lake):
    with scheduler_lock.hold(lake, ""):
        sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"], close_fds=False)
    try:
        until(lambda: not scheduler_lock.is_held(lake))
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


def test_a_port_that_is_taken_is_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"cannot have port {port} of 127.0.0.1 .*make up PORT={port + 10}"):
            standalone.check_port("127.0.0.1", port)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_a_port_that_is_none_is_a_usage_error(port, capsys):
    with pytest.raises(SystemExit) as ended:
        standalone.main([f"--port={port}"])
    assert ended.value.code == 2
    assert "is no port" in capsys.readouterr().err


def test_a_scheduler_has_no_night_of_its_own(tmp_path):
    with pytest.raises(SettingsError, match="unset it"):
        standalone.run(load_settings(lake=tmp_path / "lake", night=date(2025, 10, 15)))
    assert not (tmp_path / "lake").exists()


def test_a_group_of_readers_that_is_not_there_is_refused_before_anything_starts(tmp_path, monkeypatch):
    monkeypatch.setenv("SHUYUAN_ANALYSTS_GROUP", "nonesuch")
    with pytest.raises(SettingsError, match="no group nonesuch"):
        standalone.run(load_settings(lake=tmp_path / "lake"))
    assert not (tmp_path / "lake").exists()


def test_files_with_secrets_are_for_their_owner_whoever_made_them(lake):
    for name in ("airflow.db", "airflow.cfg", "simple_auth_manager_passwords.json.generated"):
        (lake.airflow / name).write_text("")
        (lake.airflow / name).chmod(0o644)
    standalone.protect(lake)
    assert {path.stat().st_mode & 0o777 for path in lake.airflow.iterdir()} == {0o600}
    password = airflow_home.password_file(lake).read_text()
    assert list(json.loads(password)) == ["admin"]
    standalone.protect(lake)
    assert airflow_home.password_file(lake).read_text() == password


# ---------------------------------------------------------------- what is said


@pytest.mark.parametrize(
    ("inbox", "state", "words"),
    [
        (None, PAUSED, ["Next: nothing. There is no inbox", "SHUYUAN_INBOX", "dags unpause"]),
        ("in/{date}", PAUSED, ["paused and waits for a hand", "dags unpause nightly_load"]),
        (
            "in/{date}",
            WAITING,
            ["the night of 2025-10-16 from the inbox", "in/{date}, on 2025-10-17 02:00 (Asia/Shanghai)."],
        ),
        (
            "in",
            LATE,
            ["the night of 2025-10-15", "was due on 2025-10-16 02:00 (Asia/Shanghai) while nothing ran, begins now"],
        ),
        ("in", None, ["not known"]),
    ],
)
def test_it_says_which_night_comes_next_or_what_it_waits_for(tmp_path, inbox, state, words):
    settings = load_settings(lake=tmp_path / "lake", inbox=inbox and tmp_path / inbox)
    lines = standalone.greeting(settings, "http://127.0.0.1:8080", state, NOW, ["manual__1"])
    (line,) = (line for line in lines if line.startswith("Next: "))
    for word in words:
        assert word in line
    assert lines[0] == "Page: http://127.0.0.1:8080"
    assert str(airflow_home.password_file(Lake(settings.lake))) in lines[1]
    assert lines[2] == "Goes on: the run manual__1, which was under way."
    missing = f"Missing: the folder {tmp_path / 'in'} of the inbox is not there"
    assert any(line.startswith(missing) for line in lines) == (inbox is not None)


def test_every_setting_reaches_the_tasks_and_another_port_too(tmp_path):
    settings = load_settings(lake=tmp_path / "lake", inbox=tmp_path / "in" / "{date}", memory_limit="3GB", debug=True)
    found = airflow_home.variables(settings, 8090)
    assert found["SHUYUAN_INBOX"] == f"{tmp_path}/in/{{date}}"
    assert (found["SHUYUAN_MEMORY_LIMIT"], found["SHUYUAN_DEBUG"]) == ("3GB", "true")
    assert {f"SHUYUAN_{name.upper()}" for name in settings.model_dump(exclude_none=True)} <= set(found)
    assert "SHUYUAN_OWN_DAGS" not in found
    assert found["AIRFLOW__API__BASE_URL"] == "http://127.0.0.1:8090"
    assert found["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8090/execution/"
    assert airflow_home.page(8080, "0.0.0.0") == "http://127.0.0.1:8080"


# ---------------------------------------------------------------- health


@pytest.mark.parametrize("dead", ["metadatabase", "scheduler", "dag_processor"])
def test_a_dead_part_is_an_answer_of_503(airflow_home, dead):
    from dags.plugins import health

    parts = {name: {"status": "healthy"} for name in (*health.NEEDED, "triggerer")}
    assert health.status_code(parts | {"triggerer": {"status": None}}) == 200
    assert health.status_code(parts | {dead: {"status": "unhealthy"}}) == 503


def test_the_age_of_the_release_is_that_of_the_last_night_that_it_stands_for(airflow_home, lake):
    from dags.plugins import health

    assert health.release(lake, date(2025, 10, 18)) is None
    (lake.releases / "2025-10-15-abc").mkdir(parents=True)
    (lake.releases / "current").symlink_to("2025-10-15-abc")
    told = {"id": "2025-10-15-abc", "night": "2025-10-15"}
    assert health.release(lake, date(2025, 10, 18)) == told | {"stands_for": "2025-10-15", "age_days": 3}
    lake.restricted.mkdir()
    unchanged.keep(lake, unchanged.Basis({}, ""), "2025-10-15-abc", date(2025, 10, 15))
    unchanged.stand_for(lake, unchanged.read(lake), date(2025, 10, 17))
    assert health.release(lake, date(2025, 10, 18)) == told | {"stands_for": "2025-10-17", "age_days": 1}


# ---------------------------------------------------------------- a real start


OWN_DAG = """
from airflow.sdk import dag
from dags import airflow_home

@dag(dag_id="own")
def own():
    pass

own()
"""


class Up:
    """A scheduler and its page, started as `make up` does, from another directory and without an inbox."""

    def __init__(self, folder: Path) -> None:
        self.lake, self.output = Lake(folder / "lake"), folder / "output"
        create_lake(self.lake)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        airflow_home.own_dags(load_settings(lake=self.lake.root)).mkdir(parents=True)
        (self.lake.airflow / "dags" / "own.py").write_text(OWN_DAG)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SHUYUAN"))},
            "PYTHONPATH": str(ROOT), "SHUYUAN_SECRET_FILE": str(folder / "secret.key"),
        }  # fmt: skip
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                self.command(), cwd=folder, env=self.environment, stdout=output, stderr=output
            )
        self.page = Page(f"http://127.0.0.1:{self.port}", "admin", airflow_home.password_file(self.lake))

    def command(self) -> list[str]:
        return [sys.executable, "-m", "dags.standalone", "--lake", str(self.lake.root), "--port", str(self.port)]

    def programs(self) -> set[int]:
        """The programs of Airflow that the supervisor has started."""
        (supervisor,) = psutil.Process(self.process.pid).children()
        return {process.pid for process in supervisor.children()}

    def health(self) -> tuple[int, Any]:
        try:
            with urllib.request.urlopen(f"{self.page.address}/shuyuan/health", timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    up = Up(tmp_path_factory.mktemp("up"))
    try:
        until(lambda: "Stop: " in up.output.read_text() or up.process.poll() is not None)
        yield up
    finally:
        kill_tree(up.process, SECONDS)


def test_it_starts_and_without_an_inbox_waits_for_a_hand(up):
    said = up.output.read_text()
    assert f"Page: http://127.0.0.1:{up.port}" in said
    assert "Next: nothing. There is no inbox, so nightly_load is paused." in said
    state = up.page.dag("nightly_load")
    assert state is not None
    assert state.paused
    assert up.page.pending_runs("nightly_load") == []
    password = json.loads(airflow_home.password_file(up.lake).read_text())["admin"]
    assert not [log for log in (up.output, *up.lake.airflow.rglob("*.log")) if password in log.read_text()]


def test_six_wrong_passwords_in_a_row_cost_time(up):
    codes = []
    for n in range(6):
        body = json.dumps({"username": "stranger", "password": f"guess {n}"}).encode()
        asked = urllib.request.Request(f"{up.page.address}/auth/token", body, {"Content-Type": "application/json"})
        with pytest.raises(urllib.error.HTTPError) as answer:
            urllib.request.urlopen(asked, timeout=10)
        codes.append(answer.value.code)
    assert codes == [401] * 5 + [429]
    assert int(answer.value.headers["Retry-After"]) > 0


def test_nothing_listens_but_the_page_on_loopback(up):
    until(lambda: up.health()[0] == 200)
    listening = {
        connection.laddr
        for process in tree_of(up.process)
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {("127.0.0.1", up.port)}


def test_the_address_for_the_watch_says_that_all_is_well_without_a_login(up):
    until(lambda: up.health()[0] == 200)
    assert up.health()[1]["release"] is None
    assert up.health()[1]["scheduler"]["status"] == "healthy"


def test_its_secrets_are_for_the_owner_alone(up):
    names = ("airflow.db", "airflow.cfg", "simple_auth_manager_passwords.json.generated", "scheduler.lock")
    modes = {path.name: path.stat().st_mode & 0o077 for path in up.lake.airflow.iterdir() if path.name in names}
    assert modes == dict.fromkeys(names, 0)
    made_here = airflow_home.own_dags(load_settings(lake=up.lake.root))
    others = (path for path in up.lake.airflow.rglob("*") if made_here not in (path, *path.parents))
    assert [path for path in others if not path.is_symlink() and path.lstat().st_mode & 0o077] == []


def test_a_dag_of_the_bureau_is_seen_by_the_command_line_of_airflow(up):
    until(lambda: up.page.dag("own"))
    done = subprocess.run(
        [sys.executable, "-m", "shuyuan", "airflow", "--lake", str(up.lake.root), "dags", "list", "-o", "json"],
        cwd=up.lake.root, env=up.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    paused = {dag["dag_id"]: dag["is_paused"] for dag in json.loads(done.stdout)}
    assert {"nightly_load": "True", "own": "False"}.items() <= paused.items()


def test_a_second_start_is_refused_and_changes_nothing(up):
    before = up.programs()
    done = subprocess.run(up.command(), env=up.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"runs already (process {up.process.pid}, page http://127.0.0.1:{up.port})" in done.stdout
    assert up.programs() == before


def test_a_scheduler_that_is_killed_is_started_again(up):
    scheduler = next(process for process in tree_of(up.process) if " scheduler " in " ".join(process.cmdline()))
    scheduler.kill()
    until(lambda: "scheduler ended" in up.output.read_text())
    until(lambda: up.health()[0] == 200)
    assert "scheduler ended (exit code -9) and is started again" in up.output.read_text()


def test_term_leaves_no_process_and_no_lock(up):
    tree = tree_of(up.process)
    up.process.terminate()
    assert up.process.wait(30) == 0
    assert [process for process in tree if process.is_running() and process.status() != psutil.STATUS_ZOMBIE] == []
    assert not scheduler_lock.is_held(up.lake)
    assert "Ended, with everything that was started." in up.output.read_text()
