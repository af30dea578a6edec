"""The product runs where it is installed, outside its source tree: the wheel holds what the rooms hold."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests import wheel


def test_every_file_of_a_room_and_every_page_is_in_the_wheel(tmp_path: Path):
    built, tree = wheel.built(tmp_path)
    files = (p for room in wheel.ROOMS for p in (tree / room).rglob("*") if p.is_file())
    expected = {p.relative_to(tree).as_posix() for p in files}
    held = set(zipfile.ZipFile(built).namelist())
    assert expected <= held
    assert any(name.endswith("share/shuyuan/docs/adding_a_feed.md") for name in held)
