"""One owner for each element, scope and day: what the register refuses about its elements."""

from __future__ import annotations

from datetime import date

import pytest

from registry import Register

REGISTRY = "source: student_registry/students"
EXAMS = "source: exams/results"


def test_two_owners_of_one_scope_and_day_are_refused(draft):
    draft.own("student.name", f"{REGISTRY}, from: 2020-09-01", f"{EXAMS}, from: 2020-09-01")
    assert draft.refusal() == (
        "elements/student.yml: element `student.name` has two owners, `exams/results` and "
        "`student_registry/students`, everywhere from 2020-09-01 on; "
        "end one with `until` or narrow its scope."
    )


def test_two_owners_whose_scopes_meet_in_one_stage_are_refused_with_that_stage(draft):
    draft.own(
        "student.name",
        f"{REGISTRY}, scope: {{stages: [primary, junior]}}, from: 2020-09-01",
        f"{EXAMS}, scope: {{stages: [junior, senior]}}, from: 2024-09-01, until: 2025-09-01",
    )
    assert "stages junior from 2024-09-01 until 2025-09-01" in draft.refusal()


def test_two_owners_whose_scopes_meet_in_one_district_are_refused_with_it(draft):
    draft.own(
        "student.name",
        f"{REGISTRY}, scope: {{stages: [primary]}}, from: 2020-09-01",
        f'{EXAMS}, scope: {{districts: ["329901"]}}, from: 2020-09-01',
    )
    assert "stages primary in districts 329901 from 2020-09-01 on" in draft.refusal()


def test_an_owner_of_everywhere_and_one_of_a_part_are_two_owners(draft):
    draft.own(
        "student.name",
        f"{REGISTRY}, from: 2020-09-01",
        f"{EXAMS}, scope: {{stages: [senior]}}, from: 2024-09-01",
    )
    assert "two owners" in draft.refusal()


def test_owners_of_scopes_that_never_meet_are_accepted(draft):
    draft.own(
        "student.name",
        f"{REGISTRY}, scope: {{stages: [primary]}}, from: 2020-09-01",
        f"{EXAMS}, scope: {{stages: [junior]}}, from: 2020-09-01",
    )
    assert draft.load()


def test_a_gap_between_spells_is_refused_with_its_days(draft):
    draft.own(
        "student.name",
        f"{REGISTRY}, from: 2020-09-01, until: 2024-09-01",
        f"{EXAMS}, from: 2024-10-01",
    )
    assert draft.refusal() == (
        "elements/student.yml: element `student.name` has no owner everywhere "
        "from 2024-09-01 until 2024-10-01, "
        "after `student_registry/students`; move `from` or `until` so that the spells meet."
    )


def test_a_stage_that_no_later_spell_covers_is_a_gap(draft):
    draft.own(
        "student.name",
        f"{REGISTRY}, from: 2020-09-01, until: 2024-09-01",
        f"{EXAMS}, scope: {{stages: [kindergarten, primary, junior, senior, special]}}, from: 2024-09-01",
    )
    assert "has no owner stages vocational from 2024-09-01 on" in draft.refusal()


def test_a_district_that_no_later_spell_covers_is_a_gap(draft):
    draft.own(
        "student.name",
        f"{REGISTRY}, from: 2020-09-01, until: 2024-09-01",
        f'{EXAMS}, scope: {{districts: ["329901"]}}, from: 2024-09-01',
    )
    assert "has no owner the other districts from 2024-09-01 on" in draft.refusal()


def test_an_element_that_ends_everywhere_on_one_day_is_no_gap(draft):
    draft.own("student.name", f"{REGISTRY}, from: 2020-09-01, until: 2024-09-01")
    assert draft.load()


def test_a_spell_without_end_ends_where_the_next_of_its_scope_begins(draft):
    draft.own("student.name", f"{EXAMS}, from: 2025-10-16", f"{REGISTRY}, from: 2020-09-01")
    element = next(e for e in draft.load().elements if e.id == "student.name")
    assert [(a.source, a.from_, a.until) for a in element.authority] == [
        ("student_registry/students", date(2020, 9, 1), date(2025, 10, 16)),
        ("exams/results", date(2025, 10, 16), None),
    ]


def test_a_source_named_as_owner_means_its_one_feed_that_declares_the_element(draft):
    draft.own("student.name", "source: student_registry, from: 2020-09-01")
    element = next(e for e in draft.load().elements if e.id == "student.name")
    assert element.authority[0].source == "student_registry/students"


