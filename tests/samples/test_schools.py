"""The city has schools of every kind, some of each in every district, with classes from 1 to 50."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache

import numpy as np
import pytest

from samples.city import build_city
from samples.feeds import lists, student_roster
from samples.moves import first_seats
from samples.world.schools import EVERY_KIND_FROM

SIZES = (EVERY_KIND_FROM, 2_000, 20_000)
SEEDS = (7, 11)
Row = dict[str, str | None]


@cache
def city(students: int, seed: int):
    return build_city(students, seed)


def rows(columns) -> list[Row]:
    values = [c.to_pylist() for c in columns.values()]
    return [dict(zip(columns, line, strict=True)) for line in zip(*values, strict=True)]


def schools(students: int, seed: int) -> dict[str, Row]:
    return {r["school_code"]: r for r in rows(lists.school_columns(city(students, seed)))}


def roster(students: int, seed: int) -> list[Row]:
    one = city(students, seed)
    return rows(student_roster.columns(one, np.arange(len(one.students)), first_seats(one)))


def pupils(students: int, seed: int) -> Counter:
    return Counter(r["school_code"] for r in roster(students, seed))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("students", SIZES)
class TestEveryKind:
    def test_every_type_of_school_is_there(self, students: int, seed: int) -> None:
        assert {r["type_code"] for r in schools(students, seed).values()} == {
            "幼儿园", "小学", "小学教学点", "初级中学", "九年一贯制学校", "完全中学", "高级中学", "职业高中学校",
            "其他特殊教育学校",
        }  # fmt: skip

    def test_the_code_begins_with_the_category_of_the_type(self, students: int, seed: int) -> None:
        """学校(机构)标识码: 11 kindergarten, 21 primary, 31 junior, 34 senior, 36 vocational, 51 special."""
        category = {
            "幼儿园": "11", "小学": "21", "小学教学点": "21", "初级中学": "31", "九年一贯制学校": "31",
            "完全中学": "34", "高级中学": "34", "职业高中学校": "36", "其他特殊教育学校": "51",
        }  # fmt: skip
        assert [c for c, r in schools(students, seed).items() if c[:2] != category[str(r["type_code"])]] == []

    def test_five_and_four_years_are_declared_by_a_primary_a_junior_and_a_nine_year_school(
        self, students: int, seed: int
    ) -> None:
        five = [r for r in schools(students, seed).values() if r["primary_years"] == "5"]
        assert {r["type_code"] for r in five} == {"小学", "初级中学", "九年一贯制学校"}
        assert {r["junior_years"] for r in five if r["type_code"] != "小学"} == {"4"}
        assert {r["junior_years"] for r in five if r["type_code"] == "小学"} == {None}

    def test_grade_six_sits_in_primary_schools_of_six_years_and_junior_ones_of_four(
        self, students: int, seed: int
    ) -> None:
        told = schools(students, seed)
        at = {(told[str(r["school_code"])]["type_code"], told[str(r["school_code"])]["primary_years"])
              for r in roster(students, seed) if r["grade"] == "六年级"}  # fmt: skip
        assert at >= {("小学", "6"), ("初级中学", "5"), ("九年一贯制学校", "5")}
        assert not at & {("小学", "5"), ("初级中学", None)}

    def test_every_district_has_several_schools(self, students: int, seed: int) -> None:
        counts = Counter(r["area_code"] for r in schools(students, seed).values())
        assert counts.keys() == {"329901", "329902", "329903", "329904"}
        assert min(counts.values()) >= 3

    def test_rural_schools_are_under_100_and_teaching_points_under_50(self, students: int, seed: int) -> None:
        told, counts = schools(students, seed), pupils(students, seed)
        rural = defaultdict(list)
        for code, row in told.items():
            if row["urban_rural"] in ("村庄", "乡中心区") and counts[code]:
                rural[row["type_code"]].append(counts[code])
        assert max(rural["小学教学点"]) < 50
        assert min(rural["小学"]) < 100

    def test_classes_hold_from_1_to_50(self, students: int, seed: int) -> None:
        sizes = Counter((r["school_code"], r["class_code"]) for r in roster(students, seed)).values()
        assert (min(sizes), max(sizes), sum(sizes)) == (1, 50, students)
        assert len({(size - 1) // 10 for size in sizes}) == 5  # and something in each ten

    def test_kindergartens_have_teachers_and_no_student_of_the_registry(self, students: int, seed: int) -> None:
        one, counts = city(students, seed), pupils(students, seed)
        kindergartens = [c for c, r in schools(students, seed).items() if r["type_code"] == "幼儿园"]
        assert [counts[c] for c in kindergartens] == [0] * len(kindergartens)
        staff = Counter(one.schools.code[s] for s in one.teachers.school)
        assert all(staff[c] >= 4 for c in kindergartens)


def test_a_city_of_fewer_has_the_five_kinds_that_it_always_had() -> None:
    assert len(schools(EVERY_KIND_FROM - 1, 7)) == 5


@pytest.mark.parametrize("students", SIZES)
def test_a_small_school_is_sound(students: int) -> None:
    """One bad row of nineteen would hold its roster."""
    one = city(students, 7)
    counts = np.bincount(one.classes.school, one.classes.size, len(one.schools.code))
    hit = {int(one.classes.school[one.students.klass[f.entity]]) for f in one.plan.flaws
           if f.kind.feed == "student_registry/students"}  # fmt: skip
    assert min(counts[sorted(hit)]) >= 35
