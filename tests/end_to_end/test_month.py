"""A month of nights with all dirt and odd files, over National Day: the lake holds what was planted, row for row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import samples
from tests.end_to_end import lists, planted
from tests.end_to_end.conftest import Nights

FIRST, LENGTH, STUDENTS = date(2025, 9, 25), 30, 300
DAYS = [FIRST + timedelta(days=n) for n in range(LENGTH)]

pytestmark = pytest.mark.soak
MARKS = "select exam_id, subject, count(score) from marts.student_growth group by all having count(score) > 0"
CLASSES = "select school, class, count(*) from lake.conformed.students group by all"


@dataclass(frozen=True)
class Month(Nights):
    """The nights, and of each what its release knew of marks, and the lake of classes."""

    marks: dict[date, set[tuple[Any, ...]]] = field(default_factory=dict)
    classes: dict[date, set[tuple[Any, ...]]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory, secret: Path) -> Month:
    out = tmp_path_factory.mktemp("month")
    samples.write_city(out, STUDENTS, seed=3, nights=LENGTH, first_night=FIRST, dirt="odd")
    held = Month(tmp_path_factory.mktemp("lake") / "lake", out, secret, {})
    for day in DAYS:
        held.outcomes[day] = held.run(day)
        assert held.outcomes[day]["status"] == "published", (day, held.outcomes[day])
        held.marks[day], held.classes[day] = set(held.published(day, MARKS)), set(held.restricted(CLASSES))
    return held


def test_every_mark_of_every_exam_stands_in_each_release_whatever_form_it_came_in(month: Month) -> None:
    planted_marks = {(r["exam_id"], r["subject_code"], int(r["scored"])) for r in month.truth("exam_cohorts")}
    for day in DAYS:
        assert month.marks[day] == {m for m in planted_marks if held_on(m[0]) < day}, day


def held_on(exam_id: str) -> date:
    from samples.world.exams import all_exams

    return next(exam.held_on for exam in all_exams() if exam.id == exam_id)


def test_every_pupil_is_in_the_class_of_the_night_however_it_is_written(month: Month) -> None:
    sizes = month.truth("class_sizes")
    for day in DAYS:
        told = {(r["school_code"], r["class_code"], int(r["students"])) for r in sizes if r["night"] == str(day)}
        assert month.classes[day] == told, day


def test_no_value_of_the_month_is_lost(month: Month) -> None:
    assert month.restricted("select file_name, member from lake.intake.delivery where values_lost <> 0") == []


def test_every_file_of_the_month_is_accounted_for(month: Nights) -> None:
    planted.accounts(month, DAYS[-1])


def test_the_quarantine_is_what_was_planted(month: Nights) -> None:
    planted.quarantine(month)


def test_every_problem_is_opened_seen_again_and_closed_as_planted(month: Nights) -> None:
    planted.problem_ledger(month, DAYS[-1])


def test_the_problem_lists_hold_what_was_planted(month: Nights) -> None:
    entries = lists.entries(month)
    lists.bad_rows(month, entries)
    lists.differences(month, entries)


def test_the_ledger_of_differences_is_what_was_planted(month: Nights) -> None:
    planted.difference_ledger(month)


def test_holidays_are_silent_and_sound_no_alarm(month: Nights) -> None:
    planted.silence(month, DAYS[-1])
    assert not [p for p in (month.city / "2025-10-05").rglob("*") if "homework" in p.as_posix() and p.is_file()]
