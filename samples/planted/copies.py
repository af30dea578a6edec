"""Copies of the registry's values in other systems: those that differ, and those that only look different.

Lives here: what such a copy says instead.
Add here: another way in which a copy differs.
Stays out: whom it hits and in which feed (`planted.planning`, `sending`).
"""

from __future__ import annotations

from dataclasses import replace

from samples.planted.plan import Edit
from samples.world.exams import exams_of
from samples.world.people import Students
from samples.world.pools import GIVEN_NAMES, MIDDLE_DOT
from samples.world.schools import Classes
from samples.world.strings import Ints, pick


def name_edits(feed: str, selection: Ints, students: Students) -> list[Edit]:
    """The same person under a name with another last character, for good."""
    return [
        Edit(feed, "name", int(p), name, "difference")
        for p, name in zip(selection, misspelt(students, selection), strict=True)
    ]


def older_exam_edits(feed: str, selection: Ints, students: Students, grades: Ints) -> list[Edit]:
    """Another name in the first exam of the year alone; every later one agrees with the registry."""
    return [
        replace(edit, part=exams_of(int(grades[edit.person]))[0].id)
        for edit in name_edits(feed, selection, students)
    ]


def class_edits(feed: str, selection: Ints, students: Students, classes: Classes) -> list[Edit]:
    """The same person in another class of the grade, for good."""
    own = [classes.code[int(students.klass[p])] for p in selection]
    return [
        Edit(feed, "class_code", int(p), f"{code[:2]}{int(code[2:]) + 1:02d}", "difference")
        for p, code in zip(selection, own, strict=True)
    ]


def format_edits(feed: str, selection: Ints, students: Students) -> list[Edit]:
    """The same name in another form: a space between the characters, another middle dot. No difference."""
    names = [str(n) for n in pick(students.name, selection)]
    return [
        Edit(
            feed,
            "name",
            int(p),
            name.replace(MIDDLE_DOT, "•")
            if MIDDLE_DOT in name
            else f"{name[0]}{' ' if n % 2 else chr(0x3000)}{name[1:]}",
            "formatting",
        )
        for n, (p, name) in enumerate(zip(selection, names, strict=True))
    ]


def misspelt(students: Students, people: Ints) -> list[str]:
    """The people's names with another last character: one edit, so that a copy is still known as theirs."""
    names = [str(n) for n in pick(students.name, people)]
    return [
        n[:-1]
        + next(c for c in (GIVEN_NAMES[i % len(GIVEN_NAMES)], GIVEN_NAMES[(i + 1) % len(GIVEN_NAMES)]) if c != n[-1])
        for i, n in enumerate(names)
    ]
