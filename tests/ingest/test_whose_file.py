"""Whose a file is: by its name, else by its rows; and what is said where a school has sent two."""

from __future__ import annotations

from datetime import date

import pytest

from tests.ingest.makers import DAY, OTHER, SCHOOL, STUDENTS, Desk, csv_of, students

NEXT = date(2025, 10, 16)
THIRD = "2132990003"


@pytest.fixture
def town(desk: Desk) -> Desk:
    """Two schools with thirty pupils each, and one with five."""
    for school, count, start in ((SCHOOL, 30, 0), (OTHER, 30, 100), (THIRD, 5, 200)):
        desk.put(f"{STUDENTS}/{school}.csv", csv_of(students(count, start, 学校标识码=school)))
    assert desk.night(DAY) == []
    desk.clear()
    return desk


def pupils(desk: Desk) -> dict[str, int]:
    counts: dict[str, int] = {}
    for school, _ in desk.current(STUDENTS, "school_code, student_number"):
        counts[school] = counts.get(school, 0) + 1
    return counts


NAMES = ["文津县明伦学校.csv", "明伦学校/学生.csv", "导出.csv", "a&b 最终版 2.csv", "1101班.csv"]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_named_in_words_is_the_list_of_the_school_that_its_rows_name(town: Desk, name: str):
    town.put(f"{STUDENTS}/{name}", csv_of(students(29, 学校标识码=SCHOOL)))
    assert town.night(NEXT) == []
    assert pupils(town) == {SCHOOL: 29, OTHER: 30, THIRD: 5}


def test_a_few_rows_without_a_school_are_of_the_school_of_the_others(town: Desk):
    town.put(f"{STUDENTS}/学生.csv", csv_of([*students(28), *students(2, 50, 学校标识码="")]))
    assert town.night(NEXT) == []
    assert pupils(town) == {SCHOOL: 28, OTHER: 30, THIRD: 5}
    assert {(problem[4], problem[2]) for problem in town.problems()} == {("school_code", "filled")}


def test_a_guard_holds_the_school_of_a_file_named_in_words(town: Desk):
    town.put(f"{STUDENTS}/学生.csv", csv_of(students(10)))
    (hold,) = town.night(NEXT)
    assert (hold.slice, hold.reason[:26]) == (SCHOOL, "rows fell from 30 to 10 (6")


def test_a_part_of_a_list_of_all_schools_is_no_school_s_own(town: Desk):
    city = [*students(30), *students(15, 100, 学校标识码=OTHER), *students(5, 200, 学校标识码=THIRD)]
    town.put(f"{STUDENTS}/全市1.csv", csv_of(city))
    town.put(f"{STUDENTS}/全市2.csv", csv_of(students(15, 115, 学校标识码=OTHER)))
    assert town.night(NEXT) == []
    assert pupils(town) == {SCHOOL: 30, OTHER: 30, THIRD: 5}


def test_files_in_words_of_several_schools_are_each_one_s(town: Desk):
    town.put(f"{STUDENTS}/明伦.csv", csv_of(students(29)))
    town.put(f"{STUDENTS}/实验.csv", csv_of(students(28, 100, 学校标识码=OTHER)))
    assert town.night(NEXT) == []
    assert pupils(town) == {SCHOOL: 29, OTHER: 28, THIRD: 5}


@pytest.mark.parametrize(
    "names",
    [("{}.csv", "{}(1).csv"), ("{}.csv", "{} - 副本.csv"), ("{}/旧.csv", "{}/新.csv"), ("学生.csv", "学生2.csv")],
)
def test_two_lists_of_one_school_are_one_sentence_and_no_problem_of_each_row(town: Desk, names: tuple[str, str]):
    first, second = (f"{STUDENTS}/{name.format(SCHOOL)}" for name in names)
    town.put(first, csv_of(students(30)))
    town.put(second, csv_of([*students(25, 现住址="新街1号"), *students(6, 25)]))
    (hold,) = town.night(NEXT)
    assert hold.slice == SCHOOL
    assert f"several whole lists of it came ({', '.join(sorted([first, second]))}), and 25 rows" in hold.reason
    assert town.problems() == []
    assert pupils(town) == {SCHOOL: 30, OTHER: 30, THIRD: 5}
    assert {told[0] for told in town.deliveries(NEXT).values()} == {"held"}


