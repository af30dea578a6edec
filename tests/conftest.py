"""What holds for all tests."""

import gc
from pathlib import Path

import pytest

from tests import bureau_secret

# Airflow, dbt, Great Expectations and pytest keep a million objects, which Python's collector would look through a
# hundred times a minute.
gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bureau_secret.written_in(tmp_path_factory.mktemp("secret"))
