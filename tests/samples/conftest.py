"""Sample cities that the tests read; each is written once."""

from __future__ import annotations

from pathlib import Path

import pytest

import registry
import samples
from registry import Register
from tests.samples.reading import City

SMALL, USUAL, LARGE = (300, 7, 4, ".xlsx"), (2000, 7, 2, ".xlsx"), (300, 7, 2, ".csv")
MORE = [(200, seed, 5, ".xlsx") for seed in range(6)] + [(999, 1, 3, ".csv"), (20_000, 2, 3, ".xlsx")]
_WRITTEN: dict[tuple[int, int, int, str], City] = {}


@pytest.fixture(scope="session")
def register() -> Register:
    return registry.load(registry.HOUSE)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cities")


def _city(home: Path, register: Register, what: tuple[int, int, int, str]) -> City:
    """A city of (students, seed, nights, format); the format of large cities is forced on small ones."""
    if what not in _WRITTEN:
        students, seed, nights, suffix = what
        out = home / f"{students}-{seed}{suffix}"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("samples.city.CSV_MIN_STUDENTS", 0 if suffix == ".csv" else 10**9)
            samples.write_city(out, students, seed, nights)
        _WRITTEN[what] = City(out, register)
    return _WRITTEN[what]


@pytest.fixture(scope="session")
def small(home: Path, register: Register) -> City:
    """300 students, four nights."""
    return _city(home, register, SMALL)


@pytest.fixture(scope="session")
def usual(home: Path, register: Register) -> City:
    """2,000 students, two nights."""
    return _city(home, register, USUAL)


@pytest.fixture(scope="session")
def large(home: Path, register: Register) -> City:
    """The layout of large cities (csv), in a city small enough for a test."""
    return _city(home, register, LARGE)


@pytest.fixture(
    params=[SMALL, USUAL, LARGE, *(pytest.param(m, marks=pytest.mark.soak) for m in MORE)],
    ids=lambda what: "{}-students-seed-{}-nights-{}{}".format(*what),
)
def city(request: pytest.FixtureRequest, home: Path, register: Register) -> City:
    """Any city: what the truth says must hold for each."""
    return _city(home, register, request.param)
