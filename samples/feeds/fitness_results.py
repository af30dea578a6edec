"""`fitness/results`: one file a school, in the layout of the upload or of the results that the platform gives back.

Lives here: both layouts, a model of what children of a grade and sex can do, and the bad rows among them.
Add here: another item of the standard.
Stays out: scores by the tables of the standard (a mart's matter; here they only look like scores).
"""

from __future__ import annotations

from datetime import date

import numpy as np

from samples.city import City
from samples.feeds.contracts import contract, slice_of
from samples.feeds.declared import plain_students
from samples.feeds.declared_columns import Rows
from samples.feeds.declared_flaws import flaws_of
from samples.files.accounts import Book, Night
from samples.files.books import write_books
from samples.files.rows import place_rows, plant
from samples.files.workbooks import HeadRow
from samples.sender import Sender
from samples.world import pools
from samples.world.identifiers import days_as_text
from samples.world.randomness import stream
from samples.world.strings import Bools, Columns, Floats, Ints, Strings, digits, join, take, where

FEED = "fitness/results"
_YEAR = "2025-2026"
_MAX_STUDENTS = 20_000
_UPLOAD = (
    "grade_number", "class_number", "class_name", "student_number", "ethnicity", "name", "sex", "birth_date",
)  # fmt: skip
_PERSON = ("class_name", "student_number", "name", "sex")
_ITEMS = (
    "height", "weight", "vital_capacity", "sprint_50m", "sit_and_reach", "rope_skipping", "sit_ups", "shuttle_run",
    "pull_ups", "long_jump", "run_1000m", "run_800m",
)  # fmt: skip
_SCORED = ("vital_capacity", "sprint_50m", "sit_and_reach")
_LEVELS = ("优秀", "良好", "及格", "不及格")


def send_fitness(sender: Sender, night: Night) -> None:
    """On night 1 the file of every school; every third one is what the platform gives back."""
    feed = contract(FEED)
    if feed is None or night.number > 1:
        return
    city = sender.city
    people = np.flatnonzero(plain_students(city))[:_MAX_STUDENTS]
    klass = city.students.klass[people]
    values = _columns(city, people, klass, stream(city.seed, "fitness"))
    school = city.classes.school[klass]
    for is_result in (False, True):
        some = np.flatnonzero((school % 3 == 1) == is_result)
        if not len(some):
            continue
        schools, file = np.unique(school[some], return_inverse=True)
        names = _result_names() if is_result else (*_UPLOAD, *_ITEMS)
        mine = {n: values[n].take(some) for n in dict.fromkeys(names)}
        rows = Rows(people[some], np.full(len(some), -1), school[some], klass[some], file, date(2025, 10, 10))
        plain = {n: c for n, c in mine.items() if n in {"student_number", "height", "sex"}}
        narrow = feed.model_copy(update={"columns": tuple(c for c in feed.columns if c.name in plain)})
        flaws = flaws_of(narrow, rows, plain, stream(city.seed, "fitness flaws", int(is_result)), rows.day)
        file_rows = place_rows(np.arange(len(some)), file, flaws, lambda f, file=file: int(file[f.entity]))  # type: ignore[misc]
        content = plant(
            file_rows,
            {n: c.take(file_rows.entity) for n, c in mine.items()},
            file_rows.entity,
            [],
            flaws,
        )
        books = [_book(city, int(s), is_result=is_result) for s in schools]
        write_books(night, books, content, names, frozenset(_ITEMS[:7]))


def _result_names() -> tuple[str, ...]:
    scored = (name for item in _SCORED for name in (item, f"{item}_score", f"{item}_level"))
    return (*_PERSON, "height", "weight", *scored, "standard_score", "bonus", "total", "total_level")


def _book(city: City, school: int, *, is_result: bool) -> Book:
    feed = contract(FEED)
    headers = {c.name: c.headers[0] for c in feed.columns} if feed else {}
    below = f"{_YEAR}/{city.schools.code[school]}.xlsx"
    slice_ = slice_of(feed, below) if feed else ""
    if not is_result:
        head: tuple[HeadRow, ...] = (HeadRow(tuple(headers[n] for n in (*_UPLOAD, *_ITEMS))),)
        return Book(FEED, f"{FEED}/{below}", slice_, head, sheet="上报数据")
    title_cells = (f"{_YEAR}学年学生体质健康测试成绩汇总", "填报单位", "参测率", "优秀率", "良好率", "及格率", "平均分")
    above = [HeadRow((title_cells[0],)), *(HeadRow((t, city.schools.name[school] if n == 0 else "98.5%"))
                                    for n, t in enumerate(title_cells[1:]))]  # fmt: skip
    last = {"_score": "得分", "_level": "等级"}
    names = [next((w for end, w in last.items() if n.endswith(end) and n[: -len(end)] in _SCORED), headers[n])
             for n in _result_names()]  # fmt: skip
    return Book(FEED, f"{FEED}/{below}", slice_, (*above, HeadRow(tuple(names))), sheet="成绩汇总")


