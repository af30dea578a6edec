"""Delta deliveries (OneRoster): upserts by key, deletions, and what a manifest says of a zip's members."""

from collections.abc import Callable
from datetime import date

import pytest

from registry import Register
from tests.ingest.makers import DAY, Desk, csv_text, zip_of

NEXT = date(2025, 10, 16)
USERS = "oneroster/users"
HEADER = ["sourcedId", "status", "dateLastModified", "enabledUser", "orgSourcedIds", "role", "username", "givenName",
          "familyName", "password"]  # fmt: skip


def user(key: str, status: str = "active", name: str = "Ann") -> list[str]:
    return [key, status, "2025-10-01", "true", "o1", "student", f"u{key}", name, "Lee", "s3cret"]


def users(*rows: list[str]) -> str:
    return csv_text([HEADER, *rows])


def manifest(**said: str) -> str:
    properties = [["manifest.version", "1.0"], ["oneroster.version", "1.1"]]
    return csv_text([["propertyName", "value"], *properties, *([f"file.{k}", v] for k, v in said.items())])


@pytest.fixture
def desk(desk_of: Callable[[Register], Desk], oneroster: Register) -> Desk:
    return desk_of(oneroster)


def send(desk: Desk, day: date, **members: str) -> None:
    named = {f"{name}.csv": content for name, content in members.items()}
    desk.put("oneroster/roster.zip", zip_of(named))
    desk.night(day)


def test_a_delta_changes_the_rows_it_names_and_no_others(desk: Desk):
    send(desk, DAY, users=users(user("1"), user("2"), user("3")))
    send(
        desk, NEXT, manifest=manifest(users="delta"),
        users=users(user("2", name="Bea"), user("3", "tobedeleted"), user("4")),
    )  # fmt: skip
    assert desk.current(USERS, "sourced_id, given_name, _known_from") == [
        ("1", "Ann", DAY), ("2", "Bea", NEXT), ("4", "Ann", NEXT),
    ]  # fmt: skip
    assert desk.deliveries(NEXT)["oneroster/roster.zip#users.csv"][:6] == ("loaded", 3, 2, 0, 0, {"deleted": 1})
    assert desk.ask(f"SELECT rows, rows_before FROM lake.intake.slice_state WHERE night = DATE '{NEXT}'") == [(3, 3)]


def test_a_delta_run_again_changes_nothing_more(desk: Desk):
    send(desk, DAY, users=users(user("1"), user("2")))
    changed = {"manifest": manifest(users="delta"), "users": users(user("2", name="Bea"))}
    send(desk, NEXT, **changed)
    before = desk.ask("SELECT * FROM lake.raw.oneroster__users ORDER BY ALL")
    send(desk, NEXT, **changed)
    assert desk.ask("SELECT * FROM lake.raw.oneroster__users ORDER BY ALL") == before


def test_a_deleted_row_of_a_whole_file_is_skipped_and_closes_what_was_there(desk: Desk):
    send(desk, DAY, users=users(user("1"), user("2")))
    send(desk, NEXT, manifest=manifest(users="bulk"), users=users(user("1"), user("2", "tobedeleted")))
    assert desk.current(USERS, "sourced_id") == [("1",)]
    assert desk.deliveries(NEXT)["oneroster/roster.zip#users.csv"][:6] == ("loaded", 2, 1, 0, 0, {"deleted": 1})


def test_a_deletion_without_its_key_is_quarantined(desk: Desk):
    send(desk, DAY, users=users(user("1"), user("", "tobedeleted")))
    assert desk.deliveries()["oneroster/roster.zip#users.csv"][:6] == ("loaded", 2, 1, 1, 0, {})
    assert [p[2:5] for p in desk.problems()] == [("filled", "row", "sourced_id")]


def test_a_problem_of_a_delta_closes_when_its_row_comes_right(desk: Desk):
    row = user("2")
    row[3] = "perhaps"
    send(desk, DAY, users=users(user("1"), row))
    assert [p[1:3] for p in desk.problems()] == [("2", "type_boolean")]
    send(desk, NEXT, manifest=manifest(users="delta"), users=users(user("3")))
    assert len(desk.problems()) == 1
    send(desk, date(2025, 10, 17), manifest=manifest(users="delta"), users=users(user("2")))
    assert desk.problems() == []


@pytest.mark.parametrize(("said", "status", "reason"), [
    ("absent", "refused", "manifest calls it absent"), ("", "loaded", None), ("bulk", "loaded", None),
])  # fmt: skip
def test_a_member_is_what_the_manifest_says(desk: Desk, said: str, status: str, reason: str | None):
    send(desk, DAY, manifest=manifest(users=said), users=users(user("1")))
    found = desk.deliveries()["oneroster/roster.zip#users.csv"]
    assert found[0] == status
    assert (reason or "") in (found[-1] or "")


def test_a_member_that_the_manifest_promises_and_the_zip_lacks_is_told(desk: Desk):
    send(desk, DAY, manifest=manifest(users="bulk", orgs="bulk"), users=users(user("1")))
    status, *_, reason = desk.deliveries()["oneroster/roster.zip#orgs.csv"]
    assert status == "refused"
    assert "not in the zip although its manifest says bulk" in reason


@pytest.mark.parametrize(("content", "reason"), [
    (csv_text([["propertyName", "value"], ["file.users", "everything"]]), "it can be bulk, delta or absent"),
    (csv_text([["name", "what"], ["file.users", "bulk"]]), "does not begin with propertyName,value"),
])  # fmt: skip
def test_a_zip_with_a_manifest_that_cannot_be_read_is_refused_whole(desk: Desk, content: str, reason: str):
    send(desk, DAY, manifest=content, users=users(user("1")))
    (found,) = desk.deliveries().values()
    assert found[0] == "refused"
    assert reason in found[-1]


def test_the_manifest_and_files_of_no_feed_are_accounted_for(desk: Desk):
    send(desk, DAY, manifest=manifest(users="bulk"), users=users(user("1")), homerooms="a,b\r\n1,2\r\n")
    found = desk.deliveries()
    assert found["oneroster/roster.zip#manifest.csv"][:6] == ("loaded", 3, 0, 0, 0, {"manifest": 3})
    status, *_, reason = found["oneroster/roster.zip#homerooms.csv"]
    assert status == "refused"
    assert "is no file of oneroster/academic_sessions" in reason


def test_a_password_is_stored_nowhere_but_in_the_bytes_that_were_landed(desk: Desk):
    send(desk, DAY, users=users(user("1"), user("", name="no key")))
    assert not [c for (c,) in desk.ask("SELECT column_name FROM duckdb_columns() WHERE database_name = 'lake'")
                if "password" in c]  # fmt: skip
    whole = str(desk.ask("FROM lake.raw.oneroster__users")) + str(desk.ask("FROM lake.intake.problem"))
    left = b"".join(p.read_bytes() for p in desk.work().rglob("*") if p.is_file())
    assert "u1" in whole
    assert "s3cret" not in whole
    assert b"s3cret" not in left


def test_rows_shorter_than_the_header_are_padded_and_blank_headers_at_its_end_are_none(desk: Desk):
    content = users(user("1")[:8]).replace("password\r\n", "password,,\r\n")
    send(desk, DAY, users=content)
    assert desk.deliveries()["oneroster/roster.zip#users.csv"][:4] == ("loaded", 1, 1, 0)
    assert [p[2:5] for p in desk.problems()] == [("filled", "warn", "family_name")]
