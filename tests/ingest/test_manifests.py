"""Manifests of bundles in every dialect, in a zip or loose; files that no feed reads; of two changes the later."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import date

import pytest

import ingest
from common.night_files import NightFiles
from registry import Register
from tests.ingest.makers import Desk, csv_text, zip_of

NEXT = date(2025, 10, 16)
ORGS = ["sourcedId", "status", "dateLastModified", "name", "type"]
DIALECTS = {
    "a blank after the comma": '"propertyName", "value"\r\n"manifest.version", "1.0"\r\n"file.orgs", "delta"\r\n',
    "another letter case": "PropertyName,Value\nFile.Orgs,Delta\n",
    "semicolons": "propertyName;value\nfile.orgs;delta\n",
    "tabs and a mark": "\ufeffpropertyName\tvalue\nfile.orgs\tdelta\n",
    "blank lines first": "\n\npropertyName,value\n\nfile.orgs,delta\n",
    "the file's own name": "propertyName,value\nfile_orgs.csv,DELTA \n",
    "more columns": "propertyName,value,note\nfile.orgs,delta,nightly\n",
    "the value first": "value,propertyName\ndelta,file.orgs\n",
    "lines above the header": "sep=,\n# nightly export\npropertyName,value\nfile.orgs,delta\n",
    "single quotes": "'propertyName','value'\n'file.orgs','delta'\n",
    "files, with a folder": "propertyName,value\nfiles.export/orgs.csv,delta\n",
    "signs of full width": "propertyName，value\nfile.orgs，delta\n",
    "two bytes a letter": "propertyName,value\nfile.orgs,delta\n".encode("utf-16"),
    "gzipped": gzip.compress(b"propertyName,value\nfile.orgs,delta\n"),
}
SILENT = {
    "of other files alone": "propertyName,value\nfile.users,delta\n",
    "of versions alone": "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\n",
    "of nothing": "propertyName,value\n",
    "of a file of no such name": "propertyName,value\nfile.organisations,delta\n",
}


def orgs(*rows: tuple[str, str, str, str]) -> str:
    return csv_text([ORGS, *([key, status, at, name, "school"] for key, status, at, name in rows)])


OTHERS = (("S1", "", "", "One"), ("S3", "", "", "Three"), ("S4", "", "", "Four"))
BULK = orgs(("S2", "", "", "Two"), *OTHERS)
DELTA = orgs(("S2", "active", "2025-10-16T02:00:00.000Z", "Two renamed"))
WHOLE = [("S1", "One"), ("S2", "Two"), ("S3", "Three"), ("S4", "Four")]
CHANGED = [("S1", "One"), ("S2", "Two renamed"), ("S3", "Three"), ("S4", "Four")]


@pytest.fixture
def desk(desk_of: Callable[[Register], Desk], oneroster: Register) -> Desk:
    made = desk_of(oneroster)
    made.put("oneroster/roster.zip", zip_of({"orgs.csv": BULK}))
    made.night()
    made.clear()
    return made


def held(desk: Desk) -> list[tuple[str, str]]:
    return desk.current("oneroster/orgs", "sourced_id, name")


@pytest.mark.parametrize("manifest", DIALECTS.values(), ids=DIALECTS)
def test_a_manifest_in_any_dialect_is_read(desk: Desk, manifest: str | bytes) -> None:
    desk.put("oneroster/roster.zip", zip_of({"manifest.csv": manifest, "orgs.csv": DELTA}))
    desk.night(NEXT)
    assert held(desk) == CHANGED


@pytest.mark.parametrize("manifest", SILENT.values(), ids=SILENT)
def test_a_file_of_which_no_line_speaks_is_refused(desk: Desk, manifest: str) -> None:
    desk.put("oneroster/roster.zip", zip_of({"manifest.csv": manifest, "orgs.csv": DELTA}))
    desk.night(NEXT)
    reason = desk.deliveries(NEXT)["oneroster/roster.zip#orgs.csv"][-1]
    assert "no line of its manifest.csv speaks of it (file.orgs)" in reason
    assert held(desk) == WHOLE


def test_a_manifest_that_says_two_things_of_a_file_is_refused(desk: Desk) -> None:
    manifest = "propertyName,value\nfile.orgs,bulk\nFile_Orgs,delta\n"
    desk.put("oneroster/roster.zip", zip_of({"manifest.csv": manifest, "orgs.csv": DELTA}))
    desk.night(NEXT)
    assert "says two things of File_Orgs" in desk.deliveries(NEXT)["oneroster/roster.zip"][-1]
    assert held(desk) == WHOLE


def test_each_bundle_in_a_zip_is_what_the_manifest_of_its_own_folder_says(desk: Desk) -> None:
    users = csv_text([["sourcedId", "role", "givenName", "familyName"], ["U1", "student", "Ann", "Lee"]])
    members = {"b/manifest.csv": "propertyName,value\nfile.orgs,delta\n", "b/orgs.csv": DELTA,
               "a/manifest.csv": "propertyName,value\nfile.orgs,bulk\nfile.users,bulk\n", "a/users.csv": users,
               "c/orgs.csv": BULK}  # fmt: skip
    desk.put("oneroster/roster.zip", zip_of(members))
    desk.night(NEXT)
    found = {name.rpartition("#")[2]: row for name, row in desk.deliveries(NEXT).items()}
    assert held(desk) == WHOLE, "waits for the file that nobody speaks of"
    assert [found[name][0] for name in ("a/manifest.csv", "b/manifest.csv", "b/orgs.csv")] == [
        "loaded",
        "loaded",
        "held",
    ]
    assert "no line of its manifest.csv speaks of it" in found["c/orgs.csv"][-1]
    desk.clear()
    del members["c/orgs.csv"]
    desk.put("oneroster/roster.zip", zip_of(members))
    desk.night(date(2025, 10, 17))
    assert held(desk) == CHANGED


@pytest.mark.parametrize("folder", ["oneroster", "oneroster/2025-10-16"])
@pytest.mark.parametrize("name", ["manifest.csv", "Manifest.CSV", "manifest.csv.gz"])
def test_loose_files_are_what_the_manifest_beside_them_says(desk: Desk, folder: str, name: str) -> None:
    manifest = b"propertyName,value\nfile.orgs,delta\nfile.users,bulk\nfile.classes,absent\n"
    desk.put(f"{folder}/{name}", gzip.compress(manifest) if name.endswith(".gz") else manifest)
    desk.put(f"{folder}/orgs.csv", DELTA.encode())
    desk.put(f"{folder}/classes.csv", b"sourcedId,title,schoolSourcedId\nC1,A,S1\n")
    desk.night(NEXT)
    assert held(desk) == CHANGED
    found = desk.deliveries(NEXT)
    assert found[f"{folder}/{name}"][:6] == ("loaded", 3, 0, 0, 0, {"manifest": 3})
    assert "manifest calls it absent" in found[f"{folder}/classes.csv"][-1]
    assert "is not beside it although its manifest says bulk" in found[f"{folder}/{name}#users.csv"][-1]


def test_a_manifest_that_cannot_be_read_refuses_the_loose_files_beside_it(desk: Desk) -> None:
    desk.put("oneroster/manifest.csv", b"file,what\norgs,delta\n")
    desk.put("oneroster/orgs.csv", DELTA.encode())
    desk.night(NEXT)
    assert {status for status, *_ in desk.deliveries(NEXT).values()} == {"refused"}
    assert held(desk) == WHOLE


def test_a_zip_that_is_refused_whole_is_an_alarm(desk: Desk) -> None:
    desk.put("oneroster/roster.zip", zip_of({"manifest.csv": "name,what\n", "orgs.csv": DELTA}))
    desk.night(NEXT)
    last = ingest.last_loaded(desk.connection, NEXT)
    assert set(last.values()) == {date(2025, 10, 15)}
    NightFiles(desk.work(NEXT)).last_loaded.write_text(json.dumps(last, default=str))
    (alarm,) = ingest.alarms(desk.work(NEXT), desk.register)
    assert alarm.startswith(
        "OneRoster 名册 / OneRoster rostering (oneroster), of roster office: a zip was refused whole, and of all feeds "
        "that it holds the last good data (of 2025-10-15) stays: "
    )
    assert "propertyName,value" in alarm


@pytest.mark.parametrize("said", ["bulk", "absent", "delta"])
def test_files_of_the_standard_that_no_feed_reads_are_passed_over_and_counted(desk: Desk, said: str) -> None:
    members = {"lineItems.csv": 'sourcedId,title\r\n1,"two\nlines"\r\n2,b\r\n', "results.csv": "sourcedId,score\n",
               "scoreScales.csv": "", "ext_homerooms.csv": "a,b\n1,2\n"}  # fmt: skip
    lines = [["propertyName", "value"], ["file.orgs", "delta"], ["file.lineItems", said], ["file.results", said]]
    desk.put("oneroster/roster.zip", zip_of({"manifest.csv": csv_text(lines), "orgs.csv": DELTA} | members))
    desk.put("oneroster/categories.csv", b"sourcedId,title\n1,a\n")
    desk.put("oneroster/resources.csv.gz", gzip.compress(b"sourcedId,title\n1,a\n2,b\n"))
    desk.night(NEXT)
    found = {name.rpartition("#")[2]: row for name, row in desk.deliveries(NEXT).items()}
    passed = {"lineItems.csv": 2, "results.csv": 0, "scoreScales.csv": 0, "oneroster/categories.csv": 1,
              "oneroster/resources.csv.gz": 2}  # fmt: skip
    for name, rows in passed.items():
        assert found[name][:6] == ("loaded", rows, 0, 0, 0, {"passed_over": rows}), name
    assert "is no file of" in found["ext_homerooms.csv"][-1]
    assert held(desk) == CHANGED


EARLY, LATE, EAST = "2025-10-16T01:00:00.000Z", "2025-10-16T02:00:00.000Z", "2025-10-16T09:30:00+08:00"
TWICE = {
    "a later deletion that stands first": ([("tobedeleted", LATE, "a"), ("active", EARLY, "b")], None),
    "an earlier deletion that stands first": ([("tobedeleted", EARLY, "a"), ("active", LATE, "b")], "b"),
    "an earlier deletion that stands last": ([("active", LATE, "b"), ("tobedeleted", EARLY, "a")], "b"),
    "two changes": ([("active", LATE, "b"), ("active", EARLY, "a")], "b"),
    "an offset": ([("active", EAST, "b"), ("active", EARLY, "a")], "b"),
    "minutes": ([("active", "2025-10-16T02:00Z", "b"), ("tobedeleted", "2025-10-16T01:00Z", "")], "b"),
    "basic form": ([("tobedeleted", "20251016T020000Z", ""), ("active", "20251016T010000Z", "b")], None),
    "small letters": ([("active", "2025-10-16t02:00:00z", "b"), ("active", "2025-10-16t09:30:00+08:00", "a")], "b"),
    "a microsecond": (
        [("active", "2025-10-16 01:00:00.000002", "b"), ("tobedeleted", "2025-10-16 01:00:00.000001", "")],
        "b",
    ),
    "days": ([("tobedeleted", "2025-10-16", ""), ("active", "2025-10-15", "a")], None),
    "other names of the status": ([("To be deleted", LATE, ""), ("Active", EARLY, "a")], None),
    "three": ([("active", EARLY, "a"), ("tobedeleted", EAST, ""), ("active", LATE, "c")], "c"),
}


@pytest.mark.parametrize(("rows", "name"), TWICE.values(), ids=TWICE)
@pytest.mark.parametrize("files", [1, 2])
def test_of_one_key_twice_the_later_change_counts(
    desk: Desk, rows: list[tuple[str, str, str]], name: str | None, files: int
) -> None:
    changes = [orgs(("S2", *row)) for row in rows] if files == 2 else [orgs(*(("S2", *row) for row in rows))]
    for number, content in enumerate(changes):
        desk.put(f"oneroster/{number}.zip", zip_of({"manifest.csv": DIALECTS["semicolons"], "orgs.csv": content}))
    desk.night(NEXT)
    assert dict(held(desk)).get("S2") == name
    assert desk.problems() == []


@pytest.mark.parametrize(("rows", "name"), TWICE.values(), ids=TWICE)
def test_of_one_key_twice_in_a_whole_list_a_later_deletion_counts(
    desk: Desk, rows: list[tuple[str, str, str]], name: str | None
) -> None:
    statuses = {status.casefold() for status, *_ in rows}
    if statuses == {"active"}:
        rows = [("tobedeleted", "2025-10-15T00:00:00Z", ""), *rows]
    desk.put("oneroster/roster.zip", zip_of({"orgs.csv": orgs(*(("S2", *row) for row in rows), *OTHERS)}))
    desk.night(NEXT)
    assert held(desk) == [
        (key, name or "") if key == "S2" else (key, other) for key, other in WHOLE if key != "S2" or name
    ]
    assert desk.problems() == []


@pytest.mark.parametrize("at", [LATE, "", "2025-10-16"])
def test_a_deletion_of_no_later_time_in_a_whole_list_is_listed_and_the_row_stays(desk: Desk, at: str) -> None:
    rows = (("S2", "tobedeleted", at, "Zwei"), ("S2", "active", at or LATE, "Two"))
    desk.put("oneroster/roster.zip", zip_of({"orgs.csv": orgs(*rows, *OTHERS)}))
    desk.night(NEXT)
    assert held(desk) == WHOLE
    assert [problem[:3] for problem in desk.problems()] == [(2, "S2", "duplicate_key")]


UNTOLD = [
    (LATE, LATE),
    ("", ""),
    ("soon", "soon"),
    (LATE, ""),
    ("2025-10-16T01:00:00", LATE),
    (LATE, "2025-10-16T09:00:00+07"),
]


@pytest.mark.parametrize(("at", "and_at"), UNTOLD)
def test_a_deletion_and_a_change_of_one_time_are_both_listed_and_nothing_is_guessed(
    desk: Desk, at: str, and_at: str
) -> None:
    content = orgs(("S2", "tobedeleted", at, "Two"), ("S2", "active", and_at, "Zwei"), ("S1", "active", at, "Eins"))
    desk.put("oneroster/roster.zip", zip_of({"manifest.csv": DIALECTS["semicolons"], "orgs.csv": content}))
    desk.night(NEXT)
    assert held(desk) == [("S1", "Eins"), *WHOLE[1:]]
    assert [(p[1], p[2]) for p in desk.problems()] == [("S2", "duplicate_key")] * 2
