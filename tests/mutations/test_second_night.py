"""Thousands of mutated exports on the second night of a lake, through reading, guards, commit and staging."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from registry import Register
from tests.mutations.batches import batch, lopsided, report, whole_feeds
from tests.mutations.town import SECOND, Town, Verdict
from warehouse import build
from warehouse.build import build_database, dbt_inputs
from warehouse.lake import Lake, connect_lake

pytestmark = pytest.mark.soak

FILES, NIGHTS, SINGLE = 36, 3, 25
LEAST = 2000


def test_no_mutant_of_a_second_night_breaks_its_promise(town_of: Callable[[int], Town], house: Register):
    """What staging keeps of a row is checked against what was written; then dbt itself builds it, with its tests."""
    town = town_of(FILES)
    assert town.unfaithful() == []
    verdicts: list[Verdict] = []
    for seed in range(NIGHTS):
        verdicts += town.second_night(batch(town, seed, stay=1), f"night{seed}", keep=True)
        lake = Lake(town.root / f"night{seed}" / "lake")
        assert _stage(lake, house, town.root / f"dbt{seed}") == []
        with connect_lake(lake, read_only=True) as connection:
            assert [f.id for f in house.feeds if not _staged_and_raw(connection, f.table)] == []
        shutil.rmtree(lake.root.parent)
    assert len(verdicts) >= LEAST
    for seed in range(NIGHTS, NIGHTS + SINGLE):
        verdicts += town.read(whole_feeds(town, seed), f"single{seed}")
    assert report(verdicts, town.root / "kept") == ""
    assert lopsided(verdicts) == []


def _stage(lake: Lake, register: Register, scratch: Path) -> list[str]:
    """What dbt finds wrong in staging, without references: the feeds of the town know nothing of each other."""
    variables = json.loads(dbt_inputs.variables(register, SECOND))
    variables["references"] = {feed: [] for feed in variables["references"]}
    dbt_inputs.write_profile(scratch, lake, 2, None)
    build_database.create_build_database(lake, scratch, ())
    places = ["--project-dir", build.PROJECT, "--profiles-dir", scratch, "--target-path", scratch / "target",
              "--log-path", scratch / "logs"]  # fmt: skip
    command = ["build", "--select", "staging", *map(str, places), "--quiet", "--no-send-anonymous-usage-stats",
               "--vars", json.dumps(variables)]  # fmt: skip
    try:
        done = dbtRunner().invoke(command)
    finally:  # dbt-duckdb keeps its connection, and with it the lake's catalog
        environment = DuckDBConnectionManager._ENV
        DuckDBConnectionManager.close_all_connections()
        if environment is not None:
            environment.close()
    build_database.load_into_lake(lake, scratch)
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
