"""The release of a night of the past: found while it is kept, and what it needs to be made again after that."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from registry import Register
from tests.warehouse.by_hand import Plain
from warehouse.as_known import published_releases, rebuild
from warehouse.errors import QueryError
from warehouse.release import query

FIRST, SECOND, THIRD = date(2025, 10, 13), date(2025, 10, 15), date(2025, 10, 16)


@pytest.fixture
def hand(tmp_path: Path) -> Plain:
    made = Plain(tmp_path / "lake")
    made.lake.restricted.mkdir(exist_ok=True)
    return made


def publish(hand: Plain, night: date, content: str, keep: int = 30) -> str:
    hand.sql = {"completeness": f"select '{content}' as said"}
    return hand.publish(night, keep).name


def test_a_question_is_answered_by_the_release_that_was_current_on_the_day(hand: Plain) -> None:
    first, before, after = (publish(hand, n, c) for n, c in ((FIRST, "a"), (SECOND, "b"), (SECOND, "c")))
    publish(hand, THIRD, "d")
    assert before != after
    days = (FIRST, date(2025, 10, 14), SECOND)
    assert [published_releases.release_on(hand.lake, day).id for day in days] == [first, first, after]
    said: list[str] = []
    with rebuild.open_release_as_known_on(hand.lake, SECOND, bytes, "1", said.append, Register) as found:
        assert list(query.run(hand.lake, "select said from completeness", found).rows) == [("c",)]
    assert said == [f"As known on 2025-10-15: the release {after}."]
    assert list(query.run(hand.lake, "select said from completeness").rows) == [("d",)]


def test_of_an_expired_release_the_manifest_and_the_register_stay_for_good(hand: Plain) -> None:
    first = publish(hand, FIRST, "a", keep=1)
    manifest = json.loads((hand.lake.releases / first / "manifest.json").read_text())
    for night, content in ((SECOND, "b"), (THIRD, "c")):
        publish(hand, night, content, keep=1)
    assert not (hand.lake.releases / first).exists()
    found = published_releases.release_on(hand.lake, FIRST)
    assert (found.id, found.has_files, found.manifest) == (first, False, manifest)
    assert (found.register / "file").read_text() == "register"
    assert [one.night for one in published_releases.release_history(hand.lake)] == [FIRST, SECOND, THIRD]


def test_a_day_before_the_first_release_is_one_sentence(hand: Plain) -> None:
    with pytest.raises(QueryError, match="has no release yet"):
        published_releases.release_on(hand.lake, FIRST)
    publish(hand, SECOND, "b")
    with pytest.raises(QueryError, match=r"by 2025-10-13: the first one is of 2025-10-15\."):
        published_releases.release_on(hand.lake, FIRST)
