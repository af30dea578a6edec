"""Nights after a OneRoster bundle: changes under a vendor's manifest, as loose files, and a list that is emptied."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cases import bundles
from tests.cases.bundles import FIRST, Night, Roster, org, user
from tests.ingest.makers import zip_of

pytestmark = pytest.mark.soak
ZIPPED, LOOSE, EMPTIED = date(2026, 9, 3), date(2026, 9, 4), date(2026, 9, 5)
EARLY, LATE, EAST = "2026-09-03T01:00:00.000Z", "2026-09-03T02:00:00.000Z", "2026-09-03T09:30:00+08:00"
TWICE = {  # of one pupil two changes: status and time of each, in the order of the file, and the grade that counts
    "ELM-03-0": (("tobedeleted", LATE), ("active", EARLY), None),
    "ELM-03-1": (("tobedeleted", EARLY), ("active", LATE), "04"),
    "ELM-03-2": (("active", LATE), ("tobedeleted", EARLY), "04"),
    "ELM-03-3": (("tobedeleted", EAST), ("active", EARLY), None),  # half past nine in the east is half past one
    "ELM-03-4": (("tobedeleted", EAST), ("active", LATE), "04"),
    "OAK-03-0": (("tobedeleted", LATE), ("active", LATE), "03"),
    "OAK-03-1": (("tobedeleted", ""), ("active", LATE), "03"),
    "OAK-03-2": (("tobedeleted", "2026-09-03 02:00:00"), ("active", EARLY), "03"),
}
UNTOLD = {key for key, (*_, grade) in TWICE.items() if grade == "03"}


@pytest.fixture(scope="module")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Roster:
    return Roster(tmp_path_factory.mktemp("lake"))


@pytest.fixture(scope="module")
def whole(roster: Roster) -> Night:
    return roster.night(FIRST, {"roster.zip": zip_of(bundles.files_of(bundles.district()))})


@pytest.fixture(scope="module")
def zipped(roster: Roster, whole: Night) -> Night:
    """Changes of pupils and of a school, under a manifest whose properties are written as a vendor likes them."""
    rows = [
        user(key, orgs=key[:3], grades="04", status=status, dateLastModified=at)
        for key, (*changes, _) in TWICE.items()
        for status, at in changes
    ]
    members = {
        "Manifest.csv": "PropertyName;Value\nManifest.Version;1.0\nFile.Users;Delta\nFILE_ORGS.CSV;delta\n",
        "Users.csv": bundles.text_of("users", rows),
        "Orgs.csv": bundles.text_of("orgs", [org("OAK", name="Oak Hill Academy") | {"status": "active"}]),
    }
    return roster.night(ZIPPED, {"changes.zip": zip_of(members)})


@pytest.fixture(scope="module")
def loose(roster: Roster, zipped: Night) -> Night:
    files = {
        "2026-09-04/manifest.csv": bundles.manifest({"orgs": "delta", "users": "delta", "classes": "absent"}),
        "2026-09-04/users.csv": bundles.text_of("users", [user("FIR-03-0", orgs="FIR", grades="04", status="active")]),
        "2026-09-04/orgs.csv": bundles.text_of("orgs", [org("FIR", name="Fir Street Campus")]),
    }
    return roster.night(LOOSE, files)


@pytest.fixture(scope="module")
def emptied(roster: Roster, loose: Night) -> Night:
    """The bundle again, with a new pupil; of the list of organisations the header alone."""
    rows = bundles.district() | {"orgs": []}
    bundles.add_pupil(rows, user("NEW"))
    return roster.night(EMPTIED, {"roster.zip": zip_of(bundles.files_of(rows))})


def test_the_first_bundle_is_clean(whole: Night) -> None:
    assert whole.outcome["status"] == "published"
    assert whole.problems == set()
    assert len(whole.students) == len(bundles.SCHOOLS) * len(bundles.GRADES) * bundles.PUPILS


def test_changes_are_told_whatever_the_letter_case_of_the_manifest(whole: Night, zipped: Night) -> None:
    assert zipped.outcome["held"] == zipped.outcome["refused_files"] == []
    assert zipped.schools == whole.schools | {"OAK": "Oak Hill Academy"}
    assert zipped.students.keys() == whole.students.keys() - {key for key, (*_, grade) in TWICE.items() if not grade}
    assert {key for key, told in zipped.students.items() if told != whole.students[key]} <= TWICE.keys()


@pytest.mark.parametrize("key", TWICE)
def test_of_one_key_twice_the_later_change_counts_or_nothing_is_guessed(zipped: Night, key: str) -> None:
    assert zipped.students.get(key, (None, None))[1] == TWICE[key][-1]
    assert (key in zipped.of_rule("duplicate_key", "users")) == (key in UNTOLD)


def test_who_was_deleted_leaves_references_that_are_listed(zipped: Night) -> None:
    gone = {"ELM-03-0", "ELM-03-3"}
    assert zipped.of_rule("unknown_reference", "enrollments") == {f"E-{key}-ELM-03" for key in gone}
    assert zipped.of_rule("unknown_reference", "demographics") == gone


def test_loose_changes_change_their_rows_and_leave_all_others(zipped: Night, loose: Night) -> None:
    assert loose.outcome["held"] == loose.outcome["refused_files"] == []
    assert loose.schools == zipped.schools | {"FIR": "Fir Street Campus"}
    assert loose.students == zipped.students | {"FIR-03-0": ("FIR", "04")}
    assert loose.teachers == zipped.teachers


def test_a_list_of_organisations_without_rows_waits_and_the_roster_with_it(loose: Night, emptied: Night) -> None:
    assert emptied.outcome["status"] == "published"
    assert (emptied.schools, emptied.places) == (loose.schools, loose.places)
    assert (emptied.students, emptied.teachers) == (loose.students, loose.teachers), "the new pupil waits too"
    held = {hold["feed"].partition("/")[2]: hold["reason"] for hold in emptied.outcome["held"]}
    assert held.keys() >= {"orgs", "users", "classes", "courses", "enrollments", "academic_sessions"}
    assert "rows fell from 5 to 0" in held["orgs"]
    assert "mend oneroster/orgs" in held["classes"]
