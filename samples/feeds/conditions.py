"""`school_registry/conditions`: the statistics of education, a row for each school and stage.

Lives here: whom a row is about, and its figures, which agree with the city's own rosters and teachers. Of a school of
several stages one row more is the whole school's; it alone holds what the forms do not split. In a known part of the
schools the statistics count a teacher whom the administrative records no longer have.
Add here: another column of the form that must agree with the city.
Stays out: the file (`declared`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from samples.city import City
from samples.feeds import teacher_list
from samples.feeds.contracts import option
from samples.feeds.declared_columns import Rows
from samples.world.strings import Bools, Columns, Ints, digits, same, take, where

ONE_TEACHER_MORE_EACH = 5  # of so many schools, one counts a teacher more than the administrative records have
_DEGREES = {
    "teachers_college": ("大学专科毕业",), "teachers_bachelor": ("大学本科毕业",),
    "teachers_master": ("硕士研究生毕业", "博士研究生毕业"),
}  # fmt: skip
_SPORT_ART = ("体育与健康", "音乐", "美术")
_NONE = (
    "large_classes", "boarders", "entrants", "resumed", "transferred_in", "other_increase", "graduates", "completed",
    "suspended", "dropped_out", "died", "transferred_out", "other_decrease",
)  # fmt: skip


@dataclass(frozen=True)
class _Parts:
    """The stages of every school, in order of school: one entry each, with its students and classes."""

    school: Ints
    stage: tuple[str, ...]
    students: Ints
    classes: Ints

    @property
    def by_school(self) -> Ints:
        """How many stages each school has."""
        return np.bincount(self.school)


def condition_rows(city: City, day: date) -> Rows:
    """Each school's stages in turn, and behind them the school as a whole where there are several."""
    stages = _parts(city).by_school
    school = np.repeat(np.arange(len(stages)), stages + (stages > 1))
    turn = np.arange(len(school)) - np.searchsorted(school, school)
    nobody = np.full(len(school), -1)
    return Rows(nobody, nobody, school, nobody, turn, day)


def condition_columns(city: City, rows: Rows) -> Columns:
    """The figures of the rows; the people of a stage by the rosters, and space and equipment by school."""
    parts = _parts(city)
    of_stage = rows.turn < parts.by_school[rows.school]
    is_school = ~of_stage | (parts.by_school[rows.school] == 1)

    def by_row(figures: Ints) -> Ints:
        """The figures of the stages, and their sums in the rows of whole schools."""
        values = np.bincount(parts.school, figures).astype(np.int64)[rows.school]
        values[of_stage] = figures
        return values

    names = np.full(len(rows), "", object)
    names[of_stage] = [option("stage", stage) for stage in parts.stage]
    people = {name: by_row(count) for name, count in _teachers(city, parts).items()}
    students = by_row(parts.students)
    return {
        "stage": where(of_stage, take(names.tolist(), np.arange(len(rows))), None),
        "students": digits(students),
        "students_last_year": digits(students),
        "classes": digits(by_row(parts.classes)),
        **{name: same("0", len(rows)) for name in _NONE},
        **{name: digits(count) for name, count in people.items()},
        "teachers_backbone": where(is_school, digits(people["teachers_backbone"]), None),
        "staff": digits(np.bincount(city.teachers.school)[rows.school] + 1),
        **{name: where(is_school, digits(n), None) for name, n in _premises(rows.school, students).items()},
    }


def _parts(city: City) -> _Parts:
    """The stages in which a school has classes, by grade; of a kindergarten, which has no roster, its own."""
    klass = dict.fromkeys(zip(city.classes.school.tolist(), city.classes.stage.tolist(), strict=True))
    kindergartens = [(int(school), "kindergarten") for school in np.flatnonzero(city.schools.children)]
    entries = sorted([*klass, *kindergartens], key=lambda entry: entry[0])
    places = {entry: n for n, entry in enumerate(entries)}
    part = np.array([places[e] for e in zip(city.classes.school.tolist(), city.classes.stage.tolist(), strict=True)])
    school = np.array([school for school, _ in entries])
    students = np.bincount(part, city.classes.size, len(entries)).astype(np.int64) + city.schools.children[school]
    return _Parts(school, tuple(s for _, s in entries), students, np.bincount(part, minlength=len(entries)))


def _teachers(city: City, parts: _Parts) -> dict[str, Ints]:
    """Full-time teachers in service of each part; those of a school of several stages are dealt out by its students."""
    said = {name: np.array(column.to_pylist(), object) for name, column in teacher_list.columns(city).items()}
    full_time = np.flatnonzero((said["post"] == "专任教师") & (said["status"] == "在职"))
    school = city.teachers.school[full_time]
    place = (np.arange(len(school)) - np.searchsorted(school, school) + 0.5) / np.bincount(school)[school]
    end = np.cumsum(parts.students)
    pupils = np.bincount(parts.school, parts.students)
    part = np.searchsorted(end, (np.cumsum(pupils) - pupils)[school] + place * pupils[school], side="right")
    groups: dict[str, Bools] = {name: np.isin(said["degree"], words) for name, words in _DEGREES.items()}
    groups |= {
        "teachers": np.ones(len(city.teachers), bool),
        "teachers_backbone": said["backbone"] == "是",
        "teachers_sport_art": np.isin(said["subject"], _SPORT_ART),
    }
    counts = {name: np.bincount(part, who[full_time], len(end)).astype(np.int64) for name, who in groups.items()}
    first = np.append(True, parts.school[1:] != parts.school[:-1])
    more = first & (parts.school % ONE_TEACHER_MORE_EACH == 2)
    return counts | {name: counts[name] + more for name in ("teachers", "teachers_bachelor")}


def _premises(school: Ints, students: Ints) -> dict[str, Ints]:
    """Space, rooms and equipment of a school: by its turn as much as 教督〔2017〕6号 asks of either stage, or less."""
    gym, teaching = students, students * _turn((4, 6, 5, 8), school)
    return {
        "gym_area": gym,
        "teaching_area": teaching,
        "building_area": teaching * 2,
        "sports_area": students * _turn((6, 7, 9, 10, 12), school),
        "land_area": students * 25,
        "equipment_value": -(-students * _turn((15, 25, 30), school) // 100),
        "multimedia_rooms": -(-students * 24 // 1000) - _turn((0, 1, 0), school),
        "classrooms": -(-students // 40),
        "books": students * 30,
    }


def _turn(figures: tuple[int, ...], school: Ints) -> Ints:
    """One of the figures for each school, in turn."""
    return np.array(figures)[school % len(figures)]
