"""`exams/items` and `exams/blueprint`: one workbook per exam, subject and school, a sheet for each of the two feeds.

Lives here: the scores by item (in some classes weak at one knowledge point), the blueprint, the workbook, and what each
class has in each knowledge point (`write_item_truth`).
Add here: another subject.
Stays out: the marks as a whole (`exam_results`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from samples.city import City
from samples.dirt import formats
from samples.feeds.contracts import contract, slice_of
from samples.feeds.declared import plain_students
from samples.files.accounts import Book, Night, WrittenFile, record_files, record_flaws
from samples.files.rows import Content, place_rows, plant
from samples.planted.flaw_kinds import Kind, always, break_number
from samples.planted.plan import Flaw
from samples.sender import Sender
from samples.truth.records import LedgerEntry
from samples.truth.truth_files import write_table
from samples.world.exams import monthly_exams
from samples.world.pools import SUBJECT_CODES
from samples.world.randomness import stream
from samples.world.strings import Columns, Ints, Strings, digits, take, where

ITEMS, BLUEPRINT = "exams/items", "exams/blueprint"
_SUBJECT = "数学"
_SCHOOLS = 30  # that have a platform of item scores
_MARKS = (*(4,) * 10, *(6,) * 5, *(10,) * 3)
_POINTS = ("数与代数", "图形与几何", "统计与概率", "综合与实践")
_CHANCE, _WEAK_CHANCE = 0.72, 0.45  # of a point of the mark; of weak classes in the weak point
_WEAK_POINT, _WEAK_CLASSES, _ABSENT = 1, 4, 3  # place in _POINTS; every fourth class; who is absent of a file
_SHEETS = ("小题分", "双向细目表")
_BLUEPRINT = (
    ("item", "题号"), ("item_type", "题型"), ("knowledge_point", "知识点"), ("full_mark", "分值"),
    ("difficulty", "预估难度"),
)  # fmt: skip
_PERSON = (
    ("candidate_number", "考号"), ("student_number", "学籍号"), ("class_code", "班级"), ("name", "姓名"),
    ("total_score", "总分"),
)  # fmt: skip
_BAD_ROW, _BAD_ITEM = 1, 2
_BAD_NUMBER = Kind("bad_number", ITEMS, "student_number", "type_student_number", "row", break_number)
_BAD_MARK = Kind("bad_mark", BLUEPRINT, "full_mark", "type_decimal", "row", always("十分"))


def send_items(sender: Sender, night: Night) -> None:
    """On night 1 the first exam of each grade that was held."""
    if contract(ITEMS) is None or contract(BLUEPRINT) is None or night.number > 1:
        return
    for sheet in _sheets(sender.city, night.day):
        _write(sender, night, sheet)


@dataclass(frozen=True)
class _Sheet:
    """A school's item scores of an exam: its path, its pupils, one row of `scores` each; `bad` has a flaw a sheet."""

    exam: str
    school: int
    below: str
    people: Ints
    scores: Ints
    bad: bool


def _sheets(city: City, day: date) -> Iterator[_Sheet]:
    """The sheets that are sent on the night of `day`: of the first exam of each grade."""
    klass = city.students.klass
    for exam in (e for e in monthly_exams() if "-m1-" in e.id and e.held_on < day):
        sitting = plain_students(city) & city.sits[klass] & (city.classes.grade[klass] == exam.grade)
        people = np.flatnonzero(sitting)
        school = city.classes.school[klass[people]]
        for n, s in enumerate(np.unique(school)[:_SCHOOLS]):
            below = f"{exam.id}/{SUBJECT_CODES[_SUBJECT]}/{city.schools.code[s]}.xlsx"
            mine = people[school == s]
            scores = _scores(stream(city.seed, "items", below), klass[mine])
            yield _Sheet(exam.id, int(s), below, mine, scores, n == 0 and len(mine) > 20)


def _scores(rng: np.random.Generator, klass: Ints) -> Ints:
    """Scores by item; -1 of who was absent."""
    of_weak_point = np.arange(len(_MARKS)) % len(_POINTS) == _WEAK_POINT
    is_weak = (klass % _WEAK_CLASSES == 0)[:, None] & of_weak_point
    scores = rng.binomial(_MARKS, np.where(is_weak, _WEAK_CHANCE, _CHANCE))
    scores[_ABSENT : _ABSENT + 1] = -1
    return scores


def write_item_truth(folder: Path, city: City, day: date) -> None:
    """`knowledge_points.csv`: of each exam, class and knowledge point what was scored, of what full mark, by how many
    pupils, in what can be loaded, and whether the class was made weak in it.
    """
    parts = [_told(sheet, city, place) for sheet in _sheets(city, day) for place in range(len(_POINTS))]
    names = ("exam", "school_code", "class_code", "knowledge_point", "students", "scored", "full_mark", "is_weak")
    rows = [row for part in parts for row in part]
    write_table(
        folder / "knowledge_points.csv", {n: pa.array([r[i] for r in rows], pa.string()) for i, n in enumerate(names)}
    )


