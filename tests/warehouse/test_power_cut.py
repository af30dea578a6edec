"""What a power cut takes right after it was said to be done: nothing. On a file system of its own, where one can be
mounted (`tests.power_cut`); whole nights: `tests/end_to_end/test_power_cut.py`.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import registry
from ingest import landing
from tests import power_cut
from tests.power_cut import Image
from warehouse.disclosure import secret
from warehouse.lake import Lake, connect_lake, create_lake, lake_tables, quoted
from warehouse.tables import register_tables

NIGHT = date(2025, 10, 15)


@pytest.fixture
def image(tmp_path: Path) -> Iterator[Image]:
    with power_cut.image(tmp_path, megabytes=64) as made:
        yield made


def rows(lake: Lake) -> dict[str, int]:
    """The tables of a lake and their rows, each of which is read."""
    with connect_lake(lake) as connection:
        return {
            name: len(connection.execute(f"from lake.{quoted(name)}").fetchall()) for name in lake_tables(connection)
        }


def test_a_commit_a_landed_file_and_a_new_secret(image: Image, tmp_path: Path):
    lake, key_file, delivered = Lake(image.root / "city/lake"), image.root / "keys/secret.key", tmp_path / "delivered"
    create_lake(lake)
    with connect_lake(lake) as connection:
        key = secret.ensure(connection, lake, key_file)
        register_tables.write(connection, registry.load(registry.HOUSE), NIGHT)
    delivered.write_text("delivered")
    sha256 = landing.sha256_of(delivered)
    landing.land(delivered, sha256, lake.landing)
    before = rows(lake)
    image.cut()
    create_lake(lake)
    assert rows(lake) == before
    assert before["register.element"] > 10
    assert secret.of_lake(lake, key_file) == key
    assert secret.known_fingerprint(lake) == secret.fingerprint(key)
    landing.restore_bytes(lake.landing, sha256, tmp_path / "again")
    assert (tmp_path / "again").read_text() == "delivered"


def test_a_cut_would_be_seen(image: Image):
    (image.root / "unsynced").write_text("lost")
    image.cut()
    assert not (image.root / "unsynced").exists()
