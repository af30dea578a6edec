"""The city's schools and their classes.

Lives here: how many schools of which type stand where, and how the city's classes are spread over their
grades.
Add here: another type of school, another fact of a school.
Stays out: people; the layout of the files (`feeds`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from samples.world.identifiers import uscc
from samples.world.pools import AREAS, DISTRICTS, RURAL, SCHOOL_TYPES, SCHOOL_WORDS, TOWN, URBAN
from samples.world.randomness import stream
from samples.world.strings import Bools, Ints

MIN_STUDENTS = 200  # students: five schools with a full class each
_KINDS = ("211", "311", "312", "341", "342", "211", "211", "311", "211", "312")
_CATEGORY = {"211": "21", "311": "31", "312": "31", "341": "34", "342": "34"}
_SUFFIX = {"211": "小学", "311": "初级中学", "312": "学校", "341": "中学", "342": "高级中学"}
# Grades in the order in which a growing school fills them: three types meet in grade 8, so that students can
# move in the smallest city too.
_GRADES = {
    "211": (4, 2, 5, 6, 1, 3),
    "311": (8, 7, 9),
    "312": (8, 4, 2, 7, 5, 9, 1, 3, 6),
    "341": (8, 10, 7, 9, 11, 12),
    "342": (10, 11, 12),
}
_WEIGHT = {"211": 6.0, "311": 5.0, "312": 8.5, "341": 8.0, "342": 6.0}


@dataclass(frozen=True)
class Schools:
    """One entry per school; `area` counts in `pools.AREAS`."""

    kind: tuple[str, ...]
    code: tuple[str, ...]
    name: tuple[str, ...]
    area: Ints
    place: tuple[str, ...]  # 城乡类型
    uscc: tuple[str, ...]
    founded: tuple[str, ...]  # YYYYMM


@dataclass(frozen=True)
class Classes:
    """One entry per class, ordered by school and grade; `code` (班号) is unique within a school."""

    school: Ints
    grade: Ints
    number: Ints  # 1, 2, … within school and grade
    size: Ints
    code: tuple[str, ...]


def make_schools(students: int, seed: int) -> Schools:
    """About one school per 800 students, five at least."""
    count = max(5, round(students / 800))
    rng = stream(seed, "schools")
    kind = [_KINDS[i % len(_KINDS)] for i in range(count)]
    area = np.arange(count) * 3 % 4
    place = [_place(int(a), bool(rng.random() < 0.5), bool(rng.random() < 0.4)) for a in area]
    place[3] = RURAL[1]  # one rural school in every city
    years = rng.integers(1902, 2019, count)
    return Schools(
        kind=tuple(kind),
        code=tuple(f"{_CATEGORY[k]}32{990001 + i:06d}" for i, k in enumerate(kind)),
        name=tuple(_name(i, int(area[i]), k) for i, k in enumerate(kind)),
        area=area,
        place=tuple(place),
        uscc=tuple(uscc(AREAS[int(area[i])], i + 1) for i in range(count)),
        founded=tuple(f"{y}09" for y in years),
    )


def _place(area: int, centre: bool, rural: bool) -> str:
    if area < 2:
        return URBAN[0 if centre else 1]
    return (RURAL if rural else TOWN)[0 if centre else 1]


def _name(index: int, area: int, kind: str) -> str:
    turn, word = divmod(index, len(SCHOOL_WORDS))
    ordinal = f"第{turn + 1}" if turn else ""
    return f"{DISTRICTS[area]}{SCHOOL_WORDS[word]}{ordinal}{_SUFFIX[kind]}"


def restless(schools: int) -> Bools:
    """Schools between which students move; the rosters of the others are sent again for corrections alone."""
    return np.isin(np.arange(schools) % len(_KINDS), (1, 2, 3))


def type_name(kind: str) -> str:
    """办学类型 as the platform exports it."""
    return SCHOOL_TYPES[kind]


def make_classes(schools: Schools, students: int, seed: int) -> Classes:
    """Classes of 35 to 50 that hold exactly `students`."""
    count = max(len(schools.code), round(students / 42))
    school, grade = _places(schools, count)
    order = np.lexsort((grade, school))
    school, grade = school[order], grade[order]
    number = _running(school * 100 + grade)
    return Classes(
        school,
        grade,
        number,
        _sizes(students, count, seed),
        tuple(class_code(int(g), int(n)) for g, n in zip(grade, number, strict=True)),
    )


def class_code(grade: int, number: int) -> str:
    """班号: 年级编号 and the class's number within school and grade."""
    return f"{_grade_code(grade)}{number:02d}"


def grades_of(kind: str) -> tuple[int, ...]:
    """The grades of a kind of school, in the order in which it fills them."""
    return _GRADES[kind]


def _grade_code(grade: int) -> int:
    """年级编号: 11-16, 21-23, 31-33."""
    if grade <= 6:
        return 10 + grade
    return 14 + grade if grade <= 9 else 21 + grade


def _places(schools: Schools, count: int) -> tuple[Ints, Ints]:
    weight = np.array([_WEIGHT[k] for k in schools.kind])
    exact = weight / weight.sum() * (count - len(weight))
    share = np.floor(exact).astype(int)
    share[np.argsort(share - exact, kind="stable")[: count - len(weight) - share.sum()]] += 1
    share += 1
    grades = [
        [_GRADES[k][i % len(_GRADES[k])] for i in range(n)] for k, n in zip(schools.kind, share, strict=True)
    ]
    return np.repeat(np.arange(len(share)), share), np.array([g for gs in grades for g in gs])


def _running(group: Ints) -> Ints:
    """1, 2, … within runs of equal values."""
    first = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
    return np.arange(len(group)) - np.repeat(first, np.diff(np.append(first, len(group)))) + 1


def _sizes(students: int, count: int, seed: int) -> Ints:
    """`count` sizes between 35 and 50 with the sum `students`."""
    size = stream(seed, "class sizes").integers(35, 51, count)
    while short := students - int(size.sum()):
        step = 1 if short > 0 else -1
        room = np.flatnonzero(size < 50 if step > 0 else size > 35)
        size[room[: abs(short)]] += step
    return size
