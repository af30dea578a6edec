"""Words that no code set knows (a role, grade, status, kind) are listed where the file is read."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import registry
from registry import Register
from tests.ingest.makers import Desk, csv_text, zip_of

USER = ["sourcedId", "status", "orgSourcedIds", "role", "givenName", "familyName", "grades"]
SAID = {
    ("users", "role", "student"): [], ("users", "role", "Student"): [], ("users", "role", "家长"): [],
    ("users", "role", "pupil"): ["role"], ("users", "role", "ext:bus driver"): ["role"], ("users", "role", ""): [],
    ("users", "status", "active"): [], ("users", "status", "Active "): [], ("users", "status", "gone"): ["status"],
    ("users", "status", "inactive"): ["status"],
    ("users", "grades", "03"): [], ("users", "grades", "3"): [], ("users", "grades", "Grade 3"): [],
    ("users", "grades", "KG,01"): [], ("users", "grades", "KG, 01,"): [], ("users", "grades", "third"): ["grades"],
    ("users", "grades", "P3"): ["grades"], ("users", "grades", "01,P3"): ["grades"],
    ("users", "grades", "0"): ["grades"],
    ("enrollments", "role", "learner"): ["role"], ("enrollments", "status", "withdrawn"): ["status"],
    ("classes", "classType", "Homeroom"): [], ("classes", "classType", "form"): ["class_type"],
    ("classes", "grades", "J1,J2"): ["grades"], ("courses", "grades", "Year 3"): ["grades"],
    ("orgs", "type", "academy"): ["type"], ("academicSessions", "type", "trimester"): ["type"],
    ("roles", "roleType", "main"): ["role_type"], ("roles", "role", "pupil"): ["role"],
}  # fmt: skip
ROWS = {
    "orgs": {"sourcedId": "S1", "name": "One", "type": "school"},
    "academicSessions": {"sourcedId": "T1", "title": "Fall", "type": "term", "startDate": "2025-08-15",
                         "endDate": "2025-12-20"},
    "courses": {"sourcedId": "K1", "title": "Mathematics", "orgSourcedId": "S1", "grades": ""},
    "classes": {"sourcedId": "C1", "title": "A", "grades": "", "classType": "homeroom", "schoolSourcedId": "S1"},
    "users": dict(zip(USER, ["1", "active", "S1", "student", "Ann", "Lee", "03"], strict=True)),
    "roles": {"sourcedId": "R1", "userSourcedId": "1", "roleType": "primary", "role": "student", "orgSourcedId": "S1"},
    "enrollments": {"sourcedId": "E1", "status": "", "classSourcedId": "C1", "schoolSourcedId": "S1",
                    "userSourcedId": "1", "role": "student"},
}  # fmt: skip


def member(rows: Sequence[dict[str, str]]) -> str:
    return csv_text([list(rows[0]), *(list(row.values()) for row in rows)])


def test_a_word_that_no_code_set_knows_is_listed_and_a_known_writing_is_not(
    desk_of: Callable[[Register], Desk], oneroster: Register
) -> None:
    desk = desk_of(oneroster)
    rows: dict[str, list[dict[str, str]]] = {}
    for file, header, word in SAID:
        held = rows.setdefault(file, [])
        held.append(ROWS[file] | {"sourcedId": f"{header}|{word}", header: word})
    desk.put("oneroster/roster.zip", zip_of({f"{name}.csv": member(held) for name, held in rows.items()}))
    desk.night()
    listed = {(row[1], row[4]) for row in desk.problems() if row[2] == "code"}
    assert listed == {
        (f"{header}|{word}".rstrip(), column) for (_, header, word), columns in SAID.items() for column in columns
    }
    held_rows = sum(len(held) for held in rows.values())
    assert desk.ask("SELECT sum(rows_loaded) FROM lake.intake.delivery") == [(held_rows,)]  # none is dropped for a word


def test_a_grade_that_the_bureau_adds_to_its_code_set_is_a_problem_no_more(
    desk_of: Callable[[Register], Desk], tmp_path: Path
) -> None:
    house = tmp_path / "register"
    shutil.copytree(registry.HOUSE / "examples" / "oneroster", house)
    grades = house / "codes" / "grade.csv"
    text = grades.read_text().replace("grade 1,1,", "grade 1,1|P1|小1,").replace("grade 7,7,", "grade 7,7|J1,")
    grades.write_text(text)
    desk = desk_of(registry.load(house))
    words = ("P1", "p1", "Ｐ1", "小1", "P1,J1", "J2")
    rows = [ROWS["users"] | {"sourcedId": str(n), "grades": said} for n, said in enumerate(words)]
    desk.put("oneroster/roster.zip", zip_of({"users.csv": member(rows)}))
    desk.night()
    assert [problem[-1] for problem in desk.problems()] == ["J2"]


@pytest.mark.parametrize("house", ["", "examples/oneroster", "examples/school_data_sync"])
def test_every_column_of_a_coded_element_has_its_words_checked(house: str) -> None:
    register = registry.load(registry.HOUSE / house)
    coded = {element.id for element in register.elements if element.type == "code"}
    unchecked = [
        (feed.id, column.name) for feed in register.feeds for column in feed.columns
        if coded & {*column.elements} and column.type != "code"
    ]  # fmt: skip
    assert unchecked == []


@pytest.mark.parametrize("file", ["Student.csv", "School.csv", "Section.csv"])
def test_school_data_sync_lists_its_words_too(desk_of: Callable[[Register], Desk], file: str) -> None:
    files = {
        "School.csv": (["SIS ID", "Name", "Grade Low", "Grade High"], ["1", "North", "Reception", "05"], "grade_low"),
        "Student.csv": (["SIS ID", "School SIS ID", "Grade", "Status"], ["1", "1", "03", "left"], "status"),
        "Section.csv": (["SIS ID", "School SIS ID", "Section Name", "Status"], ["1", "1", "A", "closed"], "status"),
    }
    header, row, column = files[file]
    desk = desk_of(registry.load(registry.HOUSE / "examples" / "school_data_sync"))
    desk.put(f"school_data_sync/{file}", csv_text([header, row]).encode())
    desk.night()
    assert [(problem[2], problem[4]) for problem in desk.problems()] == [("code", column)]
