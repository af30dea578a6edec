"""A person's name in a text that a release would show is listed to whoever delivered it, and words are not."""

from __future__ import annotations

from datetime import date

from ingest.committing import intake_tables
from registry.model import Register
from tests.dbt_project.conftest import number
from tests.dbt_project.quick_dbt import City, Project

NIGHT, SCHOOL, OTHER = date(2025, 10, 15), "3132990001", "3132990002"


def test_a_class_that_is_called_by_a_pupil_is_listed_and_one_by_a_word_is_not(house: Register, project: Project):
    city = City(house, wanted=("names_in_texts",), project=project)
    intake_tables.ensure(city.connection)

    def bring(table: str, **cells: str) -> None:
        row = {"_slice": "", "_delivery_id": "d1", "_row_hash": "h", "_known_from": NIGHT, "_row_number": 1}
        city.insert(table, cells | row)

    bring("school_registry__schools", school_code=SCHOOL, name="王小明中学")
    bring("school_registry__schools", school_code=OTHER, name="二中")
    for n, name in enumerate(("王小明班", "李 向阳老师的班", "七年级(3)班", "向阳班", "明月（2）班")):
        bring("teaching__classes", school_code=SCHOOL, class_code=f"210{n}", name=name, grade="七年级")
    for n, (name, school) in enumerate((("王小明", OTHER), ("明月", SCHOOL), ("向阳", OTHER), ("七年级", SCHOOL))):
        bring("student_registry__students", student_number=number(n), name=name, school_code=school, class_code="2101")
    bring("teacher_system__teachers", staff_number="T1", name="李向阳", school_code=OTHER)
    city.night(NIGHT, house)
    asked = "select feed, organisation_code, column_name, value from lake.conformed.names_in_texts order by all"
    assert city.rows(asked) == [
        ("teaching/classes", SCHOOL, "name", value) for value in ("明月(2)班", "李 向阳老师的班", "王小明班")
    ]
