"""Values as schools write them: options with their numbers, documents of other kinds, damaged names, no value."""

from __future__ import annotations

from typing import Any

import pytest

from registry.model import Column, Feed, Label, NumberFormat
from tests.ingest.makers import SCHOOL, STUDENTS, Desk, csv_of, csv_text, record, student, students, with_feed

FILE = f"{STUDENTS}/{SCHOOL}.csv"
FITNESS = "fitness/results"


def listed(desk: Desk, feed: str = STUDENTS) -> list[tuple[Any, ...]]:
    return desk.left(feed, "row_number, rule, severity, column_name", "problems")


def test_options_with_their_numbers_are_no_problem(desk: Desk):
    desk.put(FILE, csv_of([
        student(0, 性别="男|1", 民族="汉族|01", 就读方式="1-走读", 是否孤儿="0-否"),
        student(1, 性别="1-男", 民族="回族（03）", 就读方式="走读|1", 是否孤儿="是|1"),
        student(2, 性别="1.0", 民族="01 汉族", 就读方式="1.0", 是否孤儿="1.0"),
        student(4, 性别="男 1", 民族="汉族 01"),
        student(3, 性别="2｜女", 民族="汉族/01", 就读方式="【1】走读", 是否孤儿="否(0)"),
    ]))  # fmt: skip
    desk.read()
    assert listed(desk) == []


def test_an_option_that_no_code_set_knows_is_listed(desk: Desk):
    wrong = ({"性别": "甲|1"}, {"就读方式": "1-借宿亲友"}, {"是否孤儿": "3-不知道"})
    desk.put(FILE, csv_of([student(n, **({"是否孤儿": "否"} | cell)) for n, cell in enumerate(wrong)]))
    desk.read()
    assert [(row, column) for row, _, _, column in listed(desk)] == [(2, "sex"), (3, "boarding"), (4, "orphan")]


