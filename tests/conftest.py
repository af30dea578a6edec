"""What holds for all tests."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import bureau_secret

if TYPE_CHECKING:
    from warehouse.lake import Lake

# Airflow, dbt, Great Expectations and pytest keep a million objects, which Python's collector would look through a
# hundred times a minute.
gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bureau_secret.written_in(tmp_path_factory.mktemp("secret"))


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The hand-made lake of `tests.small_lake`, which no test may change."""
    from tests import small_lake

    return small_lake.make(tmp_path_factory.mktemp("small"))
