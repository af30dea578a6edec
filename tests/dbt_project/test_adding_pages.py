"""The pages on a mart, an indicator and an element, followed one after another: dbt compiles, and the proof holds."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

import registry
from tests.followed import follow
from warehouse.descriptions import __main__ as descriptions
from warehouse.descriptions.drift import described, drift
from warehouse.lineage import graphs, prove


@pytest.mark.soak
def test_what_the_pages_add_compiles_and_comes_from_its_owners(tmp_path: Path):
    for page in ("adding_an_element.md", "adding_a_mart.md", "adding_an_indicator.md"):
        follow(page, tmp_path / "followed")
    house, project = tmp_path / "followed" / "registry", tmp_path / "followed" / "dbt_project"
    descriptions.write(project / "models", [house])
    register, columns = registry.load(house), defaultdict(set)
    for graph in graphs(register, tmp_path / "target", project):
        assert prove(graph, register) == []
        for relation in graph.models:
            columns[relation.split(".")[1]].update(graph.columns(relation))
    assert [found for found in drift(columns, described(project / "models")) if "has no description" in found] == []
