"""The secret is made once, kept to its owner, and never silently another."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from warehouse.disclosure import secret as secrets
from warehouse.errors import SecretError


def test_a_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "config" / "secret.key"
    made = secrets.load_or_create(path)
    assert len(made) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secrets.load_or_create(path) == made == bytes.fromhex(path.read_text())
    assert [p.name for p in path.parent.iterdir()] == ["secret.key"]


def test_a_secret_open_to_others_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    secrets.load_or_create(path)
    path.chmod(0o640)
    with pytest.raises(SecretError, match=f"can be read by other users: run 'chmod 600 {path}'"):
        secrets.load_or_create(path)


@pytest.mark.parametrize("text", ["", "00ff", "zz" * 32])
def test_a_file_that_holds_no_secret_is_not_overwritten(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secret.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(SecretError, match="does not hold 64 hex digits"):
        secrets.load_or_create(path)
    assert path.read_text() == text


def test_a_secret_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SecretError, match="cannot be read or made"):
        secrets.load_or_create(tmp_path / "file" / "secret.key")


def test_a_fingerprint_tells_secrets_apart_and_gives_none_away() -> None:
    one, other = bytes(32), bytes(31) + b"\1"
    assert secrets.fingerprint(one) != secrets.fingerprint(other)
    assert len(secrets.fingerprint(one)) == 16
    assert secrets.fingerprint(one) not in one.hex()


def test_a_lake_refuses_another_secret_than_its_last_release(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(
        json.dumps({"secret_fingerprint": secrets.fingerprint(bytes(32))})
    )
    secrets.require_same(tmp_path, bytes(32))
    secrets.require_same(None, b"any")
    with pytest.raises(SecretError, match="is not the one that made release"):
        secrets.require_same(tmp_path, bytes(31) + b"\1")
