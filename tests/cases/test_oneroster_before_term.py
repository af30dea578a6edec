"""OneRoster nights that bring little: a bundle before anybody is enrolled, and changes before there is a bundle."""

from __future__ import annotations

import pytest

from tests.cases import bundles
from tests.cases.bundles import FIRST, Night, Roster, enrolment, user
from tests.ingest.makers import zip_of

pytestmark = pytest.mark.soak
WORDS = {"OAK": ("pupil", "faculty"), "FIR": ("STUDENT", "TEACHER"), "BAY": ("学生", "老师")}
HOMELESS = {"": "no_school", "LAKE": "no_school", "GONE": "unknown_reference"}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """In August: people and schools alone. Schools write roles as they like; some pupils have no school or grade."""
    rows = bundles.district()
    rows |= {name: [] for name in ("courses", "classes", "enrollments", "demographics")}
    for person in rows["users"]:
        words = WORDS.get(person["orgSourcedIds"])
        if words:
            person["role"] = words[person["role"] == "teacher"]
    rows["users"] += [user(f"HOME {n}", orgs=said) for n, said in enumerate(HOMELESS)]
    rows["users"] += [user(f"GRADE {n}", grades=said) for n, said in enumerate(("P3", "Primary 3", "third"))]
    return Roster(tmp_path_factory.mktemp("lake")).night(FIRST, {"roster.zip": zip_of(bundles.files_of(rows))})


def of(schools: set[str], *, teachers: bool) -> set[str]:
    """Ids of the district's pupils or teachers of these schools."""
    people = bundles.district(schools)["users"]
    return {person["sourcedId"] for person in people if (person["role"] == "teacher") == teachers}


def test_a_bundle_without_any_enrolment_is_a_release(night: Night) -> None:
    assert night.outcome["status"] == "published"
    assert night.in_release["enrolment"] == 0
    assert {night.deliveries[f"{name}.csv"][0] for name in ("courses", "classes", "enrollments")} == {"loaded"}


def test_the_people_of_a_role_that_no_code_set_knows_are_listed_one_by_one(night: Night) -> None:
    unknown = of({"OAK"}, teachers=False) | of({"OAK"}, teachers=True) | of({"BAY"}, teachers=True)
    assert night.of_rule("code", "users", "role") == unknown
    assert not unknown & {*night.students, *night.teachers}


def test_known_words_for_roles_make_students_and_teachers_of_people(night: Night) -> None:
    others = {key for key in night.students if not key.startswith(("HOME", "GRADE"))}
    assert others == of({"ELM", "FIR", "BAY"}, teachers=False)
    assert night.teachers.keys() == of({"ELM", "FIR"}, teachers=True)


def test_students_without_a_school_or_with_an_unknown_grade_are_listed_and_stay(night: Night) -> None:
    found = {n: {rule for _, _, rule, column in night.listed(f"HOME {n}") if column == "org_sourced_ids"}
             for n in range(len(HOMELESS))}  # fmt: skip
    assert found == {n: {rule} for n, rule in enumerate(HOMELESS.values())}
    assert {night.students[f"HOME {n}"] for n in found} == {(None, "03")}
    assert night.of_rule("code", "users", "grades") == {f"GRADE {n}" for n in range(3)}
    assert {night.students[f"GRADE {n}"] for n in range(3)} == {("ELM", None)}


def test_changes_before_any_bundle_are_no_release_and_it_is_said(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = {
        "users": [user("T1", "teacher"), user("T2", "teacher"), user("P1") | {"status": "tobedeleted"}],
        "enrollments": [enrolment(key, role="teacher") for key in ("T1", "T2")],
    }
    files = {"roster.zip": zip_of(bundles.files_of(rows, "delta"))}
    night = Roster(tmp_path_factory.mktemp("lake")).night(FIRST, files)
    assert night.outcome["status"] == "refused"
    assert "came as changes (delta), and there is nothing to change yet" in night.outcome["reason"]
    assert night.problems == set()
