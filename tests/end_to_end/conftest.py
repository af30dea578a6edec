"""A sample city with all dirt, taken through three nights of Airflow, and what its generator wrote down about it."""

from __future__ import annotations

import csv
import json
import os
import stat
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

import samples
from common.settings import load_settings
from dags import night
from tests import disk
from tests.disk import Disk
from warehouse.lake import Lake, connect_lake

DAYS = FIRST, SECOND, LAST = date(2025, 10, 15), date(2025, 10, 16), date(2025, 10, 17)
STUDENTS = 1200


@dataclass(frozen=True)
class Nights:
    """A lake, the city it was filled from, and the outcome of each night."""

    root: Path
    city: Path
    secret: Path
    outcomes: dict[date, dict[str, Any]]
    # mode and group of each file and folder, as a night left them
    permissions: dict[date, dict[str, tuple[int, int]]] = field(default_factory=dict)
    disk: Disk = field(default_factory=Disk)  # what the nights have brought to the disk

    @property
    def lake(self) -> Lake:
        return Lake(self.root)

    def run(self, day: date) -> dict[str, Any]:
        return run(self.root, self.city / day.isoformat(), self.secret, day)

    def truth(self, name: str) -> list[dict[str, str]]:
        """Rows of one of the files that say what was planted."""
        with (self.city / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def release(self, day: date) -> Path:
        return Path(self.outcomes[day]["path"])

    def published(self, day: date, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a night's release, as an analyst reads it: a plain DuckDB file."""
        return published(self.release(day), sql)

    def restricted(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the lake itself, with identifiers, as the data engineer reads it."""
        with connect_lake(self.lake, read_only=True) as connection:
            return connection.execute(sql).fetchall()


def published(release: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a release; its marts can be named with `marts.` or without."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{release / 'marts.duckdb'}' as marts (read_only); use marts")
        connection.execute(f"set variable release = '{release}'")
        return connection.execute(sql).fetchall()


def parquet_of(release: Path, mart: str) -> Path:
    """The Parquet of a mart: a file, or of a large one a folder of files."""
    folder = release / "parquet" / mart
    return folder if folder.is_dir() else folder.with_suffix(".parquet")


def read_lake(release: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of the lake of a release, where files have their full names."""
    with connect_lake(Lake(release.parents[1]), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def run(
    root: Path,
    inbox: Path,
    secret: Path,
    day: date,
    feeds: Collection[str] = (),
    *,
    whole: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """One night through Airflow in this process; `whole`: built although nothing has changed."""
    settings = load_settings(lake=root, inbox=inbox, secret_file=secret, night=day, **more)
    return night.run(settings, feeds=feeds, whole=whole)


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("city")
    samples.write_city(out, STUDENTS, seed=11, nights=len(DAYS), dirt="all")
    return out


@pytest.fixture(scope="session")
def nights(tmp_path_factory: pytest.TempPathFactory, city: Path, secret: Path) -> Nights:
    """Each night under another umask; on the last one a group may read the releases and the lists of one source."""
    group = str(os.getegid())
    named = {"SHUYUAN_ANALYSTS_GROUP": group, "SHUYUAN_OFFICE_GROUPS": f"student_registry={group}"}
    with disk.watched() as seen:
        held = Nights(tmp_path_factory.mktemp("lake") / "lake", city, secret, {}, {}, seen)
        for day, umask in zip(DAYS, (0o000, 0o022, 0o077), strict=True):
            before = os.umask(umask)
            with pytest.MonkeyPatch.context() as settings:
                for name, value in named.items() if day == LAST else ():
                    settings.setenv(name, value)
                held.outcomes[day] = held.run(day)
            os.umask(before)
            held.permissions[day] = permissions(held.root)
    return held


def permissions(root: Path) -> dict[str, tuple[int, int]]:
    """The mode and group of everything below a folder, and its own."""
    found = {path: path.lstat() for path in (root, *root.rglob("*")) if not path.is_symlink()}
    return {p.relative_to(root).as_posix(): (stat.S_IMODE(s.st_mode), s.st_gid) for p, s in found.items()}


def rows_of(release: Path) -> dict[str, Any]:
    """Rows and content hash of each mart of a release."""
    found: dict[str, Any] = json.loads((release / "manifest.json").read_text())["marts"]
    return found
