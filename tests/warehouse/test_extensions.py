"""DuckDB's extensions come from the wheels, wherever the environment lies, and never from the network."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from common.own_folder import ForeignFolder
from warehouse.errors import LakeError
from warehouse.lake import Lake, connect_lake, extensions


@pytest.fixture
def fresh() -> Iterator[None]:
    extensions.directory.cache_clear()
    yield
    extensions.directory.cache_clear()


def _loads(directory: Path) -> bool:
    settings = extensions.config() | {"extension_directory": str(directory)}
    with duckdb.connect(":memory:", config=settings) as connection:
        return all(bool(connection.execute(f"load {name}")) for name in extensions.NAMES)


def test_nothing_is_downloaded_when_an_extension_is_missing(lake: Lake) -> None:
    with connect_lake(lake) as connection:
        settings = dict(
            connection.execute(
                "select name, value from duckdb_settings() where name in "
                "('autoinstall_known_extensions', 'autoload_known_extensions', 'extension_directory')"
            ).fetchall()
        )
    assert settings == {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "extension_directory": str(extensions.directory()),
    }


def test_a_missing_wheel_is_named() -> None:
    with pytest.raises(LakeError, match=r"extension nonesuch for version .* is not installed"):
        extensions.wheel_file("nonesuch")


def test_a_link_to_a_wheel_that_went_away_is_mended(tmp_path: Path, fresh: None) -> None:
    extensions._lay_out(tmp_path)
    for link in tmp_path.rglob("*.duckdb_extension"):
        link.unlink()
        link.symlink_to(tmp_path / "gone")
    extensions._lay_out(tmp_path)
    assert _loads(tmp_path)


def test_an_environment_that_cannot_be_written_is_not_needed(
    tmp_path: Path, fresh: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "file"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert extensions.directory().is_relative_to(tmp_path / "cache" / "shuyuan")
    assert (tmp_path / "cache" / "shuyuan").stat().st_mode & 0o777 == 0o700
    assert _loads(extensions.directory())


def test_extensions_are_not_loaded_from_a_folder_that_another_may_write(
    tmp_path: Path, fresh: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "file"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "shuyuan").mkdir()
    (tmp_path / "shuyuan").chmod(0o777)
    with pytest.raises(ForeignFolder, match="may be written by other users"):
        extensions.directory()


def test_an_environment_without_any_place_is_named(
    tmp_path: Path, fresh: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "file"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(LakeError, match="make one of the two writable"):
        extensions.directory()
