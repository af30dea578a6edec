"""The first step of a night: what must be settled before a row is committed."""

from datetime import date
from pathlib import Path

import pytest

from common.settings import load_settings
from dags import steps
from dags.scratch import BY_HAND, Night
from warehouse.errors import SecretError
from warehouse.lake import Lake, connect_lake, create_lake, lake_tables


@pytest.fixture
def night(tmp_path: Path) -> Night:
    (tmp_path / "inbox").mkdir()
    settings = load_settings(lake=tmp_path / "lake", inbox=tmp_path / "inbox", secret_file=tmp_path / "keys/secret.key")
    create_lake(Lake(settings.lake))
    return Night(date(2025, 10, 15), settings, run=BY_HAND)


def test_a_night_under_a_lost_secret_commits_no_row(night: Night):
    night.lake.secret_fingerprint.write_text("0123456789abcdef\n")
    with pytest.raises(SecretError, match="is missing, with which the lake"):
        steps.open_lake(night)
    assert not night.settings.secret_file.exists()
    with connect_lake(night.lake) as connection:
        assert lake_tables(connection) == {}
