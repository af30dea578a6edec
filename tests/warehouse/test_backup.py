"""A backup is complete or visibly not, shares what has not changed, and gives the same lake back."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import registry
from tests import small_lake
from tests.warehouse.by_hand import NIGHT, Hand
from warehouse import backup, checksums, release
from warehouse.backup import making
from warehouse.errors import BackupError
from warehouse.lake import Lake, connect_lake

AT = datetime(2025, 10, 16, 5)  # noqa: DTZ001 (a name, and no moment)


@pytest.fixture
def lake(sound: Lake, tmp_path: Path) -> Lake:
    return small_lake.copy(sound, tmp_path / "lake")


def _tree(root: Path) -> dict[str, tuple[int, int, str]]:
    """Mode, time and content of each file and link."""
    found = {}
    for name, entry in checksums.entries_of(root).items():
        state = (root / name).lstat()
        time = 0 if "link" in entry else state.st_mtime_ns
        found[name] = (stat.S_IMODE(state.st_mode), time, entry.get("sha256") or entry["link"])
    return found


def test_a_restored_lake_is_the_lake_without_what_is_made_anew(lake: Lake, tmp_path: Path) -> None:
    (lake.spill / "spilled").touch()
    lake.inbox_hashes.touch()
    (lake.work(NIGHT) / "scratch.parquet").touch()
    (lake.data / "raw" / "left.parquet").touch()
    made = backup.make(lake, tmp_path / "backups", AT)
    restored = Lake(tmp_path / "new")
    assert backup.restore(tmp_path / "backups", restored) == made.path
    before, after = _tree(lake.root), _tree(restored.root)
    left_out = {name for name in before if name not in after}
    assert {name.split("/")[0] + "/" + name.split("/")[1] for name in left_out} == {
        "airflow/airflow.db", "airflow/by_hand", "airflow/keys.json", "restricted/spill", "restricted/work",
        "restricted/data", "restricted/inbox_hashes.json",
    }  # fmt: skip
    assert "restricted/data/raw/left.parquet" in left_out
    assert "restricted/work/2025-10-15/outcome.json" in after
    assert "airflow/dags/portal.py" in after
    catalog = "restricted/catalog.ducklake"
    assert {name: after[name] for name in after if name != catalog} == {
        name: before[name] for name in before if name not in left_out | {catalog}
    }
    with connect_lake(restored, read_only=True) as connection:
        assert connection.execute("select count(*) from lake.raw.t").fetchone() == (4500,)


def test_the_next_night_is_the_same_release_in_the_lake_and_in_the_restored_one(lake: Lake, tmp_path: Path) -> None:
    backup.make(lake, tmp_path / "backups", AT)
    restored = Lake(tmp_path / "new")
    backup.restore(tmp_path / "backups", restored)
    assert [path.name for path in release.stored_releases(restored)] == [p.name for p in release.stored_releases(lake)]
    published = []
    for one in (lake, restored):
        (one.root / "hand").mkdir()
        hand = Hand(one, registry.load(registry.HOUSE), one.root / "hand")
        published.append(hand.publish(NIGHT + timedelta(5)).name)
    assert published[0] == published[1]
    assert release.current(restored) == restored.releases / published[0]


def test_identifiers_are_for_the_owner_alone_in_a_backup_too(lake: Lake, tmp_path: Path) -> None:
    made = backup.make(lake, tmp_path / "backups", AT)
    assert stat.S_IMODE((tmp_path / "backups").stat().st_mode) == 0o700
    assert stat.S_IMODE((made.path / "restricted").stat().st_mode) == 0o700
    assert stat.S_IMODE((made.path / "restricted" / "catalog.ducklake").stat().st_mode) == 0o600
    for name, (mode, *_) in _tree(made.path).items():
        if name.startswith("restricted/landing"):
            assert mode == 0o400, name


def test_a_second_backup_copies_what_has_changed_alone(lake: Lake, tmp_path: Path) -> None:
    first = backup.make(lake, tmp_path / "backups", AT)
    with connect_lake(lake) as connection:
        connection.execute("insert into lake.raw.t values ('x')")
    second = backup.make(lake, tmp_path / "backups", AT + timedelta(1))
    assert first.copied == first.files
    assert second.copied <= 4, "the catalog, a data file, the link to the current release"
    assert second.copied < second.files == first.files + 1
    same = "restricted/landing"
    for name in _tree(first.path):
        if name.startswith(same):
            assert os.path.samefile(first.path / name, second.path / name)  # noqa: PTH121
    backup.restore(first.path, Lake(tmp_path / "then"))
    backup.restore(tmp_path / "backups", Lake(tmp_path / "now"))
    for root, rows in (("then", 4500), ("now", 4501)):
        with connect_lake(Lake(tmp_path / root), read_only=True) as connection:
            assert connection.execute("select count(*) from lake.raw.t").fetchone() == (rows,), root


def test_a_file_that_releases_share_is_one_file_in_a_backup_and_in_the_lake_restored_from_it(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"releases/{path.name}/parquet/discrepancy.parquet" for path in release.stored_releases(lake)]
    first, second = (lake.root / name for name in names)
    second.unlink()
    second.hardlink_to(first)
    expected = _tree(lake.root)
    made = [backup.make(lake, tmp_path / "backups", AT + timedelta(n)) for n in range(2)]
    assert made[0].copied < made[0].files
    restored = Lake(tmp_path / "new")
    backup.restore(tmp_path / "backups", restored)
    for root in (made[0].path, made[1].path, restored.root):
        assert (root / names[0]).samefile(root / names[1])
        assert [_tree(root)[name] for name in names] == [expected[name] for name in names]
    assert not (restored.root / names[0]).samefile(made[1].path / names[0])

    def refused(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    whole = backup.make(lake, tmp_path / "elsewhere", AT)
    assert whole.copied == whole.files
    assert [_tree(whole.path)[name] for name in names] == [expected[name] for name in names]


def test_a_file_that_rotted_in_the_lake_does_not_replace_its_good_copy(lake: Lake, tmp_path: Path) -> None:
    first = backup.make(lake, tmp_path / "backups", AT)
    landed = small_lake.files_that_matter(lake)["landed"]
    times = landed.stat()
    small_lake.flip(landed)
    os.utime(landed, ns=(times.st_atime_ns, times.st_mtime_ns))
    second = backup.make(lake, tmp_path / "backups", AT + timedelta(1))
    name = landed.relative_to(lake.root)
    assert (second.path / name).read_bytes() == (first.path / name).read_bytes() != landed.read_bytes()


def test_a_backup_that_was_cut_short_is_none(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = backup.make(lake, tmp_path / "backups", AT)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(checksums, "write", killed)
        patch.setattr(making.shutil, "rmtree", lambda *_, **__: None)  # a killed process tidies nothing up
        with pytest.raises(KeyboardInterrupt):
            backup.make(lake, tmp_path / "backups", AT + timedelta(1))
    assert making.newest(tmp_path / "backups") == first.path
    assert {path.name[:9] for path in (tmp_path / "backups").iterdir()} == {"2025-10-1", ".partial-"}
    backup.make(lake, tmp_path / "backups", AT + timedelta(2))
    assert not list((tmp_path / "backups").glob(".partial-*"))


def _also_walked(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A file that is there while the lake is walked, and deleted before it is copied."""
    walk = making.files_to_keep
    monkeypatch.setattr(making, "files_to_keep", lambda lake: [*walk(lake), name])


