"""`fitness/results`: a file a school and school year, as it is uploaded or as the platform gives it back.

Lives here: both layouts, and the bad rows among this year's tests; the truth of every test that is sent.
Add here: another column of a layout.
Stays out: what everyone achieved (`world.fitness`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from samples.city import City
from samples.feeds.contracts import contract, house, slice_of
from samples.feeds.declared import plain_students
from samples.feeds.declared_columns import Rows
from samples.feeds.declared_flaws import flaws_of
from samples.files.accounts import Book, Night
from samples.files.books import write_books
from samples.files.rows import place_rows, plant
from samples.files.workbooks import HeadRow
from samples.planted.plan import Flaw
from samples.sender import Sender
from samples.truth.truth_files import write_table
from samples.world import pools
from samples.world.fitness import AGAIN, EXEMPT, STATUSES, YEARS, Tests, make_tests
from samples.world.identifiers import days_as_text
from samples.world.randomness import stream
from samples.world.strings import Bools, Columns, Ints, Strings, digits, join, same, take, where

FEED = "fitness/results"
_MAX_STUDENTS = 20_000
_UPLOAD = (
    "grade_number", "class_number", "class_name", "student_number", "ethnicity", "name", "sex", "birth_date", "status",
    "tested_on",
)  # fmt: skip
_PERSON = ("class_name", "student_number", "name", "sex", "status", "tested_on")
_ITEMS = (
    "height", "weight", "vital_capacity", "sprint_50m", "sit_and_reach", "rope_skipping", "sit_ups", "shuttle_run",
    "pull_ups", "long_jump", "run_1000m", "run_800m",
)  # fmt: skip
_SCORED = ("vital_capacity", "sprint_50m", "sit_and_reach")
_RUNS = ("shuttle_run", "run_1000m", "run_800m")
_TENTHS = ("sprint_50m", "sit_and_reach")
_LEVELS = ("优秀", "良好", "及格", "不及格")
_MISREPORTED = 97  # of so many tests that the platform gives back, one has another total than the standard


def send_fitness(sender: Sender, night: Night) -> None:
    """On night 1 the file of every school and school year; every third school sends what the platform gives back."""
    feed = contract(FEED)
    if feed is None or night.number > 1:
        return
    city = sender.city
    for tests, is_result, flaws in _sent(city):
        schools, file = np.unique(city.classes.school[tests.klass], return_inverse=True)
        names = _result_names() if is_result else (*_UPLOAD, *_ITEMS)
        mine = {n: c for n, c in _columns(city, tests).items() if n in names}
        file_rows = place_rows(np.arange(len(tests.people)), file, flaws, lambda f, file=file: int(file[f.entity]))  # type: ignore[misc]
        content = plant(
            file_rows,
            {n: c.take(file_rows.entity) for n, c in mine.items()},
            file_rows.entity,
            [],
            flaws,
        )
        books = [_book(city, tests.year, int(s), is_result=is_result) for s in schools]
        write_books(night, books, content, names, frozenset(_ITEMS[:7]))


def write_fitness_truth(folder: Path, city: City) -> None:
    """`fitness.csv`: what each test that can be loaded comes to, as it was planted; `total` is blank where something
    is missing or somebody was let off.
    """
    parts = []
    for tests, _, flaws in _sent(city):
        is_lost, lacks_height = np.zeros(len(tests.people), bool), np.zeros(len(tests.people), bool)
        for flaw in (f for f in flaws if not f.kind.adds):
            (is_lost if flaw.kind.severity == "row" else lacks_height)[flaw.entity] |= flaw.kind.column != "sex"
        parts.append(_truth(city, tests, ~is_lost, tests.whole & ~lacks_height))
    write_table(folder / "fitness.csv", {n: _stacked([part[n] for part in parts]) for n in parts[0]})


def _truth(city: City, tests: Tests, is_loaded: Bools, is_whole: Bools) -> Columns:
    rows, total = np.flatnonzero(is_loaded), tests.total
    level = np.select([total >= 900, total >= 800, total >= 600], [1, 2, 3], 4)
    columns = {
        "student_number": city.students.number.take(tests.people),
        "school_year": same(tests.year, len(total)),
        "grade": digits(tests.grade),
        "status": take(STATUSES, tests.status),
        "standard_score": where(is_whole, _decimal(tests.hundredths, 100), None),
        "bonus": where(is_whole, digits(tests.bonus), None),
        "total": where(is_whole, _decimal(total, 10), None),
        "level": where(is_whole, digits(level), None),
    }
    return {n: c.take(rows) for n, c in columns.items()}


def _stacked(parts: list[Strings]) -> Strings:
    import pyarrow as pa

    return pa.concat_arrays(parts)


def _sent(city: City) -> Iterator[tuple[Tests, bool, list[Flaw]]]:
    """The tests of each school year and layout, with the bad rows among them: those of this year alone."""
    people = np.flatnonzero(plain_students(city))[:_MAX_STUDENTS]
    for back in range(len(YEARS)):
        tests = make_tests(city, people, back)
        for is_result in (False, True):
            some = np.flatnonzero((city.classes.school[tests.klass] % 3 == 1) == is_result)
            if len(some):
                mine = _of(tests, some)
                yield mine, is_result, [] if back else _flaws(city, mine, is_result=is_result)


def _of(tests: Tests, some: Ints) -> Tests:
    """The tests in these places."""

    def chosen(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: each[some] for name, each in value.items()}
        return value[some] if isinstance(value, np.ndarray) else value

    return Tests(**{name: chosen(value) for name, value in vars(tests).items()})


def _flaws(city: City, tests: Tests, *, is_result: bool) -> list[Flaw]:
    feed = contract(FEED)
    if feed is None:
        return []
    school = city.classes.school[tests.klass]
    columns = _columns(city, tests)
    rows = Rows(tests.people, np.full(len(school), -1), school, tests.klass, school, date(2025, 10, 10))
    plain = {n: columns[n] for n in ("student_number", "height", "sex")}
    narrow = feed.model_copy(update={"columns": tuple(c for c in feed.columns if c.name in plain)})
    return flaws_of(narrow, rows, plain, stream(city.seed, "fitness flaws", int(is_result)), rows.day)


def _result_names() -> tuple[str, ...]:
    scored = (name for item in _SCORED for name in (item, f"{item}_score", f"{item}_level"))
    others = (item for item in _ITEMS[2:] if item not in _SCORED)
    return (*_PERSON, "height", "weight", *scored, *others, "standard_score", "bonus", "total", "total_level")


def _book(city: City, year: str, school: int, *, is_result: bool) -> Book:
    feed = contract(FEED)
    headers = {c.name: c.headers[0] for c in feed.columns} if feed else {}
    below = f"{year}/{city.schools.code[school]}.xlsx"
    slice_ = slice_of(feed, below) if feed else ""
    if not is_result:
        head: tuple[HeadRow, ...] = (HeadRow(tuple(headers[n] for n in (*_UPLOAD, *_ITEMS))),)
        return Book(FEED, f"{FEED}/{below}", slice_, head, sheet="上报数据")
    title_cells = (f"{year}学年学生体质健康测试成绩汇总", "填报单位", "参测率", "优秀率", "良好率", "及格率", "平均分")
    above = [HeadRow((title_cells[0],)), *(HeadRow((t, city.schools.name[school] if n == 0 else "98.5%"))
                                    for n, t in enumerate(title_cells[1:]))]  # fmt: skip
    last = {"_score": "得分", "_level": "等级"}
    names = [next((w for end, w in last.items() if n.endswith(end) and n[: -len(end)] in _SCORED), headers[n])
             for n in _result_names()]  # fmt: skip
    return Book(FEED, f"{FEED}/{below}", slice_, (*above, HeadRow(tuple(names))), sheet="成绩汇总")


def _columns(city: City, tests: Tests) -> Columns:
    people, count = tests.people, len(tests.people)
    there = tests.status < EXEMPT
    told = np.where(np.arange(count) % _MISREPORTED == 0, np.minimum(tests.total + 10, 1200), tests.total)
    level = np.select([told >= 900, told >= 800, told >= 600], [0, 1, 2], 3)
    begins, is_again = int(tests.year[:4]), tests.status == AGAIN
    said = (tests.status > 0) | (people % 2 == 0)  # of half of those who were tested nobody says so
    columns: Columns = {
        "grade_number": digits(tests.number),
        "class_number": take(city.classes.code, tests.klass),
        "class_name": join(take(pools.GRADES, tests.grade), digits(city.classes.number[tests.klass]), "班"),
        "student_number": city.students.number.take(people),
        "ethnicity": take(pools.ETHNICITIES, city.students.ethnicity[people]),
        "name": city.students.name.take(people),
        "sex": digits(tests.sex),
        "birth_date": days_as_text(city.students.birth[people]),
        "status": where(said, take(STATUSES, tests.status), None),
        "tested_on": where(there & said, take((f"{begins}-09-18", f"{begins}-10-09"), is_again.astype(np.int64)), None),
        "height": where(there, _decimal(tests.height, 10), None),
        "weight": where(there, _decimal(tests.weight, 10), None),
        "standard_score": where(tests.whole, _decimal(tests.hundredths, 100), None),
        "bonus": where(tests.whole, digits(tests.bonus), None),
        "total": where(tests.whole, _decimal(told, 10), None),
        "total_level": where(tests.whole, take(_LEVELS, level), None),
    }
    for item in house().fitness.items:
        columns[item] = where(tests.measured[item], _measured(item, tests.values[item]), None)
    for item in _SCORED:
        score = tests.scores[item]
        columns[f"{item}_score"] = where(tests.measured[item], digits(score), None)
        columns[f"{item}_level"] = where(
            tests.measured[item],
            take(_LEVELS, np.select([score >= 90, score >= 80, score >= 60], [0, 1, 2], 3)),
            None,
        )
    return columns


def _measured(item: str, tenths: Ints) -> Strings:
    if item in _RUNS:
        return _run(tenths // 10)
    return _decimal(tenths, 10) if item in _TENTHS else digits(tenths // 10)


def _decimal(value: Ints, parts: int) -> Strings:
    """Tenths or hundredths as a decimal."""
    sign = where(value < 0, "-", "")
    return join(sign, digits(np.abs(value) // parts), ".", digits(np.abs(value) % parts, len(str(parts)) - 1))


def _run(seconds: Ints) -> Strings:
    """3′45″, 3'45, 3:45, 3分45秒 and 3.45 in turn."""
    turn = np.arange(len(seconds)) % 5
    between = take(("′", "'", ":", "分", "."), turn)
    return join(digits(seconds // 60), between, digits(seconds % 60, 2), take(("″", "", "", "秒", ""), turn))
