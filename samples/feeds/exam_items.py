"""`exams/items` and `exams/blueprint`: one workbook per exam, subject and school, a sheet for each of the two feeds.

Lives here: the scores by item, the blueprint, and the workbook.
Add here: another subject.
Stays out: the marks as a whole (`exam_results`).
"""

from __future__ import annotations

import numpy as np

from samples.dirt import formats
from samples.feeds.contracts import contract, slice_of
from samples.feeds.declared import plain_students
from samples.files.accounts import Book, Night, WrittenFile, record_files, record_flaws
from samples.files.rows import Content, place_rows, plant
from samples.planted.flaw_kinds import Kind, always, break_number
from samples.planted.plan import Flaw
from samples.sender import Sender
from samples.world.exams import all_exams
from samples.world.pools import SUBJECT_CODES
from samples.world.randomness import stream
from samples.world.strings import Columns, digits, take

ITEMS, BLUEPRINT = "exams/items", "exams/blueprint"
_SUBJECT = "数学"
_SCHOOLS = 30  # that have a platform of item scores
_MARKS = (*(4,) * 10, *(6,) * 5, *(10,) * 3)
_POINTS = ("数与代数", "图形与几何", "统计与概率", "综合与实践")
_SHEETS = ("小题分", "双向细目表")
_BLUEPRINT = (
    ("item", "题号"), ("item_type", "题型"), ("knowledge_point", "知识点"), ("full_mark", "分值"),
    ("difficulty", "预估难度"),
)  # fmt: skip
_PERSON = (
    ("candidate_number", "考号"), ("student_number", "学籍号"), ("class_code", "班级"), ("name", "姓名"),
    ("total_score", "总分"),
)  # fmt: skip
_BAD_NUMBER = Kind("bad_number", ITEMS, "student_number", "type_student_number", "row", break_number)
_BAD_MARK = Kind("bad_mark", BLUEPRINT, "full_mark", "type_decimal", "row", always("十分"))


def send_items(sender: Sender, night: Night) -> None:
    """On night 1 the first exam of each grade that was held."""
    if contract(ITEMS) is None or contract(BLUEPRINT) is None or night.number > 1:
        return
    city = sender.city
    klass = city.students.klass
    for exam in (e for e in all_exams() if "-m1-" in e.id and e.held_on < night.day):
        sitting = plain_students(city) & city.sits[klass] & (city.classes.grade[klass] == exam.grade)
        people = np.flatnonzero(sitting)
        school = city.classes.school[klass[people]]
        for n, s in enumerate(np.unique(school)[:_SCHOOLS]):
            below = f"{exam.id}/{SUBJECT_CODES[_SUBJECT]}/{city.schools.code[s]}.xlsx"
            mine = people[school == s]
            _write(sender, night, below, mine, bad=n == 0 and len(mine) > 20)


def _write(sender: Sender, night: Night, below: str, people: np.ndarray, *, bad: bool) -> None:
    rng = stream(sender.city.seed, "items", below)
    scores = rng.binomial(_MARKS, 0.72, (len(people), len(_MARKS)))
    persons = _persons(sender, people, scores)
    first = _content(persons, [Flaw(f"{ITEMS}:{below}", _BAD_NUMBER, 1, below)] if bad else [])
    second = _content(_plan(), [Flaw(f"{BLUEPRINT}:{below}", _BAD_MARK, 2, below)] if bad else [])
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
        "total_score": digits(scores.sum(axis=1)),
    }
    return persons | {f"{n + 1}": digits(scores[:, n]) for n in range(len(_MARKS))}


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
