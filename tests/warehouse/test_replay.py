"""A lake whose nights are played again comes out as it was; where a table that remembers was wrong, as it should be."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

import registry
from tests.dbt_project.test_partitions import FIRST, City, content_of, differing
from warehouse import build
from warehouse.as_known import replay
from warehouse.errors import BuildFailed, QueryError
from warehouse.lake import Lake, connect_lake, create_lake

NIGHTS = [FIRST + timedelta(days=n) for n in range(2)]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    made = City(tmp_path_factory.mktemp("city"), registry.load(registry.HOUSE))
    made.exported("all", len(NIGHTS))
    for night in NIGHTS:
        made.taken(night)
        made.built(night)
    return made


def replayed(lake: Lake, said: list[str]) -> replay.Replay:
    return replay.replay(lake, registry.HOUSE, said.append)


def test_what_a_model_remembered_wrongly_is_mended_and_all_else_is_as_it_was(city: City) -> None:
    before, said = content_of(city.lake), list[str]()
    with connect_lake(city.lake) as connection:
        connection.execute("update lake.conformed.student_alias set known_from = date '2025-01-01'")
        connection.execute("delete from lake.conformed.discrepancies where _row_number % 2 = 0")
        connection.execute("create table lake.conformed.of_an_older_program (n integer)")
        connection.execute("insert into lake.conformed.of_an_older_program values (1)")
    assert differing(content_of(city.lake), before) != []
    done = replayed(city.lake, said)
    assert done.nights == tuple(NIGHTS)
    assert differing(content_of(city.lake), before) == []
    assert {"conformed.student_alias", "conformed.discrepancies", "conformed.of_an_older_program"} <= {*done.changed}
    assert len(done.changed) < len(before) / 2
    assert said == [
        f"{FIRST}: there is no release of this night or before it, so today's register counts.",
        *(f"{night}: night {n} of {len(NIGHTS)}" for n, night in enumerate(NIGHTS, start=1)),
    ]
    assert list(city.lake.restricted.glob("replay-*")) == []


def test_a_replay_that_fails_leaves_the_lake_as_it_was(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content_of(city.lake)

    def fail(*_: object, **__: object) -> None:
        raise BuildFailed("The model students failed.")

    monkeypatch.setattr(build, "run", fail)
    with pytest.raises(BuildFailed):
        replayed(city.lake, [])
    assert differing(content_of(city.lake), before) == []
    assert list(city.lake.restricted.glob("replay-*")) == []


def test_a_lake_without_a_night_is_refused(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    create_lake(lake)
    with pytest.raises(QueryError, match="no night that was built"):
        replayed(lake, [])
