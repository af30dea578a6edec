"""Cells of score sheets that say nothing are listed, each once, and the others arrive; a sheet without a mark, or of
nobody, or that can be read in two ways, is refused in a sentence that says why, and the last good data stays.
"""

from __future__ import annotations

import pytest

from tests.cases import score_cells, town
from tests.cases.nights import Night
from tests.cases.score_cells import ERRORS
from tests.cases.sheets import CODES, Sitting

pytestmark = pytest.mark.soak
LISTED = ("cell", "语文_得分")


def _without(sitting: Sitting, pupils: list[town.Pupil], *subjects: str) -> dict[tuple[str, str], float]:
    gone = {(p.number, CODES[s]) for p in pupils for s in subjects or sitting.subjects}
    return {key: mark for key, mark in sitting.right().items() if key not in gone}


@pytest.mark.parametrize(("sitting", "n", "rule"), [
    (score_cells.LOOKED_UP, 3, "cell_error"), (score_cells.ERRORS_OF_ALL_KINDS, 4, "cell_error"),
    (score_cells.BLANK_FORMULAS, 6, "formula_without_value"),
], ids=["#N/A of a lookup", "errors of all kinds", "formulas that give nothing"])  # fmt: skip
def test_marks_that_say_nothing_are_listed_and_the_others_arrive(night: Night, sitting: Sitting, n: int, rule: str):
    missing = score_cells.every(n, sitting)
    assert night.rules(sitting.path(".xlsx")) == {(rule, "语文_得分"): len(missing)}
    assert night.scores(sitting.exam, sitting.school) == _without(sitting, missing, "语文")


def test_each_error_is_listed_as_it_stood(night: Night):
    path = score_cells.ERRORS_OF_ALL_KINDS.path(".xlsx")
    assert sorted(value for *_, value in night.problems(path)) == sorted(ERRORS)


def test_errors_that_a_text_holds_are_listed_too(night: Night):
    sitting = score_cells.ERRORS_IN_A_TEXT
    assert night.rules(sitting.path(".csv")) == {("cell_error", s): 1 for s in ("语文", "数学", "英语")}
    assert len(night.scores(sitting.exam, sitting.school)) == len(sitting.right()) - 3


def test_an_error_for_a_number_costs_the_row_and_for_a_name_or_a_class_the_cell(night: Night):
    sitting = score_cells.ERRORS_OF_PUPILS
    assert night.rules(sitting.path(".xlsx")) == {
        ("cell_error", column): 1 for column in ("student_number", "name", "class_code")
    }
    assert night.scores(sitting.exam, sitting.school) == _without(sitting, sitting.pupils[:1])


def test_formulas_without_a_stored_value_are_listed(night: Night):
    sitting = score_cells.FORMULAS
    rules = night.rules(sitting.path(".xlsx"))
    assert rules == {("formula_without_value", "语文"): 12, ("formula_without_value", "总分"): 24}
    assert night.scores(sitting.exam, sitting.school) == _without(sitting, sitting.pupils[::2], "语文")


def test_formulas_that_share_a_text_are_listed_one_by_one(night: Night):
    sitting = score_cells.SHARED_FORMULAS
    assert night.rules(sitting.path(".xlsx")) == {("formula_without_value", "语文"): 24}
    assert night.scores(sitting.exam, sitting.school) == _without(sitting, sitting.pupils, "语文")


def test_a_pupil_whose_number_is_a_formula_is_quarantined(night: Night):
    sitting = score_cells.NUMBERS_BY_FORMULA
    assert night.rules(sitting.path(".xlsx")) == {("formula_without_value", "student_number"): 2}
    assert night.scores(sitting.exam, sitting.school) == _without(sitting, sitting.pupils[:2])


def test_words_that_say_why_there_is_no_mark_are_no_problem(night: Night):
    sitting = score_cells.WORDS
    assert night.rules(sitting.path(".xlsx")) == {}
    assert night.scores(sitting.exam, sitting.school) == _without(sitting, sitting.pupils[:5], "语文")


def test_an_absence_merged_over_all_subjects_is_one_in_each(night: Night):
    sitting = score_cells.ABSENT_MERGED
    assert night.rules(sitting.path(".xlsx")) == {}
    assert night.scores(sitting.exam, sitting.school) == _without(sitting, sitting.pupils[1:2])


WITHOUT_NUMBER = [(score_cells.WITHOUT_NUMBER, ".xlsx"), *((sitting, ".csv") for sitting in score_cells.OTHER_NUMBERS)]


@pytest.mark.parametrize(("sitting", "suffix"), WITHOUT_NUMBER, ids=["of a platform", *score_cells.NUMBER_HEADERS])
def test_a_sheet_without_the_pupils_numbers_is_refused_and_the_column_named(
    night: Night, sitting: Sitting, suffix: str
):
    found = night.delivery(sitting.path(suffix))
    assert found["status"] == "refused"
    assert "its header lacks 学籍号: " in found["reason"]
    assert night.scores(sitting.exam, sitting.school) == {}


REFUSED = {
    "parts without their sum": (score_cells.PARTS_ALONE, ".xlsx", "语文_A卷 is not understood"),
    "totals alone": (score_cells.TOTALS_ALONE, ".xlsx", "总分 is a total"),
    "the header again in another order": (score_cells.OTHER_ORDER_BELOW, ".xlsx", "further header in row 15"),
    "subjects that nobody knows": (score_cells.UNKNOWN_SUBJECTS, ".csv", "not understood are K7_分数"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_told_apart_is_refused_with_what_was_read(night: Night, name: str):
    sitting, suffix, said = REFUSED[name]
    found = night.delivery(sitting.path(suffix))
    assert found["status"] == "refused"
    assert said in found["reason"]


def test_an_old_copy_on_a_further_sheet_is_held_and_said(night: Night):
    sitting = score_cells.OLD_COPY_BESIDE
    found = night.deliveries(sitting.path(".xlsx"))
    assert {d["status"] for d in found} == {"held"}
    assert "several whole lists of it came" in found[0]["reason"]
    assert night.scores(sitting.exam, sitting.school) == {}


@pytest.mark.parametrize("sitting", [score_cells.PARTS_ALONE, score_cells.TOTALS_ALONE], ids=["parts", "totals"])
def test_marks_of_the_night_before_stay_where_a_sheet_is_refused(night: Night, sitting: Sitting):
    assert sitting.exam == town.exam(4, 1)  # of which the first night brought marks
    assert night.scores(sitting.exam, sitting.school) == sitting.right()
