"""A lake whose nights were only committed, and built now and then, is the lake that real nights leave."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import history, nights
from benchmarks.nights import City
from warehouse.lake import Lake, connect_lake
from warehouse.release.fingerprint import fingerprint

SCHEMAS = ("raw", "intake", "register", "staging", "conformed", "marts")
NIGHTS, USUAL_EVERY = 20, 6


def contents(lake: Lake) -> dict[str, tuple[int, str]]:
    """The fingerprint of each table of the lake that a build reads or leaves."""
    with connect_lake(lake, read_only=True) as connection:
        tables = connection.execute(
            "select schema_name || '.\"' || table_name || '\"' from duckdb_tables() "
            "where database_name = 'lake' and list_contains(?, schema_name)",
            [list(SCHEMAS)],
        ).fetchall()
        return {name: fingerprint(connection, f"lake.{name}") for (name,) in tables}


@pytest.mark.soak
def test_a_grown_lake_is_the_lake_of_real_nights(tmp_path: Path) -> None:
    prove(tmp_path, NIGHTS, USUAL_EVERY)


def prove(folder: Path, count: int, usual_every: int) -> None:
    """`count` real nights, against the same with all but the first and the last grown."""
    real = City(300, folder / "real", nights.LIMIT)
    days = real.write(count, usual_every)
    real.ours(days[0], "first")
    shutil.copytree(real.folder, folder / "grown", symlinks=True)
    grown = replace(real, folder=folder / "grown")
    for day in days[1:]:
        real.ours(day, str(day))
    history.grow(grown.lake, grown.folder / "exports", days[1:-1])
    grown.ours(days[-1], "last")
    expected, found = contents(real.lake), contents(grown.lake)
    assert [name for name in expected if found.get(name) != expected[name]] == []
    assert found.keys() == expected.keys()
