"""`student_registry/students`: one file per school, in the layout of the national registry's export.

Lives here: the export's columns in their real order, each as a whole column of text, and the heads of its
files.
Add here: a column that the platform adds.
Stays out: who is in which class tonight (`nights`), and what is wrong (`planted`).
"""

from __future__ import annotations

import numpy as np

from samples.city import City, Seats
from samples.feeds.lists import fields_of, headers, names
from samples.files.accounts import Book
from samples.files.workbooks import HeadRow
from samples.planted.flaw_kinds import STUDENTS
from samples.world import pools
from samples.world.identifiers import days_as_text
from samples.world.strings import Bools, Columns, Ints, Strings, digits, join, same, take, where

FIELDS = fields_of("""
school_code 学校标识码|name 姓名|sex 性别|birth_date 出生日期|birth_place 出生地行政区划代码
native_place 籍贯|ethnicity 民族|nationality 国籍/地区|id_type 身份证件类型|overseas_status 港澳台侨外
health 健康状况|political_status 政治面貌|id_number 身份证件号|household_type 户口性质
household_area 户口所在地行政区划|class_code 班号|entry_month 入学年月|entry_way 入学方式|boarding 就读方式
residence 现住址|mail_address 通信地址|home_address 家庭地址|phone 联系电话|postcode 邮政编码
only_child 是否独生子女|preschool 是否受过学前教育|left_behind 是否留守儿童|needs_aid 是否需要申请资助
allowance 是否享受一补|orphan 是否孤儿|martyr_family 是否烈士或优抚子女|distance 上下学距离
commute 上下学方式|school_bus 是否需要乘坐校车|former_name 曾用名|id_validity 身份证件有效期|blood_type 血型
talent 特长|local_number 学籍辅号|seat_number 班内学号|origin 学生来源|email 电子信箱|homepage 主页地址
disability 残疾类型|purchased_place 是否由政府购买学位|mainstreamed 随班就读
migrant_child 是否进城务工人员随迁子女|member1_name 成员1姓名|member1_relation 成员1关系
member1_relation_note 成员1关系说明|member1_residence 成员1现住址
member1_household_area 成员1户口所在地行政区划|member1_phone 成员1联系电话|member1_guardian 成员1是否监护人
member1_id_type 成员1身份证件类型|member1_id_number 成员1身份证件号|member1_ethnicity 成员1民族
member1_employer 成员1工作单位|member1_position 成员1职务|member2_name 成员2姓名|member2_relation 成员2关系
member2_relation_note 成员2关系说明|member2_residence 成员2现住址
member2_household_area 成员2户口所在地行政区划|member2_phone 成员2联系电话|member2_guardian 成员2是否监护人
member2_id_type 成员2身份证件类型|member2_id_number 成员2身份证件号|member2_ethnicity 成员2民族
member2_employer 成员2工作单位|member2_position 成员2职务|student_number 学籍号|grade 年级
""")
NAMES = names(FIELDS)
HEADERS = headers(FIELDS)
MACHINE_KEYS = tuple(f"KD_F{n:02d}" for n in range(1, len(FIELDS) + 1))


def book(city: City, school: int) -> Book:
    """The file of one school. A workbook has title, headers and the hidden keys; a csv the headers alone.

    Every third school's file ends with a total.
    """
    code, name = city.schools.code[school], city.schools.name[school]
    head: tuple[HeadRow, ...] = (HeadRow(HEADERS),)
    if city.suffix == ".xlsx":
        head = (HeadRow((f"{name}学生基础信息",)), *head, HeadRow(MACHINE_KEYS, hidden=True))
    return Book(
        feed=STUDENTS,
        path=f"{STUDENTS}/{code}{city.suffix}",
        slice=code,
        head=head,
        total=school % 3 == 0,
        sheet="学生基础信息",
        merged=("A1:N1",) if city.suffix == ".xlsx" else (),
    )


def columns(city: City, people: Ints, seats: Seats) -> Columns:
    """Every column of the export for `world.people`, as it would be without an error."""
    values = {**_identity(city, people), **_schooling(city, people, seats), **_life(city, people)}
    for place, side in enumerate((city.students.father, city.students.mother)):
        member = f"member{place + 1}_"
        values |= {
            f"{member}name": side.name.take(people),
            f"{member}relation": same(pools.RELATIONS[place], len(people)),
            f"{member}phone": join("125", digits(people * 2 + place + 1, 8)),
            f"{member}residence": values["residence"],
            f"{member}household_area": values["household_area"],
            f"{member}guardian": same("是", len(people)),
            f"{member}id_type": same("居民身份证", len(people)),
            f"{member}id_number": side.id_number.take(people),
            f"{member}ethnicity": values["ethnicity"],
            f"{member}position": _pool_entry(city, people, 6 + place, pools.POSITIONS),
        }
    blank = same(None, len(people))
    return {name: values.get(name, blank) for name in NAMES}


