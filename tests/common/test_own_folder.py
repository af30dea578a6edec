"""A folder from which code is loaded is this user's alone; no name below /tmp can be foreseen."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from common.own_folder import ForeignFolder, own_folder
from common.settings import user_cache
from tests.architecture.imports import modules


def test_it_is_made_for_its_user_alone_and_taken_again(tmp_path: Path) -> None:
    folder = own_folder(tmp_path / "cache" / "ours")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert own_folder(folder) == folder


def test_a_link_is_refused_wherever_it_leads(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir(mode=0o700)
    (tmp_path / "ours").symlink_to(tmp_path / "there")
    with pytest.raises(ForeignFolder, match="ours is a link"):
        own_folder(tmp_path / "ours")


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o1777])
def test_one_that_others_may_write_is_refused(tmp_path: Path, mode: int) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours").chmod(mode)
    with pytest.raises(ForeignFolder, match=r"may be written by other users.*remove it, or set XDG_CACHE_HOME"):
        own_folder(tmp_path / "ours")


def test_one_of_another_user_is_refused(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to another user")
    (tmp_path / "ours").mkdir(mode=0o700)
    os.chown(tmp_path / "ours", 65534, -1)
    with pytest.raises(ForeignFolder, match=r"ours belongs to (nobody|65534)"):
        own_folder(tmp_path / "ours")


def test_the_cache_is_where_the_desktop_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_cache() == tmp_path / ".cache" / "shuyuan"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # to be passed over, by its specification
    assert user_cache() == tmp_path / ".cache" / "shuyuan"
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert user_cache() == Path("/somewhere/shuyuan")


def test_no_name_below_tmp_can_be_foreseen() -> None:
    foreseen = re.compile(r"gettempdir|[\"'/]tmp/")
    rooms = {name: path for name, path in modules().items() if name.partition(".")[0] not in ("tests", "benchmarks")}
    assert [name for name, path in rooms.items() if foreseen.search(path.read_text(encoding="utf-8"))] == []
