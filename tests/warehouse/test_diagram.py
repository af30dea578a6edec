"""The page of the marts says what the marts are."""

from __future__ import annotations

from warehouse.release import diagram


def test_the_page_is_what_the_command_draws():
    assert diagram.PAGE.read_text(encoding="utf-8") == diagram.page(diagram.read()), "draw it anew: make diagram"


def test_a_mart_leads_to_those_whose_key_it_holds_by_the_nearest_alone():
    pairs = {(mart.name, other.name) for mart, other in diagram.references(diagram.read())}
    assert {("enrolment", "class"), ("enrolment", "one_student_one_file"), ("class", "one_school_one_file"),
            ("class", "one_teacher_one_file"), ("student_growth", "exam"),
            ("one_school_one_file", "organisation"), ("discrepancy", "data_dictionary")} <= pairs  # fmt: skip
    assert ("enrolment", "one_school_one_file") not in pairs
