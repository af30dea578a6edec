"""Each type against worked examples of its standard, and against the dirt that exports carry."""

from __future__ import annotations

from datetime import date, datetime

import duckdb
import pytest

from registry import types
from registry.model import TypeName

WRITTEN = {
    "id_number": "11010519491231002X",
    "student_number": "G330282201509010037",
    "integer": "7",
    "decimal": "7.5",
    "boolean": "是",
    "school_code": "2132000001",
    "uscc": "91350100M000100Y43",
    "area_code": "329901",
    "phone": "0513-88888888",
    "run_time": "3′45″",
}
HALF_PAST_FOUR = datetime.fromisoformat("2025-10-14T16:30:00")


def read(typed: duckdb.DuckDBPyConnection, type_name: str, value: str | None):
    return typed.execute(f"select {types.TYPE_MACROS[type_name]}(?::varchar)", [value]).fetchone()[0]


def clean(typed: duckdb.DuckDBPyConnection, value: str):
    return typed.execute(f"select {types.CLEAN}(?)", [value]).fetchone()[0]


def test_every_type_but_code_has_a_macro_that_exists(typed):
    names = set(TypeName.__args__) - {"code"}
    assert set(types.TYPE_MACROS) == names
    for name in names:
        assert read(typed, name, None) is None


@pytest.mark.parametrize("column", ["v", "x", "n", "c"])
def test_a_column_may_have_the_name_that_a_macro_uses_inside(typed, column):
    for name, macro in types.TYPE_MACROS.items():
        value = WRITTEN.get(name, "2025-10-14")
        read_as = typed.execute(f"select {macro}({column}) from (select '{value}' as {column})").fetchone()[0]
        assert read_as is not None
        assert read_as == read(typed, name, value)


def test_installing_twice_is_harmless(typed):
    types.install(typed)
    assert read(typed, "integer", "7") == 7


def test_macros_can_be_installed_where_the_database_is_a_file(tmp_path):
    with duckdb.connect(tmp_path / "x.duckdb") as connection:
        types.install(connection)
        assert read(connection, "integer", "7") == 7


@pytest.mark.parametrize(
    ("dirty", "tidy"),
    [
        ("ＡＢｃ１２（３）", "ABc12(3)"),
        ("作业：第１课，（一）", "作业:第1课,(一)"),
        (" \u3000张三\xa0", "张三"),
        ("张\u200b三\ufeff", "张三"),
        ("教学楼_x000D_\n二层", "教学楼 二层"),
        ("a\tb", "a b"),
        ("'330282201509010037", "330282201509010037"),
        ("'张三", "张三"),
        ("'t Hooft", "'t Hooft"),
        ("O'Neil", "O'Neil"),
        ("《红楼梦》、第一回…", "《红楼梦》、第一回…"),
        ("e\u0301cole", "école"),
        ("-", "-"),
        ("无", "无"),
        ("缺考", "缺考"),
    ],
)
def test_dirt_is_cleaned_and_a_placeholder_stays(typed, dirty, tidy):
    assert clean(typed, dirty) == tidy
    assert clean(typed, tidy) == tidy


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\xa0\t", "\u200b", "'", "''", "_x000D_"])
def test_a_blank_is_null(typed, blank):
    assert clean(typed, blank) is None


def test_a_blank_is_of_every_type_and_violates_none(typed):
    assert {read(typed, name, "\u3000") for name in types.TYPE_MACROS} == {None}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("张 三", "张三"),
        ("欧 阳 娜 娜", "欧阳娜娜"),
        ("阿卜杜拉．买买提", "阿卜杜拉·买买提"),
        ("阿.不.都•热合曼", "阿·不·都·热合曼"),
        ("买买提 · 艾力", "买买提·艾力"),
        ("Mary Jane", "Mary Jane"),
        ("J. Smith", "J. Smith"),
    ],
)
def test_a_name_is_joined_only_between_han_characters(typed, written, name):
    assert read(typed, "name", written) == name


@pytest.mark.parametrize(
    "written",
    [
        "20150901",
        "2015-9-1",
        "2015-09-01",
        "2015.09.01",
        "2015/9/1",
        "2015年9月1日",
        "42248",
        "２０１５０９０１",
        " 2015-09-01 ",
        "2015-09-01T00:00:00.000Z",
        "2015/9/1 0:00:00",
        "'20150901",
    ],
)
def test_a_date_is_read_in_every_way_exports_write_it(typed, written):
    assert read(typed, "date", written) == date(2015, 9, 1)


