"""Staging: what a platform writes for none is none, and never a number."""

from __future__ import annotations

from datetime import date

import pytest

import registry
from tests.dbt_project.quick_dbt import City

MODEL, FITNESS = "stg_school_registry__conditions", "stg_fitness__results"
_WRITTEN = {"classes": ("12", 12), "students": (" 480.0 ", 480), "boarders": ("*", None), "books": ("-1", None),
            "land_area": ("－１", None), "classrooms": ("", None), "staff": ("-10", -10)}  # fmt: skip


@pytest.fixture(scope="module")
def city() -> City:
    return City(registry.load(registry.HOUSE), wanted=(MODEL, FITNESS))


def test_what_a_form_writes_for_none_is_no_number(city: City) -> None:
    columns = ", ".join(_WRITTEN)
    values = ", ".join(f"'{text}'" for text, _ in _WRITTEN.values())
    city.connection.execute(
        f"insert into lake.raw.school_registry__conditions (school_code, _slice, {columns}) "
        f"values ('3132990001', '2025/329901', {values})"
    )
    city.night(date(2025, 10, 15))
    assert city.rows(f"select {columns} from lake.staging.{MODEL}") == [tuple(v for _, v in _WRITTEN.values())]


GRADES = {"03": "03", "3, KG": "03,KG", "Grade 3,": "03", "03,P3": None, "P3": None, " ": None}


def test_a_cell_of_several_codes_is_all_of_them_or_none() -> None:
    roster = City(registry.load(registry.HOUSE / "examples" / "oneroster"), wanted=("stg_oneroster__users",))
    for text in GRADES:
        roster.rows("insert into lake.raw.oneroster__users (sourced_id, grades) values (?, ?)", text, text)
    roster.night(date(2025, 10, 15))
    told = roster.rows("select sourced_id, grades from lake.staging.stg_oneroster__users")
    assert dict(told) == {k.strip() or None: v for k, v in GRADES.items()}


def test_a_word_that_says_why_there_is_no_value_stands_in_a_column_of_its_own(city: City) -> None:
    city.connection.execute(
        "insert into lake.raw.fitness__results (student_number, height, vital_capacity, shuttle_run, total, _slice) "
        "values ('G1', '150.5', '免测', ' 旷考', '-', '2025-2026/3132990001')"
    )
    city.night(date(2025, 10, 15))
    assert city.rows(f"select height, vital_capacity, shuttle_run, total, no_value from lake.staging.{FITNESS}") == [
        (150.5, None, None, None, {"vital_capacity": "免测", "shuttle_run": "旷考"})
    ]
