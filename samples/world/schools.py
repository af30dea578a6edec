"""The city's schools and their classes.

Lives here: how many schools of which kind stand where, and how the city's classes are spread over their
grades.
Add here: another fact of a school.
Stays out: the kinds of school (`world.kinds`); people; the layout of the files (`feeds`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from samples.world.identifiers import uscc
from samples.world.kinds import ORDINARY, RARE, Kind
from samples.world.pools import AREAS, DISTRICTS, RURAL, SCHOOL_TYPES, SCHOOL_WORDS, TOWN, URBAN
from samples.world.randomness import stream
from samples.world.strings import Bools, Ints

MIN_STUDENTS = 200  # students: five schools with a full class each
EVERY_KIND_FROM = 1_200  # students from which there is a school of every kind
_ORDINARY_PER_ROUND = 12  # ordinary schools for each round of the rare kinds
_MAX_ROUNDS = 30
_MAX_SIZE = 50  # of a class


@dataclass(frozen=True)
class Schools:
    """One entry per school, those of usual size first, kindergartens last; `area` counts in `pools.AREAS`."""

    kind: tuple[Kind, ...]
    code: tuple[str, ...]
    name: tuple[str, ...]
    area: Ints
    place: tuple[str, ...]  # 城乡类型
    uscc: tuple[str, ...]
    founded: tuple[str, ...]  # YYYYMM
    restless: Bools  # students move between them; the rosters of the others are sent again for corrections alone
    children: Ints  # of a kindergarten, whom the student registry does not know

    @property
    def has_full_classes(self) -> Bools:
        """Schools of usual size: in the others nothing is planted that would be large for their few students."""
        return np.array([kind.has_full_classes for kind in self.kind])


@dataclass(frozen=True)
class Classes:
    """One entry per class, ordered by school and grade; `code` (班号) is unique within a school."""

    school: Ints
    grade: Ints
    number: Ints  # 1, 2, … within school and grade
    size: Ints
    code: tuple[str, ...]
    stage: np.ndarray  # names of stages, as the register has them
    first_grade: Ints  # of the stage in this school

    @classmethod
    def of(cls, schools: Schools, school: Ints, grade: Ints, number: Ints, size: Ints) -> Classes:
        """Classes with the codes and stages that their schools and grades give them."""
        stages = [schools.kind[s].stage_of(int(g)) for s, g in zip(school, grade, strict=True)]
        codes = tuple(class_code(int(g), int(n)) for g, n in zip(grade, number, strict=True))
        first = np.array([first for _, first, _ in stages])
        return cls(school, grade, number, size, codes, np.array([name for name, *_ in stages]), first)


def make_schools(students: int, seed: int) -> Schools:
    """About one school per 800 students, five at least; and from `EVERY_KIND_FROM` students on some of each rare kind,
    so that every district has several.
    """
    count = max(5, round(students / 800))
    rng = stream(seed, "schools")
    kind = [ORDINARY[i % len(ORDINARY)] for i in range(count)]
    area = np.arange(count) * 3 % 4
    place = [_place(int(a), bool(rng.random() < 0.5), bool(rng.random() < 0.4)) for a in area]
    place[3] = RURAL[1]  # one rural school in every city
    restless = np.isin(np.arange(count) % len(ORDINARY), (1, 2, 3))
    rare = _rare(count, students)
    kind += [k for k, _, _ in rare]
    area = np.concatenate([area, np.array([a for _, a, _ in rare], np.int64)])
    place += [p for _, _, p in rare]
    years = rng.integers(1902, 2019, len(kind))
    children = [int(rng.integers(*k.children)) if k.children else 0 for k in kind]
    return Schools(
        kind=tuple(kind),
        code=tuple(f"{k.category}32{990001 + i:06d}" for i, k in enumerate(kind)),
        name=tuple(_name(i, int(area[i]), k) for i, k in enumerate(kind)),
        area=area,
        place=tuple(place),
        uscc=tuple(uscc(AREAS[int(area[i])], i + 1) for i in range(len(kind))),
        founded=tuple(f"{y}09" for y in years),
        restless=np.concatenate([restless, np.zeros(len(rare), bool)]),
        children=np.array(children),
    )


def _rare(ordinary: int, students: int) -> list[tuple[Kind, int, str]]:
    """Schools of the rare kinds, in rounds: of usual size first, kindergartens last."""
    if students < EVERY_KIND_FROM:
        return []
    rounds = min(max(1, ordinary // _ORDINARY_PER_ROUND), _MAX_ROUNDS)
    order = sorted(RARE, key=lambda entry: (not entry[0].has_full_classes, entry[0].children is not None))
    return [entry for entry in order for _ in range(rounds)]


def _place(area: int, centre: bool, rural: bool) -> str:
    if area < 2:
        return URBAN[0 if centre else 1]
    return (RURAL if rural else TOWN)[0 if centre else 1]


def _name(index: int, area: int, kind: Kind) -> str:
    turn, word = divmod(index, len(SCHOOL_WORDS))
    ordinal = f"第{turn + 1}" if turn else ""
    return f"{DISTRICTS[area]}{SCHOOL_WORDS[word]}{ordinal}{kind.suffix}"


def type_name(kind: Kind) -> str:
    """办学类型 as the platform exports it."""
    return SCHOOL_TYPES[kind.type_code]


def make_classes(schools: Schools, students: int, seed: int) -> Classes:
    """Classes that hold exactly `students`: of 35 to 50 in schools of usual size, of 1 to 34 in the small ones."""
    small_school, small_grade, small_size = _small_classes(schools, seed)
    left = students - int(small_size.sum())
    full = np.flatnonzero(schools.has_full_classes)
    count = max(len(full), round(left / 42))
    school, grade = _places([schools.kind[s] for s in full], count)
    school = np.concatenate([full[school], small_school])
    grade = np.concatenate([grade, small_grade])
    order = np.lexsort((grade, school))
    school, grade = school[order], grade[order]
    full_size = _sizes(left, count, seed, widest=students >= EVERY_KIND_FROM)
    size = np.concatenate([full_size, small_size])[order]
    return Classes.of(schools, school, grade, _running(school * 100 + grade), size)


def class_code(grade: int, number: int) -> str:
    """班号: 年级编号 and the class's number within school and grade."""
    return f"{_grade_code(grade)}{number:02d}"


