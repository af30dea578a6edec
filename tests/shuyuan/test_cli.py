"""Whatever is typed, the desk answers with a sentence and the right exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from common.settings import CHECKOUT
from tests.shuyuan.conftest import Desk

VERBS = ["sample", "night", "backfill", "sql", "doctor"]


def test_every_verb_explains_itself(desk: Desk) -> None:
    listed = desk("--help").stdout
    for verb in VERBS:
        assert f"\n  {verb} " in listed
        shown = desk(verb, "--help")
        assert shown.exit_code == 0
        assert f"shuyuan {verb} [OPTIONS]" in shown.stdout


def test_the_desk_without_a_verb_lists_them(desk: Desk) -> None:
    assert all(verb in desk().output for verb in VERBS)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nigth"], "No such command 'nigth'"),
        (["night", "--dat", "2025-10-15"], "No such option: --dat"),
        (["night", "--date", "2025-10-15"], "give --inbox, or set SHUYUAN_INBOX"),
        (["night", "--inbox", "."], "give --date, or set SHUYUAN_NIGHT"),
        (["night", "--inbox", ".", "--date", "15.10.2025"], "15.10.2025 is no date: give it as 2025-10-15"),
        (["night", "--inbox", "nowhere", "--date", "2025-10-15"], "nowhere is not a directory"),
        (["night", "--inbox", ".", "--registry", "nowhere", "--date", "2025-10-15"], "nowhere is not a"),
        (["backfill", "--lake", "x"], "give --inbox, or --from-lake instead"),
        (["backfill", "--inbox", "."], "holds no folder named like 2025-10-15"),
        (["sql"], "Missing argument 'SQL'"),
        (["sql", "select 1", "--format", "xml"], "Invalid value for '--format'"),
        (["sample", "--out", "x"], "Missing option '--students'"),
        (["sample", "--out", "x", "--students", "0"], "greater than or equal to 1"),
        (["sample", "--out", "x", "--students", "5"], "A sample city has 200 students at least, not 5"),
    ],
)
def test_a_command_that_is_not_understood_ends_with_2_and_a_sentence(
    desk: Desk, words: list[str], said: str
) -> None:
    result = desk(*words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len([line for line in result.stderr.splitlines() if "..." not in line]) == 1
    assert result.stdout == ""


def test_a_setting_that_is_wrong_is_usage(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHUYUAN_THREADS", "many")
    result = desk("sql", "select 1")
    assert result.exit_code == 2
    assert "The setting threads (SHUYUAN_THREADS) cannot be used" in result.stderr


def test_an_unexpected_failure_is_still_a_sentence(desk: Desk, lake: Path) -> None:
    (lake / "releases" / "2025-10-15-0123456789ab" / "marts.duckdb").write_bytes(b"torn")
    result = desk("sql", "select 1", "--lake", lake)
    assert result.exit_code == 1
    assert "cannot be opened" in result.stderr
    assert "Traceback" not in result.output


def test_a_trace_is_shown_on_request_only(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, night_gives: object, tmp_path: Path
) -> None:
    night_gives(RuntimeError("no INT32: '张三' 李四\nAnn"))  # type: ignore[operator]
    words = ("night", "--inbox", tmp_path, "--lake", tmp_path / "lake", "--date", "2025-10-15")
    quiet = desk(*words)
    assert quiet.exit_code == 1
    assert "Unexpected error (RuntimeError): no INT32: … …\n" in quiet.stderr
    assert "shuyuan doctor" in quiet.stderr
    assert "Traceback" not in quiet.stderr
    monkeypatch.setenv("SHUYUAN_DEBUG", "1")
    assert "Traceback" in desk(*words).stderr


def test_an_interrupted_night_says_so(desk: Desk, night_gives: object, tmp_path: Path) -> None:
    night_gives(KeyboardInterrupt())  # type: ignore[operator]
    result = desk("night", "--inbox", tmp_path, "--lake", tmp_path / "lake", "--date", "2025-10-15")
    assert result.exit_code == 130
    assert "Interrupted: what was not published" in result.stderr


def test_help_is_there_at_once() -> None:
    """No heavy library is imported to explain a verb."""
    code = (
        "import sys\nfrom shuyuan.cli import app\n"
        "try:\n    app(['night', '--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'airflow', 'dbt', 'great_expectations', 'pandas', 'duckdb', 'numpy', 'rich', 'yaml'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=CHECKOUT
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout
    assert said.splitlines()[-1] == "[]"
