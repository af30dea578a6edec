"""A cell as its contract says it is written: signs of other countries, codes for none, documents of other kinds."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest
from pydantic import ValidationError

import registry
from registry import Register
from registry.damaged_names import is_damaged
from registry.model import Column, Feed, Label, NumberFormat
from registry.reading import declared_readings, reading, says_none

LABEL = Label(zh="表", en="table")
COMMA = NumberFormat(decimal=",", thousands=".")


def feed(*columns: Column, **said: Any) -> Feed:
    return Feed(id="units/list", label=LABEL, grain=LABEL, batch="snapshot", key=("v",), columns=columns, **said)


def read(typed: duckdb.DuckDBPyConnection, register: Register, column: Column, cell: str, **said: Any) -> Any:
    contract = feed(column, **said)
    value = reading(register, contract, contract.columns[0])
    return typed.execute(f'select {value} from (select ?::varchar as "v")', [cell]).fetchone()[0]


def measure(kind: str = "decimal", **said: Any) -> Column:
    return Column(name="v", headers=("值",), type=kind, **said)


@pytest.mark.parametrize(
    ("numbers", "cell", "value"),
    [
        (COMMA, "85,25", 85.25),
        (COMMA, "1.234,50", 1234.5),
        (COMMA, "１．２３４，５０", 1234.5),
        (COMMA, "-1.234", -1234.0),
        (COMMA, "1.5", None),  # 1.5 is no grouping of thousands, and no decimal here
        (NumberFormat(thousands=","), "1,234.50", 1234.5),
        (NumberFormat(thousands=","), "1,23,456", 123456.0),
        (NumberFormat(thousands=","), "12,3", None),
        (NumberFormat(decimal=",", thousands=" "), "1\u202f234,5", 1234.5),
        (NumberFormat(thousands="'"), "1’234.5", 1234.5),
        (None, "1,234.50", None),
        (None, "85,25", None),
    ],
)
def test_a_number_is_read_in_the_signs_that_its_feed_declares(typed, house: Register, numbers, cell, value):
    assert read(typed, house, measure(), cell, numbers=numbers) == value


def test_a_column_may_write_its_numbers_otherwise_than_its_feed(typed, house: Register):
    column = measure(numbers=NumberFormat())
    assert read(typed, house, column, "1.5", numbers=COMMA) == 1.5


def test_one_sign_cannot_part_thousands_and_decimals():
    with pytest.raises(ValidationError, match="cannot be the sign"):
        NumberFormat(decimal=",", thousands=",")


@pytest.mark.parametrize(
    ("formats", "cell", "value"),
    [
        (("%d.%m.%Y",), "31.12.2025", date(2025, 12, 31)),
        (("%d/%m/%Y", "%d/%m/%y"), "1/2/25", date(2025, 2, 1)),
        (("%d %b %Y",), "3 Sep 2025", date(2025, 9, 3)),
        (("%d.%m.%Y",), "2025-12-31", date(2025, 12, 31)),
        (("%d.%m.%Y",), "31.02.2025", None),
        ((), "31.12.2025", None),
    ],
)
def test_a_date_is_read_in_the_form_that_its_feed_declares(typed, house: Register, formats, cell, value):
    assert read(typed, house, measure("date"), cell, dates=formats) == value


@pytest.mark.parametrize(
    ("kind", "codes", "cell", "is_none"),
    [
        ("decimal", ("99", "98"), "99.00", True),
        ("decimal", ("99", "98"), "98.0", True),
        ("decimal", ("999.99",), "999.990", True),
        ("integer", ("99",), "９９", True),
        ("integer", ("-1",), "－1.0", True),
        ("decimal", ("99",), "99.5", False),
        ("text", ("ABS",), "ａｂｓ", True),
        ("identifier", ("99",), "099", False),
        ("decimal", (), "旷考", True),
        ("decimal", (), "免测", True),
        ("integer", (), "弃权", True),
        ("run_time", (), "免修", True),
        ("decimal", (), "未扫，不计排名", True),
        ("decimal", (), "八十分", False),
        ("text", (), "缺考", False),
        ("date", (), "无", True),
        ("phone", (), "暂无", True),
        ("student_number", (), "N/A", True),
        ("identifier", (), "nan", True),
        ("boolean", (), "无", False),
        ("text", (), "无", False),
        ("name", (), "无", True),  # of somebody whom not everybody has: 曾用名
    ],
)
def test_a_cell_says_that_there_is_no_value_in_any_writing(typed, house: Register, kind, codes, cell, is_none):
    column = measure(kind, not_applicable=codes)
    none = says_none(house, column)
    said = none is not None and typed.execute(f'select {none} from (select ? as "v")', [cell]).fetchone()[0]
    assert said == is_none
    if is_none:
        assert read(typed, house, column, cell) is None


@pytest.mark.parametrize("cell", ["学 宫区尚德中学", "学宫区尚德中学\u3000", "学宫区　尚德 中学"])
def test_the_name_of_a_school_is_stored_without_the_blanks_that_people_set_into_it(typed, house: Register, cell: str):
    contract = feed(measure("text", elements=("school.name",)))
    (value,) = declared_readings(house, [contract]).values()
    assert typed.execute(f'select {value} from (select ?::varchar as "v")', [cell]).fetchone() == ("学宫区尚德中学",)
    assert read(typed, house, measure("text", elements=("school.address",)), "学宫路 3 号") == "学宫路 3 号"


def test_a_plain_column_costs_no_more_than_the_macro_of_its_type(house: Register):
    assert declared_readings(house, [feed(measure(), measure("text").model_copy(update={"name": "w"}))]) == {}


@pytest.mark.parametrize(
    ("document", "number", "value"),
    [
        ("护照", "EA1234567", "EA1234567"),
        ("A-护照", "ＥＡ１２３４５６７", "EA1234567"),
        ("回乡证", "H02345678", "H02345678"),
        ("台胞证", "12345678", "12345678"),
        ("其他", "999213299000300001", "999213299000300001"),
        ("护照", "无", None),
        ("护照", "1.2E+08", None),
        ("居民身份证", "EA1234567", None),
        ("港澳居民居住证", "810000201503080236", "810000201503080236"),
        ("台湾居民居住证", "810000201503080237", None),
        ("外国人永久居留身份证", "911124201503080026", "911124201503080026"),
        ("外国人永久居留证", "usa110076042512", "USA110076042512"),
        ("", "EA1234567", None),
        ("学生证", "EA1234567", None),
    ],
)
def test_the_document_decides_how_its_number_is_checked(typed, house: Register, document, number, value):
    contract = house.feed("student_registry/students")
    column = next(c for c in contract.columns if c.name == "id_number")
    query = f"select {reading(house, contract, column)} from (select ? as id_type, ? as id_number)"
    assert typed.execute(query, [document, number]).fetchone() == (value,)


@pytest.mark.parametrize(
    ("name", "damaged"),
    [
        *((name, True) for name in ("?", "欧阳？？", "张□", "李*明", "李＊明", "王芳1", "王芳１２")),
        *((name, True) for name in ("张\ufffd", "锟斤拷", "李\ue000", "〃", "暂无")),
        *((name, True) for name in ("#N/A", "无", "nan", "NULL", "—", "20150901", "李XX", "张某某")),
        *((name, True) for name in ("寮犱笁", "鐜嬩簲", "å¼\xa0ä¸‰", "ÕÅÈý", "RenÃ©e MuÃ±oz")),
        *((name, False) for name in ("张三", "濮崇文", "李丽（大）", "JOHN SMITH", "Renée Muñoz", "JOÃO")),
        *((name, False) for name in ("买买提·艾力", "李\ue863", "⾼⽅", "नेहा", "علی\u200cرضا", "O'Neil", "李〇")),
        *((name, False) for name in ("Nguyễn Văn", "佚名", "何")),
    ],
)
def test_a_damaged_name_is_told_from_a_rare_one(typed, house: Register, name, damaged):
    contract = house.feed("student_registry/students")
    column = next(c for c in contract.columns if c.name == "name")
    assert typed.execute(f"select {is_damaged(house, column)} from (select ? as name)", [name]).fetchone() == (damaged,)


@pytest.mark.parametrize(
    ("name", "damaged"),
    [
        *((name, True) for name in ("?", "Ren??e", "锟斤拷", "nan", "null", "None", "无", "Mu\ufffdoz", "MuÃ±oz")),
        *((name, False) for name in ("Nan", "Na", "Nil", "Renée", "O'Neil", "Jean-Luc", "María José", "明")),
    ],
)
def test_a_damaged_part_of_a_name_is_told_from_a_name_like_a_word(typed, name, damaged):
    roster = registry.load(registry.HOUSE / "examples" / "oneroster")
    column = next(c for c in roster.feed("oneroster/users").columns if c.name == "given_name")
    query = f"select {is_damaged(roster, column)} from (select ? as given_name)"
    assert typed.execute(query, [name]).fetchone() == (damaged,)


def test_no_cell_is_read_by_a_join(typed: duckdb.DuckDBPyConnection, house: Register):
    """DuckDB makes a join of `in` outside a lambda: a dozen of them took most of the time of a list of pupils."""
    for contract in house.feeds:
        names = ", ".join(f'"{column.name}" varchar' for column in contract.loaded_columns)
        values = ", ".join(reading(house, contract, column) for column in contract.loaded_columns)
        typed.execute(f"create or replace temp table delivered ({names})")
        typed.execute(
            f"insert into delivered values ({', '.join('?' for _ in contract.loaded_columns)})",
            ["无"] * len(contract.loaded_columns),
        )
        ((_, plan),) = typed.execute(f"explain select {values} from delivered").fetchall()
        assert "JOIN" not in plan, contract.id
