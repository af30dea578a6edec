"""What the ledgers should say: differences between systems, corrections, totals.

Lives here: working out the lists of the truth from the plan and from what was written.
Add here: another ledger.
Stays out: problems (`truth.problems`), sums over marks and homework (`truth.marks`, `truth.homework_days`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from samples.city import City, Seats
from samples.planted.flaw_kinds import CLASSES, EXAMS, SCHOOLS, STUDENTS, TEACHERS
from samples.planted.plan import Edit, ReturnedFile
from samples.truth.problems import nights_seen
from samples.truth.records import (
    ClassSize,
    Correction,
    Difference,
    DifferenceEntry,
    FileAccount,
    Lookalike,
    Total,
)
from samples.world.exams import exams_of
from samples.world.identifiers import days_as_text
from samples.world.strings import Ints

_ELEMENTS = {"name": "student.name", "class_code": "student.class"}


def differences(
    city: City, edits: Sequence[Edit], last: int, returned: Sequence[ReturnedFile] = ()
) -> list[Difference]:
    """Copies that differ from what the registry said of their own day, up to night `last`; those of `returned` files
    differ once more. A name that the registry changes later makes no earlier copy wrong.
    """
    spans = [
        _difference(city, e, _own(city, e), e.value, e.feed, 1, e.until, last)
        for e in edits
        if e.kind == "difference"
    ]
    return spans + [
        _difference(city, e, _own(city, e), e.value, e.feed, back.night, back.night + 1, last)
        for back in returned
        for e in back.edits
        if e.kind == "difference"
    ]


def old_names(city: City, edits: Sequence[Edit], days: Sequence[date]) -> list[Difference]:
    """Names that the registry had changed before an exam was held, and its sheets still have as they were."""
    students, classes = city.students, city.classes
    found = []
    for edit in edits:
        klass = int(students.klass[edit.person])
        if edit.kind != "rename" or not city.sits[klass] or city.plan.silent[edit.person]:
            continue
        for exam in exams_of(int(classes.grade[klass])):
            sent = next((number for number, day in enumerate(days, 1) if day > exam.held_on), None)
            if sent is not None and edit.first <= len(days) and days[edit.first - 1] <= exam.held_on:
                old = _own(city, edit)
                found.append(_difference(city, edit, edit.value, old, EXAMS, sent, None, len(days)))
    return found


def difference_ledger(difference_spans: Sequence[Difference], last: int) -> list[DifferenceEntry]:
    """The same as one entry each."""
    entries: dict[DifferenceEntry, list[tuple[int, int | None]]] = defaultdict(list)
    for d in difference_spans:
        unseen = DifferenceEntry(
            d.entity, d.element_id, d.student_number, d.owner_source, d.owner_value, d.copy_source, d.copy_value,
            0, 0, None,
        )  # fmt: skip
        entries[unseen].append((d.from_night, d.to_night))
    ledger = []
    for entry, spans in entries.items():
        first, last_seen, resolved = nights_seen(spans, last)
        ledger.append(replace(entry, first_seen=first, last_seen=last_seen, resolved_on=resolved))
    return ledger


def _difference(
    city: City, edit: Edit, owner: str, copy: str, source: str, first: int, end: int | None, last: int
) -> Difference:
    return Difference(
        "student",
        _ELEMENTS[edit.column],
        _number(city, edit),
        STUDENTS,
        owner,
        source,
        copy,
        first,
        end if end is not None and end <= last else None,
    )


def _own(city: City, edit: Edit) -> str:
    """The registry's value on night 1."""
    if edit.column == "class_code":
        return city.classes.code[int(city.students.klass[edit.person])]
    if edit.column == "birth_date":
        return str(days_as_text(city.students.birth[[edit.person]])[0])
    return str(city.students.name[edit.person])


def _number(city: City, edit: Edit) -> str:
    return str(city.students.number[edit.person])


def lookalikes(city: City, edits: Sequence[Edit]) -> list[Lookalike]:
    """Copies that are written otherwise and mean the same."""
    return [
        Lookalike(_ELEMENTS[e.column], _number(city, e), e.feed, _own(city, e), e.value)
        for e in edits
        if e.kind == "formatting"
    ]


def corrections(city: City, edits: Sequence[Edit], last: int) -> list[Correction]:
    """What is mended after night 1: values at the owner, copies in marks, bad rows of the rosters."""
    spans = [
        Correction(e.first, e.feed, "owner", _number(city, e), e.column, _own(city, e), e.value)
        for e in edits
        if e.kind in {"rename", "birth_date"} and e.first <= last
    ]
    spans += [
        Correction(e.until, e.feed, "copy", _number(city, e), e.column, e.value, _own(city, e))
        for e in edits
        if e.until is not None and e.until <= last
    ]
    spans += [
        Correction(
            f.mended, STUDENTS, "bad_row", str(city.students.number[f.entity]), f.kind.column, f.id, ""
        )
        for f in city.plan.flaws
        if f.mended is not None and f.mended <= last
    ]
    return sorted(spans, key=lambda c: (c.night, c.feed, c.kind, c.student_number))


def unknown_students(city: City, night: int) -> Ints:
    """Students whose only row is in quarantine on this night."""
    return np.array(
        [
            f.entity
            for f in city.plan.flaws
            if f.kind.feed == STUDENTS and f.active(night) and f.kind.severity == "row" and not f.kind.adds
        ],
        np.int64,
    )


def class_sizes(city: City, seats: Seats, night: int) -> list[ClassSize]:
    """Loaded students of every class."""
    is_loaded = np.ones(len(city.students), bool)
    is_loaded[unknown_students(city, night)] = False
    counts = np.bincount(seats.klass[is_loaded], minlength=len(city.classes.size))
    return [
        ClassSize(night, city.schools.code[s], code, int(g), int(n))
        for s, code, g, n in zip(
            city.classes.school, city.classes.code, city.classes.grade, counts, strict=True
        )
    ]


def totals(city: City, files: Sequence[FileAccount], night: int) -> list[Total]:
    """Figures of the whole city as of one night; `files` are all those delivered up to it, in order."""
    quarantined = {
        feed: sum(
            f.kind.feed == feed and f.kind.severity == "row" and not f.kind.adds for f in city.plan.flaws
        )
        for feed in (TEACHERS, SCHOOLS, CLASSES)
    }
    current = {(f.feed, f.slice): f for f in files if f.night <= night and f.status == "loaded" and f.rows_loaded}
    rows: dict[str, int] = defaultdict(int)
    for account in current.values():
        rows[f"rows_loaded:{account.feed}"] += account.rows_loaded or 0
        rows[f"rows_quarantined:{account.feed}"] += account.rows_quarantined or 0
    figures = {
        "students": len(city.students) - len(unknown_students(city, night)),
        "teachers": len(city.teachers) - quarantined[TEACHERS],
        "schools": len(city.schools.code) - quarantined[SCHOOLS],
        "classes": len(city.classes.size) - quarantined[CLASSES],
        **rows,
    }
    return [Total(night, measure, int(value)) for measure, value in figures.items()]