@pytest.mark.parametrize("name", ["outbox/alerts/2025-10-15.txt", "outbox/exams/1.xlsx", "airflow/dags/own.py"])
def test_what_others_may_delete_meanwhile_is_left_out(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (lake.root / name).unlink(missing_ok=True)
    _also_walked(monkeypatch, name)
    made = backup.make(lake, tmp_path / "backups", AT)
    assert name not in checksums.read(made.path)
    assert backup.restore(tmp_path / "backups", Lake(tmp_path / "new")) == made.path


def test_what_was_copied_of_a_file_that_is_deleted_then_is_left_out(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = lake.outbox / "alerts" / "2025-10-15.txt"
    alert.parent.mkdir(exist_ok=True)
    alert.write_text("refused")
    copystat = making.shutil.copystat

    def deleted(source: Path, target: Path) -> None:
        if source == alert:
            source.unlink()
        copystat(source, target)

    monkeypatch.setattr(making.shutil, "copystat", deleted)
    made = backup.make(lake, tmp_path / "backups", AT)
    name = alert.relative_to(lake.root)
    assert not (made.path / name).exists()
    assert name.as_posix() not in checksums.read(made.path)


def test_a_file_that_nobody_may_delete_is_missed_in_its_own_words(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _also_walked(monkeypatch, "restricted/landing/ab/abcd")
    with pytest.raises(BackupError, match=r"restricted/landing/ab/abcd was deleted while it was backed up: .* again"):
        backup.make(lake, tmp_path / "backups", AT)
    assert not list((tmp_path / "backups").iterdir())


def test_a_full_disk_is_a_sentence_and_leaves_nothing(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "x")

    monkeypatch.setattr(making, "copy_file", full)
    with pytest.raises(BackupError, match=r"No space left on device, x\): make room"):
        backup.make(lake, tmp_path / "backups", AT)
    assert not list((tmp_path / "backups").iterdir())


def test_a_lake_that_has_lost_data_is_not_backed_up(lake: Lake, tmp_path: Path) -> None:
    small_lake.files_that_matter(lake)["data"].unlink()
    with pytest.raises(BackupError, match="has lost data and is not backed up"):
        backup.make(lake, tmp_path / "backups", AT)
    assert making.newest(tmp_path / "backups") is None


def test_a_backup_within_the_lake_is_refused(lake: Lake) -> None:
    with pytest.raises(BackupError, match="lies in the lake"):
        backup.make(lake, lake.root / "backups", AT)


@pytest.mark.parametrize("damage", small_lake.DAMAGES.values(), ids=small_lake.DAMAGES)
def test_a_damaged_backup_is_named_and_restores_nothing(
    lake: Lake, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    made = backup.make(lake, tmp_path / "backups", AT)
    hurt = small_lake.files_that_matter(Lake(made.path))["landed"]
    damage(hurt)
    with pytest.raises(BackupError, match=str(hurt)):
        backup.restore(made.path, Lake(tmp_path / "new"))
    damage(made.path / checksums.NAME)
    with pytest.raises(BackupError):
        backup.restore(made.path, Lake(tmp_path / "new"))
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob(".new*"))


def test_a_restore_overwrites_nothing(lake: Lake, tmp_path: Path) -> None:
    backup.make(lake, tmp_path / "backups", AT)
    before = _tree(lake.root)
    with pytest.raises(BackupError, match="is not empty"):
        backup.restore(tmp_path / "backups", lake)
    assert _tree(lake.root) == before
    (tmp_path / "empty").mkdir()
    backup.restore(tmp_path / "backups", Lake(tmp_path / "empty"))
    with pytest.raises(BackupError, match="holds no complete backup"):
        backup.restore(tmp_path / "lake", Lake(tmp_path / "other"))
