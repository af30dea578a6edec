"""One first night of the town, and one second night in which all cases lie side by side, each in slices of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases import items_and_fitness, rosters, score_cells, score_forms, town, unknown_places
from tests.cases.nights import FIRST, Night, put, run, second_night

Files = dict[str, bytes]


def all_files() -> Files:
    """The files of every case; no two may be of one path."""
    found: Files = {}
    parts = [form(sitting) for _, sitting, form in score_forms.sittings()]
    parts += [score_cells.files(), unknown_places.files(), items_and_fitness.files(), rosters.files()]
    for part in parts:
        assert not found.keys() & part.keys()
        found |= part
    return found


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory, secret: Path) -> Night:
    root = tmp_path_factory.mktemp("town")
    return run(root / "lake", put(root / "inbox", town.first_night()), secret, FIRST)


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory, first: Night, secret: Path) -> Night:
    assert first.outcome["status"] == "published"
    return second_night(first, tmp_path_factory.mktemp("cases"), all_files(), secret)
