"""A lake of a newer program is refused by every verb, in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from shuyuan.cli import app
from tests.shuyuan.conftest import Desk

ARGUMENTS: dict[str, list[str]] = {
    "night": ["--inbox", ".", "--date", "2025-10-15"],
    "backfill": ["--inbox", "."],
    "sql": ["select 1"],
    "dbt": ["ls"],
    "airflow": ["dags", "list"],
    "objection open": ["student.name", "G1", "--by", "office"],
    **{
        f"objection {step}": ["2025-0001", "--by", "office"]
        for step in ("accept", "reject", "verify", "correct", "maintain", "close")
    },
    "objection list": [],
    "objection show": ["2025-0001"],
    "lift": ["student_registry/students", "1", "--file", "0" * 64, "--by", "office", "--why", "right"],
    "identities": [],
    "file": ["student", "G1"],
    "indicator check": ["plan.yml"],
    "trace": ["student", "G1"],
    "explain": ["student.name"],
    "verify": [],
    "backup": ["backups"],
    "rebuild": [],
}


def verbs_with_a_lake(command: Any, name: str = "") -> Iterator[str]:
    for sub_name, sub in getattr(command, "commands", {}).items():
        yield from verbs_with_a_lake(sub, f"{name} {sub_name}".strip())
    if any("--lake" in parameter.opts for parameter in command.params):
        yield name


def test_every_verb_that_opens_a_lake_stands_in_this_test() -> None:
    assert {*verbs_with_a_lake(get_command(app))} == {*ARGUMENTS, "doctor", "restore"}  # which makes a lake


@pytest.mark.parametrize("verb", ARGUMENTS)
@pytest.mark.parametrize("given", ["as an option", "as a setting"])
def test_a_newer_lake_is_refused_in_one_sentence(
    desk: Desk, lake: Path, verb: str, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lake / "restricted").mkdir()
    (lake / "restricted" / "layout").write_text("2\n")
    if given == "as a setting":
        monkeypatch.setenv("SHUYUAN_LAKE", str(lake))
    option = ["--lake", str(lake)] if given == "as an option" else []
    result = desk(*verb.split(), *option, *ARGUMENTS[verb])
    assert result.exit_code == 1
    assert f"The lake {lake} has layout 2, and this program knows up to 1: a newer Shuyuan" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_the_doctor_names_a_newer_lake_among_its_findings(desk: Desk, lake: Path) -> None:
    (lake / "restricted").mkdir()
    (lake / "restricted" / "layout").write_text("2\n")
    result = desk("doctor", "--lake", lake)
    assert result.exit_code == 1
    assert f"wrong  The lake {lake} has layout 2" in result.stdout
