"""Who is in which class on a day, and the tree of organisations, where rosters are the registry: in whole nights.

The models are held to the same by `tests/dbt_project/test_enrolment.py`, on rows.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import registry
from tests.end_to_end import rosters
from tests.end_to_end.conftest import FIRST, SECOND, published, run
from tests.end_to_end.enrolment_rosters import CHANGED, ONEROSTER, SDS, TREE, YEAR, tables

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory, secret: Path) -> tuple[Path, list[Path]]:
    """A lake after two nights, and both releases."""
    folder, releases = tmp_path_factory.mktemp("oneroster"), []
    for day, text in ((FIRST, ONEROSTER), (SECOND, CHANGED)):
        rosters.zipped(folder / str(day) / "oneroster" / "bundle.zip", tables(text))
        example = registry.HOUSE / "examples" / "oneroster"
        outcome = run(folder / "lake", folder / str(day), secret, day, registry=example)
        assert outcome["status"] == "published", outcome
        releases.append(Path(outcome["path"]))
    return folder / "lake", releases


def test_who_is_in_a_class_on_a_day_is_what_the_bundle_says(nights: tuple[Path, list[Path]]) -> None:
    root, (first, _) = nights
    expected = rosters.members(rosters.entries(tables(ONEROSTER)).values(), YEAR)
    assert rosters.released(root, first, YEAR) == expected
    assert {entry[1:] for entry in expected if entry[0] == FIRST} == {
        ("S1", "H1", "A"), ("S1", "H1", "B"), ("S1", "C1", "A"), ("S1", "C1", "B"),
    }  # fmt: skip


def test_one_who_left_was_there_until_the_night_and_a_corrected_day_counts(nights: tuple[Path, list[Path]]) -> None:
    root, (_, second) = nights
    held = rosters.entries(tables(ONEROSTER))
    held["5"] = (*held["5"][:4], SECOND)
    held["2"] = (*held["2"][:3], date(2025, 9, 8), held["2"][4])
    assert rosters.released(root, second, YEAR) == rosters.members(held.values(), YEAR)
    grades = published(second, "select grade, valid_from, valid_to from enrolment where class_code = 'C2' order by all")
    assert grades == [("07", date(2026, 1, 8), date(2026, 3, 1))]


def test_a_class_has_a_period_for_each_name_and_an_enrolment_says_whether_it_is_a_homeroom(
    nights: tuple[Path, list[Path]],
) -> None:
    _, (_, second) = nights
    told = published(second, "select class_code, name, kind, valid_from, valid_to from class order by all")
    assert told == [
        ("C1", "Music", "scheduled", date(2025, 8, 15), date(2025, 12, 20)),
        ("C2", "Art", "scheduled", date(2026, 1, 8), date(2026, 6, 12)),
        ("H1", "Five A", "homeroom", date(2025, 8, 15), SECOND),
        ("H1", "Five B", "homeroom", SECOND, date(2026, 6, 12)),
    ]
    assert published(second, "select distinct class_code, is_home from enrolment order by all") == [
        ("C1", False), ("C2", False), ("H1", True),
    ]  # fmt: skip


def test_districts_and_schools_stand_in_their_tree(nights: tuple[Path, list[Path]]) -> None:
    tree = "select organisation_code, parent_code, level from organisation"
    assert set(published(nights[1][0], tree)) == TREE


def test_school_data_sync_says_who_is_in_a_class_by_the_days_of_its_session(tmp_path: Path, secret: Path) -> None:
    inbox = tmp_path / "inbox" / "school_data_sync"
    inbox.mkdir(parents=True)
    for name, text in SDS.items():
        (inbox / f"{name}.csv").write_text(rosters.written(rosters.table(text)), encoding="utf-8")
    example = registry.HOUSE / "examples" / "school_data_sync"
    outcome = run(tmp_path / "lake", inbox.parent, secret, FIRST, registry=example)
    assert outcome["status"] == "published", outcome
    found = rosters.released(tmp_path / "lake", Path(outcome["path"]), YEAR)
    # the last day of a session is in it
    fall, ever = (date(2025, 8, 15), date(2025, 12, 21)), (FIRST, date(9999, 1, 1))
    held = [("S1", "C1", "A", *fall), ("S1", "C1", "B", *fall), ("S1", "C2", "B", *ever)]
    assert found == rosters.members(held, YEAR)
    tree = "select organisation_code, parent_code, level from organisation"
    assert set(published(Path(outcome["path"]), tree)) == TREE
