"""Every mark of a score sheet arrives in the growth mart, whatever the sheet's form, and nothing of it is a problem."""

from __future__ import annotations

import pytest

from tests.cases import score_forms
from tests.cases.nights import Night

pytestmark = pytest.mark.soak
SITTINGS = {name: (sitting, next(iter(form(sitting)))) for name, sitting, form in score_forms.sittings()}
NO_PROBLEM = {"passed_over_sheet", "hidden_parts"}  # what is said of hidden sheets, rows and columns
LISTED = {"subject and word: parts and the mark": {"mark_header"}}  # 选择题, which the register does not know


@pytest.mark.parametrize("form", SITTINGS)
def test_every_mark_arrives(night: Night, form: str):
    sitting, path = SITTINGS[form]
    assert {d["status"] for d in night.deliveries(path)} == {"loaded"}
    assert night.scores(sitting.exam, sitting.school) == sitting.right()


@pytest.mark.parametrize("form", SITTINGS)
def test_what_is_no_pupil_is_no_problem(night: Night, form: str):
    _, path = SITTINGS[form]
    assert {rule for rule, _ in night.rules(path)} <= NO_PROBLEM | LISTED.get(form, set())
    assert sum(d["rows_quarantined"] or 0 for d in night.deliveries(path)) == 0
    assert {d["values_lost"] for d in night.deliveries(path)} <= {0, None}


@pytest.mark.parametrize("form", [form for form in SITTINGS if form.startswith("hidden sheet")])
def test_what_is_hidden_is_said(night: Night, form: str):
    _, path = SITTINGS[form]
    assert {rule for rule, _ in night.rules(path)} & NO_PROBLEM


@pytest.mark.parametrize("form", [form for form in SITTINGS if form.startswith("merged cell")])
def test_a_merged_class_is_the_class_of_all_its_rows(night: Night, form: str):
    sitting, _ = SITTINGS[form]
    classes = night.restricted(
        "select distinct class_code from lake.marts.student_growth where exam_id = ? and school_code = ?",
        sitting.exam, sitting.school,
    )  # fmt: skip
    assert classes == [(sitting.pupils[0].class_code,)]
