"""Who is in which class on a day, and the tree of organisations, by the models alone: whole nights are soaked beside
`tests/end_to_end/test_enrolment.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

import registry
from ingest.committing import intake_tables
from tests.dbt_project.quick_dbt import City, Project
from tests.end_to_end import rosters
from tests.end_to_end.conftest import FIRST, SECOND
from tests.end_to_end.enrolment_rosters import CHANGED, ONEROSTER, SDS, TREE, YEAR, tables

MARTS = ("enrolment", "class", "organisation")
FILES = {"academicSessions": "academic_sessions"}  # the others have the names of their feeds
Held = tuple[str, str, str, date, date]


@dataclass
class Roster:
    """A roster's lake in memory; what is sent replaces what was there, as a bundle does, and a night is run."""

    source: str
    project: Project
    rows: int = 0
    standing: dict[tuple[str, str], int] = field(default_factory=dict)  # row number, by feed and content

    def __post_init__(self) -> None:
        self.city = City(registry.load(registry.HOUSE / "examples" / self.source), MARTS, self.project)
        intake_tables.ensure(self.city.connection)

    def send(self, text: dict[str, str], night: date) -> None:
        sent = {
            (FILES.get(name, name), str(row)): row
            for name, held in tables(text).items()
            for row in held
            if row.get("status") != "tobedeleted"
        }
        for feed, content in self.standing.keys() - sent.keys():
            self.city.rows(
                f"update lake.raw.{self.source}__{feed} set _known_to = ? where _row_number = ?",
                night, self.standing.pop((feed, content)),
            )  # fmt: skip
        for (feed, content), row in sent.items():
            if (feed, content) not in self.standing:
                self.standing[feed, content] = self._insert(feed, row, night)
        self.city.night(night)

    def _insert(self, feed: str, row: rosters.Row, night: date) -> int:
        self.rows += 1
        (contract,) = (known for known in self.city.register.feeds if known.id == f"{self.source}/{feed}")
        names = {header: column.name for column in contract.columns for header in column.headers}
        provenance = {"_delivery_id": "d", "_row_number": self.rows, "_slice": "", "_row_hash": str(self.rows)}
        said = {names[header]: value or None for header, value in row.items()}
        self.city.insert(f"{self.source}__{feed}", said | provenance | {"_known_from": night})
        return self.rows

    def members(self) -> set[tuple[date, str, str, str]]:
        """(day, school, class, student) of the mart; students under the name that their source gives them."""
        held = self.city.rows(
            "select school_code, class_code, split_part(student_uid, ':', 2), valid_from, "
            "coalesce(valid_to, date '9999-12-31') from lake.marts.enrolment"
        )
        told = [entry for one in held for entry in rosters.members([one], YEAR)]
        assert len(told) == len(set(told))
        return set(told)

    def tree(self) -> set[tuple[Any, ...]]:
        return set(self.city.rows("select organisation_code, parent_code, level from lake.marts.organisation"))


@pytest.fixture(scope="module")
def nights(project: Project) -> dict[date, dict[str, Any]]:
    """What the marts say after each of the two nights of OneRoster."""
    roster, told = Roster("oneroster", project), {}
    for night, text in ((FIRST, ONEROSTER), (SECOND, CHANGED)):
        roster.send(text, night)
        told[night] = {
            "members": roster.members(),
            "tree": roster.tree(),
            "classes": roster.city.rows(
                "select class_code, name, kind, valid_from, valid_to from lake.marts.class order by all"
            ),
            "grades": roster.city.rows(
                "select grade, valid_from, valid_to from lake.marts.enrolment where class_code = 'C2' order by all"
            ),
            "homes": roster.city.rows("select distinct class_code, is_home from lake.marts.enrolment order by all"),
        }
    return told


def test_who_is_in_a_class_on_a_day_is_what_the_bundle_says(nights: dict[date, dict[str, Any]]) -> None:
    expected = rosters.members(rosters.entries(tables(ONEROSTER)).values(), YEAR)
    assert nights[FIRST]["members"] == expected
    assert {entry[1:] for entry in expected if entry[0] == FIRST} == {
        ("S1", "H1", "A"), ("S1", "H1", "B"), ("S1", "C1", "A"), ("S1", "C1", "B"),
    }  # fmt: skip


def test_one_who_left_was_there_until_the_night_and_a_corrected_day_counts(nights: dict[date, dict[str, Any]]) -> None:
    held = rosters.entries(tables(ONEROSTER))
    held["5"] = (*held["5"][:4], SECOND)
    held["2"] = (*held["2"][:3], date(2025, 9, 8), held["2"][4])
    assert nights[SECOND]["members"] == rosters.members(held.values(), YEAR)
    assert nights[SECOND]["grades"] == [("07", date(2026, 1, 8), date(2026, 3, 1))]


def test_a_class_has_a_period_for_each_name_and_an_enrolment_says_whether_it_is_a_homeroom(
    nights: dict[date, dict[str, Any]],
) -> None:
    assert nights[SECOND]["classes"] == [
        ("C1", "Music", "scheduled", date(2025, 8, 15), date(2025, 12, 20)),
        ("C2", "Art", "scheduled", date(2026, 1, 8), date(2026, 6, 12)),
        ("H1", "Five A", "homeroom", date(2025, 8, 15), SECOND),
        ("H1", "Five B", "homeroom", SECOND, date(2026, 6, 12)),
    ]
    assert nights[SECOND]["homes"] == [("C1", False), ("C2", False), ("H1", True)]


def test_districts_and_schools_stand_in_their_tree(nights: dict[date, dict[str, Any]]) -> None:
    assert nights[SECOND]["tree"] == TREE


def test_school_data_sync_says_who_is_in_a_class_by_the_days_of_its_session(project: Project) -> None:
    roster = Roster("school_data_sync", project)
    roster.send(SDS, FIRST)
    # the last day of a session is in it
    fall, ever = (date(2025, 8, 15), date(2025, 12, 21)), (FIRST, date.max)
    held: list[Held] = [("S1", "C1", "A", *fall), ("S1", "C1", "B", *fall), ("S1", "C2", "B", *ever)]
    assert roster.members() == rosters.members(held, YEAR)
    assert roster.tree() == TREE
