"""Damaged releases are made again, each for itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.settings import Settings, load_settings
from dags.damage import release_mending
from warehouse.errors import BuildFailed, QueryError, ReleaseError
from warehouse.lake import Lake, create_lake

FAULTS = {
    "2025-10-14-000000000000": QueryError("That night was never built."),
    "2025-10-15-000000000000": BuildFailed("The model students failed."),
}
SOUND = "2025-10-16-000000000000"


def test_a_release_that_cannot_be_made_again_keeps_no_other_from_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def made(lake: Lake, _: Settings, release_id: str) -> Path:
        if release_id in FAULTS:
            raise FAULTS[release_id]
        return lake.releases / release_id

    settings, said = load_settings(lake=tmp_path / "lake"), list[str]()
    create_lake(Lake(settings.lake))
    monkeypatch.setattr(release_mending, "damaged", lambda _: [*FAULTS, SOUND])
    monkeypatch.setattr(release_mending, "_make_again", made)
    with pytest.raises(ReleaseError, match=r"That night was never built\. The model students failed\."):
        said.extend(release_mending.mend(settings))
    assert [SOUND in line for line in said] == [True]
