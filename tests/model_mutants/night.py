"""A night of the sample city, kept as a bench needs it: what its models read, and how it was compiled.

Lives here: taking the city through its nights, and copying the tables out of the lake.
Stays out: trying mutants on it (`bench`).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import samples
from tests import bureau_secret
from tests.end_to_end.conftest import run
from tests.model_mutants.bench import BEFORE, LAKE
from tests.model_mutants.project import NIGHT, Project
from warehouse import build
from warehouse.build.build_database import LAYERS
from warehouse.lake import Lake, connect_lake, lake_tables

DAYS = NIGHT - timedelta(2), NIGHT - timedelta(1), NIGHT
STUDENTS, SEED = 600, 11
CITY, SECRET = "city", "secret"
_MANIFEST = "manifest.json"


def prepared(folder: Path) -> Project:
    """The project as compiled for the last night, with the night's tables in `folder`; made where they are missing."""
    if not (folder / _MANIFEST).exists():
        shutil.rmtree(folder, ignore_errors=True)
        (folder / SECRET).mkdir(parents=True)
        _make(folder)
    return Project.read(folder / _MANIFEST, build.PROJECT)


def secret_of(folder: Path) -> bytes:
    """The secret of the bureau, under which the pseudonyms of the night were made."""
    return bytes.fromhex((folder / SECRET / "secret.key").read_text())


def _make(folder: Path) -> None:
    secret, lake = bureau_secret.written_in(folder / SECRET), Lake(folder / "nights")
    samples.write_city(folder / CITY, STUDENTS, seed=SEED, nights=len(DAYS), dirt="all")
    for day in DAYS:
        if day == NIGHT:
            keep(lake, folder / f"{BEFORE}.duckdb", LAYERS)
        outcome = run(lake.root, folder / CITY / day.isoformat(), secret, day)
        if outcome["status"] != "published":
            raise RuntimeError(f"the night {day} of the sample city ended {outcome['status']}: {outcome}")
    with connect_lake(lake, read_only=True) as connection:
        others = {name.split(".")[0] for name in lake_tables(connection)} - set(LAYERS)
    keep(lake, folder / f"{LAKE}.duckdb", others)
    manifest = build.manifest_path(lake, NIGHT)
    json.loads(manifest.read_text(encoding="utf-8"))  # a torn file is not kept
    shutil.copyfile(manifest, folder / _MANIFEST)
    shutil.rmtree(lake.root)


def keep(lake: Lake, file: Path, schemas: Iterable[str]) -> None:
    """Copy the tables of some schemas of a lake into a DuckDB file."""
    with connect_lake(lake, read_only=True) as connection:
        connection.execute(f"attach '{file}' as kept")
        for name in sorted(lake_tables(connection)):
            schema, table = name.split(".")
            if schema in schemas:
                connection.execute(f"create schema if not exists kept.{schema}")
                connection.execute(f'create table kept.{schema}."{table}" as from lake.{schema}."{table}"')
        connection.execute("detach kept")