def _columns(city: City, people: Ints, klass: Ints, rng: np.random.Generator) -> Columns:
    grade, boy = city.classes.grade[klass], city.students.sex[people] == 1
    upper = grade > 6
    total = np.clip(np.rint(rng.normal(79, 9, len(people)) * 10), 200, 1100).astype(np.int64)
    number = np.where(grade <= 6, 10 + grade, np.where(grade <= 9, 14 + grade, 21 + grade))
    columns: Columns = {
        "grade_number": digits(number),
        "class_number": take(city.classes.code, klass),
        "class_name": join(take(pools.GRADES, grade), digits(city.classes.number[klass]), "班"),
        "student_number": city.students.number.take(people),
        "ethnicity": take(pools.ETHNICITIES, city.students.ethnicity[people]),
        "name": city.students.name.take(people),
        "sex": digits(city.students.sex[people]),
        "birth_date": days_as_text(city.students.birth[people]),
        **_items(grade, boy, upper, rng),
        "standard_score": _tenths(np.minimum(total, 1000)),
        "bonus": _tenths(np.maximum(total - 1000, 0)),
        "total": _tenths(total),
        "total_level": take(_LEVELS, np.select([total >= 900, total >= 800, total >= 600], [0, 1, 2], 3)),
    }
    for item in _SCORED:
        score = rng.integers(50, 101, len(people))
        columns[f"{item}_score"] = digits(score)
        columns[f"{item}_level"] = take(_LEVELS, np.select([score >= 90, score >= 80, score >= 60], [0, 1, 2], 3))
    return columns


def _items(grade: Ints, boy: Bools, upper: Bools, rng: np.random.Generator) -> Columns:
    count = len(grade)

    def around(mean: Floats, deviation: float) -> Ints:
        return np.rint(mean + rng.normal(0, deviation, count)).astype(np.int64)

    height = around(1150 + 55.0 * np.minimum(grade, 9) + 40 * (boy & upper), 45)
    weight = around(height.astype(float)**2 / 1e4 * 18.5 / 100, 18)
    return {
        "height": _tenths(height),
        "weight": _tenths(np.clip(weight, 150, 1500)),
        "vital_capacity": digits(np.clip(around(900 + 260.0 * grade, 220), 600, 7000)),
        "sprint_50m": _tenths(np.clip(around(118 - 3.2 * grade, 6), 62, 160)),
        "sit_and_reach": _tenths(np.clip(around(np.full(count, 85.0), 50), -120, 260)),
        "rope_skipping": _for(~upper, digits(np.clip(around(60 + 15.0 * grade, 18), 5, 220))),
        "sit_ups": _for((grade > 2) & ~(upper & boy), digits(np.clip(around(18 + 3.0 * grade, 6), 0, 70))),
        "shuttle_run": _for(np.isin(grade, (5, 6)), _run(np.clip(around(np.full(count, 108.0), 8), 80, 180))),
        "pull_ups": _for(upper & boy, digits(np.clip(around(np.full(count, 6.0), 4), 0, 25))),
        "long_jump": _for(upper, digits(np.clip(around(120 + 9.0 * grade, 18), 80, 290))),
        "run_1000m": _for(upper & boy, _run(np.clip(around(np.full(count, 265.0), 25), 190, 420))),
        "run_800m": _for(upper & ~boy, _run(np.clip(around(np.full(count, 250.0), 22), 180, 400))),
    }


def _tenths(value: Ints) -> Strings:
    sign = where(value < 0, "-", "")
    return join(sign, digits(np.abs(value) // 10), ".", digits(np.abs(value) % 10))


def _run(seconds: Ints) -> Strings:
    """3′45″, 3'45, 3:45, 3分45秒 and 3.45 in turn."""
    turn = np.arange(len(seconds)) % 5
    between = take(("′", "'", ":", "分", "."), turn)
    return join(digits(seconds // 60), between, digits(seconds % 60, 2), take(("″", "", "", "秒", ""), turn))


def _for(mask: Bools, values: Strings) -> Strings:
    return where(mask, values, None)
