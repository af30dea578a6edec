"""An analyst, another user of the machine, asks what she may and is told the rest in a sentence; nothing is written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shuyuan.cli import app
from tests.shuyuan.conftest import Desk
from tests.warehouse.by_hand import NIGHT, Plain
from warehouse import release
from warehouse.lake import Lake, Readers, protect
from warehouse.release import query

ROOT = Path(__file__).parents[2]
ANALYST, ANALYSTS = 65534, 54321  # a user who owns nothing, and a group that need have no name
# what is needed is loaded before root is given up: another user may not be able to read this installation
ASK_ALL = """
import contextlib, importlib, json, os, sys
from typer.testing import CliRunner
from shuyuan.cli import app
import dags.night, registry, rich.progress
registry.load(registry.HOUSE)
for name in sys.stdlib_module_names - {"antigravity", "this", "idlelib", "tkinter", "turtle", "turtledemo"}:
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
user, groups, lake, questions = json.load(sys.stdin)
ask = lambda words, lake: CliRunner().invoke(app, [words[0], "--lake", lake, *words[1:]])
for words in questions:
    if words[0] != "night":
        ask(words, lake if words[0] == "sql" and "--as-known-on" not in words else "/nonexistent")
os.setgroups(groups), os.setgid(user), os.setuid(user)
answers = [ask(words, lake) for words in questions]
json.dump([[answer.exit_code, answer.output] for answer in answers], sys.stdout)
"""
QUESTION = "select count(*) as n from completeness"
Answers = list[tuple[int, str]]
Ask = Callable[..., Answers]


@pytest.fixture(scope="module")
def lake() -> Iterator[Lake]:
    """A lake with a kept release and one that has expired, in a folder that everybody may pass."""
    if os.geteuid() != 0:
        pytest.skip("only root can ask as another user")
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o711)
    try:
        hand = Plain(folder / "lake")
        for folder_of_it in (hand.lake.outbox, hand.lake.airflow, hand.lake.restricted):
            folder_of_it.mkdir()
        hand.lake.catalog.write_text("")
        for day in (NIGHT, NIGHT + timedelta(days=1)):
            release.publish(hand.lake, hand.assemble(day), [], 1, Readers(ANALYSTS))
        protect(hand.lake, Readers(ANALYSTS))
        yield hand.lake
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def ask(lake: Lake) -> Ask:
    """Answers to the verbs of the command line, as another user of the machine gives them."""

    def asking(*questions: list[str], groups: tuple[int, ...] = (ANALYSTS,)) -> Answers:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": "/nonexistent"}
        done = subprocess.run(
            [sys.executable, "-c", ASK_ALL], input=json.dumps([ANALYST, groups, str(lake.root), questions]),
            cwd="/", env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return [(code, output) for code, output in json.loads(done.stdout)]

    return asking


def contents(lake: Lake) -> dict[str, tuple[int, int]]:
    return {str(path): (path.lstat().st_mode, path.lstat().st_mtime_ns) for path in (lake.root, *lake.root.rglob("*"))}


def test_an_analyst_asks_releases_and_writes_nothing(lake: Lake, ask: Ask):
    before = contents(lake)
    kept = str(NIGHT + timedelta(days=1))
    answers = ask(["sql", QUESTION], ["sql", QUESTION, "--format", "csv", "--as-known-on", kept])
    assert [code for code, _ in answers] == [0, 0], answers
    assert "3" in answers[0][1]
    assert answers[1][1].endswith("n\n3\n")
    assert contents(lake) == before


def test_what_an_analyst_may_not_read_is_one_sentence_on_every_verb(lake: Lake, ask: Ask):
    figure = ["explain", "sj2021.written_limit_class_day", "--organisation", "329903"]
    answers = ask(
        ["sql", QUESTION, "--as-known-on", str(NIGHT)],
        ["trace", "student", "G3201"],
        ["trace", "student", "G3201", "--as-known-on", str(NIGHT)],
        ["identities"],
        figure,
        ["dbt", "show", "-s", "student_growth"],
        ["lift", "student_registry/students", "", "--file", "0", "--by", "x", "--why", "y"],
    )
    for code, output in answers:
        assert code == 1
        assert "nobody may not read" in output.replace(str(ANALYST), "nobody")
        assert "restricted" in output
        assert "'shuyuan sql'" in output
        assert output.count("\n") == 1, output
    for code, output in ask(["airflow", "dags", "list"], ["night", "--inbox", "/", "--date", str(NIGHT)]):
        assert code == 1
        assert "it belongs to root, so run this as that user" in output.splitlines()[-1]
        assert "Unexpected" not in output, output


def test_who_is_no_analyst_is_told_how_to_become_one(ask: Ask):
    ((code, output),) = ask(["sql", QUESTION], groups=())
    assert code == 1
    assert "SHUYUAN_ANALYSTS_GROUP" in output
    assert output.count("\n") == 1


# ---------------------------------------------------------------- without another user


def test_whatever_may_not_be_read_is_a_sentence_and_no_report_of_a_bug(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "/somewhere/register.yml")

    monkeypatch.setattr(query, "run", refused)
    answer = desk("sql", QUESTION)
    assert answer.exit_code == 1
    assert "/somewhere/register.yml cannot be read or written by " in answer.output
    assert "it belongs to root, so run this as that user" in answer.output
    assert "Unexpected" not in answer.output


def test_what_a_verb_makes_in_a_lake_is_for_its_user_alone_and_the_bureaus_own_files_are_as_its_umask_says(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def makes(*_: object) -> query.Answer:
        (tmp_path / "made").write_text("")
        return query.Answer((), iter(()))

    monkeypatch.setattr(query, "run", makes)
    before = os.umask(0o022)
    try:
        assert desk("sql", QUESTION).exit_code == 0
        assert desk("init", tmp_path / "own").exit_code == 0
        (tmp_path / "after").write_text("")
    finally:
        os.umask(before)
    modes = {name: (tmp_path / name).stat().st_mode & 0o777 for name in ("made", "own", "after")}
    assert modes == {"made": 0o600, "own": 0o755, "after": 0o644}


def test_every_verb_is_either_private_or_named():
    from shuyuan import cli

    named = {command.name for command in app.registered_commands} | {group.name for group in app.registered_groups}
    assert set(cli._OF_THE_BUREAU) <= named
