"""Exam workbooks of one class: a corrected file replaces its exam, a broken one replaces nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import python_calamine

from registry import Register
from tests.ingest.makers import DAY, Desk

NEXT = date(2025, 10, 16)
COLUMNS = "exam, name, chinese, mathematics, english, physics, chemistry, biology, grade_rank"


@pytest.fixture
def desk(desk_of: Callable[[Register], Desk], register_of: Callable[[str], Register]) -> Desk:
    return desk_of(register_of("class_exams"))


@pytest.fixture
def books(shared: Path) -> Path:
    return shared / "cn_exam_xlsx" / "assets" / "example"


def rows(books: Path, name: str) -> list[tuple[str, ...]]:
    """The rows of a workbook as a person reads them: whole numbers without a decimal point."""
    book = python_calamine.CalamineWorkbook.from_path(str(books / f"{name}.xlsx"))
    _, *found = book.get_sheet_by_index(0).to_python()
    return sorted(tuple(f"{c:g}" if isinstance(c, float) else str(c) for c in row) for row in found)


def send(desk: Desk, books: Path, day: date, *names: str) -> None:
    desk.clear()
    for name in names:
        desk.put(f"class_exams/results/{name}.xlsx", (books / f"{name}.xlsx").read_bytes())
    assert desk.night(day) == []


def test_five_exams_are_read_mark_for_mark(desk: Desk, books: Path):
    names = ("1", "2", "3", "4", "5")
    send(desk, books, DAY, *names)
    assert [d[:6] for d in desk.deliveries().values()] == [("loaded", 59, 59, 0, 0, {})] * 5
    assert desk.current("class_exams/results", COLUMNS) == sorted(row for name in names for row in rows(books, name))
    assert {problem[2] for problem in desk.problems()} == {"damaged_name"}, "the names are made up: 同学1"


def test_an_absent_pupil_has_no_row_and_the_others_do_not_move(desk: Desk, books: Path):
    send(desk, books, DAY, "3", "4")
    send(desk, books, NEXT, "4_中途缺考测试")
    (absent,) = set(rows(books, "4")) - set(rows(books, "4_中途缺考测试"))
    assert desk.ask(f"SELECT {COLUMNS} FROM lake.raw.class_exams__results WHERE _known_to IS NOT NULL") == [absent]
    assert desk.ask(f"SELECT 1 FROM lake.raw.class_exams__results WHERE _known_from = DATE '{NEXT}'") == []
    assert desk.by_slice("class_exams/results") == [("3", 59), ("4", 58)]


def test_a_new_pupil_is_one_row_more(desk: Desk, books: Path):
    send(desk, books, DAY, "5")
    send(desk, books, NEXT, "5_新同学测试")
    (fresh,) = set(rows(books, "5_新同学测试")) - set(rows(books, "5"))
    assert fresh[1] == "新同学"
    assert desk.ask(f"SELECT {COLUMNS} FROM lake.raw.class_exams__results WHERE _known_from = DATE '{NEXT}'") == [fresh]
    assert desk.by_slice("class_exams/results") == [("5", 60)]


def test_a_broken_header_is_refused_by_its_name_and_the_exam_stays(desk: Desk, books: Path):
    send(desk, books, DAY, "5")
    send(desk, books, NEXT, "5_缺列测试")
    status, *_, reason = desk.only(NEXT)
    assert status == "refused"
    assert "5_缺列测试.xlsx" in reason
    assert "its header lacks 级名" in reason
    assert desk.by_slice("class_exams/results") == [("5", 59)]


def test_the_same_bytes_under_another_name_are_unchanged(desk: Desk, books: Path):
    assert (books / "5.xlsx").read_bytes() == (books / "5_重复编号测试.xlsx").read_bytes()
    send(desk, books, DAY, "5")
    before = desk.ask("FROM lake.raw.class_exams__results ORDER BY ALL")
    send(desk, books, NEXT, "5_重复编号测试")
    assert desk.only(NEXT)[0] == "unchanged"
    assert desk.ask("FROM lake.raw.class_exams__results ORDER BY ALL") == before


def test_an_exam_sent_as_another_is_refused(desk: Desk, books: Path):
    desk.put("class_exams/results/4.xlsx", (books / "5.xlsx").read_bytes())
    desk.night()
    status, *_, reason = desk.only()
    assert status == "refused"
    assert "speaks for 4 and holds rows of 5" in reason