def test_two_lists_of_a_small_school_are_told_too(town: Desk):
    for name, more in (("a", {}), ("b", {"现住址": "新街1号"})):
        town.put(f"{STUDENTS}/{THIRD}/{name}.csv", csv_of(students(5, 200, 学校标识码=THIRD, **more)))
    (hold,) = town.night(NEXT)
    assert hold.slice == THIRD
    assert "and 5 rows stand in more than one of them" in hold.reason


def test_the_same_list_twice_and_a_supplement_are_no_two_lists(town: Desk):
    town.put(f"{STUDENTS}/{SCHOOL}.csv", csv_of(students(30)))
    town.put(f"{STUDENTS}/{SCHOOL}(1).csv", csv_of(students(30)) + b"\r\n")
    town.put(f"{STUDENTS}/{OTHER}.csv", csv_of(students(30, 100, 学校标识码=OTHER)))
    town.put(f"{STUDENTS}/{OTHER}补报.csv", csv_of(students(2, 129, 学校标识码=OTHER, 现住址="新街1号")))
    assert town.night(NEXT) == []
    assert pupils(town) == {SCHOOL: 30, OTHER: 31, THIRD: 5}
    assert [problem[2] for problem in town.problems()] == ["duplicate_key"]


def test_a_file_that_no_row_places_is_told_what_its_name_must_say(desk: Desk):
    desk.put("fitness/results/2025-2026/明伦学校.csv", "学籍号,姓名\r\n".encode())
    ((status, *_, reason),) = desk.read().values()
    assert status == "refused"
    assert reason.endswith("its rows do not say their school, so name the file by the school's code of 10 digits.")


@pytest.mark.parametrize(
    ("column", "header", "shown"),
    [
        ("班号", "所在班级", "所在班级"),
        ("年级", "所在年级", "所在年级, like 年级"),
        ("学籍号", "学籍号码(全国)", "学籍号码(全国), like 学籍号"),
        ("出生日期", "出生年月日", "出生年月日, like 出生日期"),
    ],
)
def test_a_header_that_lacks_a_column_shows_what_it_has_instead(desk: Desk, column: str, header: str, shown: str):
    desk.put(f"{STUDENTS}/{SCHOOL}.csv", csv_of([_renamed(row, column, header) for row in students(3)]))
    ((status, *_, reason),) = desk.read().values()
    assert status == "refused"
    assert f"lacks {column}: export it with all required columns (not understood: {shown})" in reason


def _renamed(row: dict[str, str], column: str, header: str) -> dict[str, str]:
    return {(header if name == column else name): value for name, value in row.items()}


@pytest.mark.parametrize("damaged", [f"{SCHOOL}.0", "2.13299E+09", "2.13299e9"])
def test_a_school_s_code_that_a_spreadsheet_made_a_number_is_called_so(desk: Desk, damaged: str):
    desk.put(f"{STUDENTS}/{SCHOOL}.csv", csv_of([*students(30), *students(3, 40, 学校标识码=damaged)]))
    desk.read()
    assert desk.left(STUDENTS, "column_name, rule, severity, value", "problems") == [
        ("school_code", "id_truncated", "row", damaged),
    ] * 3


@pytest.mark.parametrize("damaged", ["3.2990120120101E+17", "329901201201012000", "329901201201012132.0"])
def test_a_student_number_that_a_spreadsheet_made_a_number_is_called_so(desk: Desk, damaged: str):
    desk.put(f"{STUDENTS}/{SCHOOL}.csv", csv_of([*students(30), *students(1, 40, 学籍号=damaged)]))
    desk.read()
    assert desk.left(STUDENTS, "column_name, rule, value", "problems") == [("student_number", "id_truncated", damaged)]
