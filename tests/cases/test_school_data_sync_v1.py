"""School Data Sync V1 with people in two schools, which Clever's exports write as a row each."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.cases.bundles import FIRST, Night, Roster

pytestmark = pytest.mark.soak
SCHOOLS = "SIS ID,Name,Grade Low,Grade High,Principal SIS ID\n001,North Shore,KG,05,T1\n002,South Shore,KG,05,T7\n"
TEACHERS = [("T1", "001"), ("T1", "002"), ("T2", "002"), ("T3", "002"), ("T3", "001"), ("T2", "002")]
STUDENTS = {  # id -> schools in the order of their rows, grade as written, date of birth as written
    "P1": (["001", "002"], "3", "3/14/2017"), "P2": (["002", "001"], "03", "2017-03-14"),
    "P3": (["001", "001"], "KG", "03-14-2017"), "P4": (["009", "002"], "Grade 3", "3/14/2017"),
    "P5": (["002"], "Kindergarten", "14/03/2017"), "P6": (["001"], "4th", "3/4/2017"), "P7": (["002"], "", ""),
}  # fmt: skip
SECTIONS = {"S1": "001", "S2": "002", "S3": "002"}
ENROLLED = [("S1", "P1"), ("S2", "P1"), ("S2", "P2"), ("S1", "P3"), ("S2", "P3"), ("S2", "P4"), ("S1", "P6"),
            ("S3", "P7"), ("S1", "P999"), ("S99", "P5")]  # fmt: skip
ROSTERED = [("S1", "T1"), ("S2", "T1"), ("S3", "T2"), ("S3", "T9")]


def table(header: str, rows: Sequence[tuple[str, ...]]) -> str:
    return "\n".join([header, *(",".join(row) for row in rows), ""])


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    students = [(key, school, key.lower(), "Ann", key, grade, born)
                for key, (schools, grade, born) in STUDENTS.items() for school in schools]  # fmt: skip
    students = students[::2] + students[1::2]  # the rows of one pupil do not stand side by side
    files = {
        "School.csv": SCHOOLS,
        "section.csv": table("SIS ID,School SIS ID,Section Name,Term StartDate,Term EndDate",
                             [(key, school, f'"Maths ""{key}"""', "9/1/2026", "12/20/2026")
                              for key, school in SECTIONS.items()]),
        "Student.csv": "\ufeff" + table("SIS ID,School SIS ID,Username,First Name,Last Name,Grade,Birthdate", students),
        "TEACHER.CSV": table("SIS ID,School SIS ID,Username,First Name,Last Name",
                             [(key, school, key.lower(), "Ada", key) for key, school in TEACHERS]),
        "StudentEnrollment.csv": table("Section SIS ID,SIS ID", ENROLLED),
        "TeacherRoster.csv": table("Section SIS ID,SIS ID", ROSTERED),
        "User.csv": "Email,First Name,Last Name,Phone,SIS ID\na@example.org,Ann,Lee,,\n",
        "Guardianrelationship.csv": "SIS ID,Email,Role\nP1,a@example.org,Parent\nP2,a@example.org,Parent\n",
    }  # fmt: skip
    return Roster(tmp_path_factory.mktemp("lake"), "school_data_sync").night(FIRST, files)


def test_each_person_stands_once_at_the_first_school_that_is_one(night: Night) -> None:
    assert night.outcome["status"] == "published"
    assert {key: school for key, (school, _) in night.students.items()} == {
        "P1": "001", "P2": "002", "P3": "001", "P4": "002", "P5": "002", "P6": "001", "P7": "002",
    }  # fmt: skip
    assert night.teachers == {"T1": "001", "T2": "002", "T3": "002"}
    assert night.in_release["one_student_one_file"] == len(STUDENTS)
    assert night.in_release["one_teacher_one_file"] == 3


def test_the_second_school_of_a_person_is_listed_and_a_row_that_came_twice_is_not(night: Night) -> None:
    assert night.of_rule("several_schools", "students") == {"P1|002", "P2|001", "P4|009"}
    assert night.of_rule("several_schools", "teachers") == {"T1|002", "T3|001"}
    assert (
        night.deliveries["school_data_sync/Student.csv"][2] == night.deliveries["school_data_sync/TEACHER.CSV"][2] == 1
    )
    assert night.of_rule("duplicate_key") == set()


def test_a_class_of_either_school_is_the_person_s_own(night: Night) -> None:
    assert night.of_rule("other_school", "student_enrollments") == {"S2|P3"}
    assert night.in_release["enrolment"] == 8


def test_references_that_lead_nowhere_are_listed(night: Night) -> None:
    assert {(key, column) for _, key, rule, column in night.problems if rule == "unknown_reference"} == {
        ("S1|P999", "user_sourced_id"), ("S99|P5", "class_sourced_id"), ("S3|T9", "user_sourced_id"),
        ("P4|009", "school_sourced_id"), ("002", "principal_sourced_id"),
    }  # fmt: skip


def test_grades_and_dates_that_cannot_be_read_are_listed(night: Night) -> None:
    assert {key: grade for key, (_, grade) in night.students.items()} == {
        "P1": "03", "P2": "03", "P3": "KG", "P4": "03", "P5": "KG", "P6": None, "P7": None,
    }  # fmt: skip
    assert night.of_rule("code", "students", "grades") == {"P6|001"}
    assert {key for _, key, rule, column in night.problems if column == "birth_date"} == {"P5|002"}


def test_files_of_parents_that_no_element_needs_are_counted(night: Night) -> None:
    assert night.deliveries["school_data_sync/User.csv"] == ("loaded", None, 1)
    assert night.deliveries["school_data_sync/Guardianrelationship.csv"] == ("loaded", None, 2)
