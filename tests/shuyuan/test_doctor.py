"""A machine that cannot run Shuyuan is told why, and what to do."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from common import disk_space
from common.settings import Settings, load_settings
from shuyuan import health
from shuyuan.health import Finding
from tests.shuyuan.conftest import Desk


def _of(check: str, settings: Settings | None = None) -> list[Finding]:
    return list(getattr(health, check)(settings or load_settings()))


def test_this_machine_is_looked_over(desk: Desk) -> None:
    said = desk("doctor").stdout
    for part in ("Python 3.1", "without the network", "SM3", "GiB free", "the register of", "Asia/Shanghai"):
        assert part in said


@pytest.mark.parametrize(("state", "code"), [("ok", 0), ("note", 0), ("wrong", 1)])
def test_only_what_is_wrong_fails(desk: Desk, monkeypatch: pytest.MonkeyPatch, state: str, code: int) -> None:
    monkeypatch.setattr(health, "CHECKS", (lambda _: iter([Finding(state, "thing")]),))  # type: ignore[arg-type]
    result = desk("doctor")
    assert result.exit_code == code
    assert f"{state:<6} thing" in result.stdout


def test_a_check_that_breaks_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Settings) -> Iterator[Finding]:
        raise OSError("no such device\n'张三'")
        yield

    monkeypatch.setattr(health, "CHECKS", (broken,))
    assert list(health.findings(load_settings())) == [Finding("wrong", "no such device")]


def test_a_python_that_is_too_new_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.sys, "version_info", (3, 14, 0))
    assert _of("_python") == [
        Finding("wrong", "Python 3.14.0: install 3.11 or 3.12, then run 'make setup PYTHON=/path/to/it'.")
    ]


def test_a_missing_or_wrong_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_requirements", lambda: ["duckdb==0.1", "nonesuch-package>=1", "typer"])
    assert _of("_packages") == [
        Finding("wrong", f"duckdb==0.1 is required, {_duckdb()} is installed: run 'make setup'."),
        Finding("wrong", "nonesuch-package>=1 is required, nothing is installed: run 'make setup'."),
    ]


def _duckdb() -> str:
    import duckdb

    return str(duckdb.__version__)


def test_the_list_of_packages_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = health._requirements()
    assert "duckdb==1.5.5" in listed
    assert not [line for line in listed if "#" in line or not line]


def test_a_fault_that_several_checks_meet_is_said_once(tmp_path: Path) -> None:
    settings = load_settings(lake=tmp_path / "lake", registry=tmp_path / "none")
    (tmp_path / "lake" / "restricted").mkdir(parents=True)
    (tmp_path / "lake" / "restricted" / "layout").write_text("99")
    wrong = [found.text for found in health.findings(settings) if found.state == "wrong"]
    assert any("has layout 99" in text for text in wrong)
    assert len(wrong) == len(set(wrong))


def test_a_full_disk_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_space, "space_of", lambda path: disk_space.Space(path, 1 << 40, 1 << 20))
    (found,) = _of("_disk")
    assert found.state == "wrong"
    assert "a night needs 1.00, which the first night of a city of 20,000 students may need" in found.text
    assert "free 1.00 GiB more" in found.text


def test_a_disk_that_has_no_room_for_a_night_like_the_last_ones_is_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = load_settings(lake=tmp_path / "lake")
    kept = {f"2025-10-{day}": {"peak": 10 << 30, "kept": 1 << 30} for day in (15, 16)}
    (tmp_path / "lake" / "restricted").mkdir(parents=True)
    (tmp_path / "lake" / "restricted" / "disk_use.json").write_text(json.dumps(kept))
    for free, state, said in (
        (11, "wrong", "a night needs 12.00, by the most of the last 2 nights: free 1.00 GiB more"),
        (20, "note", "full after about 8 more, since each keeps 1,024 MiB"),
        (99, "ok", "99.00 GiB free"),
    ):
        space = disk_space.Space(tmp_path, 1 << 40, free << 30)
        monkeypatch.setattr(disk_space, "space_of", lambda _, space=space: space)
        (found,) = _of("_disk", settings)
        assert found.state == state
        assert said in found.text


def test_a_place_that_cannot_be_written_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(health.os, "access", lambda *_: False)
    assert [f.state for f in _of("_writable", load_settings(lake=tmp_path / "a" / "b"))] == ["wrong", "wrong"]


def test_a_register_that_does_not_load_is_wrong_in_its_own_words(tmp_path: Path) -> None:
    findings = {f.text: f.state for f in health.findings(load_settings(registry=tmp_path))}
    assert [state for text, state in findings.items() if "a register needs it" in text] == ["wrong"]


def test_a_group_that_cannot_read_the_lake_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ((finding),) = _of("_readers")
    assert finding.state == "ok"
    assert "for this user alone" in finding.text
    monkeypatch.setenv("SHUYUAN_ANALYSTS_GROUP", str(os.getegid()))
    tmp_path.chmod(0o700)
    settings = load_settings(lake=tmp_path / "lake")
    ((finding),) = _of("_readers", settings)
    assert finding == Finding(
        "wrong", f"{tmp_path} is closed to the groups that may read the lake: run 'chmod a+x {tmp_path}'."
    )
    monkeypatch.setenv("SHUYUAN_ANALYSTS_GROUP", "nonesuch")
    wrong = [finding.text for finding in health.findings(settings) if finding.state == "wrong"]
    assert any("this machine has no group nonesuch" in text for text in wrong)
