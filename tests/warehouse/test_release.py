"""A release becomes current whole or not at all, and whoever reads the old one is not disturbed."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from tests.small_lake import DAMAGES, empty, flip
from tests.warehouse.by_hand import NIGHT, REPORTS, Plain, by_hand
from warehouse import checksums, release
from warehouse.errors import ReleaseError
from warehouse.lake import Lake
from warehouse.release import differences, publication


@pytest.fixture
def hand(tmp_path: Path) -> Plain:
    return Plain(tmp_path / "lake")


def _state(root: Path) -> dict[str, tuple[int, int]]:
    return {str(p): (p.stat().st_ino, p.stat().st_mtime_ns) for p in root.rglob("*")}


def test_a_published_release_is_current_and_complete(hand: Plain) -> None:
    made = hand.assemble()
    path = release.publish(hand.lake, made, REPORTS)
    assert release.current(hand.lake) == path == hand.lake.releases / made.release_id
    assert {p.name for p in path.iterdir()} == {
        "marts.duckdb",
        "parquet",
        "register",
        "manifest.json",
        "checksums.json",
        "gate_report.json",
        "gate_report.html",
    }
    manifest = json.loads((path / "manifest.json").read_text())
    assert manifest["release_id"] == made.release_id
    assert manifest["gates"][0]["failed"] == [{"id": "names", "severity": "warn", "failing_count": 1}]
    assert not made.directory.exists()


def test_nobody_can_change_a_file_of_a_release_by_accident(hand: Plain) -> None:
    path = hand.publish()
    assert {stat.S_IMODE(p.stat().st_mode) for p in path.rglob("*") if p.is_file()} == {0o400}


def test_the_same_content_again_rewrites_nothing(hand: Plain) -> None:
    path = hand.publish()
    before, link = _state(path), (hand.lake.releases / "current").lstat().st_ino
    assert hand.publish() == path
    assert _state(path) == before
    assert (hand.lake.releases / "current").lstat().st_ino == link
    assert release.stored_releases(hand.lake) == [path]


def test_a_reader_of_the_old_release_is_not_disturbed(hand: Plain) -> None:
    hand.publish()
    with duckdb.connect(str(hand.lake.releases / "current" / "marts.duckdb"), read_only=True) as reader:
        hand.sql["completeness"] = "select 'g' as feed, true as expected, true as arrived"
        hand.publish(NIGHT + timedelta(1), keep=1)
        assert reader.execute("select count(*) from marts.completeness").fetchone() == (3,)
    with duckdb.connect(str(hand.lake.releases / "current" / "marts.duckdb"), read_only=True) as reader:
        assert reader.execute("select count(*) from marts.completeness").fetchone() == (1,)


def test_there_is_a_current_release_at_every_moment(hand: Plain, monkeypatch: pytest.MonkeyPatch) -> None:
    first = hand.publish()
    seen = []
    replace = Path.replace

    def watched(self: Path, target: Path) -> Path:
        if Path(target).name == "current":
            seen.append(release.current(hand.lake))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    second = hand.publish(NIGHT + timedelta(1))
    assert seen == [first]
    assert release.current(hand.lake) == second


def test_a_refused_candidate_leaves_the_current_release(hand: Plain) -> None:
    first = hand.publish()
    made = hand.assemble(NIGHT + timedelta(1))
    page = release.refuse(made, [{**REPORTS[0], "passed": False}])
    assert release.current(hand.lake) == first
    assert release.stored_releases(hand.lake) == [first]
    assert page == made.directory / "gate_report.html"
    assert "refused" in page.read_text()


@pytest.mark.parametrize("step", ["_seal", "_switch_current", "_prune"])
def test_publishing_can_be_repeated_wherever_it_was_cut_short(
    hand: Plain, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    first = hand.publish()
    made = hand.assemble(NIGHT + timedelta(1))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(publication, step, killed)
        with pytest.raises(KeyboardInterrupt):
            release.publish(hand.lake, made, REPORTS)
    if step != "_prune":
        assert release.current(hand.lake) == first
    found = release.candidate_of(hand.lake, NIGHT + timedelta(1))
    path = release.publish(hand.lake, found, REPORTS)
    assert release.current(hand.lake) == path
    assert json.loads((path / "manifest.json").read_text())["gates"]


def test_publishing_again_after_a_kill_replaces_sealed_files(hand: Plain) -> None:
    made = hand.assemble()
    publication._complete(hand.lake, made, REPORTS)
    publication._seal(made.directory)
    path = release.publish(hand.lake, made, [])
    assert json.loads((path / "manifest.json").read_text())["gates"] == []


def test_the_newest_releases_are_kept_and_never_fewer_than_the_current(hand: Plain) -> None:
    paths = [hand.publish(NIGHT + timedelta(n), keep=3) for n in range(5)]
    assert release.stored_releases(hand.lake) == paths[2:]
    earlier = hand.publish(NIGHT, keep=1)
    assert release.stored_releases(hand.lake) == [earlier] == [release.current(hand.lake)]
    assert sorted(p.name for p in hand.lake.releases.iterdir()) == sorted([earlier.name, "current"])


def test_a_removal_that_was_cut_short_is_finished(hand: Plain, monkeypatch: pytest.MonkeyPatch) -> None:
    hand.publish()
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda *_, **__: None)
        second = hand.publish(NIGHT + timedelta(1), keep=1)
    assert release.stored_releases(hand.lake) == [second]
    hand.publish(NIGHT + timedelta(1), keep=1)
    assert sorted(p.name for p in hand.lake.releases.iterdir()) == sorted([second.name, "current"])


def test_a_candidate_that_is_gone_is_named(hand: Plain) -> None:
    made = hand.assemble()
    shutil.rmtree(made.directory)
    with pytest.raises(ReleaseError, match=f"The candidate {made.release_id} is gone"):
        release.publish(hand.lake, made, REPORTS)


def test_a_moved_lake_keeps_its_current_release(hand: Plain, tmp_path: Path) -> None:
    path = hand.publish()
    assert (hand.lake.releases / "current").readlink() == Path(path.name)
    moved = Lake(Path(os.fspath(shutil.move(hand.lake.root, tmp_path / "moved"))))
    assert release.current(moved) == moved.releases / path.name


def test_a_new_lake_has_no_current_release(lake: Lake) -> None:
    assert release.current(lake) is None
    assert release.stored_releases(lake) == []


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("file", ["marts.duckdb", "parquet/file", "manifest.json"])
def test_the_same_content_again_replaces_a_damaged_release(
    hand: Plain, file: str, damage: Callable[[Path], None]
) -> None:
    path = hand.publish()
    sound = checksums.read(path)
    damage(path / file)
    assert hand.publish() == path == release.current(hand.lake)
    assert not differences.is_damaged(path)
    assert checksums.read(path).keys() == sound.keys()
    assert sorted(p.name for p in hand.lake.releases.iterdir()) == sorted([path.name, "current"])


@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied"])
def test_damaged_checksums_are_no_damage_to_what_they_list(hand: Plain, damage: str) -> None:
    path = hand.publish()
    DAMAGES[damage](path / "checksums.json")
    assert [file for file, _ in differences.differences(path, deep=True)] == [path / "checksums.json"]
    hand.publish()
    assert not differences.is_damaged(path)


def test_a_current_release_that_is_gone_does_not_stop_the_next(hand: Plain) -> None:
    first = hand.publish()
    shutil.rmtree(hand.publish(NIGHT + timedelta(1)))
    assert release.current(hand.lake) is None
    assert publication.last_release(hand.lake) == first
    last = hand.publish(NIGHT + timedelta(2))
    assert release.current(hand.lake) == last


def test_a_damaged_manifest_is_not_asked_for_the_secret(hand: Plain) -> None:
    first = hand.publish()
    last = hand.publish(NIGHT + timedelta(1))
    empty(last / "manifest.json")
    assert publication.last_release(hand.lake) == first


def test_a_folder_in_the_place_of_the_link_gives_way(hand: Plain) -> None:
    path = hand.publish()
    link = hand.lake.releases / "current"
    link.unlink()
    shutil.copytree(path, link)
    assert hand.publish(NIGHT + timedelta(1)) == release.current(hand.lake)
    assert link.is_symlink()


def test_a_release_made_again_keeps_its_place_among_those_of_its_night(hand: Plain) -> None:
    first = hand.publish()
    made = hand.assemble()
    hand.sql["completeness"] = "select 'g' as feed, true as expected, true as arrived"
    second = hand.publish()
    small_time = (first / "manifest.json").stat().st_mtime_ns
    flip(first / "marts.duckdb")
    hand.sql["completeness"] = by_hand()[0]["completeness"]
    assert release.replace(hand.lake, hand.assemble(), REPORTS) == hand.lake.releases / made.release_id == first
    assert not differences.is_damaged(first)
    assert (first / "manifest.json").stat().st_mtime_ns == small_time
    assert release.stored_releases(hand.lake) == [first, second]
    assert release.current(hand.lake) == second
