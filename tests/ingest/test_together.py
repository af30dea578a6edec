"""Files of a roster that belong together: one that waits makes the others wait, and changes wait for a first bulk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

import registry
from registry import Register
from tests.ingest.makers import DAY, Desk, csv_text, zip_of

NEXT, THIRD = date(2025, 10, 16), date(2025, 10, 17)
HEADERS = {
    "orgs": ["sourcedId", "status", "dateLastModified", "name", "type"],
    "users": ["sourcedId", "status", "dateLastModified", "orgSourcedIds", "role", "givenName", "familyName"],
    "classes": ["sourcedId", "status", "dateLastModified", "title", "schoolSourcedId"],
    "enrollments": ["sourcedId", "status", "dateLastModified", "classSourcedId", "schoolSourcedId", "userSourcedId",
                    "role"],
    "demographics": ["sourcedId", "status", "dateLastModified", "birthDate"],
}  # fmt: skip
CELLS = {"orgs": ["North", "school"], "users": ["S1", "student", "Ann", "Lee"], "classes": ["A", "S1"],
         "enrollments": ["C1", "S1", "U1", "student"], "demographics": ["2015-09-01"]}  # fmt: skip
IDS = {"orgs": "S", "users": "U", "classes": "C", "enrollments": "E", "demographics": "U"}


def rows(name: str, count: int, status: str = "", **changes: str) -> str:
    found = [
        [f"{IDS[name]}{n}", status, "", *(changes.get(cell, cell) for cell in CELLS[name])] for n in range(1, count + 1)
    ]
    return csv_text([HEADERS[name], *found])


def bundle(**members: int) -> dict[str, str]:
    return {name: rows(name, count) for name, count in members.items()}


def send(desk: Desk, day: date, said: str, members: dict[str, str]) -> dict[str, str]:
    """The holds of a night, by feed."""
    manifest = csv_text([["propertyName", "value"], *([f"file.{name}", said] for name in members)])
    desk.clear()
    desk.put("oneroster/roster.zip", zip_of({"manifest.csv": manifest} | {f"{n}.csv": c for n, c in members.items()}))
    return {hold.feed.partition("/")[2]: hold.reason for hold in desk.night(day)}


def counted(desk: Desk, *names: str) -> list[int]:
    return [len(desk.current(f"oneroster/{name}", "sourced_id")) for name in names]


@pytest.fixture
def desk(desk_of: Callable[[Register], Desk], oneroster: Register) -> Desk:
    return desk_of(oneroster)


@pytest.mark.parametrize("emptied", ["orgs", "users", "classes"])
def test_a_short_list_is_not_emptied_by_a_header_and_the_others_wait_with_it(desk: Desk, emptied: str) -> None:
    assert send(desk, DAY, "bulk", bundle(orgs=6, users=4, classes=2, enrollments=4, demographics=4)) == {}
    fewer = {"orgs": 5, "users": 3, "classes": 1, "enrollments": 3, "demographics": 3} | {emptied: 0}
    holds = send(desk, NEXT, "bulk", bundle(**fewer))
    assert holds.keys() == {"orgs", "users", "classes", "enrollments"}
    assert "to 0 (100%)" in holds[emptied]
    assert all(f"oneroster/{emptied} waits (rows fell" in why for name, why in holds.items() if name != emptied)
    told = {name: row[:2] for name, row in desk.deliveries(NEXT).items()}
    assert told[f"oneroster/roster.zip#{emptied}.csv"] == ("held", 0)
    assert counted(desk, "orgs", "users", "classes", "enrollments", "demographics") == [6, 4, 2, 4, 3]


NOTHING = {
    "no bytes": {"orgs": ""},
    "a mark of byte order": {"orgs": "\ufeff"},
    "blank rows": {"orgs": csv_text([HEADERS["orgs"], [""] * 5, [" "] * 5])},
    "everything deleted": {"orgs": rows("orgs", 6, "tobedeleted")},
    "no file": {},
}


@pytest.mark.parametrize("orgs", NOTHING.values(), ids=NOTHING)
def test_a_list_of_organisations_that_holds_nothing_in_any_way_waits(desk: Desk, orgs: dict[str, str]) -> None:
    manifest = csv_text([["propertyName", "value"], ["file.orgs", "bulk"], ["file.users", "bulk"]])
    assert send(desk, DAY, "bulk", bundle(orgs=6, users=4)) == {}
    desk.clear()
    members = {f"{name}.csv": content for name, content in (orgs | {"users": rows("users", 5)}).items()}
    desk.put("oneroster/roster.zip", zip_of({"manifest.csv": manifest} | members))
    holds = {hold.feed.partition("/")[2]: hold.reason for hold in desk.night(NEXT)}
    assert "oneroster/orgs waits" in holds["users"]
    assert counted(desk, "orgs", "users") == [6, 4]


@pytest.mark.parametrize("left", [1, 3])
def test_a_list_of_schools_that_falls_waits_however_short_it_was(desk: Desk, left: int) -> None:
    assert send(desk, DAY, "bulk", bundle(orgs=6, users=4, classes=3)) == {}
    holds = send(desk, NEXT, "bulk", bundle(orgs=left, users=4, classes=1))
    assert f"rows fell from 6 to {left}" in holds["orgs"]
    assert "oneroster/orgs waits" in holds["classes"]
    assert counted(desk, "orgs", "users", "classes") == [6, 4, 3]
    assert send(desk, THIRD, "bulk", bundle(orgs=5, users=4, classes=1)) == {}  # one in six may close


def test_changes_that_take_all_of_a_short_list_wait_too(desk: Desk) -> None:
    send(desk, DAY, "bulk", bundle(orgs=6, users=4))
    holds = send(desk, NEXT, "delta", {"orgs": rows("orgs", 6, "tobedeleted"), "users": rows("users", 1)})
    assert "rows fell from 6 to 0" in holds["orgs"]
    assert counted(desk, "orgs", "users") == [6, 4]


def test_a_refused_file_makes_the_others_wait_once_there_is_data_to_stay_with(desk: Desk) -> None:
    broken = {"orgs": csv_text([["id", "called"], ["S1", "North"]])}
    assert send(desk, DAY, "bulk", bundle(users=4) | broken) == {}  # nothing would be kept by waiting
    assert send(desk, NEXT, "bulk", bundle(orgs=6, users=4)) == {}
    holds = send(desk, THIRD, "bulk", bundle(users=3) | broken)
    assert "oneroster/orgs waits (" in holds["users"]
    assert counted(desk, "orgs", "users") == [6, 4]


def test_a_file_outside_the_roster_s_core_holds_nothing_else(desk: Desk) -> None:
    send(desk, DAY, "bulk", bundle(orgs=2, users=4, demographics=4))
    assert send(desk, NEXT, "bulk", bundle(orgs=2, users=3, demographics=0)).keys() == {"demographics"}
    assert counted(desk, "users", "demographics") == [3, 4]


@pytest.mark.parametrize("members", [{"users": 3, "enrollments": 3}, {"orgs": 1}, {"demographics": 2}])
def test_changes_before_any_whole_list_wait_and_it_is_said(desk: Desk, members: dict[str, int]) -> None:
    holds = send(desk, DAY, "delta", bundle(**members))
    assert holds.keys() == members.keys()
    assert all("nothing to change yet" in why and "send a bulk export" in why for why in holds.values())
    assert send(desk, NEXT, "bulk", bundle(orgs=6, users=4, enrollments=4, demographics=4)) == {}
    assert send(desk, THIRD, "delta", bundle(**members)) == {}


def test_changes_beside_the_first_whole_list_are_applied(desk: Desk) -> None:
    bulk, delta = (
        zip_of({"manifest.csv": csv_text([["propertyName", "value"], ["file.users", said]]), "users.csv": content})
        for said, content in (("bulk", rows("users", 3)), ("delta", rows("users", 1, "tobedeleted")))
    )
    desk.put("oneroster/bulk.zip", bulk)
    desk.put("oneroster/changes.zip", delta)
    assert desk.night() == []
    assert counted(desk, "users") == [2]


def test_school_data_sync_s_files_wait_together(desk_of: Callable[[Register], Desk]) -> None:
    desk = desk_of(registry.load(registry.HOUSE / "examples" / "school_data_sync"))
    for day, schools in ((DAY, ["1", "2"]), (NEXT, [])):
        desk.clear()
        files = {
            "School.csv": [["SIS ID", "Name"], *([s, f"School {s}"] for s in schools)],
            "Student.csv": [["SIS ID", "School SIS ID"], *([f"P{n}", "1"] for n in range(3 if schools else 2))],
        }
        for name, table in files.items():
            desk.put(f"school_data_sync/{name}", csv_text(table).encode())
        holds = {hold.feed for hold in desk.night(day)}
        assert holds == (set() if schools else {"school_data_sync/orgs", "school_data_sync/students"})
    assert len(desk.current("school_data_sync/students", "sourced_id")) == 3
