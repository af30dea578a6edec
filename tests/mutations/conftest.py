"""The default register, good exports of all its feeds, and a lake that took them on its first night."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import registry
from registry import Register
from tests.mutations.town import Exports, Town
from warehouse.lake import Lake, connect_lake, create_lake
from warehouse.tables import raw_tables, register_tables


@pytest.fixture(scope="session")
def house() -> Register:
    return registry.load(registry.HOUSE)


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory, house: Register) -> Exports:
    return Exports(tmp_path_factory.mktemp("exports"), house, files=7)


@pytest.fixture(scope="session")
def town_of(tmp_path_factory: pytest.TempPathFactory, house: Register) -> Callable[[int], Town]:
    def make(files: int) -> Town:
        root: Path = tmp_path_factory.mktemp("town")
        empty = Lake(root / "empty")
        create_lake(empty)
        with connect_lake(empty) as connection:
            register_tables.write(connection, house)
            raw_tables.ensure_raw(connection, registry.known_feeds(house))
        return Town(root, house, empty, files)

    return make
