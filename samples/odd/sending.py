"""Which odd file comes on which night: one roster and one score sheet a night, of slices that nothing else sends then.

Lives here: the order of the kinds, and the choice of the slice. A kind that finds none waits for the next night.
Add here: another feed of which odd files come.
Stays out: the kinds themselves, and entering them in the truth (`entry`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from samples.city import Seats
from samples.dirt import timetable
from samples.feeds import exam_results, student_roster
from samples.files.accounts import Book, Night
from samples.files.rows import Content
from samples.odd import lists, rosters, score_sheets
from samples.odd.draft import Draft, OddFile
from samples.odd.entry import enter
from samples.odd.waiting import Waiting
from samples.planted.flaw_kinds import CLASSES, EXAMS, STUDENTS
from samples.sender import Sender
from samples.sending import exam_content, roster_content
from samples.world.exams import Exam, monthly_exams
from samples.world.strings import Ints

FIRST_NIGHT = 5  # before it schools mend what was wrong on the first night
_FEW = 12  # pupils of whom a score sheet needs more


def send_odd_files(sender: Sender, night: Night, seats: Seats) -> None:
    """Tonight's odd files, after the usual ones."""
    if night.number < FIRST_NIGHT:
        return
    _send_rosters(sender, night, seats)
    _send_score_sheets(sender, night)
    _send_list(sender, night)


def _send_list(sender: Sender, night: Night) -> None:
    """One list a night, until each kind has come; a kind that cannot come tonight lets the others go first."""
    waiting = _state(sender, "lists", list(lists.KINDS))
    for kind in waiting.kinds:
        if kind not in waiting.last and lists.KINDS[kind](sender, night):
            waiting.last[kind] = night.number
            return


def _state(sender: Sender, feed: str, kinds: Sequence[str]) -> Waiting:
    return sender.odd.setdefault(feed, Waiting(tuple(kinds)))


def _sent_tonight(night: Night, feed: str) -> set[str]:
    return {account.slice for account in night.accounts if account.feed == feed}


def _send_rosters(sender: Sender, night: Night, seats: Seats) -> None:
    city = sender.city
    waiting = _state(sender, STUDENTS, list(rosters.KINDS))
    half = timetable.half_school(city.schools)
    busy = _sent_tonight(night, STUDENTS)
    for school, code in enumerate(city.schools.code):
        is_half = school == half and (timetable.is_half(night.number) or timetable.is_half(night.number - 1))
        if code in busy or is_half:
            continue
        people = np.flatnonzero(city.classes.school[seats.klass] == school)
        order = people[np.lexsort((seats.seat[people], seats.klass[people]))]
        content = roster_content(sender, night, seats, np.array([school]), order)
        book = student_roster.book(city, school)
        draft = _draft(sender, book, content, student_roster.NAMES, student_roster.HEADERS, waiting)
        kind = waiting.next
        enter(night, kind, draft, content, _as_it_stands(sender, night, waiting, rosters.KINDS[kind](draft), code))
        waiting.sent += 1


def _as_it_stands(sender: Sender, night: Night, waiting: Waiting, odd: OddFile, part: str) -> OddFile:
    """A file that waits or is refused leaves what the file before it said, be it an odd one."""
    if odd.status == "loaded":
        waiting.standing[part] = (night.number, odd.standing)
        return odd
    since, standing = waiting.standing.get(part, (0, odd.standing))
    came = [a.night for a in sender.truth.files if (a.feed, a.slice, a.status) == (STUDENTS, part, "loaded")]
    return replace(odd, standing=standing) if since == max(came) else odd


def _send_score_sheets(sender: Sender, night: Night) -> None:
    waiting = _state(sender, EXAMS, list(score_sheets.KINDS))
    free = [s for s in _sheets(sender, night) if s[0].slice not in _sent_tonight(night, EXAMS)]
    free.sort(key=lambda s: (waiting.last.get(s[0].slice, 0), s[0].slice))
    for book, exam, content in free[:2]:
        names = exam_results.names(exam)
        draft = replace(
            _draft(sender, book, content, names, names, waiting),
            subjects=exam.subjects,
            book=replace(book, sheet="成绩"),
        )
        kind = waiting.next
        enter(night, kind, draft, content, score_sheets.KINDS[kind](draft))
        waiting.sent += 1
        waiting.last[book.slice] = night.number


def _sheets(sender: Sender, night: Night) -> Iterator[tuple[Book, Exam, Content]]:
    """The score sheets of exams that were held, of schools with some pupils, on which no bad row is planted."""
    city = sender.city
    for exam in monthly_exams():
        if (night.day - exam.held_on).days < 2:
            continue
        sitting = exam_results.sit(city, exam)
        for school in np.unique(sitting.school):
            content = exam_content(sender, night, sitting, np.array([school], np.int64))
            if not content.marks and len(content.rows) > _FEW:
                yield exam_results.book(city, exam, int(school)), exam, content


def _draft(
    sender: Sender, book: Book, content: Content, names: Sequence[str], headers: Sequence[str], waiting: Waiting
) -> Draft:
    columns = [content.columns[name].to_pylist() for name in names]
    lines = tuple(list(line) for line in zip(*columns, strict=True))
    keys = tuple(number or "" for number in content.columns["student_number"].to_pylist())
    return Draft(
        book, tuple(names), tuple(headers), lines, keys, _free(sender, content), waiting.sent // len(waiting.kinds),
        nameless=_nameless(sender, content),
    )  # fmt: skip


def _nameless(sender: Sender, content: Content) -> frozenset[int]:
    """Rows of classes without a name in their list."""
    classes = {f.entity for f in sender.city.plan.flaws if (f.kind.feed, f.kind.name) == (CLASSES, "blank_name")}
    klass = sender.city.students.klass[content.rows.entity].tolist()
    return frozenset(n for n, of_row in enumerate(klass) if of_row in classes)


def _free(sender: Sender, content: Content) -> tuple[int, ...]:
    """Rows of people on whom nothing else is planted, each of whom has one row."""
    taken = {f.entity for f in sender.city.plan.flaws if f.kind.feed in (STUDENTS, EXAMS)}
    taken |= {e.person for e in sender.edits} | set(sender.city.plan.movers.tolist())
    letters: Ints = sender.city.students.letter
    entities = content.rows.entity.tolist()
    return tuple(n for n, person in enumerate(entities) if person not in taken and letters[person] == 0)
