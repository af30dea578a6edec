"""A release: the same content from the same deliveries, nobody's name in it, a lake that can be moved."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from pyarrow import parquet

import registry
from common.settings import load_settings
from dags import backfill
from tests.end_to_end.conftest import DAYS, LAST, SECOND, Nights, parquet_of, rows_of, run
from warehouse.as_known import published_releases, rebuild
from warehouse.disclosure.secret import of_lake
from warehouse.lake import Lake
from warehouse.release import query

FEED = "student_registry/students"
KEPT = ("raw", "intake")


@pytest.mark.soak
def test_the_nights_in_one_backfill_are_the_nights_one_by_one(nights: Nights, tmp_path: Path) -> None:
    settings = load_settings(lake=tmp_path / "lake", inbox=nights.city, secret_file=nights.secret)
    found = list(backfill.run(settings, backfill.nights_of_inbox(nights.city)))
    for told, day in zip(found, DAYS, strict=True):
        assert rows_of(Path(told["path"])) == rows_of(nights.release(day))
    assert {told["status"] for told in backfill.run(settings, backfill.nights_of_inbox(nights.city))} == {"loaded"}
    again = replace(nights, root=tmp_path / "lake")
    tables = nights.restricted(f"select schema_name, table_name from duckdb_tables() where schema_name in {KEPT}")
    assert ("raw", "student_registry__students") in tables
    for schema, table in tables:
        ask = f'select * from lake."{schema}"."{table}" order by all'
        assert again.restricted(ask) == nights.restricted(ask), f"{schema}.{table}"


@pytest.mark.soak
def test_a_feed_read_again_reads_no_other_and_publishes_the_same(nights: Nights) -> None:
    before = nights.restricted("select count(*), count(distinct arrival_id) from lake.intake.arrival")
    files = len([r for r in nights.truth("files") if r["night"] == str(LAST) and r["file_name"].startswith(FEED)])
    again = run(nights.root, nights.city / str(LAST), nights.secret, LAST, feeds=[FEED])
    assert again["status"] == "published"
    assert again["deliveries"] == {"loaded": files}
    assert again["release"] == nights.outcomes[LAST]["release"]
    assert nights.restricted("select count(*), count(distinct arrival_id) from lake.intake.arrival") == before


@pytest.mark.soak
def test_a_release_that_has_expired_is_made_again_as_it_was_published(nights: Nights, tmp_path: Path) -> None:
    aged = Lake(shutil.copytree(nights.root, tmp_path / "lake", symlinks=True))
    expired = aged.releases / nights.release(SECOND).name
    published_releases.archive_release(aged, expired)
    expired.rename(tmp_path / "gone")
    said: list[str] = []
    ask = "select count(*), min(opened), max(last_seen) from data_problem where closed is null"
    known, house = partial(of_lake, aged, nights.secret), partial(registry.load, registry.HOUSE)
    with rebuild.open_release_as_known_on(aged, SECOND, known, "other", said.append, house) as found:
        assert list(query.run(aged, ask, found).rows) == nights.published(SECOND, ask)
        assert rows_of(found) == rows_of(nights.release(SECOND))
    assert "all" in said[1]
    assert "have the same content" in said[1]
    assert not list(aged.restricted.glob("again-*"))


def test_no_identifier_of_a_person_stands_in_a_release(nights: Nights) -> None:
    secrets = {
        value
        for (value,) in nights.restricted(
            "select unnest([number, name, id_number, phone, residence]) from lake.conformed.students "
            "union select unnest([staff_number, name, id_number]) from lake.conformed.teachers"
        )
        if value and len(value) > 1
    }
    columns = nights.published(
        LAST,
        "select table_name, column_name from duckdb_columns() "
        "where database_name = 'marts' and data_type = 'VARCHAR' and not internal",
    )
    assert columns
    for table, column in columns:
        found = nights.published(LAST, f'select distinct "{column}" from marts."{table}"')
        assert not secrets & {value for (value,) in found}, f"{table}.{column}"


def test_a_lake_that_was_moved_still_works(nights: Nights, tmp_path: Path) -> None:
    moved = Lake(tmp_path / "elsewhere")
    shutil.copytree(nights.root, moved.root, symlinks=True)
    answer = query.run(moved, "select count(*) from one_student_one_file")
    ((count,),) = list(answer.rows)
    assert count == nights.published(LAST, "select count(*) from marts.one_student_one_file")[0][0]


def test_people_who_stand_out_are_counted_as_a_plain_count_of_the_published_rows_counts_them(nights: Nights) -> None:
    manifest = json.loads((nights.release(LAST) / "manifest.json").read_text())
    told = {f["check"]: f for gate in manifest["gates"] for f in gate["figures"]}
    counted: dict[str, tuple[int, int, int]] = {}
    told_of: dict[str, dict[str, set[tuple[str, ...]]]] = defaultdict(lambda: defaultdict(set))  # by all marts
    files: dict[str, set[str]] = {}
    for people in manifest["personal_data"]["people"]:
        alike: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for row in parquet.read_table(parquet_of(nights.release(LAST), people["mart"])).to_pylist():
            if row[people["key"]] is None:  # of an organisation
                continue
            values = (people["mart"], *(str(row[name]) for name in people["quasi_identifiers"]))
            alike[values].add(row[people["key"]])
            told_of[people["entity"]][row[people["key"]]].add(values)
        counted[f"release/{people['mart']}/k_anonymity_{people['entity']}"] = _standing_out(alike.values())
        if people["mart"] == f"one_{people['entity']}_one_file":
            files[people["entity"]] = set().union(*alike.values())
    for entity, everybody in files.items():
        known: dict[frozenset[tuple[str, ...]], set[str]] = defaultdict(set)
        for person in everybody:
            known[frozenset(told_of[entity][person])].add(person)
        counted[f"release/one_{entity}_one_file/k_anonymity_{entity}_joined"] = _standing_out(known.values())
    assert {name: (f["people"], f["alone"], f["in_small_groups"]) for name, f in told.items()} == counted
    people, alone, small = counted["release/one_student_one_file/k_anonymity_student"]
    assert 0 < alone < small < people


def _standing_out(groups: Collection[set[str]]) -> tuple[int, int, int]:
    """How many people there are, are in a group of their own, and in one of fewer than five."""
    single, small = ([group for group in groups if len(group) < size] for size in (2, 5))
    everybody, alone, few = (len(set().union(*some)) for some in (groups, single, small))
    return everybody, alone, few
