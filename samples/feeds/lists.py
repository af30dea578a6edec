"""Two lists of the whole city: `school_registry/schools` and `teaching/classes`.

Lives here: their columns and headers, and what lists of fields have in common.
Add here: a column of these lists.
Stays out: rosters and marks, which come school by school; the list of teachers (`feeds.teacher_list`).
"""

from __future__ import annotations

import numpy as np

from samples.city import City
from samples.files.accounts import Book
from samples.files.workbooks import HeadRow
from samples.planted.flaw_kinds import CLASSES, SCHOOLS
from samples.world import pools
from samples.world.schools import type_name
from samples.world.strings import Columns, digits, join, same, take, where

Fields = tuple[tuple[str, str], ...]


def fields_of(text: str) -> Fields:
    """Pairs of contract name and header from `name header|name header|…`; ⏎ is a line break in a header."""
    pairs = (f.split(" ", 1) for f in text.strip().replace("\n", "|").split("|"))
    return tuple((name, header.replace("⏎", "\n")) for name, header in pairs)


SCHOOL_FIELDS = fields_of("""
school_code 学校标识码|name 学校名称|former_name 曾用名|english_name 学校英文名称|type_code 办学类型
organiser 举办者|area_code 行政区划代码|urban_rural 城乡类型|uscc 统一社会信用代码|address 学校地址
founded_on 建校年月|principal 校长姓名|phone 联系电话|primary_years 小学学制|junior_years 初中学制
status 学校状态
""")
CLASS_FIELDS = fields_of("""
school_code 学校标识码|class_code 班号|name 班级名称|grade 年级|founded_on 建班年月
adviser_number 班主任教职工号|adviser_name 班主任|class_type 班级类型
""")


def names(fields: Fields) -> tuple[str, ...]:
    """Contract names of the columns."""
    return tuple(f[0] for f in fields)


def headers(fields: Fields) -> tuple[str, ...]:
    """Headers as the platform writes them."""
    return tuple(f[1] for f in fields)


def school_book(city: City) -> Book:
    """The one file of schools: a title and a total round the list in a workbook."""
    head: tuple[HeadRow, ...] = (HeadRow(headers(SCHOOL_FIELDS)),)
    if city.suffix == ".xlsx":
        head = (HeadRow((f"{pools.CITY}学校(机构)名录",)), *head)
    return Book(
        SCHOOLS,
        f"{SCHOOLS}/schools{city.suffix}",
        "",
        head,
        total=True,
        sheet="学校名录",
        merged=("A1:P1",) if city.suffix == ".xlsx" else (),
    )


def class_book() -> Book:
    """The one file of classes, with a total at its end."""
    return Book(
        CLASSES,
        f"{CLASSES}/classes.csv",
        "",
        (HeadRow(headers(CLASS_FIELDS)),),
        total=True,
        encoding="gb18030",
    )


def school_columns(city: City) -> Columns:
    """Every column of the list of schools."""
    schools = city.schools
    count = len(schools.code)
    each = np.arange(count)
    area = schools.area
    values = {
        "school_code": take(schools.code, each),
        "name": take(schools.name, each),
        "type_code": take([type_name(k) for k in schools.kind], each),
        "organiser": where(area < 2, "地级教育部门", "县级教育部门"),
        "area_code": take(pools.AREAS, area),
        "urban_rural": take(schools.place, each),
        "uscc": take(schools.uscc, each),
        "address": join(
            pools.CITY,
            take(pools.DISTRICTS, area),
            take(pools.STREETS, each % len(pools.STREETS)),
            digits(each % 300 + 1),
            "号",
        ),
        "founded_on": take(schools.founded, each),
        "principal": city.teachers.name.take(np.searchsorted(city.teachers.school, each, side="right") - 1),
        "phone": join("0000-", digits(each + 1, 8)),
        "primary_years": take([_years(k.primary_years) for k in schools.kind], each),
        "junior_years": take([_years(k.junior_years) for k in schools.kind], each),
        "status": same("正常", count),
    }
    return complete(values, SCHOOL_FIELDS, count)


def class_columns(city: City) -> Columns:
    """Every column of the list of classes."""
    classes = city.classes
    count = len(classes.size)
    entry = city.year - (classes.grade - classes.first_grade)
    values = {
        "school_code": take(city.schools.code, classes.school),
        "class_code": take(classes.code, np.arange(count)),
        "name": join(take(pools.GRADES, classes.grade), digits(classes.number), "班"),
        "grade": take(pools.GRADES, classes.grade),
        "founded_on": join(digits(entry), "09"),
        "adviser_number": city.teachers.staff_number.take(city.advisers),
        "adviser_name": city.teachers.name.take(city.advisers),
        "class_type": take([pools.CLASS_TYPES[s] for s in classes.stage], np.arange(count)),
    }
    return complete(values, CLASS_FIELDS, count)


def _years(years: int | None) -> str | None:
    return None if years is None else str(years)


def complete(values: Columns, fields: Fields, count: int) -> Columns:
    """The columns in the order of `fields`, blank where there is no value."""
    blank = same(None, count)
    return {name: values.get(name, blank) for name in names(fields)}
