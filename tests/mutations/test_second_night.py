"""Thousands of mutated exports on the second night of a lake, through reading, guards, commit and staging."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from registry import Register
from tests.mutations.batches import batch, lopsided, report, whole_feeds
from tests.mutations.town import SECOND, Town, Verdict
from warehouse import build, build_inputs
from warehouse import lake as lakes
from warehouse.lake import Lake

pytestmark = pytest.mark.soak

FILES, NIGHTS, SINGLE = 40, 3, 25
LEAST = 2000


def test_no_mutant_of_a_second_night_breaks_its_promise(town_of: Callable[[int], Town]):
    town = town_of(FILES)
    assert town.unfaithful() == []
    verdicts: list[Verdict] = []
    for seed in range(NIGHTS):
        verdicts += town.second_night(batch(town, seed, stay=1), f"night{seed}")
    for seed in range(NIGHTS, NIGHTS + SINGLE):
        verdicts += town.read(whole_feeds(town, seed), f"single{seed}")
    assert report(verdicts, town.root / "kept") == ""
    assert len(verdicts) >= LEAST
    assert lopsided(verdicts) == []


def test_staging_builds_over_a_lake_of_mutants(town_of: Callable[[int], Town], house: Register):
    """dbt itself, its tests too; what staging keeps of a row was checked against what was written."""
    town = town_of(6)
    verdicts = town.second_night(batch(town, 77), "built", keep=True)
    assert report(verdicts, town.root / "kept") == ""
    lake = Lake(town.root / "built" / "lake")
    failed = _stage(lake, house, town.root / "dbt")
    assert failed == []
    with lakes.connect(lake, read_only=True) as connection:
        for feed in house.feeds:
            assert _staged_and_raw(connection, feed.table)


def _stage(lake: Lake, register: Register, scratch: Path) -> list[str]:
    build_inputs.write_profile(scratch, lake, 2, None)
    places = ["--project-dir", build.PROJECT, "--profiles-dir", scratch, "--target-path", scratch / "target",
              "--log-path", scratch / "logs"]  # fmt: skip
    command = ["build", "--select", "staging", *map(str, places), "--quiet", "--no-send-anonymous-usage-stats",
               "--vars", build_inputs.variables(register, SECOND)]  # fmt: skip
    try:
        done = dbtRunner().invoke(command)
    finally:  # dbt-duckdb keeps its connection, and with it the lake's catalog
        environment = DuckDBConnectionManager._ENV
        DuckDBConnectionManager.close_all_connections()
        if environment is not None:
            environment.close()
    return [
        f"{r.node.name}: {r.message}" for r in done.result.results if str(r.status) not in ("success", "pass", "warn")
    ]


def _staged_and_raw(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether staging has rows of the feed where the lake has."""
    (staged,), (raw,) = (
        connection.execute(f"SELECT count(*) FROM lake.{where}").fetchone() or (0,)
        for where in (f"staging.stg_{table}", f"raw.{table} WHERE _known_to IS NULL")
    )
    return bool(staged) == bool(raw)
