"""The commands of the README, run as they are written."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.architecture.conftest import ROOT, tree
from tests.end_to_end.conftest import FIRST, Nights, rows_of

PAGE = (ROOT / "README.md").read_text(encoding="utf-8")
STEPS = re.findall(r"```bash\n(.*?)```", PAGE.split("## Step by step")[1], re.S)[0].splitlines()
THREE = re.findall(r"```sql\n(.*?)```", PAGE.split("## Three queries")[1], re.S)[0]
QUERIES = [query.strip() for query in THREE.split(";") if query.strip()]
ATTACH = re.findall(r"```sql\n(set variable .*?)\n```", PAGE, re.S)[0]
HEALTH = "http://127.0.0.1:8080/api/v2/monitor/health"


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, secret: Path) -> tuple[Path, list[str]]:
    """A folder in which the steps were taken one after another, and what each of them said."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / ".venv").symlink_to(sys.prefix)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SHUYUAN_SECRET_FILE": str(secret)}
    return folder, [said(line, folder, environment) for line in STEPS if not line.startswith("make ")]


def said(line: str, folder: Path, environment: dict[str, str]) -> str:
    """What a line of the README prints when it is typed."""
    if not (folder / ".venv" / "bin" / "shuyuan").exists():  # a checkout whose console script is not installed
        line = line.replace(".venv/bin/shuyuan", ".venv/bin/python -m shuyuan")
    done = subprocess.run(line, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_a_reader_who_types_the_steps_sees_what_the_page_promises(walked):
    folder, answers = walked
    assert answers[0].endswith("This machine can run Shuyuan.\n")
    assert "Published 2025-10-15-" in answers[2]
    assert "homework_a/records" in answers[-1]
    release = folder / "var" / "city-lake" / "releases" / "current"
    for name in ("marts.duckdb", "parquet", "register", "manifest.json", "gate_report.html"):
        assert (release / name).exists()


def test_the_first_night_made_again_in_an_empty_place_is_equal_to_the_last_bit(walked, nights: Nights):
    """The page's city is that of the nights in this process; its night ran in a process and a lake of its own."""
    folder, _ = walked
    again = (folder / "var" / "city-lake" / "releases" / "current").resolve()
    assert again.name == nights.outcomes[FIRST]["release"]
    assert rows_of(again) == rows_of(nights.release(FIRST))


def test_the_queries_of_the_page_have_answers(walked):
    import duckdb

    folder, _ = walked
    with duckdb.connect() as connection:
        connection.execute(ATTACH.replace("var/lake/", f"{folder}/var/city-lake/"))
        for query in QUERIES:
            assert connection.execute(query).fetchall(), query


@pytest.mark.soak
def test_a_fresh_clone_installs_and_its_scheduler_comes_up(tmp_path: Path):
    for path in tree():
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
    subprocess.run(["make", "setup"], cwd=tmp_path, check=True)
    up = subprocess.Popen(["make", "up"], cwd=tmp_path)
    try:
        assert healthy_within(seconds=300)
    finally:
        up.terminate()
        up.wait(60)


def healthy_within(seconds: int) -> bool:
    """Whether Airflow's page says within this time that its scheduler is well."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(HEALTH, timeout=5) as answer:
                if b'"scheduler":{"status":"healthy"' in answer.read():
                    return True
        except OSError:
            time.sleep(2)
    return False