@pytest.mark.parametrize(
    "written",
    [
        "15-9-1",
        "150901",
        "2015-02-30",
        "20150230",
        "2015-13-01",
        "2015-09",
        "19999",
        "60001",
        "infinity",
        "0215-09-01",
        "2015-09-01x",
        "-",
    ],
)
def test_an_impossible_or_short_date_is_no_date(typed, written):
    assert read(typed, "date", written) is None


@pytest.mark.parametrize(
    "written", ["201509", "2015-09", "2015.9", "2015/09", "2015年9月", "20150901", "2015-9-17"]
)
def test_a_month_is_its_first_day(typed, written):
    assert read(typed, "month", written) == date(2015, 9, 1)


@pytest.mark.parametrize("written", ["2015.1", "201513", "15.9", "2015"])
def test_a_month_that_could_be_another_is_no_month(typed, written):
    assert read(typed, "month", written) is None


@pytest.mark.parametrize(
    "written",
    [
        "2025-10-14 16:30:00",
        "2025-10-14T16:30:00+08:00",
        "2025-10-14T08:30:00Z",
        "2025-10-14T08:30:00.000Z",
        "2025/10/14 16:30",
        "2025年10月14日 16:30",
        "20251014 16:30:00",
        "20251014163000",
    ],
)
def test_a_time_is_local_whatever_its_zone(typed, written):
    assert read(typed, "datetime", written) == HALF_PAST_FOUR


def test_a_time_does_not_depend_on_the_time_zone_of_the_session(typed):
    with duckdb.connect() as connection:
        types.install(connection)
        connection.execute("set timezone = 'America/New_York'")
        assert read(connection, "datetime", "2025-10-14T08:30:00Z") == HALF_PAST_FOUR


@pytest.mark.parametrize("written", ["2025-10-14 25:00:00", "16:30", "2025-10-14 16h", "昨天"])
def test_an_impossible_time_is_no_time(typed, written):
    assert read(typed, "datetime", written) is None


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("integer", "12", 12),
        ("integer", "-3", -3),
        ("integer", "6.0", 6),
        ("integer", "１２", 12),
        ("integer", "12.5", None),
        ("integer", "1e3", None),
        ("integer", "1,000", None),
        ("integer", "99999999999999999999", None),
        ("decimal", "12", 12.0),
        ("decimal", "-0.5", -0.5),
        ("decimal", " 3.25 ", 3.25),
        ("decimal", "1e5", None),
        ("decimal", "1,000", None),
        ("decimal", "nan", None),
        ("decimal", "inf", None),
        ("decimal", "缺考", None),
        ("boolean", "是", True),
        ("boolean", "非书面", False),
        ("boolean", "书面", True),
        ("boolean", "TRUE", True),
        ("boolean", "n", False),
        ("boolean", "有", True),
        ("boolean", "无", False),
        ("boolean", "０", False),
        ("boolean", "2", None),
        ("identifier", " ORG_1 ", "ORG_1"),
        ("identifier", "05", "05"),
        ("identifier", "3.30282E+17", None),
        ("area_code", "329901", "329901"),
        ("area_code", "３２９９０１", "329901"),
        ("area_code", "329901000000", None),
        ("area_code", "书院区", None),
        ("phone", "0513-88888888", "0513-88888888"),
        ("phone", "571.545.9738 x10235", "571.545.9738 x10235"),
        ("phone", "+86 （0513）8888888", "+86 (0513)8888888"),
        ("phone", "1234", None),
        ("phone", "无", None),
    ],
)
def test_a_value_is_read_as_its_type_or_not_at_all(typed, name, written, value):
    assert read(typed, name, written) == value
    assert clean(typed, written) is not None


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("3′45″", 225), ("3'45", 225), ("3'45\"", 225), ("3:45", 225), ("３：４５", 225), ("3分45秒", 225),
        ("3.45", 225), ("3.5", 230), ("3", 180), ("3分", 180), ("0′45″", 45), ("10:05", 605), ("3′5″", 185),
        ("03:45:00", 225), ("00:03:45", 225), ("1:03:45", None),
        ("3.60", None), ("3:75", None), ("3.455", None), ("225秒", None), ("快", None), ("-3.45", None), (None, None),
    ],
)  # fmt: skip
def test_a_run_time_is_read_in_minutes_and_seconds_however_it_is_written(typed, written, seconds):
    assert read(typed, "run_time", written) == seconds


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("7/1/2017", "2017-07-01"), ("12/19/1997", "1997-12-19"), ("04-02-2004", "2004-04-02"),
        ("8/13/2021 10:09:43 AM", "2021-08-13"), ("2022-01-03", "2022-01-03"), ("28/05/2020", None),
        ("01/015/2010", None), ("2/30/2020", None), ("7/1/17", None), (None, None),
    ],
)  # fmt: skip
def test_a_date_with_the_month_first_is_read_where_the_contract_says_so(typed, written, day):
    assert read(typed, "date_mdy", written) == (date.fromisoformat(day) if day else None)
    if written and "/" in written:
        assert read(typed, "date", written) is None