def _told(sheet: _Sheet, city: City, place: int) -> Iterator[tuple[str, ...]]:
    items = np.arange(len(_MARKS)) % len(_POINTS) == place
    told = sheet.scores[:, 0] >= 0
    if sheet.bad:  # the row, and the line of the blueprint, that have a flaw are not loaded
        told[_BAD_ROW] = False
        items[_BAD_ITEM] = False
    klass = city.students.klass[sheet.people]
    for k in np.unique(klass[told]):
        scores = sheet.scores[told & (klass == k)][:, items]
        full = len(scores) * int(np.array(_MARKS)[items].sum())
        is_weak = place == _WEAK_POINT and k % _WEAK_CLASSES == 0
        yield (
            sheet.exam, city.schools.code[sheet.school], city.classes.code[k], _POINTS[place],
            str(len(scores)), str(scores.sum()), str(full), str(int(is_weak)),
        )  # fmt: skip


def _write(sender: Sender, night: Night, sheet: _Sheet) -> None:
    below, bad = sheet.below, sheet.bad
    persons = _persons(sender, sheet.people, sheet.scores)
    first = _content(persons, [Flaw(f"{ITEMS}:{below}", _BAD_NUMBER, _BAD_ROW, below)] if bad else [])
    second = _content(_plan(), [Flaw(f"{BLUEPRINT}:{below}", _BAD_MARK, _BAD_ITEM, below)] if bad else [])
    lines = (_lines(_headers(), first), _lines([h for _, h in _BLUEPRINT], second))
    target = night.folder / ITEMS / below
    target.parent.mkdir(parents=True, exist_ok=True)
    tables = [formats.Table(name, table_lines) for name, table_lines in zip(_SHEETS, lines, strict=True)]
    target.write_bytes(formats.workbook(tables))
    for n, (feed, content) in enumerate(((ITEMS, first), (BLUEPRINT, second))):
        feed_contract = contract(feed)
        book = Book(feed, f"{ITEMS}/{below}", slice_of(feed_contract, below) if feed_contract else "", ())
        beside = ((_SHEETS[1 - n], len(lines[1 - n])),)
        file = WrittenFile(book, len(content.rows), {}, _SHEETS[n], 1, beside)
        fates = record_flaws(night, [book], content, np.arange(len(content.rows)) + 2)
        record_files(night, [file], fates)

    if bad:  # the scores of the item whose line is not loaded are of no knowledge point
        school, number = sender.city.schools.code[sheet.school], str(_BAD_ITEM + 1)
        part = below.removesuffix(".xlsx")
        night.parked.append(
            LedgerEntry(ITEMS, school, "no_blueprint", "warn", number, part, "", night.number, night.number, None)
        )


def _content(columns: Columns, flaws: list[Flaw]) -> Content:
    count = len(next(iter(columns.values())))
    rows = place_rows(np.arange(count), np.zeros(count, np.int64), flaws, lambda _: 0)
    return plant(rows, columns, rows.entity, [], flaws)


def _persons(sender: Sender, people: np.ndarray, scores: np.ndarray) -> Columns:
    city = sender.city
    persons: Columns = {
        "candidate_number": digits(people + 1, 10),
        "student_number": city.students.number.take(people),
        "class_code": take(city.classes.code, city.students.klass[people]),
        "name": city.students.name.take(people),
        "total_score": _told_or_absent(scores.sum(axis=1)),
    }
    return persons | {f"{n + 1}": _told_or_absent(scores[:, n]) for n in range(len(_MARKS))}


def _told_or_absent(scores: Ints) -> Strings:
    return where(scores < 0, "缺考", digits(np.maximum(scores, 0)))


def _plan() -> Columns:
    places = np.arange(len(_MARKS))
    return {
        "item": digits(places + 1),
        "item_type": take(("选择题", "填空题", "解答题"), np.minimum(places // 7, 2)),
        "knowledge_point": take(_POINTS, places % len(_POINTS)),
        "full_mark": digits(np.array(_MARKS)),
        "difficulty": take(("0.85", "0.7", "0.55"), np.minimum(places // 7, 2)),
    }


def _headers() -> list[str]:
    return [h for _, h in _PERSON] + [str(n + 1) for n in range(len(_MARKS))]


def _lines(headers: list[str], content: Content) -> list[list[str | None]]:
    rows = zip(*(c.to_pylist() for c in content.columns.values()), strict=True)
    return [list(headers), *(list(r) for r in rows)]
