"""`shuyuan dbt` hands its arguments on as they are, and every call is a line of the access log."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.shuyuan.conftest import Desk
from warehouse.build import by_hand
from warehouse.lake import Lake, create_lake


@pytest.fixture
def place(tmp_path: Path) -> Lake:
    made = Lake(tmp_path / "lake")
    create_lake(made)
    return made


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What is prepared, and what dbt is then asked."""
    called = SimpleNamespace(night=None, fresh=None, arguments=None, served=None)

    def prepare(lake: Lake, register: Any, project: Path, night: date | None, *, fresh: bool, **_: Any) -> Any:
        called.night, called.fresh = night, fresh
        return by_hand.Workspace(Path("/a b"), lake, project, {})

    def run(_: Any, arguments: list[str]) -> int:
        called.arguments = arguments
        return 1 if "fail" in arguments else 0

    def serve(_lake: Lake, _project: Path, arguments: list[str]) -> int:
        called.served = arguments
        return 0

    monkeypatch.setattr(by_hand, "prepare", prepare)
    monkeypatch.setattr(by_hand, "run", run)
    monkeypatch.setattr(by_hand, "serve_docs", serve)
    return called


def test_what_follows_the_command_is_dbts(desk: Desk, place: Lake, calls: SimpleNamespace):
    words = ["show", "-s", "student_growth", "--limit", "5", "--help", "--fresh"]
    done = desk("dbt", "--lake", place.root, "--date", "2025-10-15", *words)
    assert (done.exit_code, done.stdout) == (0, "")
    assert calls.arguments == words
    assert (calls.night, calls.fresh) == (date(2025, 10, 15), False)


def test_the_exit_code_is_dbts(desk: Desk, place: Lake, calls: SimpleNamespace):
    assert desk("dbt", "--lake", place.root, "build", "-s", "fail").exit_code == 1


def test_without_a_command_it_prints_what_a_shell_takes(desk: Desk, place: Lake, calls: SimpleNamespace):
    done = desk("dbt", "--lake", place.root, "--fresh")
    assert done.stdout == "export DBT_PROJECT_DIR='/a b/project'\nexport DBT_PROFILES_DIR='/a b/project'\n"
    assert calls.fresh


def test_the_documentation_is_served_without_a_copy(desk: Desk, place: Lake, calls: SimpleNamespace):
    assert desk("dbt", "--lake", place.root, "docs", "serve", "--port", "8001").exit_code == 0
    assert (calls.served, calls.arguments) == (["docs", "serve", "--port", "8001"], None)


def test_each_call_is_an_access_to_every_record(desk: Desk, place: Lake, calls: SimpleNamespace):
    desk("dbt", "--lake", place.root, "show", "-s", "students")
    (line,) = [json.loads(text) for text in place.access_log.read_text(encoding="utf-8").splitlines()]
    assert (line["what"], line["record"]) == ("dbt show -s students", "every record")
    place.access_log.unlink()
    place.access_log.mkdir()
    calls.arguments = None
    refused = desk("dbt", "--lake", place.root, "show", "-s", "students")
    assert refused.exit_code == 1
    assert "cannot be written" in refused.stderr
    assert calls.arguments is None


def test_without_a_lake_it_says_so(desk: Desk, tmp_path: Path, calls: SimpleNamespace):
    done = desk("dbt", "--lake", tmp_path / "none", "ls")
    assert done.exit_code == 1
    assert done.stderr.startswith("There is no lake at")


def test_a_lake_without_a_night_says_so(desk: Desk, place: Lake):
    done = desk("dbt", "--lake", place.root, "ls")
    assert done.exit_code == 1
    assert "holds no night" in done.stderr
