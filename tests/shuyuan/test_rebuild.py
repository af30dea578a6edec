"""`shuyuan rebuild` says what it cannot do, and why."""

from pathlib import Path

from tests.shuyuan.conftest import Desk
from warehouse.lake import Lake, create_lake


def test_a_place_without_a_lake_is_refused(desk: Desk, tmp_path: Path) -> None:
    result = desk("rebuild", "--lake", tmp_path / "none")
    assert result.exit_code == 1
    assert f"There is no lake at {tmp_path / 'none'}" in result.stderr


def test_a_lake_of_no_night_is_refused(desk: Desk, tmp_path: Path) -> None:
    create_lake(Lake(tmp_path / "new"))
    result = desk("rebuild", "--lake", tmp_path / "new")
    assert result.exit_code == 1
    assert "has no night that was built: run 'shuyuan night' first." in result.stderr
