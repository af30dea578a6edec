"""The pages on a mart, an indicator and an element, followed one after another: dbt compiles, and the proof holds."""

from __future__ import annotations

from pathlib import Path

import pytest

import registry
from tests.followed import follow
from warehouse.lineage import findings


@pytest.mark.soak
def test_what_the_pages_add_compiles_and_comes_from_its_owners(tmp_path: Path):
    for page in ("adding_an_element.md", "adding_a_mart.md", "adding_an_indicator.md"):
        follow(page, tmp_path / "followed")
    register = registry.load(tmp_path / "followed" / "registry")
    assert findings(register, tmp_path / "target", tmp_path / "followed" / "dbt_project") == []
