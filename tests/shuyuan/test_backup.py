"""Who backs a lake up is told what is not in it, and whether the lake that came back is the one of the secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import bureau_secret, small_lake
from tests.shuyuan.conftest import Desk
from tests.warehouse.by_hand import NIGHT, SECRET
from warehouse.lake import Lake, write_lock


@pytest.fixture
def small(sound: Lake, tmp_path: Path) -> Lake:
    return small_lake.copy(sound, tmp_path / "small")


def test_a_lake_goes_out_and_comes_back(
    desk: Desk, small: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret.key"
    secret.write_text(SECRET.hex())
    secret.chmod(0o600)
    monkeypatch.setenv("SHUYUAN_SECRET_FILE", str(secret))
    made = desk("backup", tmp_path / "backups", "--lake", small.root)
    assert made.exit_code == 0, made.output
    assert f"The secret is not in it: keep a copy of {secret} apart" in made.stdout
    back = desk("restore", tmp_path / "backups", "--lake", tmp_path / "new")
    assert back.exit_code == 0, back.output
    assert f"The secret {secret} is the one of this lake." in back.stdout
    assert desk("verify", "--deep", "--lake", tmp_path / "new").exit_code == 0
    again = desk("restore", tmp_path / "backups", "--lake", tmp_path / "new")
    assert (again.exit_code, again.stdout) == (1, "")
    assert "is not empty" in again.stderr


def test_another_secret_is_told(desk: Desk, small: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHUYUAN_SECRET_FILE", str(bureau_secret.written_in(tmp_path)))
    desk("backup", tmp_path / "backups", "--lake", small.root)
    back = desk("restore", tmp_path / "backups", "--lake", tmp_path / "new")
    assert back.exit_code == 1
    assert "is not the one with which the lake" in back.stderr
    assert (tmp_path / "new" / "releases" / "current").exists(), "the lake is there: the secret is still to be put back"


def test_while_a_night_runs_a_backup_says_so(desk: Desk, small: Lake, tmp_path: Path) -> None:
    import multiprocessing

    def hold(ready: object, done: object) -> None:
        with write_lock(small, NIGHT):
            ready.set()  # type: ignore[attr-defined]
            done.wait(60)  # type: ignore[attr-defined]

    fork = multiprocessing.get_context("fork")
    ready, done = fork.Event(), fork.Event()
    night = fork.Process(target=hold, args=(ready, done))
    night.start()
    try:
        assert ready.wait(60)
        result = desk("backup", tmp_path / "backups", "--lake", small.root)
    finally:
        done.set()
        night.join()
    assert result.exit_code == 1
    assert f"is being written by the night {NIGHT}" in result.stderr
    assert not (tmp_path / "backups").exists()
