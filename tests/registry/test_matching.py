"""Who is who, as a register declares it: nonsense is refused in one sentence that names file and thing."""

from __future__ import annotations

import pytest

from registry import Register
from tests.registry.conftest import Draft

HEADER = "entity,verdict,record,person,since,decided_by,reason\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("feeds: [student_registry/students]", "feeds: [student_registry/pupils]", "`student_registry/pupils`"),
        ("feeds: [student_registry/students]", "feeds: [homework_a/records]", "student.birth_date"),
        ("elements: [name, birth_date, school, guardian_phone]", "elements: [name]", "at least two"),
        ("feeds: [student_registry/students], elements: [name, birth_date, school, guardian_phone]",
         "feeds: [fitness/results], elements: [name, birth_date]", "creates a student"),
        ("  join: 0.97", "  join: 1.5", "`join` 1.5"),
        ("  queue: 0.1", "  queue: 0.99", "`queue` is 0.99"),
        ("  margin: 100", "  margin: 0.5", "`margin` is 0.5"),
        ("  prior: 0.0001", "  prior: 0", "`prior` is 0"),
        ("degree: same, m: 0.90, u: 0.0005", "degree: same, m: 0.70, u: 0.0005", "add up to 0.8"),
        ("degree: near, m: 0.08", "degree: same, m: 0.08", "two weights for `same`"),
        ("- entity: teacher", "- entity: student", "stands twice"),
        ("- entity: teacher", "- entity: school", "not matched by evidence"),
        ("evidence: place", "evidence: shoes", "one of"),
    ],
)  # fmt: skip
def test_matching_that_makes_no_sense_is_refused(draft: Draft, old: str, new: str, said: str):
    draft.change("matching.yml", old, new)
    sentence = draft.refusal()
    assert sentence.startswith("matching.yml")
    assert said in sentence


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("student,apart,id_number:1,student_number:2,2025-10-15,,wrong\n", "who decided"),
        ("student,apart,id_number:1,nobody,2025-10-15,lee,wrong\n", "`nobody` is no key"),
        ("student,apart,everything,student_number:2,2025-10-15,lee,wrong\n", "#number"),
        ("school,apart,a:1,a:2,2025-10-15,lee,wrong\n", "only student and teacher"),
        ("student,same,a:1,a:1,2025-10-15,lee,wrong\n", "is itself"),
        ("student,maybe,a:1,a:2,2025-10-15,lee,wrong\n", "`verdict` must be one of"),
        ("student,apart,a:1,a:2,soon,lee,wrong\n", "`since`"),
        ("student,apart,a:1,a:2,2025-10-15,lee,wrong\n" * 2, "two lines of 2025-10-15"),
    ],
)
def test_a_reviewed_line_that_makes_no_sense_is_refused(draft: Draft, line: str, said: str):
    draft.append("reviewed_matches.csv", line)
    sentence = draft.refusal()
    assert sentence.startswith("reviewed_matches.csv")
    assert said in sentence


def test_reviewed_lines_are_read_in_their_order(draft: Draft):
    for line in ("student,apart,#7,a:2,2025-10-15,lee,wrong\n", "student,same,#7,a:3,2025-10-16,lee,right\n"):
        draft.append("reviewed_matches.csv", line)
    said = [(v.verdict, v.record, v.person) for v in draft.load().verdicts]
    assert said == [("apart", "#7", "a:2"), ("same", "#7", "a:3")]


def test_a_register_may_do_without_matching(draft: Draft):
    for name in ("matching.yml", "reviewed_matches.csv"):
        (draft.directory / name).unlink()
    assert (draft.load().matching, draft.load().verdicts) == ((), ())


def test_a_reference_that_nothing_bears_out_must_be_said_to_join_alone(draft: Draft):
    file, number = "sources/quality.yml", "{entity: student, namespace: student_number, column: student_number}"
    code = "headers: [学校标识码, school_code], type: school_code, elements: [evaluation.school]}"
    draft.change(file, "type: name, elements: [student.name]", "type: name")
    draft.change(file, code, code.replace("type: school_code", "type: text"))
    assert "nothing bears out which student" in draft.refusal()
    draft.change(file, number, number.replace("}", ", alone: true}"))
    assert draft.load()


def test_a_creating_feed_does_not_join_alone(draft: Draft):
    draft.change(
        "sources/student_registry.yml",
        "- {entity: student, namespace: student_number, column: student_number}",
        "- {entity: student, namespace: student_number, column: student_number, alone: true}",
    )
    assert "need not be `alone`" in draft.refusal()


def test_the_house_declares_how_students_and_teachers_are_matched(house: Register):
    assert [m.entity for m in house.matching] == ["student", "teacher"]
    assert house.verdicts == ()
