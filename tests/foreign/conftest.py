"""Registers as a new user writes them, and the plain readers that are the second witness."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import registry
from registry import Register
from tests.ingest.conftest import desk_of, shared

__all__ = ["desk_of", "shared"]

HERE = Path(__file__).parent / "registers"
LENDER = registry.HOUSE / "examples" / "school_data_sync"  # of all that a register needs beside its sources


@pytest.fixture
def register_of(tmp_path: Path) -> Callable[[str], Register]:
    """The register whose sources lie under `registers/<name>`; bureau, calendar and codes are an example's."""

    def load(name: str) -> Register:
        folder = tmp_path / "register" / name
        shutil.copytree(LENDER, folder, ignore=shutil.ignore_patterns("sources", "elements"))
        shutil.copytree(HERE / name, folder, dirs_exist_ok=True)
        return registry.load(folder)

    return load


@pytest.fixture(scope="session")
def school_data_sync() -> Register:
    return registry.load(LENDER)
