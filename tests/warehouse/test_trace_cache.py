"""The cache of traces: another night is not parsed again, other SQL or other columns are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.small_lake import DAMAGES
from warehouse import artifact_cache
from warehouse.lineage import trace_cache
from warehouse.lineage.models import Model
from warehouse.lineage.names import Ref, Source

TABLES = {"raw.a": ["id", "name"]}
TRACED = {"marts.m": Source({"x": frozenset({Ref("raw.a", "id")})}, frozenset({Ref("raw.a", "*")}))}


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    monkeypatch.setattr(artifact_cache, "_folder", lambda kind: tmp_path / kind)
    return []


def test_only_what_decides_on_a_trace_makes_it_anew(calls: list[int]):
    def traced(sql: str, tables: dict[str, list[str]]) -> dict[str, Source]:
        return trace_cache.traced([Model("marts.m", sql)], tables, lambda: calls.append(1) or TRACED)

    night = "select id as x, date '{}' as night from raw.a"
    assert traced(night.format("2025-10-15"), TABLES) == TRACED
    assert traced(night.format("2025-10-16"), TABLES) == TRACED
    assert len(calls) == 1
    traced(night.format("2025-10-16").replace("id", "name"), TABLES)
    traced(night.format("2025-10-16"), {"raw.a": ["id", "name", "more"]})
    assert len(calls) == 3


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_of_the_cache_is_made_anew(calls: list[int], tmp_path: Path, damage: Callable[[Path], None]):
    def traced() -> dict[str, Source]:
        models = [Model("marts.m", "select id as x from raw.a")]
        return trace_cache.traced(models, TABLES, lambda: calls.append(1) or TRACED)

    traced()
    (cached,) = (tmp_path / "traces").iterdir()
    damage(cached)
    assert traced() == TRACED
    assert len(calls) == 2
    assert traced() == TRACED
    assert len(calls) == 2
    assert len(list((tmp_path / "traces").iterdir())) == 1
