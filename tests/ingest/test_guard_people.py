"""Guards of what a night says otherwise than before: score sheets in another form, and people under other numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.ingest.makers import DAY, SCHOOL, STUDENTS, Desk, csv_of, csv_text, id_number, student, students

NEXT = DAY + timedelta(days=1)
FILE = f"{STUDENTS}/{SCHOOL}.csv"
SHEET = f"exams/results/2025-2026-1-m1-g7/{SCHOOL}.csv"
SUBJECTS = ["语文", "数学", "英语"]
Rows = list[list[str]]


def send(desk: Desk, night: int, path: str, content: bytes) -> dict[str, str]:
    """The holds of a night, by slice."""
    desk.clear()
    desk.put(path, content)
    return {hold.slice: hold.reason for hold in desk.night(DAY + timedelta(days=night))}


def pupil(n: int) -> list[str]:
    row = student(n)
    return [row["学籍号"], row["姓名"], "2101"]


def with_ranks(count: int = 30) -> Rows:
    head = [*(f"{s}{part}" for s in SUBJECTS for part in ("得分", "校次", "班次")), "考号", "学生属性"]
    return [
        ["学籍号", "姓名", "班级", *head],
        *([*pupil(n), *["90", "1", "1"] * 3, "25", "正常"] for n in range(count)),
    ]


def one_row(count: int = 30, mark: str = "90") -> Rows:
    return [["学籍号", "姓名", "班级", *SUBJECTS], *([*pupil(n), *[mark] * 3] for n in range(count))]


def long_list(count: int = 30) -> Rows:
    return [["学籍号", "姓名", "班级", "科目", "得分"], *([*pupil(n), s, "90"] for n in range(count) for s in SUBJECTS)]


@pytest.mark.parametrize("form", [one_row, long_list])
def test_a_score_sheet_that_comes_again_in_another_form_with_all_its_marks_is_taken(desk: Desk, form):
    assert send(desk, 0, SHEET, csv_text(with_ranks()).encode()) == {}
    assert send(desk, 1, SHEET, csv_text(form()).encode()) == {}
    assert send(desk, 2, SHEET, csv_text(with_ranks()).encode()) == {}


def test_a_score_sheet_of_fewer_pupils_waits_whatever_its_form(desk: Desk):
    assert send(desk, 0, SHEET, csv_text(with_ranks()).encode()) == {}
    (reason,) = send(desk, 1, SHEET, csv_text(one_row(10)).encode()).values()
    assert "rows fell from 30 to 10" in reason


def test_ranks_that_stay_do_not_hide_that_the_marks_are_gone(desk: Desk):
    assert send(desk, 0, SHEET, csv_text(with_ranks()).encode()) == {}
    rows = with_ranks()
    for row in rows[2:]:
        row[3] = row[6] = row[9] = ""
    (reason,) = send(desk, 1, SHEET, csv_text(rows).encode()).values()
    assert reason.startswith("marks has a value in 3 of 30 rows, and had in 90 of 30")


def renumbered(count: int, *, first: int = 400, **changes: str) -> list[dict[str, str]]:
    """The same children under other student numbers."""
    return [{**student(n), "学籍号": f"G{id_number(n + first)}", **changes} for n in range(count)]


def test_a_system_that_renews_all_its_numbers_waits_instead_of_making_other_children(desk: Desk):
    rows = [{**row, "身份证件号": ""} for row in students(30)]
    assert send(desk, 0, FILE, csv_of(rows)) == {}
    (reason,) = send(desk, 1, FILE, csv_of(renumbered(30, 身份证件号=""))).values()
    assert (
        "30 of its 30 rows are of nobody who was known by 学籍号 or 身份证件号, and 30 of the 30 before are gone"
        in reason
    )


def test_children_who_are_known_by_another_identifier_are_no_others(desk: Desk):
    assert send(desk, 0, FILE, csv_of(students(30))) == {}
    assert send(desk, 1, FILE, csv_of(renumbered(30))) == {}


def test_numbers_that_are_written_otherwise_are_the_same_numbers(desk: Desk):
    rows = [{**row, "身份证件号": ""} for row in students(30)]
    assert send(desk, 0, FILE, csv_of(rows)) == {}
    assert send(desk, 1, FILE, csv_of([{**row, "学籍号": f"'{row['学籍号']}"} for row in rows])) == {}


def test_a_school_may_have_other_children_when_the_year_has_turned(desk: Desk):
    rows = [{**row, "身份证件号": ""} for row in students(30)]
    assert send(desk, 0, FILE, csv_of(rows)) == {}
    assert send(desk, 330, FILE, csv_of(renumbered(30, 身份证件号=""))) == {}