@pytest.mark.parametrize("fill", [0, 21_000], ids=["few rows", "rows by distinct value"])
def test_the_document_decides_the_check_of_its_number(desk: Desk, fill: int):
    others = [("护照", "EA1234567"), ("回乡证", "H02345678"), ("台胞证", "12345678"), ("护照", "无")]
    rows = [student(n, 身份证件类型=kind, 身份证件号=number) for n, (kind, number) in enumerate(others)]
    wrong = [("居民身份证", "EA1234567"), ("", "H02345678"), ("护照", "1.23457E+17")]
    wrong += [("居民身份证", "329901201201010000")]
    rows += [student(n + 10, 身份证件类型=kind, 身份证件号=number) for n, (kind, number) in enumerate(wrong)]
    desk.put(FILE, csv_of([*rows, *students(fill, 30)]))
    desk.read()
    problems = [found for found in listed(desk) if found[3] == "id_number" and found[0] < 20]
    assert [(row, rule) for row, rule, _, _ in problems] == [
        (6, "type_id_number"), (7, "type_id_number"), (8, "id_truncated"), (9, "id_truncated"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["欧阳??", "张□", "李*明", "王芳1", "无", "nan", "锟斤拷", "寮犱笁"])
def test_a_damaged_name_does_not_become_the_owners_value(desk: Desk, name: str):
    desk.put(FILE, csv_of([student(0), student(1, 姓名=name)]))
    desk.read()
    assert listed(desk) == [(3, "damaged_name", "cell", "name")]
    assert desk.left(STUDENTS, "name") == [("张小一",), (None,)]


@pytest.mark.parametrize("fill", [0, 21_000], ids=["few rows", "all rows at once"])
def test_somebodys_number_in_a_text_that_is_released_costs_its_cell_and_not_the_city(desk: Desk, fill: int):
    misplaced = ["13812345678", "329901201201011234", "１３８１２３４５６７８", "张一G32990120120101123X"]
    misplaced += ["13812345678.0"]
    texts = ["4101", "0.13812345678", "138123456789012"]
    rows = [student(n, 班号=text) for n, text in enumerate([*misplaced, *texts])]
    desk.put(FILE, csv_of([*rows, *students(fill, 30)]))
    desk.read()
    found = [row for row in listed(desk) if row[1] == "personal_number"]
    assert found == [(n + 2, "personal_number", "cell", "class_code") for n in range(len(misplaced))]


def test_a_damaged_copy_of_a_name_is_listed_and_may_still_tell_who_is_meant(desk: Desk):
    desk.put("homework_a/records/homework_a_20251014.csv", csv_of([record(0), record(1, 学生姓名="李*明")]))
    desk.read()
    assert [found[1:] for found in listed(desk, "homework_a/records")] == [("damaged_name", "warn", "student_name")]


def test_who_never_had_another_name_may_say_so(desk: Desk):
    desk.put(FILE, csv_of([student(0, 曾用名="无"), student(1, 曾用名="—"), student(2, 曾用名="张三")]))
    desk.read()
    assert listed(desk) == []


def test_a_word_for_a_blank_is_none_of_a_number_that_must_be_there(desk: Desk):
    said = {"联系电话": "无", "学籍辅号": "N/A"}
    desk.put(FILE, csv_of([student(0, **said), student(1, **said | {"学籍号": "无"})]))
    desk.read()
    assert listed(desk) == [(3, "filled", "row", "student_number")]


def fitness(n: int, **cells: str) -> dict[str, str]:
    row = {"年级编号": "小学五年级", "班名": "1班", "学籍号": student(n)["学籍号"], "姓名": "张小一", "性别": "男"}
    return row | cells


@pytest.mark.parametrize("word", ["免测", "旷考", "弃权", "转学", "未测", "免修", "-"])
def test_a_word_that_says_why_there_is_no_measure_is_no_bad_number(desk: Desk, word: str):
    cells = {"身高": "150.5", "肺活量": word, "50米×8往返跑": word, "总分": word, "总分等级": "良好"}
    desk.put(f"{FITNESS}/2025-2026/{SCHOOL}.csv", csv_of([fitness(0, **cells), fitness(1, **cells | {"身高": "高"})]))
    desk.read()
    assert listed(desk, FITNESS) == [(3, "type_decimal", "cell", "height")]
    assert desk.left(FITNESS, "vital_capacity, total")[0] == (word, word)


def result_form() -> bytes:
    """A form whose items stand before their score, level and bonus, as schools get it back."""
    header = "年级编号,班名,学籍号,姓名,测量日期,体重指数BMI\n（千克/米2）,得分,等级,肺活量（毫升）,得分,"
    header += "等级,一分钟跳绳（次）,得分,加分,等级,50米*8往返跑（分.秒）,得分,等级,附加分,综合得分,综合评级"
    row = f"小学五年级,1班,{student(0)['学籍号']},张小一,2025/9/1,17.7,100,正常,1800,80,良好,110,"
    row += "85,3,良好,1.45,70,及格,2,82.3,良好"
    return csv_text([header.split(","), row.split(",")]).encode()


def test_a_result_form_gives_each_item_its_score_level_and_bonus(desk: Desk):
    desk.put(f"{FITNESS}/2025-2026/{SCHOOL}.csv", result_form())
    desk.read()
    columns = "class_name, bmi, bmi_score, vital_capacity_score, rope_skipping_score, rope_skipping_bonus"
    assert desk.left(FITNESS, columns) == [("1班", "17.7", "100", "80", "85", "3")]
    columns = "shuttle_run, shuttle_run_score, shuttle_run_level, bonus, total, total_level, tested_on"
    assert desk.left(FITNESS, columns) == [("1.45", "70", "及格", "2", "82.3", "良好", "2025/9/1")]


def test_items_over_their_measures_give_value_score_and_level(desk: Desk):
    head = [["年级编号", "学籍号", "姓名", "体重指数", "", "肺活量", "", "", "总得分", "总评"],
            ["", "", "", "指数", "等级", "成绩", "得分", "等级", "", ""]]  # fmt: skip
    row = ["小学五年级", student(0)["学籍号"], "张小一", "17.7", "正常", "1800", "80", "良好", "82.3", "良好"]
    desk.put(f"{FITNESS}/2025-2026/{SCHOOL}.csv", csv_text([*head, row]).encode())
    desk.read()
    columns = "bmi, bmi_level, vital_capacity, vital_capacity_score, vital_capacity_level, total"
    assert desk.left(FITNESS, columns) == [("17.7", "正常", "1800", "80", "良好", "82.3")]
    assert listed(desk, FITNESS) == []


def test_a_file_that_lacks_columns_is_held_to_the_nearest_layout(desk: Desk):
    rows = [{"学籍号": student(0)["学籍号"], "姓名": "张小一", "标准分": "80", "综合得分": "82"}]
    desk.put(f"{FITNESS}/2025-2026/{SCHOOL}.csv", csv_of(rows))
    (found,) = desk.read().values()
    assert found[0] == "refused"
    assert "lacks 总分等级: " in found[-1]


LABEL = Label(zh="成绩", en="grades")
GRADES = Feed(
    id="units/grades", label=LABEL, grain=LABEL, batch="snapshot", key=("number",),
    numbers=NumberFormat(decimal=",", thousands="."), dates=("%d.%m.%Y",),
    columns=(
        Column(name="number", headers=("Matrikelnummer",), type="identifier", required=True, filled=True),
        Column(name="total", headers=("Kurs gesamt (Punkte)",), type="decimal", maximum=2000),
        Column(name="age", headers=("Alter",), type="decimal", not_applicable=("99", "98"), maximum=90),
        Column(name="taken_on", headers=("Datum",), type="date"),
    ),
)  # fmt: skip


def test_numbers_and_dates_of_another_country_are_read_as_declared(desk: Desk):
    desk.register = with_feed(desk.register, GRADES)
    rows = [("00300", "85,25", "10,17", "31.12.2025"), ("00301", "-", "99,00", "")]
    rows += [("00302", "1.234,50", "98", "1.2.2025")]
    rows += [("00303", "85.25", "91,5", "31.02.2025"), ("00304", "2.000,01", "９９", "2025-12-31")]
    headers = ("Matrikelnummer", "Kurs gesamt (Punkte)", "Alter", "Datum")
    desk.put("units/grades/Kurs Bewertungen.csv", csv_of([dict(zip(headers, row, strict=True)) for row in rows]))
    desk.read()
    assert listed(desk, "units/grades") == [
        (5, "range", "cell", "age"), (5, "type_date", "cell", "taken_on"), (5, "type_decimal", "cell", "total"),
        (6, "range", "cell", "total"),
    ]  # fmt: skip


FORMATS: dict[str, tuple[NumberFormat | None, tuple[str, ...], tuple[str, ...]]] = {  # signs, numbers, no numbers
    "of Germany": (NumberFormat(decimal=",", thousands="."), ("85,25", "1.234,50", "1234,5", "1.234", "-0,5"),
                   ("85.25", "1.23,4", "1,234.5", "5,", "1e3")),
    "of the United States": (NumberFormat(thousands=","), ("1,234.50", "950", "1,500", "1,234,567.8", ".5"),
                             ("1,50", "1.234,5", "(1,234.50)", "1,234.")),
    "of France": (NumberFormat(decimal=",", thousands=" "), ("1 234,5", "1\u00a0234,50", "1\u202f234,50", "12 345"),
                  ("1 23,4", "1.234,5")),
    "of Switzerland": (NumberFormat(thousands="'"), ("1'234.5", "1’234.5", "950.25"), ("1'23", "1,234.5")),
    "of no declaration": (None, ("85.25", "1234", "-0.5"), ("85,25", "1,234.5", "1 234")),
}  # fmt: skip


@pytest.mark.parametrize(("signs", "numbers", "others"), FORMATS.values(), ids=FORMATS)
def test_a_number_is_one_by_the_signs_that_its_feed_declares(
    desk: Desk, signs: NumberFormat | None, numbers: tuple[str, ...], others: tuple[str, ...]
):
    columns = (GRADES.columns[0], Column(name="total", headers=("total",), type="decimal"))
    feed = Feed(id="units/grades", label=LABEL, grain=LABEL, batch="snapshot", key=("number",), numbers=signs,
                columns=columns)  # fmt: skip
    desk.register = with_feed(desk.register, feed)
    rows = [{"Matrikelnummer": str(n), "total": said} for n, said in enumerate((*numbers, *others))]
    desk.put("units/grades/a.csv", csv_of(rows))
    desk.read()
    assert desk.left("units/grades", "value", "problems") == sorted((said,) for said in others)


MISSING = {
    "a point": (None, ("99", "98"), ("99", "99.00", "98.0", "099", " 99 ", "９９"), ("99.5", "9.9")),
    "a comma": (
        NumberFormat(decimal=",", thousands="."),
        ("999.99",),
        ("999,99", "999,990", "999.99"),
        ("999,9", "99"),
    ),
    "below nought": (None, ("-9",), ("-9", "-9.0", "-09"), ("-99", "9")),
}


@pytest.mark.parametrize(("signs", "codes", "missing", "values"), MISSING.values(), ids=MISSING)
def test_a_missing_code_is_met_by_its_number_however_it_is_written(
    desk: Desk, signs: NumberFormat | None, codes: tuple[str, ...], missing: tuple[str, ...], values: tuple[str, ...]
):
    column = Column(name="age", headers=("age",), type="decimal", not_applicable=codes, minimum=0, maximum=5)
    feed = Feed(id="units/grades", label=LABEL, grain=LABEL, batch="snapshot", key=("number",), numbers=signs,
                columns=(GRADES.columns[0], column))  # fmt: skip
    desk.register = with_feed(desk.register, feed)
    rows = [{"Matrikelnummer": str(n), "age": said} for n, said in enumerate((*missing, *values))]
    desk.put("units/grades/a.csv", csv_of(rows))
    desk.read()
    assert {*desk.left("units/grades", "rule, value", "problems")} == {("range", value) for value in values}


@pytest.mark.parametrize("number", ["13800000000/13900000000", "父13800000000、母13900000000", "13800000000; 65000000"])
def test_several_telephone_numbers_are_no_problem(desk: Desk, number: str):
    desk.put(FILE, csv_of([student(0, 联系电话=number)]))
    desk.read()
    assert listed(desk) == []


def test_a_line_in_another_encoding_gives_no_letters_that_nobody_wrote(desk: Desk):
    """远远 in GB18030 are the bytes of two Armenian letters in UTF-8."""
    rows = [*students(9), student(20, 籍贯="远远", 健康状况="良好")]
    whole = csv_of([{"籍贯": "", "健康状况": ""} | row for row in rows])
    *lines, last = whole.rstrip(b"\r\n").split(b"\r\n")
    desk.put(FILE, b"\r\n".join([*lines, last.decode().encode("gb18030")]) + b"\r\n")
    desk.read()
    assert "\u0536" not in str(desk.left(STUDENTS, "native_place"))
    assert (11, "damaged_character", "cell", "native_place") in listed(desk)