@pytest.mark.parametrize("dot", "·.．•・‧∙⋅･●。▪․⸱")
@pytest.mark.parametrize("form", ["买买提{}艾力", "买买提 {} 艾力"])
def test_every_dot_of_a_transcribed_name_is_one_dot(typed, dot, form):
    assert read(typed, "name", form.format(dot)) == "买买提·艾力"


@pytest.mark.parametrize(
    ("written", "standard"),
    [
        ("⾼⽅", "高方"),
        ("⻢化⻰", "马化龙"),
        ("\uf9d2田", "戮田"),
        ("李\ue863", "李䶮"),
        ("邓\ue81e", "邓龴"),
        ("⺠⽣", "民生"),
    ],
)
def test_a_name_is_kept_in_standard_characters(typed, written, standard):
    assert read(typed, "name", written) == standard


@pytest.mark.parametrize("name", ["علی\u200cرضا", "क्ष\u200dर", "ශ්\u200dරී"])
def test_a_joiner_stays_where_the_script_spells_with_it(typed, name):
    assert read(typed, "name", name) == name
    without = name.replace("\u200c", "").replace("\u200d", "")
    keys = typed.execute("select memory.main.name_key(?), memory.main.name_key(?)", [name, without]).fetchone()
    assert keys[0] == keys[1]


@pytest.mark.parametrize(("name", "kept"), [("张\u200d三", "张三"), ("\u200cAda\u200d", "Ada"), ("علی\u200c", "علی")])
def test_a_joiner_that_joins_nothing_goes(typed, name, kept):
    assert read(typed, "name", name) == kept


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("13800000000/13900000000", "13800000000; 13900000000"),
        ("13800000000、０５１３－８８８８８８８８", "13800000000; 0513-88888888"),
        ("13800000000 13900000000", "13800000000; 13900000000"),
        ("父亲：13800000000；母亲：13900000000", "13800000000; 13900000000"),
        ("父13800000000母13900000000", "13800000000; 13900000000"),
        ("13800000000(父)", "13800000000"),
        ("13800000000.0", "13800000000"),
        ("0513-88888888转801", "0513-88888888x801"),
        ("+86 138 0000 0000", "+86 138 0000 0000"),
        ("13800000000,错", None),
        ("1.38E+10", None),
    ],
)
def test_a_cell_may_hold_several_telephone_numbers(typed, cell, numbers):
    assert read(typed, "phone", cell) == numbers


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("13800000000", "13800000000", True),
        ("13800000000", "13900000000", False),
        ("13800000000", "13900000000; 13800000000", True),
        ("13800000000; 13700000000", "13900000000; 13800000000", False),
        ("0513-88888888", "051388888888", True),
        ("+86 138 0000 0000", "13800000000", True),
        ("1380000000", "13800000000", False),
        ("13800000000", None, None),
    ],
)
def test_a_cell_of_telephone_numbers_is_the_same_as_one_that_holds_all_of_them(typed, one, other, same):
    assert typed.execute("select memory.main.same_phones(?::varchar, ?::varchar)", [one, other]).fetchone()[0] is same
    assert typed.execute("select memory.main.same_phones(?::varchar, ?::varchar)", [other, one]).fetchone()[0] is same


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1-是", True), ("是|1", True), ("1.0", True), ("√", True), ("T", True), ("是（1）", True), ("0、否", False),
        ("否(0)", False), ("0.0", False), ("×", False), ("2", None), ("x", None),
    ],
)  # fmt: skip
def test_yes_and_no_may_be_an_option_with_its_number(typed, cell, value):
    assert read(typed, "boolean", cell) is value
