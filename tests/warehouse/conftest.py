"""A lake of a test's own, and the hand that fills it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import registry
from registry import Register
from tests.warehouse.by_hand import Hand
from warehouse.lake import Lake, connect_lake, create_lake


@pytest.fixture(scope="session")
def register() -> Register:
    return registry.load(registry.HOUSE)


@pytest.fixture(scope="session")
def empty_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    made = Lake(tmp_path_factory.mktemp("empty") / "lake")
    create_lake(made)
    return made


@pytest.fixture
def lake(empty_lake: Lake, tmp_path: Path) -> Lake:
    """A lake of its own: a copied lake is a lake, and copying is quicker than making."""
    return Lake(Path(shutil.copytree(empty_lake.root, tmp_path / "lake")))


@pytest.fixture
def hand(lake: Lake, register: Register, tmp_path: Path) -> Hand:
    return Hand(lake, register, tmp_path)


@pytest.fixture
def in_lake(lake: Lake) -> Callable[[str], list[tuple[Any, ...]]]:
    def ask(sql: str) -> list[tuple[Any, ...]]:
        with connect_lake(lake) as connection:
            return connection.execute(sql).fetchall()

    return ask
