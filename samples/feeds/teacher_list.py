"""`teacher_system/teachers`: one csv of the whole city, in GB18030.

Lives here: its columns, and its headers with the asterisks and line breaks that the platform writes into
them.
Add here: a column that the platform adds.
Stays out: who teaches where (`world.people`).
"""

from __future__ import annotations

import numpy as np

from samples.city import City
from samples.feeds.lists import complete, fields_of, headers
from samples.files.accounts import Book
from samples.files.workbooks import HeadRow
from samples.planted.flaw_kinds import TEACHERS
from samples.world import pools
from samples.world.identifiers import days_as_text
from samples.world.randomness import stream
from samples.world.strings import Bools, Columns, Strings, digits, join, same, take, where

TEACHER_FIELDS = fields_of("""
school_code *学校标识码|name *姓名|former_name 曾用名|sex *性别|staff_number 教职工号|nationality *国籍/地区
id_type *身份证件⏎类型|id_number *身份证件号|birth_date *出生日期|native_place 籍贯|birth_place 出生地
ethnicity *民族|political_status *政治面貌|marital_status 婚姻状况|health 健康状况|work_began *参加工作⏎年月
school_joined *进本校⏎年月|origin *教职工来源|category *教职工类别|permanent *是否在编|employment *用人形式
contract *签订合同⏎情况|normal_graduate *是否全日制师范类⏎专业毕业
special_trained *是否受过特教⏎专业培养培训|special_certificate *是否有特殊教育⏎从业证书
it_ability *信息技术⏎应用能力|free_normal_student *是否属于免费(公费)⏎师范生
grassroots_service *是否参加⏎基层服务项目|service_from 起始年月|service_to 结束年月
special_grade *是否是特级教师|backbone *是否是县级及以上⏎骨干教师|psychology *是否心理健康⏎教育教师
status *人员状态|remark 备注|degree 学历|title 职称|post 岗位|subject 任教学科|position 行政职务
""")


_SHARES = {  # of teachers for whom 是 is written
    "permanent": 0.9, "normal_graduate": 0.75, "special_trained": 0.03, "special_certificate": 0.02,
    "free_normal_student": 0.05, "grassroots_service": 0.02, "special_grade": 0.01, "backbone": 0.12,
    "psychology": 0.04,
}  # fmt: skip


def book() -> Book:
    """The one file of teachers, with an example row between headers and data."""
    example = ("示例", "张三", "", "男", *[""] * (len(TEACHER_FIELDS) - 4))
    head = (HeadRow(headers(TEACHER_FIELDS)), HeadRow(example))
    return Book(TEACHERS, f"{TEACHERS}/teachers.csv", "", head, encoding="gb18030", examples=1)


def columns(city: City) -> Columns:
    """Every column of the list of teachers."""
    teachers = city.teachers
    count = len(teachers)
    values = {
        "school_code": take(city.schools.code, teachers.school),
        "name": teachers.name,
        "sex": take(pools.SEXES, teachers.sex),
        "staff_number": teachers.staff_number,
        "nationality": same("中国", count),
        "id_type": same("居民身份证", count),
        "id_number": teachers.id_number,
        "birth_date": days_as_text(teachers.birth),
        "native_place": same(f"江苏省{pools.CITY}", count),
        "birth_place": join(pools.CITY, take(pools.DISTRICTS, teachers.area)),
        "ethnicity": same("汉族", count),
        "health": same("健康或良好", count),
        **_career(city),
        # the first of each school is its head
        "position": where(np.diff(teachers.school, prepend=-1) > 0, "校长", None),
    }
    return complete(values, TEACHER_FIELDS, count)


def _career(city: City) -> Columns:
    teachers = city.teachers
    count = len(teachers)
    rng = stream(city.seed, "careers")
    born = teachers.birth // 365.25 + 1950
    began = (born + rng.integers(22, 24, count)).astype(np.int64)
    joined = np.minimum(began + rng.integers(0, 15, count), 2025)
    senior = _has_stage(city, "senior")
    degree = np.minimum(
        np.searchsorted([0.12, 0.85, 0.99], rng.random(count)) + (senior & (rng.random(count) < 0.2)), 3
    )
    title = np.clip((2025 - began) // 9 + rng.integers(0, 2, count), 0, 4)
    flags = {name: where(rng.random(count) < share, "是", "否") for name, share in _SHARES.items()}
    return {
        **flags,
        "political_status": take(pools.POLITICS, np.searchsorted([0.55, 0.95], rng.random(count))),
        "marital_status": where(rng.random(count) < 0.8, "已婚", "未婚"),
        "work_began": join(digits(began), "08"),
        "school_joined": join(digits(joined), "08"),
        "origin": same("录用", count),
        "category": same("专任教师", count),
        "employment": same("事业编制", count),
        "contract": same("已签订", count),
        "it_ability": take(("熟练", "良好", "一般"), rng.integers(0, 3, count)),
        "status": where(rng.random(count) < 0.985, "在职", "长病假"),
        "degree": take(pools.DEGREES, degree),
        "title": take(pools.TITLES, title),
        "post": take(pools.POSTS, np.searchsorted([0.9, 0.95, 0.98], rng.random(count))),
        "subject": where(
            city.schools.children[teachers.school] > 0,
            None,
            _subjects(rng, _has_stage(city, "junior", "senior", "vocational")),
        ),
    }


def _has_stage(city: City, *stages: str) -> Bools:
    """Teachers of schools with one of the stages."""
    of_school = np.array([any(stage in stages for stage, *_ in kind.stages) for kind in city.schools.kind])
    return of_school[city.teachers.school]


def _subjects(rng: np.random.Generator, secondary: Bools) -> Strings:
    """A subject of the teacher's kind of school."""
    selection = rng.integers(0, len(pools.PRIMARY_SUBJECTS) * len(pools.SECONDARY_SUBJECTS), len(secondary))
    return where(
        secondary,
        take(pools.SECONDARY_SUBJECTS, selection % len(pools.SECONDARY_SUBJECTS)),
        take(pools.PRIMARY_SUBJECTS, selection % len(pools.PRIMARY_SUBJECTS)),
    )
