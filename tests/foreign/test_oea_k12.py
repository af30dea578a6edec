"""Systems of an American district, declared in YAML alone: what moves from one day to the next, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from registry import Register
from tests.foreign import plain
from tests.foreign.plain import Table
from tests.ingest.makers import DAY, Desk

NEXT, THIRD = date(2025, 10, 16), date(2025, 10, 17)
CONTOSO = {"students": "students", "studentsectionmark": "marks", "studentattendance": "attendance"}
BATCHES = {"studentsectionmark": "marks", "studentdemographics": "demographics", "studentattendance": "attendance"}
INSIGHTS = {
    "Person": "person", "Organization": "organization", "AadUserPersonMapping": "user_person",
    "Enrollment": "enrollment", "AadGroupMembership": "group_membership",
}  # fmt: skip


@pytest.fixture
def desk(desk_of: Callable[[Register], Desk], register_of: Callable[[str], Register]) -> Desk:
    return desk_of(register_of("oea_k12"))


@pytest.fixture
def data(shared: Path) -> Path:
    return shared / "oea_k12"


def contoso(desk: Desk, data: Path, of: int, night: date) -> dict[str, Table]:
    """A night with the files of the vendor's day 1 or 2; their rows, plainly read."""
    found = {}
    desk.clear()
    for name, feed in CONTOSO.items():
        content = plain.member(data / "contoso_sis_day1_day2.zip", f"day{of}/{name}/part1.csv")
        desk.put(f"contoso_sis/{feed}/part1.csv", content)
        found[feed] = plain.table(content)
    assert desk.night(night) == []
    return found


def batch(desk: Desk, data: Path, of: int, night: date) -> dict[str, Table]:
    found = {}
    desk.clear()
    for name, feed in BATCHES.items():
        content = plain.member(data / "sis_batch1_batch2_helloworld.zip", f"batch{of}/{name}.csv")
        desk.put(f"sis/{name}.csv", content)
        found[feed] = plain.table(content)
    assert desk.night(night) == []
    return found


def moved(desk: Desk, feed: str, key: str) -> tuple[list[str], list[str]]:
    """Keys of the rows that the second night brought and that it closed."""
    table = f"lake.raw.{feed.replace('/', '__')}"
    return (
        [k for (k,) in desk.ask(f"SELECT {key} FROM {table} WHERE _known_from = DATE '{NEXT}' ORDER BY 1")],
        [k for (k,) in desk.ask(f"SELECT {key} FROM {table} WHERE _known_to = DATE '{NEXT}' ORDER BY 1")],
    )


def test_two_days_that_come_on_top_change_one_name_and_lose_nobody(desk: Desk, data: Path):
    contoso(desk, data, 1, DAY)
    contoso(desk, data, 2, NEXT)
    assert desk.current("contoso_sis/students", "student_id, given_name, _known_from") == [
        ("st1", "Al", NEXT), ("st2", "Sharon", NEXT), ("st4", "Jon", DAY),
    ]  # fmt: skip
    assert moved(desk, "contoso_sis/students", "student_id") == (["st1", "st2"], ["st1"])


def test_marks_and_attendance_of_a_second_day_join_those_of_the_first(desk: Desk, data: Path):
    first = contoso(desk, data, 1, DAY)
    second = contoso(desk, data, 2, NEXT)
    for feed, key, fresh in (("marks", "mark_id", 12), ("attendance", "record_id", 1467)):
        before, now = ({row["id"] for row in day[feed]} for day in (first, second))
        assert len(now - before) == fresh
        assert moved(desk, f"contoso_sis/{feed}", key) == (sorted(now - before), [])
        assert {k for (k,) in desk.current(f"contoso_sis/{feed}", key)} == before | now


def test_an_exact_duplicate_is_skipped_and_said(desk: Desk, data: Path):
    rows = contoso(desk, data, 1, DAY)["attendance"]
    assert len(rows) - len({tuple(row.values()) for row in rows}) == 1
    found = desk.deliveries()["contoso_sis/attendance/part1.csv"]
    assert found == ("loaded", len(rows), len(rows) - 1, 0, 0, {"duplicate_row": 1}, None)


def test_two_students_of_one_state_id_are_two_people(desk: Desk, data: Path):
    contoso(desk, data, 1, DAY)
    contoso(desk, data, 2, NEXT)
    twins = "state_id, birth_date, sex, school_id"
    found = desk.ask(
        f"SELECT list(student_id ORDER BY student_id) FROM lake.raw.contoso_sis__students WHERE _known_to IS NULL "
        f"GROUP BY {twins} HAVING count(*) > 1"
    )
    assert found == [(["st1", "st2"],)]
    assert desk.ask("SELECT count(*) FROM lake.intake.problem WHERE feed = 'contoso_sis/students'") == [(0,)]


def test_a_day_run_twice_adds_nothing(desk: Desk, data: Path):
    contoso(desk, data, 1, DAY)
    contoso(desk, data, 2, NEXT)
    tables = [f"lake.raw.contoso_sis__{feed}" for feed in CONTOSO.values()]
    before = [desk.ask(f"FROM {table} ORDER BY ALL") for table in tables]
    contoso(desk, data, 2, NEXT)
    assert [desk.ask(f"FROM {table} ORDER BY ALL") for table in tables] == before


