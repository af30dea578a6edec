"""The secret is made once, kept to its owner, and never silently another."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import pytest

from tests import bureau_secret
from warehouse.disclosure import pseudonyms
from warehouse.disclosure import secret as secrets
from warehouse.errors import SecretError
from warehouse.lake import Lake, connect_lake

OTHER = bytes(31) + b"\1"


def ensure(lake: Lake, path: Path) -> bytes:
    """What the first step of a night does."""
    with connect_lake(lake) as connection:
        return secrets.ensure(connection, lake, path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "secret.key"


def test_a_secret_is_made_once_and_for_its_owner_alone(lake: Lake, path: Path) -> None:
    made = ensure(lake, path)
    assert len(made) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert ensure(lake, path) == secrets.of_lake(lake, path) == made == bytes.fromhex(path.read_text())
    assert [p.name for p in path.parent.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("gone", ["", "releases", "releases, record", "releases, record, past"])
def test_a_lake_whose_secret_is_lost_gets_no_other(lake: Lake, path: Path, gone: str) -> None:
    made = ensure(lake, path)
    print_ = secrets.fingerprint(made)
    for folder in (lake.releases, lake.release_archive):
        (folder / "2025-10-15-abc").mkdir(parents=True)
        (folder / "2025-10-15-abc" / "manifest.json").write_text(json.dumps({"secret_fingerprint": print_}))
    with connect_lake(lake) as connection:
        pseudonyms.prepare_pseudonyms(connection, made, print_, ["select '', 'student_number:1'"])
    path.unlink()
    if "releases" in gone:
        shutil.rmtree(lake.releases)
    if "record" in gone:
        lake.secret_fingerprint.unlink()
    if "past" in gone:
        shutil.rmtree(lake.release_archive)
    said = f"The secret {path} is missing, with which the lake {lake.root} was made (fingerprint {print_}): put your"
    for ask in (ensure,) if "past" in gone else (ensure, secrets.of_lake):
        with pytest.raises(SecretError) as refused:
            ask(lake, path)
        assert said in str(refused.value)
        assert not path.exists()


def test_a_lake_refuses_another_secret_than_its_own(lake: Lake, path: Path) -> None:
    made = ensure(lake, path)
    path.write_text(OTHER.hex())
    with pytest.raises(SecretError, match=f"is not the one with which the lake {lake.root} was made"):
        ensure(lake, path)
    with pytest.raises(SecretError, match="in SHUYUAN_SECRET_FILE"):
        secrets.of_lake(lake, path)
    assert secrets.known_fingerprint(lake) == secrets.fingerprint(made)


def test_who_reads_makes_no_secret(lake: Lake, path: Path) -> None:
    with pytest.raises(SecretError, match=f"The secret {path} is missing: 'shuyuan night' makes it"):
        secrets.of_lake(lake, path)
    assert not path.exists()


def test_a_record_that_is_damaged_is_made_again_from_the_releases(lake: Lake, path: Path) -> None:
    made = ensure(lake, path)
    (lake.releases / "2025-10-15-abc").mkdir()
    (lake.releases / "2025-10-15-abc" / "manifest.json").write_text(
        json.dumps({"secret_fingerprint": secrets.fingerprint(made)})
    )
    lake.secret_fingerprint.write_text("")
    ensure(lake, path)
    assert lake.secret_fingerprint.read_text().strip() == secrets.fingerprint(made)


def test_a_secret_open_to_others_is_refused(lake: Lake, path: Path) -> None:
    ensure(lake, path)
    path.chmod(0o640)
    with pytest.raises(SecretError, match=f"can be read by other users: run 'chmod 600 {path}'"):
        ensure(lake, path)


@pytest.mark.parametrize("text", ["", "00ff", "zz" * 32])
def test_a_file_that_holds_no_secret_is_not_overwritten(lake: Lake, tmp_path: Path, text: str) -> None:
    path = bureau_secret.written_in(tmp_path)
    path.write_text(text)
    with pytest.raises(SecretError, match="does not hold 64 hex digits"):
        ensure(lake, path)
    assert path.read_text() == text


def test_a_secret_that_cannot_be_made_is_named(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SecretError, match="cannot be read or made"):
        ensure(lake, tmp_path / "file" / "secret.key")


def test_a_fingerprint_tells_secrets_apart_and_gives_none_away() -> None:
    one = bytes(32)
    assert secrets.fingerprint(one) != secrets.fingerprint(OTHER)
    assert len(secrets.fingerprint(one)) == 16
    assert secrets.fingerprint(one) not in one.hex()


def test_a_past_release_is_not_made_again_under_another_secret(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"secret_fingerprint": secrets.fingerprint(bytes(32))}))
    secrets.require_same(tmp_path, bytes(32))
    secrets.require_same(None, b"any")
    with pytest.raises(SecretError, match="is not the one that made release"):
        secrets.require_same(tmp_path, OTHER)
