"""Rosters: who is at which school, what becomes no school, and every reference in doubt is listed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

import registry
from tests.dbt_project.quick_dbt import City, Project

NIGHT = date(2026, 9, 1)
CHECKS = ("oneroster_references", "oneroster_enrolments", "roster_schools", "roster_roles_held")
SDS_CHECKS = ("school_data_sync_references", "school_data_sync_enrolments", "roster_schools", "roster_roles_held")
Table = tuple[str, list[str]]
Built = Callable[..., City]
ORGS: Table = ("sourced_id,name,type,parent_sourced_id", [
    "D,District,district,", "S1,One,school,D", "S2,Two,school,D",
    "DEP,Maths,department,S1", "SUB,Algebra,department,DEP", "OFF,Office,department,D",
    "A,A,school,B", "B,B,school,A", "SELF,Self,school,SELF", "X,X,district,Y", "Y,Y,district,X", "N,Nobody,,D",
    "FAC,Faculty,,S1", "TEAM,Team,department,N",
])  # fmt: skip
USERS = "sourced_id,role,org_sourced_ids,primary_org_sourced_id"
ROLES = "sourced_id,user_sourced_id,role,role_type,org_sourced_id,begin_date,end_date"
CLASSES = "sourced_id,title,school_sourced_id"
ENROLMENTS = "sourced_id,class_sourced_id,school_sourced_id,user_sourced_id,role,primary_flag,begin_date,end_date"


@pytest.fixture(scope="module")
def cities(project: Project) -> dict[str, City]:
    """A lake for each roster."""
    told = {
        "oneroster": ("oneroster_students", "oneroster_teachers", "oneroster_schools", *CHECKS),
        "school_data_sync": ("school_data_sync_students_v1", "school_data_sync_teachers_v1", *SDS_CHECKS),
    }
    return {
        source: City(registry.load(registry.HOUSE / "examples" / source), wanted, project)
        for source, wanted in told.items()
    }


@pytest.fixture
def build(cities: dict[str, City]) -> Built:
    """The lake of a roster with these rows and no others, its checks run."""

    def _build(source: str = "oneroster", **tables: Table) -> City:
        city = cities[source]
        for (name,) in city.rows("select table_name from duckdb_tables() where schema_name = 'raw'"):
            if name.startswith(f"{source}__"):
                city.rows(f"delete from lake.raw.{name}")
        for name, (columns, rows) in tables.items():
            for number, row in enumerate(rows):
                cells = [cell.replace(";", ",").strip() or None for cell in row.split(",")]
                city.rows(
                    f"insert into lake.raw.{source}__{name} ({columns}, _delivery_id, _row_number, _slice) "
                    f"values ({', '.join('?' for _ in cells)}, 'd', {number}, '')",
                    *cells,
                )
        city.night(NIGHT)
        return city

    return _build


def listed(city: City, *checks: str) -> set[tuple[Any, ...]]:
    union = " union all ".join(f"select * from lake.conformed.{check}" for check in checks or CHECKS)
    return set(city.rows(f"select rule, column_name, row_key, value from ({union})"))


def schools_of(city: City, people: str = "oneroster_students") -> dict[str, str | None]:
    return dict(city.rows(f"select sourced_id, school from lake.conformed.{people}"))


def test_a_part_of_a_school_is_no_school_and_a_circle_of_parents_is_listed(build: Built) -> None:
    city = build(orgs=ORGS)
    assert city.rows("select sourced_id, area from lake.conformed.oneroster_schools order by 1") == [
        ("A", None), ("B", None), ("N", "D"), ("S1", "D"), ("S2", "D"), ("SELF", None),
    ]  # fmt: skip
    parts = dict(city.rows("select sourced_id, school from lake.conformed.roster_orgs where school <> sourced_id"))
    assert parts == {"DEP": "S1", "SUB": "S1", "FAC": "S1", "TEAM": "N"}
    assert {(rule, key) for rule, _, key, _ in listed(city)} == {
        ("circular_reference", key) for key in ("A", "B", "SELF", "X", "Y")
    }


def test_a_school_goes_before_what_rules_it_and_who_is_at_none_is_listed(build: Built) -> None:
    users = ["1,student,D;S1,", "2,student,S2; S1,", "3,student,DEP,", "4,student,D,", "5,student,,", "6,student,GONE,",
             "7,teacher,D;S1;S2,", "8,teacher,OFF,", "9,parent,,", "10,student,GONE;S2,",
             "11,student,S2,LOST"]  # fmt: skip
    city = build(orgs=ORGS, users=(USERS, users))
    assert schools_of(city) == {
        "1": "S1",
        "2": "S2",
        "3": "S1",
        "4": None,
        "5": None,
        "6": None,
        "10": "S2",
        "11": "S2",
    }
    assert schools_of(city, "oneroster_teachers") == {"7": "S1", "8": None}
    found = listed(city)
    assert {row for row in found if row[0] == "no_school"} == {
        ("no_school", "org_sourced_ids", "4", "D"), ("no_school", "org_sourced_ids", "5", None),
        ("no_school", "org_sourced_ids", "8", "OFF"),
    }  # fmt: skip
    assert {row[2] for row in found if row[0] == "unknown_reference"} == {"6", "10", "11"}


def test_of_several_roles_the_current_one_at_the_main_school_counts(build: Built) -> None:
    users = ["1,,,S1", "2,,,S1", "3,,,S1", "4,,,D", "5,,,S2", "6,,,", "7,,,S2", "8,,,S1"]
    roles = [
        "a1,1,student,primary,S1,,", "a2,1,student,primary,S2,,", "b1,2,student,primary,S1,,",
        "b2,2,teacher,primary,S1,,", "c,3,student,primary,S1,2025-08-15,2026-06-12", "d,4,student,primary,S1,,",
        "e,5,student,primary,S1,,", "f1,6,student,secondary,S1,,", "f2,6,student,primary,S2,,",
        "g1,7,teacher,primary,S1,,2026-06-12", "g2,7,student,primary,S2,2026-08-01,",
        "h,8,student,primary,S1,2027-01-01,",
    ]  # fmt: skip
    city = build(orgs=ORGS, users=(USERS, users), roles=(ROLES, roles))
    told = {"1": "S1", "2": "S1", "3": "S1", "4": "S1", "5": "S1", "6": "S2", "7": "S2", "8": "S1"}
    assert schools_of(city) == told
    assert schools_of(city, "oneroster_teachers") == {"2": "S1"}  # the one whose role as a teacher is over is none
    found = {(rule, key) for rule, _, key, _ in listed(city) if rule != "circular_reference"}
    assert found == {
        ("several_primary", "a1"), ("several_primary", "a2"), ("several_primary", "b1"), ("several_primary", "b2"),
        ("ended_role", "c"), ("ended_role", "h"), ("other_primary", "5"),
    }  # fmt: skip


def test_an_enrolment_that_names_another_school_is_listed(build: Built) -> None:
    city = build(
        orgs=ORGS,
        users=(USERS, ["1,student,S1,", "2,student,S1;S2,", "3,student,DEP,", "T1,teacher,S1,", "T2,teacher,S2,"]),
        demographics=("sourced_id", ["1", "2;S1"]),
        classes=(CLASSES, ["C1,A,S1", "C2,B,S2", "CD,C,DEP", "CX,D,D", "CY,E,GONE"]),
        enrollments=(ENROLMENTS, [
            "ok,C1,S1,1,student,,,", "part,CD,S1,3,student,,,", "both,C2,S2,2,student,,,",
            "away,C2,S1,1,student,,,", "rules,C1,D,1,student,,,", "silent,C2,,1,student,,,",
            "t1,C1,S1,T1,teacher,true,,", "t2,C1,S1,T2,teacher,true,,", "t3,C2,S2,T2,teacher,true,,2026-01-01",
            "t4,C2,S2,T1,teacher,true,2026-01-01,", "turned,C1,S1,1,teacher,false,,", "odd,C1,S1,T1,student,,,",
            "aide,C1,S1,1,aide,,,", "lost,C1,GONE,1,student,,,", "no,C9,S1,1,student,,,",
        ]),
    )  # fmt: skip
    found = {(rule, key) for rule, _, key, _ in listed(city) if rule != "circular_reference"}
    assert found == {
        ("other_role", "turned"), ("other_role", "odd"), ("other_school", "away"), ("other_school", "rules"),
        ("other_school", "silent"), ("several_primary", "t2"),
        ("unknown_reference", "lost"), ("unknown_reference", "no"), ("unknown_reference", "2,S1"),
        ("no_school", "CX"), ("unknown_reference", "CY"),
    }  # fmt: skip


def test_grades_are_compared_as_codes(build: Built) -> None:
    city = build(
        orgs=ORGS,
        users=("sourced_id,role,org_sourced_ids,grades",
               ["1,student,S1,3", "2,student,S1,Grade 3", "3,student,S1,4", "4,student,S1,P3", "5,student,S1,KG;1"]),
        classes=("sourced_id,title,school_sourced_id,grades", ["C,A,S1,03", "K,B,S1,01;02"]),
        enrollments=(ENROLMENTS, [f"e{n},{'K' if n == 5 else 'C'},S1,{n},student,,," for n in range(1, 6)]),
    )  # fmt: skip
    assert {(rule, key, value) for rule, _, key, value in listed(city) if rule == "other_grade"} == {
        ("other_grade", "e3", "04 / 03"),
    }  # fmt: skip


def test_a_person_of_v1_in_two_schools_is_listed_and_in_the_classes_of_both(build: Built) -> None:
    city = build(
        "school_data_sync",
        orgs=("sourced_id,name", ["1,North", "2,South"]),
        students=("sourced_id,school_sourced_id", ["P,1", "P,2", "Q,2", "R,9", "R,2"]),
        teachers=("sourced_id,school_sourced_id", ["T,1", "T,2"]),
        classes=("sourced_id,title,school_sourced_id", ["C1,A,1", "C2,B,2"]),
        student_enrollments=("class_sourced_id,user_sourced_id", ["C1,P", "C2,P", "C1,Q", "C2,Z"]),
        teacher_rosters=("class_sourced_id,user_sourced_id", ["C1,T", "C2,U"]),
    )  # fmt: skip
    assert schools_of(city, "school_data_sync_students_v1") == {"P": "1", "Q": "2", "R": "2"}
    assert listed(city, *SDS_CHECKS) == {
        ("several_schools", "school_sourced_id", "P|2", "2"), ("several_schools", "school_sourced_id", "R|9", "9"),
        ("several_schools", "school_sourced_id", "T|2", "2"), ("unknown_reference", "school_sourced_id", "R|9", "9"),
        ("other_school", "class_sourced_id", "C1|Q", "2 / 1"),
        ("unknown_reference", "user_sourced_id", "C2|Z", "Z"), ("unknown_reference", "user_sourced_id", "C2|U", "U"),
    }  # fmt: skip
