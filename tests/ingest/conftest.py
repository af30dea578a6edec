"""Registers, an empty lake to copy, and data that others wrote."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import registry
from registry import Register
from tests.ingest.makers import Desk
from warehouse.lake import Lake, create_lake

SHARED = "SHUYUAN_SHARED_DATA"


@pytest.fixture(scope="session")
def house() -> Register:
    return registry.load(registry.HOUSE)


@pytest.fixture(scope="session")
def oneroster() -> Register:
    return registry.load(registry.HOUSE / "examples" / "oneroster")


@pytest.fixture(scope="session")
def empty_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    made = Lake(tmp_path_factory.mktemp("empty") / "lake")
    create_lake(made)
    return made


@pytest.fixture
def desk(tmp_path: Path, house: Register) -> Iterator[Desk]:
    """The default register's inbox, and the tables of a lake."""
    made = Desk(tmp_path / "desk", house)
    yield made
    made.close()


@pytest.fixture
def desk_of(tmp_path: Path) -> Iterator[Callable[[Register], Desk]]:
    """Another register's inbox, and the tables of a lake."""
    made: list[Desk] = []

    def make(register: Register) -> Desk:
        made.append(Desk(tmp_path / f"desk{len(made)}", register))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Data that nobody here made, for reading only."""
    if SHARED not in os.environ or not Path(os.environ[SHARED]).is_dir():
        pytest.skip(f"{SHARED} does not name the folder of data that others wrote")
    return Path(os.environ[SHARED])
