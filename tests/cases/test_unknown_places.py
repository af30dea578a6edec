"""An exam, a school or a year that no register knows is a listed problem, and its rows wait: they reach no mart."""

from __future__ import annotations

import pytest

from tests.cases import town
from tests.cases import unknown_places as places
from tests.cases.nights import Night

pytestmark = pytest.mark.soak
UNKNOWN = {
    "an exam": (places.AT_UNKNOWN_EXAM, "unknown_exam", places.UNKNOWN_EXAM),
    "an exam in words": (places.IN_WORDS, "unknown_exam", places.EXAM_IN_WORDS),
    "an exam of items": (places.ITEMS_OF_UNKNOWN_EXAM, "unknown_exam", places.UNKNOWN_EXAM),
    "a school year": (places.FITNESS_OF_UNKNOWN_YEAR, "unknown_school_year", "2031-2032"),
    "a school": (places.OF_UNKNOWN_SCHOOL, "unknown_school", places.SCHOOL),
    "a school of items": (places.ITEMS_OF_UNKNOWN_SCHOOL, "unknown_school", places.SCHOOL),
    "a school of fitness": (places.FITNESS_OF_UNKNOWN_SCHOOL, "unknown_school", places.SCHOOL),
    "a school of homework": (places.HOMEWORK, "unknown_school", places.SCHOOL),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_no_register_knows_is_listed_once_with_its_name(night: Night, name: str):
    path, rule, value = UNKNOWN[name]
    assert night.delivery(path)["status"] == "loaded"
    found = [problem for problem in night.problems(path) if problem[1] == rule]
    assert [problem[4] for problem in found] == [value]


def test_no_figure_rests_on_what_no_register_knows(night: Night):
    exams = (places.UNKNOWN_EXAM, places.EXAM_IN_WORDS)
    growth = "select count(*) from student_growth where "
    assert night.released(growth + f"exam_id in {exams} or school_code = ?", places.SCHOOL) == [(0,)]
    homework = "select count(*) from homework_load_class_day where school_code = ?"
    assert night.released(homework, places.SCHOOL) == [(0,)]


def test_pupils_whose_homework_names_an_unknown_school_count_in_their_own(night: Night):
    asked = (
        "select sum(students_observed)::integer from homework_load_class_day "
        "where school_code = ? and school_date = '2025-10-15'"
    )
    assert night.released(asked, town.SCHOOLS[11]) == [(town.SIZE,)]
