"""Rosters that nobody here made: OneRoster bundles of others, each in a lake of its own."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import registry
from tests.end_to_end import rosters
from tests.end_to_end.conftest import FIRST, read_lake, run
from tests.end_to_end.conftest import published as read_release

SHARED = os.environ.get("SHUYUAN_SHARED_DATA")
pytestmark = pytest.mark.skipif(
    not SHARED, reason="SHUYUAN_SHARED_DATA does not name the folder of other people's data"
)
Ask = Callable[[Path, str], list[tuple[Any, ...]]]
Published = Callable[..., list[tuple[Any, ...]]]
STUDENTS = {
    "OneRosterv1p1_generated_en": 1400,
    "v1p2_full_dataset": 3,
    "Test_full_data_set": 3,
    "Test_minimal_data_set": 3,
}
# the nights of the small ones are run by `make soak`; tests/foreign and tests/ingest read them row for row
GENERATED, SMALL, FULL, MINIMAL = (
    pytest.param(bundle, marks=[pytest.mark.soak] if place > 0 else []) for place, bundle in enumerate(STUDENTS)
)
ALL = [GENERATED, SMALL, FULL, MINIMAL]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, secret: Path) -> Published:
    """Rows of the release of a bundle's own lake; a bundle's night is run once."""
    releases: dict[str, Path] = {}

    def _published(bundle: str, sql: str, ask: Ask = read_release) -> list[tuple[Any, ...]]:
        if bundle not in releases:
            releases[bundle] = _night(tmp_path_factory.mktemp(bundle), bundle, secret)
        return ask(releases[bundle], sql)

    return _published


def _night(folder: Path, bundle: str, secret: Path) -> Path:
    inbox = folder / "inbox" / "oneroster"
    inbox.mkdir(parents=True)
    shutil.copy(Path(SHARED or "") / "oneroster" / f"{bundle}.zip", inbox)
    example = registry.HOUSE / "examples" / "oneroster"
    outcome = run(folder / "lake", inbox.parent, secret, FIRST, registry=example)
    assert outcome["status"] == "published", outcome
    return Path(outcome["path"])


@pytest.mark.parametrize("bundle", ALL)
def test_each_student_stands_once(published: Published, bundle: str) -> None:
    found = published(bundle, "select count(*), count(distinct student_key) from marts.one_student_one_file")
    assert found == [(STUDENTS[bundle], STUDENTS[bundle])]


def test_enrolments_in_another_grade_are_warnings_and_hold_nothing(published: Published) -> None:
    found = published(
        "OneRosterv1p1_generated_en",
        "select feed, rule, severity, count(*) from marts.data_problem group by all",
    )
    assert found == [("oneroster/enrollments", "other_grade", "warn", 4498)]


def test_who_is_in_a_class_on_a_day_is_what_the_bundle_says(published: Published) -> None:
    """By counts: who is who in a release is pseudonymous, and the bundles of our own are held name by name."""
    rows = rosters.unzipped(Path(SHARED or "") / "oneroster" / "OneRosterv1p1_generated_en.zip")
    days = [date(2025, 7, 31), date(2025, 8, 1), FIRST, date(2026, 7, 30), date(2026, 7, 31)]
    held = rosters.members(rosters.entries(rows).values(), days)
    expected = Counter((day, school, code) for day, school, code, _ in held)
    listed = ", ".join(f"date '{day}'" for day in days)
    told = published("OneRosterv1p1_generated_en", rosters.WHO.format(days=f"[{listed}]"))
    assert Counter((day, school, code) for day, school, code, _ in told) == expected
    assert len(told) == len(set(told)) > 10000


def test_districts_and_schools_stand_in_their_tree(published: Published) -> None:
    orgs = rosters.unzipped(Path(SHARED or "") / "oneroster" / "OneRosterv1p1_generated_en.zip")["orgs"]
    told = published("OneRosterv1p1_generated_en", "select organisation_code, parent_code from marts.organisation")
    assert dict(told) == {"900000": None} | {r["sourcedId"]: r["parentSourcedId"] or "900000" for r in orgs}


@pytest.mark.parametrize("bundle", [SMALL, FULL, MINIMAL])
def test_missing_courses_and_teachers_enrolled_as_students_are_listed(
    published: Published, bundle: str
) -> None:
    found = {
        (rule, column)
        for rule, column in published(bundle, "select rule, column_name from marts.data_problem")
    }
    assert {("unknown_reference", "course_sourced_id"), ("other_role", "role")} <= found


@pytest.mark.parametrize("bundle", [SMALL, FULL])
def test_missing_parents_are_listed(published: Published, bundle: str) -> None:
    columns = published(
        bundle, "select feed from marts.data_problem where column_name = 'parent_sourced_id' order by feed"
    )
    assert {feed for (feed,) in columns} == {"oneroster/academic_sessions", "oneroster/orgs"}


@pytest.mark.soak
def test_a_copy_of_roles_sent_as_user_profiles_is_refused(published: Published) -> None:
    found = published(
        "v1p2_full_dataset",
        "select member, reason from lake.intake.delivery where status = 'refused'",
        read_lake,
    )
    assert [member for member, _ in found] == ["userprofiles.csv"]
    assert "profileType" in found[0][1]


@pytest.mark.parametrize("bundle", ALL)
def test_every_row_of_every_member_is_accounted_for(published: Published, bundle: str) -> None:
    wrong = published(
        bundle,
        "select file_name, member from marts.delivery where status = 'loaded' "
        "and rows_read is distinct from rows_loaded + rows_quarantined + rows_held + rows_skipped",
    )
    assert wrong == []
