"""A lake with a handful of rows, built under a register that a bureau has edited."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

import registry
from ingest.committing import intake_tables
from registry.model import Objection, ObjectionStep, Register
from tests.dbt_project import intake_rows, school_rows
from tests.dbt_project.quick_dbt import Project
from warehouse import build
from warehouse.disclosure.pseudonyms import PSEUDONYM_TABLE
from warehouse.lake import Lake, connect_lake, create_lake
from warehouse.tables import raw_tables, register_tables

FIRST, SECOND = date(2025, 10, 15), date(2025, 10, 16)
SCHOOL = "3132990001"
KEY = "3" * 64  # of the fourth student in a release
# the ten marks of a worked example: mean 73.3, population deviation 10.517
MARKS = [56, 61, 64, 70, 72, 75, 78, 80, 85, 92]
# what stands where pupils have no mark: reasons, and marks that a paper of 100 cannot give
NO_MARKS = ["90分", "160", "-1", "免考", "-", " ", *(["缺考"] * 4)]
Rows = Callable[[str], list[tuple[Any, ...]]]


def number(n: int) -> str:
    """A 学籍号 of the form J, whose body needs no check digit here."""
    return f"J3299012012010100{n:02d}X"[:19]


@pytest.fixture(scope="session")
def house() -> Register:
    return registry.load(registry.HOUSE)


@pytest.fixture(scope="session")
def project() -> Project:
    """The models' templates, for stories that run without dbt."""
    return Project()


@pytest.fixture(scope="session")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Register:
    """The house's register, but from the second night on exams own a student's class, and schools change."""
    folder = tmp_path_factory.mktemp("register") / "registry"
    shutil.copytree(registry.HOUSE, folder, ignore=shutil.ignore_patterns("*.py", "examples", "__pycache__", "rules"))
    path = folder / "elements" / "student.yml"
    text = path.read_text(encoding="utf-8")
    start = text.index("- id: student.class")
    owner = "    - {source: student_registry/students, from: 2020-09-01}\n"
    at = text.index(owner, start) + len(owner)
    moved = f"    - {{source: exams/results, from: {SECOND}}}\n"
    path.write_text(text[:at] + moved + text[at:], encoding="utf-8")
    (folder / "organisations.yml").write_text(school_rows.ORGANISATIONS, encoding="utf-8")
    return registry.load(folder)


def objected(register: Register) -> Register:
    """The register in which objections stand, which took their steps on the second night and a day after it."""
    told = {
        ("2025-0001", "student.birth_date", KEY): ("raised", "accepted"),
        ("2025-0002", "student.sex", KEY): ("raised", "rejected"),
        ("2025-0003", "student.grade", KEY): ("raised", "accepted", "verified", "maintained", "closed"),
        ("2025-0004", "student.name", KEY): ("raised", "accepted", "verified", "corrected"),
        ("2025-0005", "school.name", SCHOOL): ("raised", "accepted", "verified"),
        ("2025-0006", "school.type", SCHOOL): ("raised",),
        ("2025-0007", "school.status", SCHOOL): ("raised", "!accepted"),  # a day after the night
        ("2025-0008", "student.class", "f" * 64): ("raised", "accepted"),  # a record that the lake does not know
    }
    objections = (
        Objection(id=name, element=element, record=record, seal="", steps=tuple(
            ObjectionStep(state=state.lstrip("!"), day=SECOND + timedelta(days=state[0] == "!"), by="一中")
            for state in states
        ))
        for (name, element, record), states in told.items()
    )  # fmt: skip
    return register.model_copy(update={"objections": tuple(objections)})


