"""`student_registry/changes`: a workbook of the night's moves, a row for leaving and one for arriving.

Lives here: its columns and its file.
Add here: another kind of change (suspension, return).
Stays out: who moves (`moves`).
"""

from __future__ import annotations

import numpy as np

from samples.feeds.contracts import contract, slice_of
from samples.files.accounts import Book, Night
from samples.files.books import write_books
from samples.files.rows import place_rows, plant
from samples.files.workbooks import HeadRow
from samples.sender import Sender
from samples.world.strings import Columns, same, take

FEED = "student_registry/changes"
_WORDS = ("转出", "转入")


def send_changes(sender: Sender, night: Night) -> None:
    """The moves of tonight, where there are any."""
    feed = contract(FEED)
    moves = [m for m in sender.truth.moves if m.night == night.number]
    if feed is None or not moves:
        return
    city = sender.city
    person = {str(city.students.number[p]): int(p) for p in city.plan.movers}
    persons = np.repeat([person[m.student_number] for m in moves], 2)
    count, ends = len(persons), np.tile([0, 1], len(moves))
    school_codes = [place for m in moves for place in (m.from_school, m.to_school)]
    values: Columns = {
        "school_code": take(school_codes, np.arange(count)),
        "student_number": city.students.number.take(persons),
        "name": city.students.name.take(persons),
        "change_type": take(_WORDS, ends),
        "changed_on": same(night.day.isoformat(), count),
        "from_school_code": take([m.from_school for m in moves], np.arange(count) // 2),
        "to_school_code": take([m.to_school for m in moves], np.arange(count) // 2),
        "old_class_code": take([m.from_class for m in moves], np.arange(count) // 2),
        "new_class_code": take([m.to_class for m in moves], np.arange(count) // 2),
    }
    blank = same(None, count)
    columns = {c.name: values.get(c.name, blank) for c in feed.columns}
    below = f"{night.day:%Y%m%d}.xlsx"
    head = (HeadRow(("学籍异动登记",)), HeadRow(tuple(c.headers[0] for c in feed.columns)))
    book = Book(FEED, f"{FEED}/{below}", slice_of(feed, below), head, sheet="学籍异动")
    rows = place_rows(np.arange(count), np.zeros(count, np.int64), [], lambda _: 0)
    write_books(night, [book], plant(rows, columns, rows.entity, [], []), list(columns))