REFUSED = {
    "an owner that is no feed": (
        "source: vocational_registry/students, from: 2020-09-01",
        [
            "student.name",
            "everywhere from 2020-09-01 on",
            "`vocational_registry/students`",
            "not a declared feed",
        ],
    ),
    "an owner without a column for the element": (
        "source: teacher_system/teachers, from: 2020-09-01",
        ["student.name", "`teacher_system/teachers`", "declares no column for it"],
    ),
    "a scope with an unknown district": (
        f'{REGISTRY}, scope: {{districts: ["110101"]}}, from: 2020-09-01',
        ["student.name", "district 110101", "bureau.yml"],
    ),
    "a spell that ends before it begins": (
        f"{REGISTRY}, from: 2020-09-01, until: 2019-09-01",
        ["student.name", "ends before it begins"],
    ),
    "an unknown stage": (
        f"{REGISTRY}, scope: {{stages: [college]}}, from: 2020-09-01",
        ["element `student.name`", "`college`", "'primary'"],
    ),
    "a day that does not exist": (
        f"{REGISTRY}, from: 2020-02-30",
        ["elements/student.yml, line", "2020-02-30"],
    ),
}


@pytest.mark.parametrize(("spell", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_an_impossible_owner_is_refused(draft, spell, words):
    draft.own("student.name", spell)
    sentence = draft.refusal()
    assert all(word in sentence for word in ["elements/student.yml", *words]), sentence


def test_an_element_without_an_owner_is_refused(draft):
    draft.change(
        "elements/student.yml",
        "authority:\n    - {source: student_registry/students, from: 2020-09-01}",
        "authority: []",
    )
    assert "element `student.number` has no owner" in draft.refusal()


def test_an_element_without_a_steward_is_refused(draft):
    draft.change("elements/teacher.yml", "  steward: 教师工作处\n", "")
    assert draft.refusal() == (
        "elements/teacher.yml: element `teacher.staff_number`, field `steward` is missing; add it."
    )


def test_an_element_with_a_blank_steward_is_refused(draft):
    draft.change("elements/teacher.yml", "steward: 教师工作处", 'steward: " "')
    assert "element `teacher.staff_number` has no steward" in draft.refusal()


def test_an_element_of_an_unknown_code_set_is_refused(draft):
    draft.change("elements/student.yml", "code_set: sex", "code_set: gender")
    assert "element `student.sex` names the unknown code set `gender`" in draft.refusal()


def test_a_code_element_whose_owner_uses_another_code_set_is_refused(draft):
    draft.change("elements/student.yml", "code_set: sex", "code_set: ethnicity")
    assert "column `sex` of its owner `student_registry/students` is of `sex`" in draft.refusal()


@pytest.mark.parametrize(
    ("lender", "words"),
    [
        ("borrow:vocational_registry/students", "is not a declared feed"),
        ("borrow:teacher_system/teachers", "declares no column for it"),
        ("borrow:student_registry/students", "is its owner everywhere from 2020-09-01 on"),
        ("guess", "must be leave_empty or borrow:<feed id>, not `guess`"),
    ],
    ids=["from an unknown feed", "from a feed without the column", "from the owner itself", "in other words"],
)
def test_an_impossible_borrow_is_refused(draft, lender, words):
    draft.change("elements/student.yml", "on_missing: leave_empty", f"on_missing: {lender}")
    sentence = draft.refusal()
    assert "element `student.number`" in sentence
    assert words in sentence


def test_a_borrow_from_a_feed_that_declares_a_copy_is_accepted(draft):
    draft.change("elements/student.yml", "on_missing: leave_empty", "on_missing: borrow:exams/results")
    assert draft.load()


def test_an_element_given_twice_is_refused(draft):
    path = draft.directory / "elements/class.yml"
    draft.append("elements/class.yml", path.read_text(encoding="utf-8").split("\n\n")[1] + "\n")
    assert draft.refusal() == "elements/class.yml: element `class.school` stands twice; remove one."


def test_an_element_in_the_file_of_another_entity_is_refused(draft):
    draft.change("elements/class.yml", "id: class.adviser", "id: teacher.adviser")
    assert "elements/class.yml: the id of element `teacher.adviser` must be `class.<name>`" in draft.refusal()


def test_an_entity_that_no_feed_creates_is_refused(draft):
    draft.change("sources/teaching.yml", "    creates: [{entity: class}]\n", "")
    assert draft.refusal().startswith(
        "elements/class.yml: the elements of class have owners, but no feed creates"
    )


def test_an_owner_that_cannot_be_joined_to_the_entity_is_refused(draft):
    draft.change(
        "sources/homework_a.yml",
        "    identifies: [{entity: student, namespace: student_number, column: student_number}]\n",
        "",
    )
    assert "speaks of a student (`student.number`)" in draft.refusal()


def test_the_default_register_has_one_owner_for_each_element_on_the_first_night(house: Register):
    night = date(2025, 10, 15)
    for element in house.elements:
        owners = [a for a in element.authority if a.holds(night)]
        unions = {house.feed(a.source).combine.union if house.feed(a.source).combine else a.source for a in owners}
        assert len(unions) == 1, element.id