def _pool_entry(city: City, people: Ints, draw: int, pool: tuple[str, ...], step: int = 1) -> Strings:
    """An entry of `pool` for each person, from the person's own numbers."""
    return take(pool, city.students.chance[draw][people].astype(np.int64) // step % len(pool))


def _rare(city: City, people: Ints, draw: int, per_thousand: int) -> Strings:
    """是 for a few in a thousand, else 否."""
    hit = city.students.chance[draw][people].astype(np.int64) * 1009 % 65521 % 1000 < per_thousand
    return where(hit, "是", "否")


def _identity(city: City, people: Ints) -> Columns:
    students = city.students
    area = students.area[people]
    letter = students.letter[people]
    return {
        "name": students.name.take(people),
        "sex": take(pools.SEXES, students.sex[people]),
        "birth_date": days_as_text(students.birth[people]),
        "birth_place": take(pools.AREAS, area),
        "native_place": join("江苏省", pools.CITY, take(pools.DISTRICTS, area)),
        "ethnicity": take(pools.ETHNICITIES, students.ethnicity[people]),
        "nationality": same("CHN", len(people)),
        "id_type": where(letter == 1, "其他", "居民身份证"),
        "overseas_status": same("否", len(people)),
        "health": same("健康或良好", len(people)),
        "political_status": same("群众", len(people)),
        "id_number": students.id_number.take(people),
        "household_type": _pool_entry(city, people, 0, pools.HOUSEHOLD),
        "household_area": take(pools.AREAS, area),
        "id_validity": where(letter == 1, None, same("2021.06.01-2026.06.01", len(people))),
        "student_number": students.number.take(people),
    }


def _schooling(city: City, people: Ints, seats: Seats) -> Columns:
    klass = seats.klass[people]
    grade = city.classes.grade[klass]
    year = city.year - (grade - city.classes.first_grade[klass])
    return {
        "school_code": take(city.schools.code, city.classes.school[klass]),
        "class_code": take(city.classes.code, klass),
        "grade": take(pools.GRADES, grade),
        "seat_number": digits(seats.seat[people], 2),
        "entry_month": join(digits(year), "09"),
        "entry_way": where(grade <= 9, "就近入学", "统一招生考试/普通入学"),
        "boarding": where(
            (grade > 6) & (city.students.chance[1][people] % 5 == 0), *reversed(pools.BOARDING)
        ),
        "origin": same("正常入学", len(people)),
        "local_number": join("SY", digits(people + 1, 8)),
    }


def is_disabled(city: City, people: Ints) -> Bools:
    """Everyone at a special school, and one in a hundred elsewhere."""
    is_special = city.classes.stage[city.students.klass[people]] == "special"
    return np.asarray(is_special | (city.students.chance[2, people] % 97 == 5))


def _life(city: City, people: Ints) -> Columns:
    draw = city.students.chance[2:5, people].astype(np.int64)
    home = join(
        pools.CITY,
        take(pools.DISTRICTS, city.students.area[people]),
        take(pools.STREETS, draw[0] % len(pools.STREETS)),
        digits(draw[1] % 300 + 1),
        "号",
        digits(draw[2] % 30 + 1),
        "幢",
        digits(draw[2] // 30 % 18 + 1),
        digits(draw[1] // 300 % 4 + 1, 2),
        "室",
    )
    few = np.minimum(city.students.chance[5][people].astype(np.int64) // 100 % 40, 2)
    return {
        "residence": home,
        "mail_address": home,
        "home_address": home,
        "phone": join("125", digits(people * 2 + 1, 8)),
        "postcode": same("329900", len(people)),
        "only_child": _pool_entry(city, people, 3, pools.YES_NO),
        "preschool": same("是", len(people)),
        "left_behind": take((*pools.LEFT_BEHIND[1:], pools.LEFT_BEHIND[0]), few),
        "needs_aid": _rare(city, people, 2, 30),
        "allowance": _rare(city, people, 3, 20),
        "orphan": _rare(city, people, 4, 1),
        "martyr_family": _rare(city, people, 5, 1),
        "distance": digits(draw[0] % 5 + 1),
        "commute": _pool_entry(city, people, 4, pools.COMMUTE, 7),
        "school_bus": same("否", len(people)),
        "talent": _pool_entry(city, people, 5, pools.TALENTS, 3),
        "disability": where(is_disabled(city, people), pools.DISABILITY[1], pools.DISABILITY[0]),
        "purchased_place": same("否", len(people)),
        "mainstreamed": same("非", len(people)),
        "migrant_child": _rare(city, people, 6, 60),
    }
