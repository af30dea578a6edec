"""`student_registry/changes`: a workbook of the night's changes: for each move a row for leaving and one for arriving,
and who never came, or came after all.

Lives here: its columns and its file.
Add here: another kind of change (suspension, return).
Stays out: who moves at all (`moves`), who never came (`planted`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np

from samples.feeds.contracts import contract, slice_of
from samples.files.accounts import Book, Night
from samples.files.books import write_books
from samples.files.rows import place_rows, plant
from samples.files.workbooks import HeadRow
from samples.sender import Sender
from samples.truth.records import NeverCame
from samples.world.strings import Columns, Ints, same, take

FEED = "student_registry/changes"
_REPORTED_ON = date(2025, 9, 8)  # a week after the school year began
_COMES_ON = 3  # the night on which the first of them comes after all

_Change = dict[str, str | None]


def send_changes(sender: Sender, night: Night) -> None:
    """The changes of tonight, where there are any."""
    feed = contract(FEED)
    told = [*_moves(sender, night), *_never_came(sender, night), *_came(sender, night)]
    if feed is None or not told:
        return
    persons = np.array([person for person, _ in told], np.int64)
    changes = [change for _, change in told]
    values = _columns(sender, persons, changes)
    blank = same(None, len(told))
    columns = {c.name: values.get(c.name, blank) for c in feed.columns}
    below = f"{night.day:%Y%m%d}.xlsx"
    head = (HeadRow(("学籍异动登记",)), HeadRow(tuple(c.headers[0] for c in feed.columns)))
    book = Book(FEED, f"{FEED}/{below}", slice_of(feed, below), head, sheet="学籍异动")
    rows = place_rows(np.arange(len(told)), np.zeros(len(told), np.int64), [], lambda _: 0)
    write_books(night, [book], plant(rows, columns, rows.entity, [], []), list(columns))


def _columns(sender: Sender, persons: Ints, changes: list[_Change]) -> Columns:
    students = sender.city.students
    names = dict.fromkeys(name for change in changes for name in change)
    values = {name: take([change.get(name) for change in changes], np.arange(len(changes))) for name in names}
    return {"student_number": students.number.take(persons), "name": students.name.take(persons)} | values


def _moves(sender: Sender, night: Night) -> Iterator[tuple[int, _Change]]:
    city = sender.city
    person = {str(city.students.number[p]): int(p) for p in city.plan.movers}
    for move in (m for m in sender.truth.moves if m.night == night.number):
        for word, school in (("转出", move.from_school), ("转入", move.to_school)):
            yield (
                person[move.student_number],
                {
                    "school_code": school,
                    "change_type": word,
                    "changed_on": night.day.isoformat(),
                    "from_school_code": move.from_school,
                    "to_school_code": move.to_school,
                    "old_class_code": move.from_class,
                    "new_class_code": move.to_class,
                },
            )


def _never_came(sender: Sender, night: Night) -> Iterator[tuple[int, _Change]]:
    """Half of them are told on the first night, the others on the second, long after they were counted."""
    city = sender.city
    if night.number > 2:
        return
    for person in city.plan.never_came[night.number - 1 :: 2].tolist():
        klass = int(city.students.klass[person])
        school, code = city.schools.code[city.classes.school[klass]], city.classes.code[klass]
        day = _REPORTED_ON.isoformat()
        sender.truth.never_came.append(NeverCame(night.number, str(city.students.number[person]), school, code, day))
        yield person, {"school_code": school, "change_type": "未报到", "changed_on": day}


def _came(sender: Sender, night: Night) -> Iterator[tuple[int, _Change]]:
    """The first of them is back on the third night."""
    came = sender.city.plan.never_came[:1].tolist() if night.number == _COMES_ON else []
    for person in came:
        entry = sender.truth.never_came[0]
        sender.truth.never_came[0] = replace(entry, came_on=night.day.isoformat())
        yield person, {"school_code": entry.school_code, "change_type": "复学", "changed_on": night.day.isoformat()}
