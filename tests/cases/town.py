"""A small town of made-up people, frozen, and the exports of its first night.

Lives here: schools, pupils, teachers, marks, and the registers that say who they are, as the shipped feeds want them.
Add here: a fact of the town that several cases need.
Stays out: how a case writes its file (`sheets`, the cases themselves), running a night (`nights`). `samples` is not
used: a sample that changes must not break a case.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

YEAR = 2025  # the school year 2025-2026, in whose October the nights lie
SCHOOLS = tuple(f"3132990{n:03d}" for n in range(101, 113))
GRADES = (4, 5, 6, 7, 8, 9)
SIZE = 24  # pupils of a class; a school has one class a grade
AREAS = ("329901", "329902", "329903", "329904")
TEACHERS = 6  # of a school
PRIMARY, JUNIOR = ("语文", "数学", "英语"), ("语文", "数学", "英语", "道德与法治", "历史", "地理", "生物")
_OF_GRADE = {
    8: (*JUNIOR, "物理"),
    9: ("语文", "数学", "英语", "道德与法治", "历史", "物理", "化学"),
}
_STAGES = {4: "四", 5: "五", 6: "六", 7: "七", 8: "八", 9: "九"}
_WORDS = "甲乙丙丁戊己庚辛壬癸子丑"
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
_FIRST = "安柏晨德恩方格涵嘉可乐明宁佩清仁思天文欣雅宇泽知"
_SECOND = "然林宏青舒远平川"
_CHECKS, _WEIGHTS = "10X98765432", (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Pupil:
    """A pupil of a class; `place` counts from 1 within the class, `serial` from 0 over the town."""

    serial: int
    school: str
    grade: int
    place: int

    @property
    def id_number(self) -> str:
        """公民身份号码 of a person who cannot exist; its check digit holds."""
        born = f"{YEAR - 6 - self.grade}{self.serial // 28 % 12 + 1:02d}{self.serial % 28 + 1:02d}"
        return checked(f"{area_of(self.school)}{born}{self.serial // 336 * 2 + 101:03d}")

    @property
    def number(self) -> str:
        """全国学籍号."""
        return f"G{self.id_number}"

    @property
    def name(self) -> str:
        """A name that nobody else in the town has."""
        rest, first = divmod(self.serial, len(_SURNAMES))
        second, third = divmod(rest, len(_FIRST))
        return _SURNAMES[first] + _FIRST[third] + _SECOND[second % len(_SECOND)]

    @property
    def sex(self) -> str:
        return "男" if int(self.id_number[16]) % 2 else "女"

    @property
    def class_code(self) -> str:
        """班号: stage, year within it, number of the class."""
        return class_code(self.grade)

    @property
    def class_name(self) -> str:
        return class_name(self.grade)

    @property
    def candidate(self) -> str:
        """准考证号."""
        return f"25{self.grade:02d}{self.serial:08d}"

    def mark(self, exam: str, subject: str) -> float:
        """The mark in an exam's subject: between 41 and 99, in halves, another for every pupil and subject."""
        salt = sum(map(ord, exam + subject))
        return 41 + (self.serial * 37 + salt * 11) % 117 / 2


