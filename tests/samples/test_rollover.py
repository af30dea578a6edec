"""The school year turns: nothing is held, every roster is read whole, and everyone is where the city has them."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

import samples
from registry import Register
from samples.rollover import JULY, JUNE, SEPTEMBER
from tests.samples.intake import lake, take
from tests.samples.reading import City

STUDENTS = 1500


def truth(out: Path, name: str) -> list[dict[str, str]]:
    with (out / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("nights", [(JUNE, JULY, SEPTEMBER), (JUNE, SEPTEMBER)], ids=["leavers-go-first", "at-once"])
def test_the_turn_of_the_school_year_holds_nothing_and_loses_nobody(
    tmp_path: Path, register: Register, nights: tuple[date, ...]
):
    out = tmp_path / "city"
    samples.write_rollover(out, STUDENTS, seed=4, nights=nights)
    with lake(tmp_path / "lake.duckdb") as connection:
        for night in nights:
            work = tmp_path / "work" / night.isoformat()
            assert take(register, connection, out / night.isoformat(), night, work) == []
        found = connection.execute(
            "select night::varchar, file_name, status, rows_read, rows_loaded from lake.intake.delivery"
        ).fetchall()
        assert connection.execute("select * from lake.intake.problem").fetchall() == []
        standing = connection.execute(
            "select student_number, school_code, class_code from lake.raw.student_registry__students "
            "where _known_to is null"
        ).fetchall()
    assert Counter(found) == Counter(
        (
            r["night"], r["file_name"], r["status"],
            *(int(r[c]) if r[c] else None for c in ("rows_read", "rows_loaded")),
        )
        for r in truth(out, "files")
    )  # fmt: skip
    assert Counter(standing) == Counter(
        (r["student_number"], r["school_code"], r["class_code"]) for r in truth(out, "spans") if not r["known_to"]
    )


def last_grades(out: Path, register: Register) -> dict[str, set[int]]:
    """The grades at whose end a school's stages end: by its own years of primary school, 4 at a teaching point."""
    schools = City(out, register).current("school_registry/schools", JUNE.isoformat()).values()
    return {
        row["school_code"]: {4} if row["type_code"] == "小学教学点" else {int(row["primary_years"] or 6), 9, 12}
        for file in schools
        for _, row in file.rows
    }


def test_everyone_moves_up_a_grade_or_leaves_and_others_enter(tmp_path: Path, register: Register):
    samples.write_rollover(tmp_path, STUDENTS, seed=4, nights=(JUNE, SEPTEMBER))
    spans = truth(tmp_path, "spans")
    june = {r["student_number"]: int(r["grade"]) for r in spans if r["known_from"] == JUNE.isoformat()}
    now = {r["student_number"]: int(r["grade"]) for r in spans if r["known_from"] == SEPTEMBER.isoformat()}
    assert len(june) == STUDENTS
    assert {now[n] - grade for n, grade in june.items() if n in now} == {1}
    ends = last_grades(tmp_path, register)
    at = {r["student_number"]: r["school_code"] for r in spans if r["known_from"] == JUNE.isoformat()}
    assert [n for n, grade in june.items() if n not in now and grade not in ends[at[n]]] == []
    assert {grade for n, grade in now.items() if n not in june} == {1}
    assert {1, 7, 10} <= set(now.values())
