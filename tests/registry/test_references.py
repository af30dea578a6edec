"""What a contract may say of the things that its rows name."""

from __future__ import annotations

import pytest

from registry.derived.references import references_of

EXAMS, STUDENTS, CLASSES = "sources/exams.yml", "sources/student_registry.yml", "sources/teaching.yml"
DECLARED = "{column: class_code, to: class, unknown: keep}"
WRONG = {
    "nowhere": ("{column: class_code, to: club}", "leads nowhere; name one of school, class, student, exam"),
    "no column": ("{column: class_code, to: teaching/classes.code}", "leads nowhere"),
    "no place": ("{to: exam}", "must name either a `column` or a `slice_part`"),
    "two places": ("{column: class_code, slice_part: 1, to: exam}", "must name either a `column` or a `slice_part`"),
    "a column that is not there": ("{column: club, to: exam}", "names column `club`, which the feed does not declare"),
    "a school of an exam": ("{column: class_code, within: school_code, to: exam}", "which only a class has"),
    "a kept key": ("{column: student_number, to: exam, unknown: keep}", "cannot keep the value before it"),
    "a student to wait for": ("{column: student_number, to: student}", "must be listed"),
    "a student by a class": ("{column: class_code, to: student, unknown: list}", "names no column of the feed"),
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


def when(draft, parts: str, more: str = "", columns: str = "") -> list[tuple]:
    """What else than its school a further feed's rows refer to without a word."""
    text = f"""\
id: clubs
label: {{zh: 平台, en: platform}}
office: 教研室
feeds:
  - id: clubs/rows
    label: {{zh: 行, en: rows}}
    grain: {{zh: 一行, en: one row}}
    batch: snapshot
    expected: on_demand
    key: [name]
    slice: {{path: '^(?P<slice>[^/]+/(?P<school>\\d{{10}}))\\.csv$', parts: {parts}}}
    identifies: [{{entity: student, namespace: clubs}}]
    {more}
    columns:
      - {{name: name, headers: [姓名], type: name, elements: [student.name]}}
      {columns}
"""
    (draft.directory / "sources" / "clubs.yml").write_text(text, encoding="utf-8")
    feed = draft.load().feed("clubs/rows")
    return [(one.to, one.column or one.slice_part, one.unknown) for one in references_of(feed) if one.to != "school"]


def test_the_exam_or_term_of_a_row_is_referred_to_without_a_word(draft):
    group = "- {name: club, headers: [社团], elements: [membership.group]}\n      "
    marks = "rest: marks\n    rest_elements: [exam_result.score]"
    assert when(draft, "[term_id, school_code]", columns=group) == [("term", 1, "park")]
    assert when(draft, "[school_year, school_code]") == [("school_year", 1, "park")]
    column = group + "- {name: term_id, headers: [学期]}"
    assert when(draft, "[batch_name, school_code]", columns=column) == [("term", "term_id", "park")]
    assert when(draft, "[batch_name, school_code]", marks) == [("exam", 1, "park")]
    exam = "- {name: exam_id, headers: [考试]}"
    assert when(draft, "[batch_name, school_code]", marks, exam) == [("exam", "exam_id", "park")]
    declared = "references: [{slice_part: 1, to: term, unknown: list}]"
    assert when(draft, "[term_id, school_code]", declared) == [("term", 1, "list")]
    assert when(draft, "[batch_name, school_code]", columns="- {name: term_id, headers: [学期]}") == []


def test_the_school_that_sends_a_row_is_referred_to_without_a_word(house):
    said = {feed.id: [(one.to, one.column or one.slice_part, one.unknown) for one in references_of(feed)]
            for feed in house.feeds}  # fmt: skip
    assert said["exams/results"][0] == ("school", -1, "park")
    assert said["teacher_system/teachers"] == [("school", "school_code", "park")]
    assert said["homework_a/records"] == [("school", "school_code", "list")]  # declared otherwise
    assert said["school_registry/schools"] == []  # it lists them itself
