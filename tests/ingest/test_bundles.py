"""A release directory of a lower level as it lies in the inbox: one file is read, the rest is entered and passed over.

What becomes of single files and zips stands in the zoo.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import ingest
from ingest import replay
from ingest.archives import bundles
from registry import Register
from tests.ingest.makers import DAY, Desk, parquet_of

FEED = "shuyuan/release"
FIRST, SECOND = f"{FEED}/329905/2025-10-14-84f7474c92c4", f"{FEED}/329905/2025-10-21-0123456789ab"
NEXT = date(2025, 10, 16)
BESIDE = ("gate_report.html", "gate_report.json", "marts.duckdb", "parquet/delivery.parquet", "register/bureau.yml",
          "register/codes/sex.csv", "register/claims/student_registry.yml")  # fmt: skip
PASSED = ("gate_report.*", "manifest.json", "marts.duckdb", "parquet/*", "register/*")


def release(desk: Desk, root: str, *organisations: str, told: Any = None, value: float = 0.5) -> None:
    rows = [
        {"indicator_id": "a.b", "organisation_code": code, "level": "district", "stage": None, "period": "2025-2026",
         "value": value, "as_of_date": DAY}
        for code in organisations
    ]  # fmt: skip
    manifest = {"marts": {"indicator_value": {"rows": len(rows)}}} if told is None else told
    desk.put(f"{root}/parquet/indicator_value.parquet", parquet_of(rows))
    desk.put(f"{root}/manifest.json", json.dumps(manifest).encode())
    for name in BESIDE:
        desk.put(f"{root}/{name}", b"x")


def nightly(desk: Desk, day: date = DAY) -> dict[str, tuple[Any, ...]]:
    ingest.land_unread(desk.find(day), desk.lake.landing)
    desk.night(day)
    return desk.deliveries(day)


def test_what_travels_beside_a_release_is_a_line_for_each_pattern_and_not_for_each_file(desk: Desk):
    release(desk, FIRST, "329905", "2132995001")
    found = nightly(desk)
    assert found.pop(f"{FIRST}/parquet/indicator_value.parquet")[:4] == ("loaded", 2, 2, 0)
    assert found == {f"{FIRST}/{name}": ("loaded", 0, 0, 0, 0, {"companion": 0}, None) for name in PASSED}
    assert desk.by_slice(FEED) == [("329905", 2)]


def test_a_newer_release_of_an_area_replaces_the_older_as_a_whole_and_no_other_area(desk: Desk):
    release(desk, FIRST, "329905", "2132995001")
    release(desk, f"{FEED}/329906/current", "329906")
    nightly(desk)
    desk.clear()
    release(desk, SECOND, "329905", value=0.75)
    nightly(desk, NEXT)
    assert desk.current(FEED, "_slice, organisation_code, value") == [
        ("329905", "329905", "0.75"), ("329906", "329906", "0.5"),
    ]  # fmt: skip


def test_the_same_release_the_next_night_is_unchanged(desk: Desk):
    release(desk, FIRST, "329905")
    nightly(desk)
    found = nightly(desk, NEXT)
    assert found[f"{FIRST}/parquet/indicator_value.parquet"][0] == "unchanged"
    assert len(found) == 1 + len(PASSED)


def test_a_night_run_again_does_not_enter_it_twice(desk: Desk):
    release(desk, FIRST, "329905")
    first = nightly(desk)
    assert nightly(desk) == first


def test_nights_run_again_from_the_landing_enter_the_same_lines(desk: Desk, desk_of: Any, house: Register):
    release(desk, FIRST, "329905", "2132995001")
    nightly(desk)
    new = desk_of(house)
    replay.restore(desk.connection, DAY, desk.lake.landing, new.inbox)
    nightly(new)
    for table in ("intake.arrival", "intake.delivery", "raw.shuyuan__release"):
        asked = f"SELECT * FROM lake.{table} ORDER BY ALL"
        assert new.ask(asked) == desk.ask(asked)


def test_a_link_among_the_companions_is_refused_like_any_link(desk: Desk):
    release(desk, FIRST, "329905")
    (desk.inbox / FEED / "329905" / "current").symlink_to(desk.inbox / FIRST)
    (desk.inbox / FIRST / "register" / "outside.yml").symlink_to("/etc/passwd")
    refused = {path: d[-1] for path, d in desk.read().items() if d[0] == "refused"}
    assert set(refused) == {f"{FEED}/329905/current", f"{FIRST}/register/outside.yml"}
    assert all("is a symbolic link" in reason for reason in refused.values())


def test_a_manifest_that_leads_elsewhere_is_not_followed(desk: Desk, tmp_path: Path):
    release(desk, FIRST, "329905")
    elsewhere = tmp_path / "manifest.json"
    (desk.inbox / FIRST / "manifest.json").rename(elsewhere)
    (desk.inbox / FIRST / "manifest.json").symlink_to(elsewhere)
    said = desk.read()[f"{FIRST}/parquet/indicator_value.parquet"]
    assert "has no manifest.json in its directory" in said[-1]


@pytest.mark.parametrize("told", [[], {}, {"marts": None}, {"marts": {"indicator_value": {"rows": "2"}}},
                                  {"marts": {"indicator_value": {"rows": True}}}])  # fmt: skip
def test_a_manifest_that_tells_no_number_of_rows_is_not_enough(desk: Desk, told: Any):
    release(desk, FIRST, "329905", told=told)
    status, *_, reason = desk.read()[f"{FIRST}/parquet/indicator_value.parquet"]
    assert status == "refused"
    sentence = "does not declare its row count (marts.indicator_value.rows): copy the complete release directory again."
    assert sentence in reason


def test_a_release_without_its_area_is_refused_with_an_example(desk: Desk):
    release(desk, f"{FEED}/2025-10-14-84f7474c92c4", "329905")
    (reason,) = [d[-1] for d in desk.read().values() if d[0] == "refused"]
    assert "(expected below shuyuan/release: such as 329905/2025-10-15-84f7474c92c4/parquet/" in reason


@pytest.mark.parametrize(
    ("path", "entered"),
    [
        ("a/parquet/indicator_value.parquet", None),
        ("parquet/indicator_value.parquet", None),
        ("a/b/parquet/delivery.parquet", "a/b/parquet/*"),
        ("a/b/parquet/student_growth/e1-0a.parquet", "a/b/parquet/*"),
        ("a/register/codes/parquet/x.csv", "a/register/*"),
        ("a/register/manifest.json", "a/register/*"),
        ("a/gate_report.html", "a/gate_report.*"),
        ("a/notes.txt", None),
        ("a/indicator_value.parquet", None),
    ],
)
def test_a_file_belongs_to_the_uppermost_directory_that_it_fits(house: Register, path: str, entered: str | None):
    assert bundles.companion_name([house.feed(FEED)], path) == entered