def test_a_second_batch_changes_two_marks_adds_three_and_takes_one_away(desk: Desk, data: Path):
    first = {row["id"]: row for row in batch(desk, data, 1, DAY)["marks"]}
    second = {row["id"]: row for row in batch(desk, data, 2, NEXT)["marks"]}
    changed = {key for key in first.keys() & second.keys() if first[key] != second[key]}
    fresh, gone = second.keys() - first.keys(), first.keys() - second.keys()
    assert (len(changed), len(fresh), len(gone)) == (2, 3, 1)
    assert moved(desk, "sis/marks", "mark_id") == (sorted(changed | fresh), sorted(changed | gone))
    marks = {key: row["numeric_grade_earned"] for key, row in second.items()}
    assert dict(desk.current("sis/marks", "mark_id, mark")) == marks
    assert {p[1:] for p in desk.problems()} == {
        (key, "range", "warn", "mark", mark) for key, mark in marks.items() if float(mark) > 100
    }


def test_changes_of_a_few_students_leave_the_others_as_they_were(desk: Desk, data: Path):
    first = {row["SIS ID"]: row for row in batch(desk, data, 1, DAY)["demographics"]}
    second = {row["SIS ID"]: row for row in batch(desk, data, 2, NEXT)["demographics"]}
    changed = sorted(key for key, row in second.items() if first[key] != row)
    assert (len(first), len(second), len(changed)) == (100, 3, 2)
    assert moved(desk, "sis/demographics", "student_id") == (changed, changed)
    assert len(desk.current("sis/demographics", "student_id")) == 100


def test_attendance_of_a_second_batch_comes_on_top_of_twelve_thousand_rows(desk: Desk, data: Path):
    first, second = batch(desk, data, 1, DAY)["attendance"], batch(desk, data, 2, NEXT)["attendance"]
    assert len(desk.current("sis/attendance", "1")) == len(first) + len(second) == 12_020
    assert moved(desk, "sis/attendance", "record_id") == (sorted(row["id"] for row in second), [])
    assert [p for p in desk.problems() if p[4] != "mark"] == []


def test_the_passwords_of_four_hundred_students_are_read_past(desk: Desk, data: Path):
    name = "hello_world_test_data/contoso_sis/day1/students/part1.csv"
    content = plain.member(data / "sis_batch1_batch2_helloworld.zip", name)
    rows = plain.table(content)
    desk.put("contoso_sis/students/part1.csv", content)
    assert desk.night() == []
    assert desk.only() == ("loaded", len(rows), len(rows), 0, 0, {}, None)
    kept = str(desk.ask("FROM lake.raw.contoso_sis__students"))
    assert len(rows) == 400
    assert all(row["Username"] in kept for row in rows)
    assert not [row for row in rows if row["Password"] in kept]


def test_the_same_six_hundred_people_stand_in_three_systems(desk: Desk, data: Path):
    clever = plain.member(data / "clever.zip", "daily-participation/Students/Students.csv")
    people = plain.member(data / "insights_k12_roster.zip", "AadUserPersonMapping/aaduserpersonmapping.csv")
    desk.put("clever/daily_participation/Students.csv", clever)
    desk.put("insights/user_person/aaduserpersonmapping.csv", people)
    batch_rows = plain.member(data / "sis_batch1_batch2_helloworld.zip", "batch1/studentattendance.csv")
    desk.put("sis/studentattendance.csv", batch_rows)
    assert desk.night() == []
    assert desk.deliveries()["clever/daily_participation/Students.csv"][:4] == ("loaded", 15_000, 15_000, 0)
    assert desk.ask(
        "SELECT count(DISTINCT c.sis_id), count(DISTINCT c.day), count(*) FROM lake.raw.clever__daily_participation c "
        "JOIN lake.raw.insights__user_person p ON c.sis_id = p.object_id AND c.user_id = p.person_id "
        "WHERE c.sis_id IN (SELECT student_id FROM lake.raw.sis__attendance)"
    ) == [(600, 25, 15_000)]


@pytest.mark.parametrize("entity", INSIGHTS)
def test_a_table_without_a_header_loses_not_even_its_first_row(desk: Desk, data: Path, entity: str):
    content = plain.member(data / "insights_k12_roster.zip", f"{entity}/{entity.lower()}.csv")
    rows = plain.cells(content)
    desk.put(f"insights/{INSIGHTS[entity]}/{entity.lower()}.csv", content)
    assert desk.night() == []
    assert desk.only() == ("loaded", len(rows), len(rows), 0, 0, {}, None)
    columns = [column.name for column in desk.register.feed(f"insights/{INSIGHTS[entity]}").loaded_columns]
    held = desk.current(f"insights/{INSIGHTS[entity]}", ", ".join(columns))
    assert sorted(map(str, held)) == sorted(str(tuple(cell or None for cell in row)) for row in rows)
    assert desk.problems() == []


def test_an_empty_table_and_a_table_of_another_entity_are_refused(desk: Desk, data: Path):
    empty = plain.member(data / "insights_k12_roster.zip", "PersonRelationship/personrelationship.csv")
    other = plain.member(data / "insights_k12_roster.zip", "Session/session.csv")
    assert empty == b""
    desk.put("insights/relationship/personrelationship.csv", empty)
    desk.put("insights/person/session.csv", other)
    desk.put("insights/session.csv", other)
    desk.night()
    found = {path: (d[0], d[-1]) for path, d in desk.deliveries().items()}
    assert {status for status, _ in found.values()} == {"refused"}
    assert "is empty" in found["insights/relationship/personrelationship.csv"][1]
    assert "its rows have 11 cells and not 9" in found["insights/person/session.csv"][1]
    assert "put it into the folder of its feed" in found["insights/session.csv"][1]