def checked(body: str) -> str:
    """17 digits and their check digit (GB 11643)."""
    return body + _CHECKS[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def area_of(school: str) -> str:
    return AREAS[SCHOOLS.index(school) % len(AREAS)]


def school_name(school: str) -> str:
    """The school's name, such as 书院区甲子学校."""
    n = SCHOOLS.index(school)
    return f"{('书院区', '学宫区', '文津县', '泮池县')[n % 4]}{_WORDS[n]}星学校"


def class_code(grade: int) -> str:
    return f"{'1' if grade < 7 else '2'}{(grade - 1) % 6 + 1}01"


def class_name(grade: int) -> str:
    return f"{_STAGES[grade]}年级(1)班"


def grade_name(grade: int) -> str:
    return f"{_STAGES[grade]}年级"


def subjects(grade: int) -> tuple[str, ...]:
    """The subjects of a grade's exams in the shipped register."""
    return PRIMARY if grade < 7 else _OF_GRADE.get(grade, JUNIOR)


def exam(grade: int, survey: int) -> str:
    """The id of a grade's first or second survey in the shipped register."""
    return f"2025-2026-1-m{survey}-g{grade}"


def pupils(school: str, grade: int | None = None) -> list[Pupil]:
    """The pupils of a school, or of one of its grades."""
    first = SCHOOLS.index(school) * len(GRADES) * SIZE
    found = (Pupil(first + g * SIZE + n, school, GRADES[g], n + 1) for g in range(len(GRADES)) for n in range(SIZE))
    return [p for p in found if grade in (None, p.grade)]


def roster_row(pupil: Pupil, **changes: str) -> dict[str, str]:
    """A row of the student registry; `changes` are by the column's header."""
    entered = YEAR - (pupil.grade - 1 if pupil.grade < 7 else pupil.grade - 7)
    return {
        "学校标识码": pupil.school, "姓名": pupil.name, "性别": pupil.sex, "出生日期": pupil.id_number[6:14],
        "民族": "汉族", "国籍/地区": "CHN", "身份证件类型": "居民身份证", "身份证件号": pupil.id_number,
        "户口性质": "非农业家庭户口", "班号": pupil.class_code, "入学年月": f"{entered}09", "就读方式": "走读",
        "现住址": f"数源市墨池巷{pupil.serial + 1}号", "联系电话": f"1250{pupil.serial:07d}", "是否独生子女": "否",
        "是否留守儿童": "非留守儿童", "学籍号": pupil.number, "年级": grade_name(pupil.grade),
    } | changes  # fmt: skip


def roster(school: str) -> list[dict[str, str]]:
    return [roster_row(pupil) for pupil in pupils(school)]


def teacher_row(school: str, n: int, **changes: str) -> dict[str, str]:
    """A row of the teacher system: the n-th teacher of a school, from 0."""
    serial = SCHOOLS.index(school) * TEACHERS + n
    number = checked(f"{area_of(school)}{1970 + serial % 25}{serial % 12 + 1:02d}{serial % 28 + 1:02d}{serial + 101}")
    return {
        "学校标识码": school, "姓名": _SURNAMES[serial % 24] + "师" + _FIRST[serial // 24], "曾用名": "",
        "性别": "男" if int(number[16]) % 2 else "女", "教职工号": staff_number(school, n), "国籍/地区": "中国",
        "身份证件类型": "居民身份证", "身份证件号": number, "出生日期": number[6:14], "民族": "汉族",
        "参加工作年月": "200308", "进本校年月": "201008", "是否在编": "是", "人员状态": "在职",
        "学历": "大学本科毕业", "职称": "一级教师", "岗位": "专任教师",
        "任教学科": (*PRIMARY, "历史", "物理", "地理")[n % TEACHERS],
    } | changes  # fmt: skip


def staff_number(school: str, n: int) -> str:
    return f"32990{SCHOOLS.index(school) * TEACHERS + n:07d}"


def teachers(school: str) -> list[dict[str, str]]:
    return [teacher_row(school, n) for n in range(TEACHERS)]


def marks_row(pupil: Pupil, exam_id: str, **changes: str) -> dict[str, str]:
    """A row of a score sheet with one header row that needs no explanation (语文_得分)."""
    found = {"考号": pupil.candidate, "学籍号": pupil.number, "班级": pupil.class_code, "姓名": pupil.name}
    return found | {f"{s}_得分": number(pupil.mark(exam_id, s)) for s in subjects(pupil.grade)} | changes


def number(value: float) -> str:
    """A mark as people write it: 80, 80.5."""
    return f"{value:g}"


def fitness_row(pupil: Pupil, **changes: str) -> dict[str, str]:
    """A row of what a school uploads to the fitness platform."""
    year, sex = pupil.grade + (10 if pupil.grade < 7 else 14), "1" if pupil.sex == "男" else "2"
    return {
        "年级编号": str(year), "班级编号": pupil.class_code, "班级名称": pupil.class_name, "学籍号": pupil.number,
        "民族代码": "1", "姓名": pupil.name, "性别": sex, "出生日期": pupil.id_number[6:14],
        "身高": str(130 + pupil.place), "体重": str(30 + pupil.place), "肺活量": "1800", "50米跑": "9.8",
    } | changes  # fmt: skip


def homework_row(pupil: Pupil, **changes: str) -> dict[str, str]:
    """A row of homework platform A: mathematics, set on 14 October."""
    return {
        "记录编号": f"K{pupil.serial:07d}", "作业编号": f"Z{pupil.school[-3:]}{pupil.grade}", "学籍号": pupil.number,
        "学生姓名": pupil.name, "学校标识码": pupil.school, "班号": pupil.class_code, "学科": "数学",
        "作业名称": "练习", "是否书面": "是", "计划时长": "20", "实际时长": str(12 + pupil.serial % 25),
        "布置时间": "2025-10-14 16:00:00", "提交时间": "2025-10-14 19:30:00",
    } | changes  # fmt: skip


def csv_bytes(rows: Sequence[Mapping[str, str]], encoding: str = "utf-8") -> bytes:
    """Rows under their header, as a platform writes them."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows([list(rows[0]), *(list(row.values()) for row in rows)])
    return buffer.getvalue().encode(encoding)


def first_night() -> dict[str, bytes]:
    """The exports of 15 October, by their path below the inbox: all registers, a survey of grade 4, homework."""
    fourth = exam(4, 1)
    return {
        "school_registry/schools/schools.csv": csv_bytes([_school_row(s) for s in SCHOOLS]),
        "teaching/classes/classes.csv": csv_bytes([_class_row(s, g) for s in SCHOOLS for g in GRADES]),
        "teaching/assignments/assignments.csv": csv_bytes(list(_assignments())),
        "teacher_system/teachers/teachers.csv": csv_bytes([row for s in SCHOOLS for row in teachers(s)]),
        "homework_a/records/20251015.csv": csv_bytes([homework_row(p) for s in SCHOOLS for p in pupils(s, 5)]),
    } | {
        f"student_registry/students/{s}.csv": csv_bytes(roster(s)) for s in SCHOOLS
    } | {
        f"exams/results/{fourth}/{s}.csv": csv_bytes([marks_row(p, fourth) for p in pupils(s, 4)]) for s in SCHOOLS
    }  # fmt: skip


def _school_row(school: str) -> dict[str, str]:
    return {
        "学校标识码": school, "学校名称": school_name(school), "办学类型": "九年一贯制学校",
        "行政区划代码": area_of(school), "城乡类型": "111", "学校状态": "正常", "小学学制": "6", "初中学制": "3",
    }  # fmt: skip


def _class_row(school: str, grade: int) -> dict[str, str]:
    return {
        "学校标识码": school, "班号": class_code(grade), "班级名称": class_name(grade), "年级": grade_name(grade),
        "班主任教职工号": staff_number(school, grade % TEACHERS),
    }  # fmt: skip


def _assignments() -> Iterator[dict[str, str]]:
    for school in SCHOOLS:
        for grade in GRADES:
            for n, subject in enumerate(PRIMARY):
                yield {
                    "学校标识码": school, "班号": class_code(grade), "年级": grade_name(grade), "任教学科": subject,
                    "教职工号": staff_number(school, n), "任课教师": teacher_row(school, n)["姓名"],
                }  # fmt: skip
