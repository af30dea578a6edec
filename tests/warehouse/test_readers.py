"""Who may read what of a lake does not hang on the umask, on one folder's mode, or on who made the lake."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

import registry
from common import files
from common.settings import ReaderSettings, SettingsError
from tests.warehouse.by_hand import NIGHT, Plain
from warehouse.errors import LakeError, NotReadable
from warehouse.lake import NOBODY, Lake, Readers, protect, readers, readers_of, require_readable
from warehouse.release import publish

OWN = os.getegid()
NONE = 0o077  # what nobody but the owner may have


@pytest.fixture(scope="module")
def register() -> registry.Register:
    return registry.load(registry.HOUSE)


@pytest.fixture
def older(tmp_path: Path) -> Lake:
    """A lake as an older program left it under umask 000."""
    lake = Lake(tmp_path / "lake")
    before = os.umask(0)
    try:
        for name in (
            "restricted/catalog.ducklake", "restricted/data/raw/rows.parquet", "restricted/past/a/register/a.yml",
            "restricted/landing/ab/abcd", "airflow/airflow.db", "airflow/by_hand/airflow.db", "airflow/dags/own.sh",
            "releases/2025-10-15-a/marts.duckdb", "releases/2025-10-15-a/parquet/a.parquet",
            "outbox/alerts/2025-10-15.txt", "outbox/student_registry/1.xlsx", "outbox/assets/1.xlsx",
        ):  # fmt: skip
            path = lake.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")
    finally:
        os.umask(before)
    (lake.landing / "ab" / "abcd").chmod(0o400)
    (lake.airflow / "dags" / "own.sh").chmod(0o755)
    return lake


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def modes(folder: Path) -> dict[str, int]:
    return {p.relative_to(folder.parent).as_posix(): mode(p) for p in (folder, *sorted(folder.rglob("*")))}


def another_group() -> int:
    """A group that is not the first of this user, and to which it may give files."""
    others = [group for group in os.getgroups() if group != OWN] or ([65534] if os.geteuid() == 0 else [])
    if not others:
        pytest.skip("this user is a member of one group alone")
    return others[0]


# ---------------------------------------------------------------- what is set


def test_files_of_an_older_lake_are_taken_from_other_users_and_stay_their_owners(older):
    protect(older, NOBODY)
    for zone in (older.restricted, older.airflow, older.outbox):
        assert {name: m for name, m in modes(zone).items() if m & NONE} == {}
    assert mode(older.landing / "ab" / "abcd") == 0o400
    assert mode(older.airflow / "dags" / "own.sh") == 0o700
    assert mode(older.restricted) == mode(older.airflow) == 0o700


def test_a_link_out_of_the_lake_is_left_alone(older, tmp_path):
    (tmp_path / "outside").write_text("")
    (tmp_path / "outside").chmod(0o644)
    (older.restricted / "link").symlink_to(tmp_path / "outside")
    protect(older, NOBODY)
    assert mode(tmp_path / "outside") == 0o644


def test_releases_are_for_their_user_alone_or_for_the_analysts_too_as_soon_as_they_are_named(older):
    protect(older, NOBODY)
    assert set(modes(older.releases).values()) == {0o400, 0o700}
    protect(older, Readers(OWN))
    assert modes(older.releases) == {
        "releases": 0o750,
        "releases/2025-10-15-a": 0o750,
        "releases/2025-10-15-a/marts.duckdb": 0o440,
        "releases/2025-10-15-a/parquet": 0o750,
        "releases/2025-10-15-a/parquet/a.parquet": 0o440,
    }
    assert mode(older.root) & 0o011 == 0o011, "they must get there"
    protect(older, NOBODY)
    assert set(modes(older.releases).values()) == {0o400, 0o700}


def test_an_office_reads_the_lists_of_its_sources_and_nothing_beside_them(older):
    protect(older, Readers(offices={"student_registry": OWN}))
    assert modes(older.outbox) == {
        "outbox": 0o711,
        "outbox/alerts": 0o700,
        "outbox/alerts/2025-10-15.txt": 0o600,
        "outbox/assets": 0o700,
        "outbox/assets/1.xlsx": 0o600,
        "outbox/student_registry": 0o2750,
        "outbox/student_registry/1.xlsx": 0o640,
    }
    assert set(modes(older.releases).values()) == {0o400, 0o700}


def test_the_group_itself_is_set(older):
    group = another_group()
    protect(older, Readers(group, {"assets": group}))
    granted = [older.releases, *older.releases.rglob("*"), *(older.outbox / "assets").rglob("*")]
    assert {path.stat().st_gid for path in granted} == {group}
    assert (older.outbox / "student_registry").stat().st_gid != group


def test_a_release_is_given_to_the_group_of_number_0_too(older, monkeypatch):
    protect(older, Readers(OWN or another_group()))
    given = []
    monkeypatch.setattr(os, "chown", lambda path, _, group: given.append((path.name, group)))
    protect(older, Readers(0))
    assert ("2025-10-15-a", 0) in given


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_release_has_its_permissions_before_its_name(tmp_path, umask, monkeypatch):
    hand, seen = Plain(tmp_path / "lake"), []
    monkeypatch.setattr(files, "put", lambda source, target: (seen.append(modes(source)), source.replace(target)))
    before = os.umask(umask)
    try:
        path = publish(hand.lake, hand.assemble(NIGHT), [], readers=Readers(OWN))
    finally:
        os.umask(before)
    assert set(next(found for found in seen if "candidate/marts.duckdb" in found).values()) == {0o440, 0o750}
    assert set(modes(path).values()) == {0o440, 0o750}


def test_the_register_of_an_expired_release_is_closed_though_the_release_was_open(tmp_path):
    hand = Plain(tmp_path / "lake")
    for day in (NIGHT, NIGHT.replace(day=16)):
        publish(hand.lake, hand.assemble(day), [], 1, Readers(OWN))
    assert list(hand.lake.release_archive.iterdir())
    assert {name: m for name, m in modes(hand.lake.release_archive).items() if m & NONE} == {}


def test_a_lake_of_another_user_is_a_sentence(older, monkeypatch):
    def refused(path: Path, *_: object) -> None:
        raise PermissionError(1, "Operation not permitted", str(path))

    monkeypatch.setattr(Path, "chmod", refused)
    with pytest.raises(LakeError, match=r"permissions of .* cannot be set .*belongs to .*'chown -R"):
        protect(older, NOBODY)


# ---------------------------------------------------------------- what is named


def test_a_source_has_its_own_group_else_that_of_its_office(register, monkeypatch):
    monkeypatch.setattr(readers, "_number", lambda _, name: int(name))
    office = next(source.office for source in register.sources if source.id == "student_registry")
    named = ReaderSettings(analysts_group="7", office_groups={office: "1", "student_registry": "2"})
    found = readers_of(named, register)
    assert found.analysts == 7
    assert found.offices["student_registry"] == 2
    of_office = {source.id for source in register.sources if source.office == office}
    assert set(found.offices) == of_office
    assert {found.offices[source] for source in of_office - {"student_registry"}} <= {1}


def test_an_office_that_the_register_does_not_know_is_a_sentence(register, monkeypatch):
    monkeypatch.setattr(readers, "_number", lambda *_: 1)
    with pytest.raises(SettingsError, match=r"SHUYUAN_OFFICE_GROUPS.* names 处室, which is no source or office"):
        readers_of(ReaderSettings(office_groups={"处室": "x"}), register)


def test_a_group_that_is_not_there_is_a_sentence():
    with pytest.raises(SettingsError, match=r"SHUYUAN_ANALYSTS_GROUP.* this machine has no group nonesuch; make it"):
        readers_of(ReaderSettings(analysts_group="nonesuch"))
    with pytest.raises(SettingsError, match=r"SHUYUAN_OFFICE_GROUPS.* no group nonesuch"):
        readers_of(ReaderSettings(office_groups={"student_registry": "nonesuch"}))


def test_a_group_of_which_the_nights_user_is_no_member_is_a_sentence(monkeypatch):
    monkeypatch.setattr(readers, "os", SimpleNamespace(geteuid=lambda: 65534, getegid=lambda: 65534, getgroups=list))
    with pytest.raises(SettingsError, match=r"is no member of the group 0 .*'usermod -aG 0 "):
        readers_of(ReaderSettings(analysts_group="0"))


def test_a_group_may_be_named_by_its_number_where_it_has_no_name_here():
    assert readers_of(ReaderSettings(analysts_group=str(OWN))).analysts == OWN


def test_a_folder_above_the_lake_that_is_closed_to_the_group_is_found(older):
    older.root.parent.chmod(0o700)
    assert readers.closed_above(older, NOBODY) is None
    assert readers.closed_above(older, Readers(OWN + 1)) == older.root.parent
    older.root.parent.chmod(0o710)
    assert readers.closed_above(older, Readers(older.root.parent.stat().st_gid)) != older.root.parent


# ---------------------------------------------------------------- what is said


def test_who_may_not_read_is_told_whose_it_is_and_what_an_analyst_can_do(older, monkeypatch):
    protect(older, NOBODY)
    require_readable(older, older.catalog)
    require_readable(older, older.root / "nonesuch")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(NotReadable, match=r"may not read .*restricted.*identifiers.* alone.*'shuyuan sql'"):
        require_readable(older, older.restricted)
    with pytest.raises(NotReadable, match=r"may not read .*releases.*SHUYUAN_ANALYSTS_GROUP"):
        require_readable(older, older.releases)
