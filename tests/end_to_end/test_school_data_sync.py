"""Rosters of School Data Sync, each layout in a lake of its own: from Microsoft's samples to a release."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import registry
from tests.end_to_end.conftest import FIRST, SECOND, read_lake, run
from tests.end_to_end.conftest import published as read_release

SHARED = os.environ.get("SHUYUAN_SHARED_DATA")
pytestmark = pytest.mark.skipif(
    not SHARED, reason="SHUYUAN_SHARED_DATA does not name the folder of other people's data"
)
Ask = Callable[[Path, str], list[tuple[Any, ...]]]
Published = Callable[..., list[tuple[Any, ...]]]
EXAMPLE = registry.HOUSE / "examples" / "school_data_sync"
SAMPLES = Path(SHARED or "") / "school_data_sync"
TEACHING = {"teacher", "faculty", "professor", "lecturer"}  # roles of the samples whose holders teach
RULING = {"ministryofeducation"}  # types of the samples' organisations that teach nobody
PARTS = {"department"}  # types of those that are parts of a school
SMALLEST, *LARGER = (
    "SDS v2.1",
    "SDS v2",
    *(f"{f} Format/{s}" for f in ("SDS", "UK") for s in ("25 Users", "100 Users", "Min Required Attributes")),
)
# their nights are run by `make soak`; tests/foreign reads them row for row
ALL = [pytest.param(sample, marks=pytest.mark.soak) for sample in (SMALLEST, *LARGER)]


def rows(sample: str, name: str) -> list[dict[str, str]]:
    """A file of a sample, plainly read; none where the layout has no such file."""
    path = SAMPLES / sample / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def first(row: dict[str, str], *names: str) -> str:
    """The cell under the first of these headers that the row has."""
    return next(row[name] for name in names if name in row)


def people(sample: str, which: str, roles: set[str]) -> set[str]:
    """Students or teachers of a sample: V1 has a file of them, V2 a role, V2.1 a file of roles."""
    old = {first(row, "SIS ID", "ID") for row in rows(sample, which)}
    inline = {row["sourcedId"] for row in rows(sample, "users") if row.get("role", "").lower() in roles}
    declared = {row["userSourcedId"] for row in rows(sample, "roles") if row["role"].lower() in roles}
    return old | inline | declared


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, secret: Path) -> Published:
    """Rows of the release of a sample's own lake; a sample's night is run once."""
    releases: dict[str, Path] = {}

    def _published(sample: str, sql: str, ask: Ask = read_release) -> list[tuple[Any, ...]]:
        if sample not in releases:
            folder = tmp_path_factory.mktemp("sds")
            shutil.copytree(SAMPLES / sample, folder / "inbox" / "school_data_sync")
            outcome = run(folder / "lake", folder / "inbox", secret, FIRST, registry=EXAMPLE)
            assert outcome["status"] == "published", outcome
            releases[sample] = Path(outcome["path"])
        return ask(releases[sample], sql)

    return _published


@pytest.mark.parametrize("sample", ALL)
def test_students_and_teachers_stand_once_each(published: Published, sample: str) -> None:
    for mart, key, found in (
        ("one_student_one_file", "student_key", people(sample, "Student", {"student"})),
        ("one_teacher_one_file", "teacher_key", people(sample, "Teacher", TEACHING)),
    ):
        told = published(sample, f"select count(*), count(distinct {key}) from marts.{mart}")
        assert told == [(len(found), len(found))]
        assert found


@pytest.mark.parametrize("sample", ALL)
def test_every_school_and_no_part_of_one_is_a_school_of_the_tree(published: Published, sample: str) -> None:
    orgs = [*rows(sample, "School"), *rows(sample, "orgs")]
    teach = {
        first(r, "sourcedId", "SIS ID", "DfE Number") for r in orgs if r.get("type", "").lower() not in RULING | PARTS
    }
    told = published(sample, "select organisation_code, parent_code from marts.organisation where level = 'school'")
    assert {code for code, _ in told} == teach
    ruling = {first(r, "sourcedId") for r in orgs if r.get("type", "").lower() in RULING}
    parents = {first(r, "sourcedId", "SIS ID", "DfE Number"): r.get("parentSourcedId") for r in orgs}
    assert dict(told) == {code: parents[code] if parents[code] in ruling else "900000" for code in teach}
    areas = published(sample, "select organisation_code, parent_code from marts.organisation where level = 'district'")
    assert dict(areas) == {"900000": None} | dict.fromkeys(ruling, "900000")


@pytest.mark.parametrize("sample", ALL)
def test_each_student_is_in_the_classes_of_the_file(published: Published, sample: str) -> None:
    listed = {(first(r, "classSourcedId"), r["userSourcedId"]) for r in rows(sample, "enrollments")
              if r["role"].lower() == "student"}  # fmt: skip
    listed |= {(first(r, "Section SIS ID", "Section ID"), first(r, "SIS ID", "ID")) for r in
               rows(sample, "StudentEnrollment")}  # fmt: skip
    expected: dict[str, int] = {}
    for code, _ in listed:
        expected[code] = expected.get(code, 0) + 1
    told = published(sample, "select class_code, count(*), count(distinct student_key) from marts.enrolment group by 1")
    assert {code: (n, students) for code, n, students in told} == {code: (n, n) for code, n in expected.items()}


@pytest.mark.parametrize("sample", ALL)
def test_classes_are_counted_with_their_school(published: Published, sample: str) -> None:
    counted: dict[str, int] = {}
    for row in [*rows(sample, "Section"), *rows(sample, "classes")]:
        school = first(row, "orgSourcedId", "School SIS ID", "School DfE Number")
        counted[school] = counted.get(school, 0) + 1
    told = published(sample, "select school_code, classes from marts.one_school_one_file where classes > 0")
    assert dict(told) == counted


@pytest.mark.parametrize("sample", ALL)
def test_references_that_lead_nowhere_are_listed_as_warnings_and_hold_nothing(
    published: Published, sample: str
) -> None:
    teachers = people(sample, "Teacher", set())
    principals = [row["Principal SIS ID"] for row in rows(sample, "School") if row.get("Principal SIS ID")]
    lost = sum(principal not in teachers for principal in principals)
    school, sis = ("School DfE Number", "ID") if sample.startswith("UK") else ("School SIS ID", "SIS ID")
    schools = {row["sourcedId"]: row["orgSourcedId"] for row in rows(sample, "classes")}
    sections = {row[sis]: row[school] for row in rows(sample, "Section")}
    homes = {row[sis]: row[school] for row in rows(sample, "Student")}
    placed = {(row["sourcedId"], row["orgSourcedIds"]) for row in rows(sample, "users") if "orgSourcedIds" in row}
    placed |= {(row["userSourcedId"], row["orgSourcedId"]) for row in rows(sample, "roles")}
    elsewhere = sum(
        row["role"].lower() == "student" and (row["userSourcedId"], schools[row["classSourcedId"]]) not in placed
        for row in rows(sample, "enrollments")
    )
    elsewhere += sum(sections[row[f"Section {sis}"]] != homes[row[sis]] for row in rows(sample, "StudentEnrollment"))
    current = {r["userSourcedId"] for r in rows(sample, "roles") if r.get("roleEndDate", "") == ""}
    ended = sum(row["userSourcedId"] not in current for row in rows(sample, "roles"))
    expected = {
        ("unknown_reference", "principal_sourced_id"): lost, ("other_school", "class_sourced_id"): elsewhere,
        ("ended_role", "end_date"): ended,
    }  # fmt: skip
    told = published(sample, "select rule, column_name, severity, count(*) from marts.data_problem group by all")
    assert {(rule, column): count for rule, column, _, count in told} == {k: v for k, v in expected.items() if v}
    assert {severity for _, _, severity, _ in told} <= {"warn"}


@pytest.mark.parametrize("sample", ALL)
def test_every_row_of_every_file_is_accounted_for(published: Published, sample: str) -> None:
    told = published(sample, "select file_name, status, rows_read, rows_loaded from lake.marts.delivery", read_lake)
    read = {p.stem: len(rows(sample, p.stem)) for p in (SAMPLES / sample).glob("*.csv")}
    assert {Path(name).stem: (status, n, kept) for name, status, n, kept in told} == {
        name: ("loaded", count, count) for name, count in read.items()
    }


@pytest.mark.soak
def test_a_bureau_that_goes_over_from_v1_to_v2_keeps_each_person_once(tmp_path: Path, secret: Path) -> None:
    for day, sample in ((FIRST, "UK Format/25 Users"), (SECOND, "SDS v2")):
        inbox = tmp_path / day.isoformat()
        shutil.copytree(SAMPLES / sample, inbox / "school_data_sync")
        outcome = run(tmp_path / "lake", inbox, secret, day, registry=EXAMPLE)
        assert outcome["status"] == "published", outcome
    stayed, fresh = people("UK Format/25 Users", "Student", set()), people("SDS v2", "", {"student"})
    told = read_release(
        Path(outcome["path"]),
        "select count(*), count(distinct student_key), count(*) filter (grade_source = 'school_data_sync/users') "
        "from marts.one_student_one_file",
    )
    assert told == [(len(fresh), len(fresh), len(fresh))]
    assert stayed == fresh
