"""School Data Sync in its four layouts, at every size that Microsoft gives a sample of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from registry import Register
from tests.foreign import plain
from tests.ingest.makers import DAY, Desk, zip_of

NEXT, THIRD = date(2025, 10, 16), date(2025, 10, 17)
SIZES = ("100 Users", "25 Users", "Min Required Attributes")
SAMPLES = [*(f"SDS Format/{size}" for size in SIZES), *(f"UK Format/{size}" for size in SIZES), "SDS v2", "SDS v2.1"]
FEED_OF = {
    "School": "orgs", "orgs": "orgs", "Section": "classes", "classes": "classes", "Student": "students",
    "Teacher": "teachers", "StudentEnrollment": "student_enrollments", "TeacherRoster": "teacher_rosters",
    "users": "users", "enrollments": "enrollments", "roles": "roles", "relationships": "relationships",
    "demographics": "demographics", "userFlags": "user_flags", "courses": "courses",
    "academicSessions": "academic_sessions",
}  # fmt: skip
VERSION_OF = {"SDS Format": {"SDS V1"}, "UK Format": {"UK V1"}, "SDS v2": {"V2"}, "SDS v2.1": {"V2.1"}}
PASSWORDS = ("P@ssword", "P@ssw0rd")
PEOPLE = "sourced_id, school_sourced_id, given_name, family_name, grades, birth_date"


@pytest.fixture
def desk(desk_of: Callable[[Register], Desk], school_data_sync: Register) -> Desk:
    return desk_of(school_data_sync)


def files(shared: Path, sample: str) -> dict[str, bytes]:
    found = {path.stem: path.read_bytes() for path in sorted((shared / "school_data_sync" / sample).glob("*.csv"))}
    assert len(found) in (4, 6, 10), sample
    return found


def send(desk: Desk, sent: dict[str, bytes], day: date = DAY) -> None:
    desk.clear()
    for name, content in sent.items():
        desk.put(f"school_data_sync/{name}.csv", content)
    assert desk.night(day) == []


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_file_of_every_layout_is_read_row_for_row(desk: Desk, shared: Path, sample: str):
    sent = files(shared, sample)
    send(desk, sent)
    rows = {name: len(plain.table(content)) for name, content in sent.items()}
    assert desk.deliveries() == {
        f"school_data_sync/{name}.csv": ("loaded", rows[name], rows[name], 0, 0, {}, None) for name in sent
    }
    assert [p for p in desk.problems() if p[3] != "warn"] == []
    held = {name: len(desk.current(f"school_data_sync/{FEED_OF[name]}", "1")) for name in sent}
    assert held == rows
    met = {version for (version,) in desk.ask("SELECT DISTINCT layout FROM lake.intake.delivery")}
    assert met - {"V2 or V2.1"} == VERSION_OF[sample.split("/", maxsplit=1)[0]]


@pytest.mark.parametrize("sample", ["SDS Format/100 Users", "UK Format/25 Users", "SDS v2", "SDS v2.1"])
def test_a_password_is_read_past_and_stored_nowhere(desk: Desk, shared: Path, sample: str):
    sent = files(shared, sample)
    assert any(word in content.decode() for content in sent.values() for word in PASSWORDS)
    send(desk, sent)
    loaded = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake' AND schema_name = 'raw'"
    kept = str([desk.ask(f"FROM lake.raw.{table}") for (table,) in desk.ask(loaded)])
    assert any(name in kept for name in ("OKlein", "Oklein", "jcraig"))
    assert not any(word in kept for word in PASSWORDS)


@pytest.mark.parametrize("sample", ["SDS Format/100 Users", "SDS Format/25 Users", "UK Format/25 Users"])
def test_the_students_are_those_of_the_file_cell_by_cell(desk: Desk, shared: Path, sample: str):
    sent = files(shared, sample)
    send(desk, sent)
    school = "School DfE Number" if sample.startswith("UK") else "School SIS ID"
    number = "ID" if sample.startswith("UK") else "SIS ID"
    wanted = [number, school, "First Name", "Last Name", "Grade", "Birthdate"]
    expected = [tuple(row[name] or None for name in wanted) for row in plain.table(sent["Student"])]
    assert desk.current("school_data_sync/students", PEOPLE) == sorted(expected)


def test_the_same_people_under_the_headers_of_another_layout_move_nothing(desk: Desk, shared: Path):
    send(desk, files(shared, "SDS Format/25 Users"))
    first = desk.current("school_data_sync/students", f"{PEOPLE}, _known_from, _delivery_id")
    send(desk, files(shared, "UK Format/25 Users"), NEXT)
    assert len(first) == 22
    assert desk.current("school_data_sync/students", f"{PEOPLE}, _known_from, _delivery_id") == first
    assert desk.ask("SELECT count(*) FROM lake.raw.school_data_sync__students WHERE _known_to IS NOT NULL") == [(0,)]


def test_a_bureau_that_goes_over_to_v2_keeps_its_organisations_in_one_feed(desk: Desk, shared: Path):
    send(desk, files(shared, "SDS Format/25 Users"))
    sent = files(shared, "SDS v2")
    send(desk, sent, NEXT)
    orgs = desk.current("school_data_sync/orgs", "sourced_id, name, type")
    assert orgs == sorted((r["sourcedId"], r["name"], r["type"]) for r in plain.table(sent["orgs"]))
    users = {key for (key,) in desk.current("school_data_sync/users", "sourced_id")}
    before = {key for (key,) in desk.current("school_data_sync/students", "sourced_id")}
    assert before < users


def test_the_six_files_may_come_in_one_zip(desk: Desk, shared: Path):
    sent = files(shared, "UK Format/100 Users")
    desk.put("school_data_sync/uk.zip", zip_of({f"{name}.csv": content for name, content in sent.items()}))
    assert desk.night() == []
    rows = {name: len(plain.table(content)) for name, content in sent.items()}
    assert {file.split("#")[1]: found[1] for file, found in desk.deliveries().items()} == {
        f"{name}.csv": count for name, count in rows.items()
    }


def test_users_sent_under_the_name_of_the_old_file_are_refused_and_the_roster_stays(desk: Desk, shared: Path):
    send(desk, files(shared, "SDS Format/25 Users"))
    send(desk, {"Student": files(shared, "SDS v2")["users"]}, NEXT)
    status, *_, reason = desk.only(NEXT)
    assert status == "refused"
    assert "for its header lacks SIS ID" in reason
    assert "put it under school_data_sync/users" in reason
    assert len(desk.current("school_data_sync/students", "1")) == 22


def test_a_half_roster_is_held_and_yesterday_s_stays(desk: Desk, shared: Path):
    send(desk, files(shared, "SDS Format/100 Users"))
    desk.clear()
    desk.put("school_data_sync/Student.csv", files(shared, "SDS Format/25 Users")["Student"])
    (hold,) = desk.night(NEXT)
    assert "rows fell from 86 to 22" in hold.reason
    assert len(desk.current("school_data_sync/students", "1")) == 86


def test_roles_without_a_session_are_told_apart_from_those_of_a_session(desk: Desk, shared: Path):
    sent = files(shared, "SDS v2.1")
    head, *rows = sent["roles"].decode().splitlines()
    place = head.split(",").index("sessionSourcedId")
    blank = [",".join([*cells[:place], "", *cells[place + 1 :]]) for cells in (row.split(",") for row in rows)]
    send(desk, sent | {"roles": "\r\n".join([head, *rows, *blank, blank[0]]).encode()})
    found = desk.deliveries()["school_data_sync/roles.csv"]
    assert found == ("loaded", 15, 14, 0, 0, {"duplicate_row": 1}, None)
    assert desk.problems() == []
