"""`shuyuan identities` asks as it is told to, and says in one sentence what it cannot do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shuyuan.conftest import Desk
from warehouse.records import identity_queue
from warehouse.report import Report, part


def test_the_queue_of_a_feed_is_printed_with_how_many_wait(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def give(_lake, _at, feed, organisation, showing):
        asked.append((feed, organisation, showing.limit, showing.identified))
        return Report({"waiting": 1}, (part("queue", "Records that wait", ("record", "line"), [("#7", None)]),))

    monkeypatch.setattr(identity_queue, "identity_queue", give)
    result = desk("identities", "--feed", "homework_a/records", "--limit", "3")
    assert result.exit_code == 0, result.stderr
    assert asked == [("homework_a/records", None, 3, False)]
    assert result.stdout.splitlines() == ["waiting  1", "", "Records that wait: 1", "  record", "  ------", "  #7"]


def test_no_lake_is_one_sentence_and_1(desk: Desk, tmp_path: Path) -> None:
    result = desk("identities", "--lake", tmp_path / "nowhere")
    assert result.exit_code == 1
    assert result.stderr.startswith("There is no lake at ")
