"""`exams/results`: one workbook per exam and school, with the two-row merged header of the marking platforms.

Lives here: the columns of a workbook, subject by subject with 得分, 校次 and 班次, and its heads.
Add here: another column of these workbooks.
Stays out: what was scored (`world.exams`); copies that differ from the registry (`planted`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from samples.city import City
from samples.files.accounts import Book
from samples.files.workbooks import HeadRow, letter
from samples.planted.flaw_kinds import EXAMS
from samples.world import exam_series
from samples.world.exams import BLANK, SCORED, WORDS, Exam, Scores, ranks, score
from samples.world.strings import Columns, Ints, Strings, digits, join, same, take, where

_PERSON = (
    ("candidate_number", "考号"),
    ("student_number", "学籍号"),
    ("class_code", "班级"),
    ("name", "姓名"),
    ("attribute", "学生属性"),
)
_PARTS = ("得分", "校次", "班次")
_TOTAL = "总分"
_HALVES = tuple(f"{n / 2:g}" for n in range(2000))


@dataclass(frozen=True)
class Sitting:
    """Who sat an exam, ordered by school, class and seat; `school` and `world.people` run in parallel."""

    exam: Exam
    people: Ints
    school: Ints
    scores: Scores


def sit(city: City, exam: Exam) -> Sitting:
    """Everyone of the grade sits it, but those whom the registry does not know well enough to compare, and special
    schools; of the series, whoever was in the grade in its year.
    """
    if exam.series:
        people = exam_series.people_of(city, exam)
        schools = city.classes.school[city.students.klass[people]]
        return Sitting(exam, people, schools, exam_series.score(city, exam, people))
    klass = city.students.klass
    people = np.flatnonzero(city.sits[klass] & (city.classes.grade[klass] == exam.grade) & ~city.plan.silent)
    return Sitting(
        exam,
        people,
        city.classes.school[klass[people]],
        score(exam, people, city.students, city.classes, city.seed),
    )


def names(exam: Exam) -> tuple[str, ...]:
    """Column names: the contract's, then `<subject>_<part>` for what the contract keeps in its map."""
    marks = (f"{subject}_{part}" for subject in (*exam.subjects, _TOTAL) for part in _PARTS)
    return (*(n for n, _ in _PERSON), *marks)


def numeric(exam: Exam) -> frozenset[str]:
    """Columns that hold numbers in a workbook."""
    return frozenset(names(exam)[len(_PERSON) :])


def book(city: City, exam: Exam, school: int) -> Book:
    """One school's file: a title and two merged header rows in a workbook, one joined header row in a csv."""
    path = f"{EXAMS}/{exam.id}/{city.schools.code[school]}{city.suffix}"
    slice_ = f"{exam.id}/{city.schools.code[school]}"
    if city.suffix == ".csv":
        head: tuple[HeadRow, ...] = (HeadRow((*(h for _, h in _PERSON), *names(exam)[len(_PERSON) :])),)
        return Book(EXAMS, path, slice_, head, total=True)
    title = HeadRow((f"{city.schools.name[school]}{exam.label}成绩",))
    subjects = [cell for subject in (*exam.subjects, _TOTAL) for cell in (subject, "", "")]
    head = (
        title,
        HeadRow((*(h for _, h in _PERSON), *subjects)),
        HeadRow(("",) * len(_PERSON) + _PARTS * (len(exam.subjects) + 1)),
    )
    return Book(EXAMS, path, slice_, head, total=True, sheet="成绩", merged=_merged(len(exam.subjects) + 1))


def _merged(groups: int) -> tuple[str, ...]:
    """The title over all columns, 考号 and its like over both header rows, each subject over its parts."""
    width = len(_PERSON) + groups * len(_PARTS)
    person = (f"{letter(c)}2:{letter(c)}3" for c in range(len(_PERSON)))
    marks = (f"{letter(c)}2:{letter(c + len(_PARTS) - 1)}2" for c in range(len(_PERSON), width, len(_PARTS)))
    return (f"A1:{letter(width - 1)}1", *person, *marks)


def columns(city: City, sitting: Sitting, rows: Ints) -> Columns:
    """Every column for `rows` of the sitting, as it would be without an error."""
    people = sitting.people[rows]
    students = city.students
    klass = students.klass[people]
    year = sitting.exam.held_on.year
    # nobody knows any more in which class they were in earlier years
    nameless = city.plan.blank_exam_class[people] | (year < exam_series.PRESENT)
    values: Columns = {
        "candidate_number": join(f"{year % 100}{sitting.exam.grade:02d}", digits(people + 1, 8)),
        "student_number": students.number.take(people),
        "class_code": where(nameless, None, take(city.classes.code, klass)),
        "name": students.name.take(people),
        "attribute": same("正常", len(people)),
    }
    halves, state = _with_total(sitting.scores)
    for n, subject in enumerate((*sitting.exam.subjects, _TOTAL)):
        values |= _marks(subject, halves[n], state[n], sitting.school, students.klass[sitting.people], rows)
    return values


def _with_total(scores: Scores) -> tuple[Ints, Ints]:
    scored = scores.state == SCORED
    total = np.where(scored, scores.halves, 0).sum(axis=0)
    state = np.where(scored.any(axis=0), SCORED, BLANK)
    return np.vstack([scores.halves, total]), np.vstack([scores.state, state])


def _marks(subject: str, halves: Ints, state: Ints, school: Ints, klass: Ints, rows: Ints) -> Columns:
    return {
        f"{subject}_得分": _score_texts(halves[rows], state[rows]),
        f"{subject}_校次": _place(ranks(halves, state, school)[rows]),
        f"{subject}_班次": _place(ranks(halves, state, klass)[rows]),
    }


def _score_texts(halves: Ints, state: Ints) -> Strings:
    return where(state == SCORED, take(_HALVES, halves), take(WORDS, state))


def _place(rank: Ints) -> Strings:
    return where(rank > 0, digits(rank), None)
