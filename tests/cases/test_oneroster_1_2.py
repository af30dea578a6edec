"""A OneRoster 1.2 bundle: roles in a file of their own that ended or are two, and a school of the Japan profile."""

from __future__ import annotations

import pytest

from tests.cases import bundles
from tests.cases.bundles import FIRST, Night, Roster, Row, add_class, add_pupil, org, role, user
from tests.ingest.makers import zip_of

pytestmark = pytest.mark.soak
JAPAN = ("P1", "P6", "J1", "J3", "H2", "小3")
ENDED = {"beginDate": "2025-08-15", "endDate": "2026-06-20"}
PEOPLE: dict[str, tuple[str, list[Row]]] = {  # main organisation, and the roles beside it
    "ended": ("ELM", [role("ended", "ELM", **ENDED)]),
    "ended yesterday": ("ELM", [role("ended yesterday", "ELM", endDate="2026-09-01")]),
    "begins": ("ELM", [role("begins", "ELM", beginDate="2026-09-03")]),
    "last day": ("ELM", [role("last day", "ELM", beginDate="2026-09-02", endDate="2026-09-02")]),
    "moved": ("OAK", [role("moved", "ELM", **ENDED), role("moved", "OAK", beginDate="2026-08-10")]),
    "retired": ("ELM", [role("retired", "ELM", "teacher", **ENDED)]),
    "deleted": ("ELM", [role("deleted", "ELM"), role("deleted", "OAK", status="tobedeleted")]),
    "two schools": ("ELM", [role("two schools", "ELM"), role("two schools", "OAK", kind="Primary")]),
    "two roles": ("ELM", [role("two roles", "ELM"), role("two roles", "ELM", "teacher")]),
    "second school": ("ELM", [role("second school", "ELM"), role("second school", "OAK", kind="secondary")]),
    "district": ("LAKE", [role("district", "ELM")]),
    "no main": ("", [role("no main", "ELM")]),
    "contradiction": ("OAK", [role("contradiction", "ELM")]),
    "lost main": ("NOWHERE", [role("lost main", "ELM")]),
    "lost role": ("ELM", [role("lost role", "NOWHERE")]),
    "strange": ("ELM", [role("strange", "ELM", "pupil")]),
    "strange kind": ("ELM", [role("strange kind", "ELM", kind="main")]),
}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    rows = bundles.district()
    rows["orgs"].append(org("MIYA", name="みやま学園"))
    for grade in JAPAN:
        add_class(rows, "MIYA", grade, pupils=1)
    rows = bundles.with_roles(rows)
    for person in rows["users"]:
        if person["primaryOrgSourcedId"] == "MIYA":
            person |= {"metadata.jp.kanaGivenName": "タロウ", "metadata.jp.homeClass": "1"}
    for key, (main, held) in PEOPLE.items():
        person = user(key) | {"primaryOrgSourcedId": main, "resourceSourcedIds": "BOOK"}
        add_pupil(rows, {name: value for name, value in person.items() if name not in ("role", "orgSourcedIds")})
        rows["roles"] += held
    files = {name: "\ufeff" + content for name, content in bundles.files_of(rows).items()}
    return Roster(tmp_path_factory.mktemp("lake")).night(FIRST, {"roster.zip": zip_of(files)})


def key_of(person: str, place: int) -> str:
    return PEOPLE[person][1][place]["sourcedId"]


def test_a_bundle_with_byte_order_marks_is_read_whole(night: Night) -> None:
    assert night.outcome["status"] == "published"
    assert {status for status, *_ in night.deliveries.values()} == {"loaded"}
    assert night.students["ELM-03-0"] == ("ELM", "03")
    assert night.teachers["T-BAY-04"] == "BAY"


def test_grades_of_another_country_are_listed_where_they_stand(night: Night) -> None:
    pupils = {f"MIYA-{grade}-0" for grade in JAPAN}
    assert night.of_rule("code", "users", "grades") == pupils
    assert night.of_rule("code", "classes", "grades") == {f"MIYA-{grade}" for grade in JAPAN}
    assert night.of_rule("code", "courses", "grades") == {f"K-MIYA-{grade}" for grade in JAPAN}
    assert {night.students[key] for key in pupils} == {("MIYA", None)}


def test_columns_of_a_profile_that_no_contract_knows_are_listed_once_each(night: Night) -> None:
    unknown = [column for _, _, rule, column in night.problems if rule == "unknown_column"]
    assert sorted(unknown) == ["metadata.jp.homeClass", "metadata.jp.kanaGivenName"]


def test_roles_that_have_ended_or_begin_later_are_listed(night: Night) -> None:
    listed = {("ended", 0), ("ended yesterday", 0), ("begins", 0), ("retired", 0)}
    assert night.of_rule("ended_role", "roles") == {key_of(*place) for place in listed}
    assert night.students["moved"][0] == "OAK"
    assert night.students["last day"][0] == "ELM"


def test_several_primary_roles_are_listed_and_a_secondary_or_a_deleted_one_is_none(night: Night) -> None:
    listed = {(person, place) for person in ("two schools", "two roles") for place in (0, 1)}
    assert night.of_rule("several_primary", "roles") == {key_of(*place) for place in listed}
    assert night.teachers["two roles"] == night.students["two roles"][0] == "ELM"


def test_the_school_of_a_role_goes_before_a_main_organisation_that_is_none(night: Night) -> None:
    told = {key: night.students[key][0] for key in ("district", "no main", "lost main", "second school", "deleted")}
    assert told == dict.fromkeys(told, "ELM")
    assert night.of_rule("other_primary", "users") == {"contradiction"}
    assert night.students["contradiction"][0] == "ELM"


def test_organisations_and_words_that_nobody_knows_are_listed(night: Night) -> None:
    assert night.of_rule("unknown_reference", "users", "primary_org_sourced_id") == {"lost main"}
    assert night.of_rule("unknown_reference", "roles", "org_sourced_id") == {key_of("lost role", 0)}
    assert night.of_rule("code", "roles", "role") == {key_of("strange", 0)}
    assert night.of_rule("code", "roles", "role_type") == {key_of("strange kind", 0)}
    assert "strange" not in night.students


def test_the_release_holds_who_and_what_the_lake_holds(night: Night) -> None:
    assert night.in_release["one_student_one_file"] == len(night.students)
    assert night.in_release["data_problem"] == night.listed_rows
