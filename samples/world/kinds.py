"""The kinds of school that the sample city has.

Lives here: one entry a kind: its type, stages, years and the classes that it has.
Add here: another kind of school, and its place in the city (`ORDINARY`, `RARE`).
Stays out: how many schools stand where (`world.schools`).
"""

from __future__ import annotations

from dataclasses import dataclass

from samples.world.pools import RURAL, TOWN, URBAN


@dataclass(frozen=True)
class Kind:
    """A kind of school.

    `type_code` is 办学类型 and `category` the first two digits of its code (JY/T 1001). `stages` are spans of grades;
    `fills` the grades in the order in which a growing school opens them. A school with a `weight` has its part of the
    city's full classes; one with `class_sizes` has a class of so many students for each of `fills`, the first as small
    as can be; one with `children` has neither, since the student registry begins at primary school.
    """

    type_code: str
    category: str
    suffix: str
    stages: tuple[tuple[str, int, int], ...] = ()
    fills: tuple[int, ...] = ()
    weight: float = 0.0
    class_sizes: tuple[int, int] | None = None
    children: tuple[int, int] | None = None
    primary_years: int | None = None
    junior_years: int | None = None

    @property
    def has_full_classes(self) -> bool:
        """Whether it is a school of usual size."""
        return self.weight > 0

    def stage_of(self, grade: int) -> tuple[str, int, int]:
        """The stage of a grade, with its first and last grade. Raises LookupError for a grade that it does not have."""
        for stage in self.stages:
            if stage[1] <= grade <= stage[2]:
                return stage
        raise LookupError(f"A school of type {self.type_code} has no grade {grade}: name one of {self.fills}.")


PRIMARY = Kind("211", "21", "小学", (("primary", 1, 6),), (4, 2, 5, 6, 1, 3), 6.0, primary_years=6)
JUNIOR = Kind("311", "31", "初级中学", (("junior", 7, 9),), (8, 7, 9), 5.0, junior_years=3)
NINE_YEAR = Kind(
    "312", "31", "学校", (("primary", 1, 6), ("junior", 7, 9)), (8, 4, 2, 7, 5, 9, 1, 3, 6), 8.5,
    primary_years=6, junior_years=3,
)  # fmt: skip
COMPLETE = Kind(
    "341", "34", "中学", (("junior", 7, 9), ("senior", 10, 12)), (8, 10, 7, 9, 11, 12), 8.0, junior_years=3
)
SENIOR = Kind("342", "34", "高级中学", (("senior", 10, 12),), (10, 11, 12), 6.0)
# 五四制: the register says of a junior school too how long primary school is
FIVE_YEAR_PRIMARY = Kind("211", "21", "小学", (("primary", 1, 5),), (5, 4, 2, 1, 3), 5.0, primary_years=5)
FOUR_YEAR_JUNIOR = Kind(
    "311", "31", "初级中学", (("junior", 6, 9),), (6, 8, 7, 9), 5.0, primary_years=5, junior_years=4
)
FIVE_FOUR_NINE_YEAR = Kind(
    "312", "31", "学校", (("primary", 1, 5), ("junior", 6, 9)), (6, 4, 9, 2, 7, 5, 8, 1, 3), 7.0,
    primary_years=5, junior_years=4,
)  # fmt: skip
RURAL_PRIMARY = Kind(
    "211", "21", "小学", (("primary", 1, 6),), (6, 1, 2, 3, 4, 5), class_sizes=(8, 16), primary_years=6
)
TEACHING_POINT = Kind("218", "21", "教学点", (("primary", 1, 4),), (4, 1, 2, 3), class_sizes=(1, 11), primary_years=6)
SPECIAL = Kind("514", "51", "特殊教育学校", (("special", 1, 9),), (2, 4, 6, 8), class_sizes=(4, 12), primary_years=6)
VOCATIONAL = Kind("365", "36", "职业高级中学", (("vocational", 10, 12),), (12, 10, 11), class_sizes=(21, 34))
KINDERGARTEN = Kind("111", "11", "幼儿园", children=(60, 210))

# Schools of every city, in turn. Three of the first meet in grade 8, so that students can move in the smallest too.
ORDINARY = (
    PRIMARY, JUNIOR, NINE_YEAR, COMPLETE, SENIOR, PRIMARY, PRIMARY, JUNIOR, PRIMARY, NINE_YEAR
)  # fmt: skip
# Schools of which a city has a few, with their district (`pools.AREAS`) and 城乡类型; kindergartens come last.
RARE = (
    (FIVE_YEAR_PRIMARY, 1, URBAN[1]),
    (FOUR_YEAR_JUNIOR, 1, URBAN[0]),
    (FIVE_FOUR_NINE_YEAR, 2, TOWN[0]),
    (SPECIAL, 1, URBAN[0]),
    (VOCATIONAL, 0, URBAN[1]),
    (RURAL_PRIMARY, 2, RURAL[1]),
    (RURAL_PRIMARY, 3, RURAL[0]),
    (TEACHING_POINT, 2, RURAL[1]),
    (TEACHING_POINT, 3, RURAL[1]),
    (KINDERGARTEN, 0, URBAN[0]),
    (KINDERGARTEN, 3, RURAL[0]),
)
