"""The desk, run as a person runs it, and a lake with a small release."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner, Result

from shuyuan.cli import app

Desk = Callable[..., Result]
MARTS = {
    "indicator_value": """
        select 'sj2021.x' as indicator_id, 'district' as level, '329901' as organisation_code,
               0.9 as value, 0.85 as threshold, true as passed""",
    "student_growth": "select 'A' as band, 1.0 as t_score where false",
    "delivery": """
        select 'a/b' as feed, 'loaded' as status, 7 as rows_read, '姓,名' as file_name,
               date '2025-10-15' as night, [1, null] as list, map {'空': 3} as skipped""",
    "one_student_one_file": "select i as n from range(2500) as r(i)",
}


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine counts, and nothing is written where the tests were started."""
    for name in [n for n in os.environ if n.startswith("SHUYUAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def desk() -> Desk:
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """The root of a lake whose current release holds MARTS."""
    release = tmp_path / "lake" / "releases" / "2025-10-15-0123456789ab"
    release.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{release}/marts.duckdb' as r")
        for name, sql in MARTS.items():
            connection.execute(f"create table r.{name} as {sql}")
        counted = {n: connection.sql(f"select count(*) from r.{n}").fetchall()[0][0] for n in MARTS}
    manifest = {"release_id": release.name, "marts": {name: {"rows": n} for name, n in counted.items()}}
    (release / "manifest.json").write_text(json.dumps(manifest))
    (release.parent / "current").symlink_to(release.name)
    return tmp_path / "lake"


@pytest.fixture
def night_gives(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], list[Any]]:
    """Let `dags.night.run` give an outcome, or raise; returns the settings it was called with."""

    def give(outcome: Any) -> list[Any]:
        called: list[Any] = []

        def run(settings: Any, say: Callable[[str], None], feeds: Collection[str] = (), **_: Any) -> Any:
            called.append(settings)
            called.extend(feeds)
            say("reading [student_registry/students]")
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        module = ModuleType("dags.night")
        module.run = run  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "dags.night", module)
        return called

    return give