def _grade_code(grade: int) -> int:
    """年级编号: 11-16, 21-23, 31-33."""
    if grade <= 6:
        return 10 + grade
    return 14 + grade if grade <= 9 else 21 + grade


def _small_classes(schools: Schools, seed: int) -> tuple[Ints, Ints, Ints]:
    """School, grade and size of the classes of small schools; the first of each is as small as its kind allows."""
    rng = stream(seed, "small classes")
    small = [(school, kind.fills, *kind.class_sizes) for school, kind in enumerate(schools.kind) if kind.class_sizes]
    entries = [
        (school, grade, low if n == 0 else int(rng.integers(low, high + 1)))
        for school, grades, low, high in small
        for n, grade in enumerate(grades)
    ]
    school, grade, size = np.array(entries, np.int64).reshape(-1, 3).T
    return school, grade, size


def _places(kinds: Sequence[Kind], count: int) -> tuple[Ints, Ints]:
    """School (its place among `kinds`) and grade of `count` full classes."""
    weight = np.array([kind.weight for kind in kinds])
    exact = weight / weight.sum() * (count - len(weight))
    share = np.floor(exact).astype(int)
    share[np.argsort(share - exact, kind="stable")[: count - len(weight) - share.sum()]] += 1
    share += 1
    grades = [[kind.fills[i % len(kind.fills)] for i in range(n)] for kind, n in zip(kinds, share, strict=True)]
    return np.repeat(np.arange(len(share)), share), np.array([g for gs in grades for g in gs])


def _running(group: Ints) -> Ints:
    """1, 2, … within runs of equal values."""
    first = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
    return np.arange(len(group)) - np.repeat(first, np.diff(np.append(first, len(group)))) + 1


def _sizes(students: int, count: int, seed: int, *, widest: bool) -> Ints:
    """`count` sizes between 35 and 50 with the sum `students`; if they are to be `widest`, the first has 50."""
    size = stream(seed, "class sizes").integers(35, _MAX_SIZE + 1, count)
    fixed = int(widest)
    size[:fixed] = _MAX_SIZE
    while short := students - int(size.sum()):
        step = 1 if short > 0 else -1
        room = fixed + np.flatnonzero(size[fixed:] < _MAX_SIZE if step > 0 else size[fixed:] > 35)
        size[room[: abs(short)]] += step
    return size
