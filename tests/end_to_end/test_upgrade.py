"""A lake that an older program made is upgraded in place by the first night of this one."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

import samples
from tests.architecture.conftest import ROOT
from tests.end_to_end.conftest import FIRST, SECOND

OLD = "b3814c1"  # before known aliases, partitions, files of partitions
# What this program would have read otherwise on the first night stays as the old one read it, until it is sent again: a
# code of a pupil who never came was unknown (counts of pupils), keys of days before the first night were others.
READ_OTHERWISE = {
    "after_school_service", "attendance", "balanced_development", "class", "completeness", "data_problem", "delivery",
    "discrepancy", "enrolment", "indicator_value", "one_school_one_file", "one_student_one_file", "platform_usage",
    "reading", "register_coverage",
}  # fmt: skip


@pytest.fixture(scope="module")
def old_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree of the old program; the tests are skipped where this checkout has no history."""
    packed = subprocess.run(["git", "archive", OLD], cwd=ROOT, capture_output=True, check=False)
    if packed.returncode:
        pytest.skip(f"the commit {OLD} is not in the history of this checkout: {packed.stderr.decode().strip()}")
    tree = tmp_path_factory.mktemp("old")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(tree, filter="data")
    return tree


def night(tree: Path, folder: Path, lake: Path, day: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(tree), "SHUYUAN_SECRET_FILE": str(folder / "secret.key")}
    command = [sys.executable, "-m", "shuyuan", "night", "--inbox", str(folder / "city" / day), "--lake", str(lake)]
    done = subprocess.run(
        [*command, "--date", day], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def marts(lake: Path) -> Mapping[str, Any]:
    content: dict[str, Any] = json.loads((lake / "releases" / "current" / "manifest.json").read_text())["marts"]
    return content


def pupils(lake: Path) -> list[Any]:
    with duckdb.connect(lake / "releases" / "current" / "marts.duckdb", read_only=True) as connection:
        return connection.execute(
            "select student_key, school_code, grade from one_student_one_file order by all"
        ).fetchall()


@pytest.mark.soak
def test_the_first_night_upgrades_a_lake_of_an_older_program(old_tree: Path, tmp_path: Path) -> None:
    samples.write_city(tmp_path / "city", 300, nights=2)
    days = [str(day) for day in (FIRST, SECOND)]
    night(old_tree, tmp_path, tmp_path / "lake", days[0])
    night(ROOT, tmp_path, tmp_path / "lake", days[1])
    for day in days:
        night(ROOT, tmp_path, tmp_path / "own", day)
    upgraded, own = marts(tmp_path / "lake"), marts(tmp_path / "own")
    assert upgraded.keys() == own.keys()
    assert {mart for mart in own if upgraded[mart] != own[mart]} <= READ_OTHERWISE
    assert pupils(tmp_path / "lake") == pupils(tmp_path / "own") != []
    verify = [sys.executable, "-m", "shuyuan", "verify", "--deep", "--lake", str(tmp_path / "lake")]
    sound = subprocess.run(verify, cwd=ROOT, capture_output=True, text=True, check=False)
    assert sound.returncode == 0, sound.stdout
