"""The chain of a school life against what was planted, and the file of a pupil against the release it is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import registry
from pages import Marts, as_html, student_page
from tests.end_to_end.conftest import LAST, Nights
from tests.pages.read_page import ReadPage
from warehouse.disclosure import secret
from warehouse.disclosure.value_display import Showing
from warehouse.errors import QueryError
from warehouse.records.people_by_name import find_person
from warehouse.release.query import open_release

AT = datetime(2025, 10, 18, tzinfo=ZoneInfo("Asia/Shanghai"))


def key_of(nights: Nights, number: str) -> str | None:
    """The key of a pupil in a release, as a clerk has it found by 学籍号; None of one whom no registry knows."""
    showing = Showing(secret=secret.of_lake(nights.lake, nights.secret))
    try:
        return find_person(nights.lake, "student", number, AT, showing=showing).key
    except QueryError:
        return None


def changes_of(nights: Nights, key: str) -> set[tuple[Any, ...]]:
    """Kind, code, day, school and school moved to of each change of the record in a timeline."""
    return set(
        nights.published(
            LAST,
            "select kind, what, event_date, school_code, to_school_code from student_timeline "
            f"where student_key = '{key}' and what_code_set = 'student_change'",
        )
    )


def planted(nights: Nights) -> Mapping[str, set[tuple[Any, ...]]]:
    """学籍号 -> the changes of the record that were planted and delivered."""
    told: dict[str, set[tuple[Any, ...]]] = {}
    for move in nights.truth("moves"):
        day, places = date.fromisoformat(move["night"]), (move["from_school"], move["to_school"])
        told.setdefault(move["student_number"], set()).update(
            {("transfer", "21", day, *places), ("transfer", "22", day, places[1], places[1])}
        )
    for row in nights.truth("never_came"):
        day = date.fromisoformat(row["changed_on"])
        told.setdefault(row["student_number"], set()).add(("absence", "90", day, row["school_code"], None))
    return told


def test_whoever_moved_or_never_came_has_it_in_the_timeline(nights: Nights) -> None:
    seen = 0
    for number, changes in planted(nights).items():
        key = key_of(nights, number)
        if key is not None:
            assert changes <= changes_of(nights, key), number
            seen += 1
    assert seen >= 3


@pytest.mark.parametrize(
    ("kind", "events"),
    [
        ("fitness_test", "select student_key, school_year from fitness_result"),
        ("evaluation", "select distinct student_key, term from quality_evaluation"),
    ],
)
def test_what_was_tested_and_recorded_is_one_event_each(nights: Nights, kind: str, events: str) -> None:
    told = nights.published(LAST, f"select student_key, reference from student_timeline where kind = '{kind}'")
    assert Counter(told) == Counter(nights.published(LAST, events))


def test_every_exam_with_a_mark_is_in_the_timeline(nights: Nights) -> None:
    told = nights.published(LAST, "select student_key, reference from student_timeline where kind = 'exam'")
    marks = nights.published(LAST, "select distinct student_key, exam_id from student_growth")
    assert max(Counter(told).values()) == 1
    assert set(marks) <= set(told)


def test_the_file_of_a_pupil_shows_the_values_of_the_release(nights: Nights) -> None:
    numbers = nights.restricted("select number from lake.conformed.students order by hash(number) limit 3")
    register = registry.load(registry.HOUSE)
    for (number,) in numbers:
        key = key_of(nights, number)
        assert key is not None
        with open_release(nights.lake) as (release, connection):
            marts = Marts(connection, register, release)
            html = as_html(student_page(marts, key), marts)
            shown = ReadPage(html)
            assert number not in html
            for (mart, column), value in shown.figures.items():
                ((held,),) = connection.execute(
                    f'select "{column}" from "{mart}" where student_key = $1', [key]
                ).fetchall()
                assert value == ("" if held in (None, "") else str(held)), column
            for table in shown.tables:
                columns = ", ".join(f'"{name}"' for name in table.columns)
                rows = connection.execute(
                    f'select {columns} from "{table.mart}" where student_key = $1', [key]
                ).fetchall()
                held = Counter(tuple("" if value is None else str(value) for value in row) for row in rows)
                assert not Counter(map(tuple, table.rows)) - held, table.mart
