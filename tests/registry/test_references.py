"""What a contract may say of the things that its rows name."""

from __future__ import annotations

import pytest

from registry.derived.references import references_of

EXAMS, STUDENTS, CLASSES = "sources/exams.yml", "sources/student_registry.yml", "sources/teaching.yml"
DECLARED = "{column: class_code, to: class, unknown: keep}"
WRONG = {
    "nowhere": ("{column: class_code, to: club}", "leads nowhere; name one of school, class, exam"),
    "no column": ("{column: class_code, to: teaching/classes.code}", "leads nowhere"),
    "no place": ("{to: exam}", "must name either a `column` or a `slice_part`"),
    "two places": ("{column: class_code, slice_part: 1, to: exam}", "must name either a `column` or a `slice_part`"),
    "a column that is not there": ("{column: club, to: exam}", "names column `club`, which the feed does not declare"),
    "a school of an exam": ("{column: class_code, within: school_code, to: exam}", "which only a class has"),
    "a kept key": ("{column: student_number, to: exam, unknown: keep}", "cannot keep the value before it"),
    "itself": ("{column: local_number, to: student_registry/students.student_number}", "would wait for itself"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_reference_that_cannot_be_kept_is_refused(draft, name):
    wrong, said = WRONG[name]
    draft.change(STUDENTS, DECLARED, wrong)
    refusal = draft.refusal()
    assert refusal.startswith("sources/student_registry.yml: feed `student_registry/students`")
    assert said in refusal


def test_a_feed_that_waits_for_one_that_waits_for_it_is_refused(draft):
    draft.change(
        CLASSES, "    creates: [{entity: class}]",
        "    references: [{column: name, to: student_registry/students.class_code}]\n    creates: [{entity: class}]",
    )  # fmt: skip
    assert "would wait for itself by its references" in draft.refusal()


def test_a_class_needs_a_school(draft):
    wrong = "    references: [{column: organisation_code, to: class}]\n"
    draft.change("sources/finance.yml", "    columns:", wrong + "    columns:")
    assert "does not say of which school" in draft.refusal()


def test_the_school_that_sends_a_row_is_referred_to_without_a_word(house):
    said = {feed.id: [(one.to, one.column or one.slice_part, one.unknown) for one in references_of(feed)]
            for feed in house.feeds}  # fmt: skip
    assert said["exams/results"][0] == ("school", -1, "park")
    assert said["teacher_system/teachers"] == [("school", "school_code", "park")]
    assert said["homework_a/records"] == [("school", "school_code", "list")]  # declared otherwise
    assert said["school_registry/schools"] == []  # it lists them itself
