"""A backfill says what became of each night, and where it has stopped."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.shuyuan.conftest import Desk

PUBLISHED = {"night": "2025-10-15", "status": "published", "release": "2025-10-15-abc"}


@pytest.fixture
def backfill_gives(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let `dags.backfill` give these outcomes; returns what it was asked for."""

    def give(*outcomes: dict[str, Any]) -> list[Any]:
        asked: list[Any] = []
        module = ModuleType("dags.backfill")
        folders = [SimpleNamespace(date=date(2025, 10, 15 + n)) for n in range(3)]
        module.nights_of_inbox = lambda *given: asked.extend(given) or folders  # type: ignore[attr-defined]
        module.nights_of_lake = lambda *given: asked.extend(given) or folders  # type: ignore[attr-defined]
        module.run = lambda *_: iter(outcomes)  # type: ignore[attr-defined]
        package = __import__("dags")
        monkeypatch.setattr(package, "backfill", module, raising=False)
        monkeypatch.setitem(sys.modules, "dags.backfill", module)
        return asked

    return give


def test_each_night_is_a_line(desk: Desk, tmp_path: Path, backfill_gives: Any) -> None:
    held = {"held": [{}], "quarantined": [{"rows": 1200}], "refused_files": []}
    asked = backfill_gives({"night": "2025-10-14", "status": "loaded"}, PUBLISHED | held)
    (tmp_path / "old").mkdir()
    result = desk("backfill", "--inbox", "old", "--lake", "lake", "--from", "2025-10-14")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines() == [
        "2025-10-14  already loaded",
        "2025-10-15  published 2025-10-15-abc (1 held, 1,200 quarantined)",
    ]
    assert asked == [tmp_path / "old", date(2025, 10, 14), None]


@pytest.mark.parametrize(("status", "code"), [("refused", 3), ("failed", 1)])
def test_a_backfill_that_stops_says_where_and_why_and_that_it_goes_on(
    desk: Desk, tmp_path: Path, backfill_gives: Any, status: str, code: int
) -> None:
    backfill_gives(PUBLISHED, {"night": "2025-10-16", "status": status, "reason": "40 students stand twice."})
    result = desk("backfill", "--inbox", tmp_path, "--lake", "lake")
    assert result.exit_code == code
    assert "40 students stand twice." in result.stderr
    assert "stopped at 2025-10-16, with 1 night(s) left: fix the cause given above" in result.stderr


def test_a_feed_to_be_read_alone_reaches_the_night(desk: Desk, tmp_path: Path, lake: Path, night_gives: Any) -> None:
    called = night_gives({"status": "failed", "reason": "x"})
    desk("night", "--inbox", tmp_path, "--lake", lake, "--date", "2025-10-15", "--feed", "a/b", "--feed", "c/d")
    assert called[1:] == ["a/b", "c/d"]


def test_a_lake_may_stand_in_for_the_inbox_and_one_of_the_two_is_needed(
    desk: Desk, tmp_path: Path, backfill_gives: Any
) -> None:
    asked = backfill_gives(PUBLISHED)
    (tmp_path / "old").mkdir()
    result = desk("backfill", "--from-lake", "old", "--lake", "lake")
    assert result.exit_code == 0, result.stderr
    assert asked[1:] == [Path("old"), None, None]
    for given in ([], ["--inbox", "old", "--from-lake", "old"]):
        result = desk("backfill", *given, "--lake", "lake")
        assert (result.exit_code, "give --inbox, or --from-lake" in result.stderr) == (2, True)
