"""A city with all dirt and homework sent by hand, taken through three nights of Airflow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

import samples
from tests.end_to_end.conftest import DAYS, run
from tests.second_computation import events, hand_sent

STUDENTS = 1300


@dataclass(frozen=True)
class NightCity:
    """What was sent, and the release of each night."""

    sent: events.Events
    releases: dict[date, Path]  # the database of each


def write(city: Path, secret: bytes) -> events.Events:
    """The city on disk, and what it has sent."""
    samples.write_city(city, STUDENTS, seed=23, nights=len(DAYS), dirt="all")
    hand_sent.send(city, events.read(city, secret))
    return events.read(city, secret)


@pytest.fixture(scope="session")
def night_city(tmp_path_factory: pytest.TempPathFactory, secret: Path) -> NightCity:
    city, lake = tmp_path_factory.mktemp("city"), tmp_path_factory.mktemp("lake") / "lake"
    sent = write(city, bytes.fromhex(secret.read_text()))
    releases = {d: Path(run(lake, city / d.isoformat(), secret, d)["path"]) / "marts.duckdb" for d in sent.nights}
    return NightCity(sent, releases)
