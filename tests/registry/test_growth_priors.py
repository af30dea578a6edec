"""Which exams of a series are priors of which: a grade below in each year before, without a gap."""

from __future__ import annotations

from datetime import date

from registry.derived.growth_priors import GrowthPrior, growth_priors
from registry.model import Exam, Label
from registry.rules import plans


def exam(name: str, day: date, grade: int, series: str | None = "s") -> Exam:
    return Exam(id=name, label=Label(zh=name, en=name), held_on=day, grade=grade, subjects=(), series=series)


SEVEN = exam("seven", date(2025, 9, 24), 7)
SIX = exam("six", date(2025, 6, 20), 6)  # in June: of the school year that began in 2024
FIVE = exam("five", date(2023, 11, 3), 5)
FIVE_LAST_YEAR = exam("five last year", date(2024, 11, 3), 5)


def test_a_prior_is_a_grade_below_in_the_school_year_before_and_has_the_scale_of_last_year():
    assert list(growth_priors([SEVEN, SIX, FIVE], 3)) == [
        GrowthPrior("seven", 1, "six", "six"), GrowthPrior("seven", 2, "five", "five"),
        GrowthPrior("six", 1, "five", "five"),
    ]  # fmt: skip
    found = list(growth_priors([SEVEN, SIX, FIVE, FIVE_LAST_YEAR], 3))
    assert GrowthPrior("seven", 2, "five", "five last year") in found


def test_a_gap_ends_the_priors_and_no_more_are_asked_for_than_there_are_minima():
    assert list(growth_priors([SEVEN, FIVE], 3)) == []
    assert [prior.ordinal for prior in growth_priors([SEVEN, SIX, FIVE], 1)] == [1, 1]


def test_the_same_grade_of_the_year_before_tells_who_repeats():
    seven_last_year = exam("seven last year", date(2024, 9, 24), 7)
    assert GrowthPrior("seven", 0, "seven last year", "seven last year") in growth_priors([SEVEN, seven_last_year], 3)


def test_an_exam_of_another_series_or_of_none_is_no_prior():
    assert list(growth_priors([SEVEN, exam("six", date(2025, 6, 20), 6, "t")], 3)) == []
    assert list(growth_priors([SEVEN, exam("six", date(2025, 6, 20), 6, None)], 3)) == []


def test_a_series_has_one_exam_a_grade_and_school_year():
    in_spring = exam("six again", date(2025, 3, 20), 6)
    (sentence,) = plans._series([SEVEN, SIX, in_spring])
    assert "exam `six again` is of series `s` like `six`, of the same grade and school year" in sentence
    assert not list(plans._series([SEVEN, SIX, exam("six again", date(2025, 3, 20), 6, None)]))