def deliver(connection: duckdb.DuckDBPyConnection, night: date) -> None:
    """Write the rows that each of the two nights brings into the raw and intake tables of `lake`."""
    if night == FIRST:
        connection.execute(f"create table {PSEUDONYM_TABLE} (fingerprint varchar, value varchar, pseudonym varchar)")
        connection.execute(f"insert into {PSEUDONYM_TABLE} values ('f', 'student_number:{number(3)}', '{KEY}')")
        intake_tables.ensure(connection)
    for statement in _rows() if night == FIRST else school_rows.second_night(_insert, number, str(SECOND)):
        connection.execute(statement)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, edited: Register) -> dict[date, Rows]:
    """Both nights built; each gives the rows of the lake as that night left it."""
    place = Lake(tmp_path_factory.mktemp("models") / "lake")
    create_lake(place)
    with connect_lake(place) as connection:
        register_tables.write(connection, edited)
        raw_tables.ensure_raw(connection, registry.known_feeds(edited))
    found: dict[date, Rows] = {}
    for night, register in ((FIRST, edited), (SECOND, objected(edited))):
        with connect_lake(place) as connection:
            register_tables.write(connection, register)
            deliver(connection, night)
        build.run(place, register, night)
        copy = Lake(place.root.with_name(f"lake-{night}"))
        shutil.copytree(place.root, copy.root)
        found[night] = _reader(copy)
    return found


def _reader(place: Lake) -> Rows:
    def rows(sql: str) -> list[tuple[Any, ...]]:
        with connect_lake(place, read_only=True) as connection:
            return connection.execute(sql).fetchall()

    rows.place = place  # type: ignore[attr-defined]
    return rows


def _insert(table: str, values: dict[str, str], slice_: str, row: int, known: str = str(FIRST)) -> str:
    columns = ", ".join(f'"{name}"' for name in values)
    given = ", ".join(values.values())
    return (
        f'insert into lake.raw."{table}" ({columns}, _delivery_id, _row_number, _slice, _row_hash, _known_from) '
        f"values ({given}, 'd-{table}', {row}, '{slice_}', 'h{row}', date '{known}')"
    )


def _text(value: object) -> str:
    return "'" + str(value) + "'"


def _rows() -> list[str]:
    school = {"school_code": SCHOOL, "name": "第一初级中学", "type_code": "初级中学", "area_code": "329901"}
    statements = [_insert("school_registry__schools", {k: _text(v) for k, v in school.items()}, "329901", 1)]
    for n, mark in enumerate(MARKS):
        student = {
            "student_number": number(n), "school_code": SCHOOL, "name": f"张{'甲乙丙丁戊己庚辛壬癸'[n]}",
            "grade": "初一", "class_code": "2101", "sex": "男", "birth_date": "2012.01.01",
        }  # fmt: skip
        statements.append(_insert("student_registry__students", {k: _text(v) for k, v in student.items()}, SCHOOL, n))
        result = {
            "student_number": _text(number(n)), "class_code": "'2102'", "name": _text(student["name"]),
            "marks": f"map {{'数学_得分': '{mark}', '数学_校次': '1', '语文_得分': '{NO_MARKS[n]}'}}",
        }  # fmt: skip
        statements.append(_insert("exams__results", result, f"2025-2026-1-m2-g7/{SCHOOL}", n))
    statements.append(_insert("teaching__classes", {"school_code": _text(SCHOOL), "class_code": "'2101'",
                                                    "name": "'初一(1)班'", "grade": "'初一'"}, SCHOOL, 1))  # fmt: skip
    return [*statements, *_homework(), *intake_rows.statements(SCHOOL),
            *school_rows.first_night(_insert, number)]  # fmt: skip


def _homework() -> list[str]:
    """Written homework: six of ten pupils on a Tuesday, four on the Monday, all on the Sunday; on two platforms."""
    statements, row = [], 0
    for day, observed, minutes in (("2025-10-14", 6, 100), ("2025-10-13", 4, 100), ("2025-10-12", 10, 300)):
        for n in range(observed):
            for platform, actual in (("a", minutes), ("b", 5)):
                row += 1
                record = {
                    "record_id": f"{platform}{row}", "assignment_id": "w", "student_number": number(n),
                    "subject": "数学", "written": "是", "planned_minutes": "9", "actual_minutes": str(actual),
                    "assigned_at": f"{day} 16:00:00", "school_code": SCHOOL, "class_code": "2101",
                }  # fmt: skip
                values = {k: _text(v) for k, v in record.items()}
                statements.append(_insert(f"homework_{platform}__records", values, day.replace("-", ""), row))
    return statements
