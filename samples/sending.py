"""Which rosters, marks and lists are sent on which night.

Lives here: one step per kind of file. Night 1 brings everything; later nights bring again, and whole, the
files in which something changed. What did not change is not sent again.
Add here: the step of another feed.
Stays out: how a feed looks (its own module), homework (`homework_sending`), the order of the steps
(`nights`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import numpy as np

from samples.city import Seats
from samples.dirt import timetable
from samples.feeds import exam_results, lists, student_roster, teacher_list
from samples.files.accounts import Book, Night
from samples.files.books import write_books
from samples.files.rows import Content, place_rows, plant
from samples.planted.flaw_kinds import CLASSES, EXAMS, SCHOOLS, STUDENTS, TEACHERS
from samples.planted.plan import Flaw
from samples.sender import Sender
from samples.truth.records import Hold
from samples.world.exams import Exam, all_exams, exams_of
from samples.world.strings import Ints

STUDENTS_PER_CHUNK = 40_000  # students rendered at once


def send_lists(sender: Sender, night: Night) -> None:
    """The three lists of the whole city, on night 1 alone."""
    for feed in (SCHOOLS, TEACHERS, CLASSES):
        book, content, names = list_content(sender, night, feed)
        write_books(night, [book], content, names)


def list_content(sender: Sender, night: Night, feed: str) -> tuple[Book, Content, list[str]]:
    """A list of the whole city tonight: its file, its rows and the names of its columns."""
    city = sender.city
    if feed == SCHOOLS:
        book, columns = lists.school_book(city), lists.school_columns(city)
    elif feed == TEACHERS:
        book, columns = teacher_list.book(), teacher_list.columns(city)
    else:
        book, columns = lists.class_book(), lists.class_columns(city)
    size = len(next(iter(columns.values())))
    flaws = sender.flaws_of(feed, night.number)
    rows = place_rows(np.arange(size), np.zeros(size, np.int64), flaws, lambda _: 0)
    content = plant(rows, {n: c.take(rows.entity) for n, c in columns.items()}, rows.entity, [], flaws)
    return book, content, list(columns)


def send_rosters(sender: Sender, night: Night, seats: Seats, *, full: bool = False) -> None:
    """Rosters of all schools on night 1 (with `full`, each night), later of those where something changed; tens of
    thousands of students at a time.
    """
    school = sender.city.classes.school[seats.klass]
    schools = np.unique(school) if full else _changed_schools(sender, night.number)
    order = np.lexsort((seats.seat, seats.klass))
    sizes = np.bincount(school, minlength=len(sender.city.schools.code))
    for chunk in _chunks(schools, sizes):
        _send_some_rosters(sender, night, seats, chunk, order[np.isin(school[order], chunk)])
        sender.progress(f"{night.day.isoformat()}: {STUDENTS}, {len(chunk)} files")
    if night.dirt and timetable.is_half(night.number):
        half = timetable.half_school(sender.city.schools)
        roster = order[school[order] == half]
        _send_some_rosters(sender, night, seats, np.array([half]), roster[: len(roster) // 2])
        _hold(night, sender.city.schools.code[half])


def _hold(night: Night, slice_: str) -> None:
    """What came tonight of a roster waits: it fell too far."""
    night.holds.append(Hold(night.number, "half_roster", STUDENTS, slice_, "rows fell from"))
    for n, account in enumerate(night.accounts):
        if account.feed == STUDENTS and account.slice == slice_ and account.rows_loaded:
            night.accounts[n] = replace(account, rows_loaded=0, rows_held=account.rows_loaded, status="held")


def _changed_schools(sender: Sender, night: int) -> Ints:
    city, home = sender.city, sender.home
    if night == 1:
        return np.unique(city.classes.school)  # a kindergarten has no roster
    codes = {
        c for move in sender.truth.moves if move.night == night for c in (move.from_school, move.to_school)
    }
    changed = {city.schools.code.index(code) for code in codes}
    changed |= {int(home[e.person]) for e in sender.edits if e.feed == STUDENTS and e.first == night}
    changed |= {
        f.target if f.target >= 0 else int(home[f.entity]) for f in city.plan.flaws if f.mended == night
    }
    if city.dirt:
        half = timetable.half_school(city.schools)
        changed -= {half} if timetable.is_half(night) else set()
        changed |= {half} if timetable.is_half(night - 1) else set()
    return np.array(sorted(changed), np.int64)


def _chunks(schools: Ints, sizes: Ints) -> Iterator[Ints]:
    """Schools in groups of about `STUDENTS_PER_CHUNK` students."""
    group = np.cumsum(sizes[schools]) // STUDENTS_PER_CHUNK
    return (schools[group == g] for g in np.unique(group))


def _send_some_rosters(sender: Sender, night: Night, seats: Seats, schools: Ints, people: Ints) -> None:
    content = roster_content(sender, night, seats, schools, people)
    write_books(
        night, [student_roster.book(sender.city, int(s)) for s in schools], content, student_roster.NAMES
    )


def roster_content(sender: Sender, night: Night, seats: Seats, schools: Ints, people: Ints) -> Content:
    """The rows of the rosters of `schools` tonight, of those of `people` who are there."""
    city, home = sender.city, sender.home
    place = {int(s): n for n, s in enumerate(schools)}
    file = np.searchsorted(schools, city.classes.school[seats.klass[people]])

    def file_of(flaw: Flaw) -> int | None:
        return place.get(flaw.target if flaw.target >= 0 else int(home[flaw.entity]))

    people_set = set(people.tolist())  # half a roster has no second row of whom it lacks
    flaws = [
        f
        for f in sender.flaws_of(STUDENTS, night.number)
        if f.target >= 0 or not f.kind.adds or f.entity in people_set
    ]
    rows = place_rows(people, file, flaws, file_of)
    values = student_roster.columns(city, rows.entity, seats)
    return plant(rows, values, rows.entity, sender.edits_of(STUDENTS, night.number), flaws)


def send_exams(sender: Sender, night: Night) -> None:
    """On night 1 every exam that was held, later each on the night after it; and workbooks with a mended copy."""
    city, home = sender.city, sender.home
    grade = city.classes.grade[city.students.klass]
    mended = [e.person for e in sender.edits if e.feed == EXAMS and e.until == night.number]
    repeated = {(exam.id, int(home[p])) for p in mended for exam in exams_of(int(grade[p]))}
    for returned in (b for b in sender.returned if b.night == night.number - 1):
        repeated.add((returned.slice.split("/")[0], city.schools.code.index(returned.slice.split("/")[1])))
    for exam in all_exams():
        sitting = exam_results.sit(city, exam)
        schools = np.unique(sitting.school)
        if not _is_due(exam, night):
            schools = np.array([s for s in schools if (exam.id, int(s)) in repeated], np.int64)
        if len(schools) and exam.held_on < night.day:
            send_exam(sender, night, sitting, schools)


def _is_due(exam: Exam, night: Night) -> bool:
    first = night.number == 1 or exam.held_on >= night.day - timedelta(days=1)
    return first and exam.held_on < night.day


def send_exam(sender: Sender, night: Night, sitting: exam_results.Sitting, schools: Ints) -> None:
    """The workbooks of one exam, of `schools`."""
    city, exam = sender.city, sitting.exam
    content = exam_content(sender, night, sitting, schools)
    books = [exam_results.book(city, exam, int(s)) for s in schools]
    write_books(night, books, content, exam_results.names(exam), exam_results.numeric(exam))
    sender.progress(f"{night.day.isoformat()}: {EXAMS} {exam.id}, {len(books)} files")


def exam_content(sender: Sender, night: Night, sitting: exam_results.Sitting, schools: Ints) -> Content:
    """The rows of the workbooks of an exam and `schools` tonight."""
    city, home, exam = sender.city, sender.home, sitting.exam
    flaws = [f for f in sender.flaws_of(EXAMS, night.number) if f.part == exam.id]
    place = {int(s): n for n, s in enumerate(schools)}
    at = np.flatnonzero(np.isin(sitting.school, schools))
    rows = place_rows(
        sitting.people[at],
        np.searchsorted(schools, sitting.school[at]),
        flaws,
        lambda f: place.get(int(home[f.entity])),
    )
    values = exam_results.columns(city, sitting, np.searchsorted(sitting.people, rows.entity))
    # a copy that differs does so in the sheets of today's platform; the series has another
    parts = (exam.id,) if exam.series else ("", exam.id)
    edits = [e for e in sender.edits_of(EXAMS, night.number) if e.part in parts]
    return plant(rows, values, rows.entity, edits, flaws)
