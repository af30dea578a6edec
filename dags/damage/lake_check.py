"""What is damaged of a lake, by the checks of every room: its catalog and data, landed bytes, releases, state files,
Airflow's files.

Add here: the check of another room.
Stays out: the checks (`warehouse.integrity`, `ingest.landing`), mending (`dags.damage.release_mending`).
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

import ingest
from common import files
from common.damage import Damage
from dags import airflow_home
from ingest import landing
from warehouse import integrity
from warehouse.errors import CatalogDamaged, LakeError
from warehouse.lake import Lake

_SHOWN = 3  # damaged files that a refusal names


def check(lake: Lake, *, deep: bool = False) -> Iterator[Damage]:
    """Everything that is damaged of a lake, also while a night writes. `deep` reads every byte; else existence, sizes
    and headers. Raises LakeBusy; LakeError where there is no lake, or it is another user's.
    """
    try:
        with integrity.open_copy(lake, deep=deep) as connection:
            yield from _of_open_lake(connection, lake, deep=deep)
    except CatalogDamaged as error:
        yield integrity.catalog_damage(lake, error)
    yield from _beside_the_data(lake, deep=deep)
    yield from _of_airflow(lake)


def check_at_night(connection: duckdb.DuckDBPyConnection, lake: Lake) -> list[str]:
    """The cheap check of an open lake: what is damaged and stops no night, a sentence each.

    Raises LakeError where data are lost: no figure is made of what is left.
    """
    found = [*_of_open_lake(connection, lake, deep=False), *_beside_the_data(lake, deep=False)]
    lost = [str(damage) for damage in found if damage.weight == "stops"]
    if lost:
        more = f" ({len(lost) - _SHOWN} more)" if len(lost) > _SHOWN else ""
        raise LakeError(
            f"The lake {lake.root} has lost data, so no night is built on it. {' '.join(lost[:_SHOWN])}{more} "
            f"'shuyuan verify --lake {lake.root}' names all."
        )
    return [str(damage) for damage in found if damage.weight == "damage"]


def _of_open_lake(connection: duckdb.DuckDBPyConnection, lake: Lake, *, deep: bool) -> Iterator[Damage]:
    is_known = True  # what was landed: its list is among the data
    for damage in integrity.check_data(connection, lake, deep=deep):
        is_known = is_known and not damage.path.is_relative_to(lake.data / "intake")
        yield damage
    if is_known:
        yield from ingest.missing_bytes(connection, lake.landing)


def _beside_the_data(lake: Lake, *, deep: bool) -> Iterator[Damage]:
    yield from landing.check(lake.landing, deep=deep)
    yield from integrity.check_releases(lake, deep=deep)
    yield from integrity.check_state(lake, deep=deep)


def _of_airflow(lake: Lake) -> Iterator[Damage]:
    homes = {lake.airflow: "the next 'make up'", airflow_home.home_by_hand(lake): "the next night by hand"}
    for home, anew in homes.items():
        database = home / "airflow.db"
        if database.exists() and not airflow_home.is_sound(database):
            yield Damage(database, "is damaged", f"nothing: {anew} makes it anew, without the runs of before", "note")
    for path in (airflow_home.keys_file(lake), airflow_home.password_file(lake)):
        if path.exists() and files.read_record(path) is None:
            yield Damage(path, "is damaged", "nothing: the next 'make up' makes it anew", "note")
