"""What the register may say of the life of a school, and who comes after one."""

from __future__ import annotations

from datetime import date

import pytest

from registry.derived.successions import successions
from registry.model import Organisation, Register
from registry.rules.organisations import refusals

A, B, C, D = "3132990001", "3132990002", "3132990003", "3132990004"
Y24, Y25, Y26 = date(2024, 9, 1), date(2025, 9, 1), date(2026, 9, 1)


def school(code: str, **facts: object) -> Organisation:
    return Organisation(**{"code": code, "evidence": "数教〔2025〕1号"} | facts)


def merged(code: str, into: str, on: date) -> Organisation:
    return school(code, merged_into=into, ended=on)


def split(code: str, on: date, *parts: dict[str, object]) -> Organisation:
    return school(code, ended=on, split_into=parts)


def refusal(house: Register, *facts: Organisation) -> str:
    return next(refusals(house.model_copy(update={"organisations": facts})), "")


def told(*facts: Organisation) -> list[tuple[object, ...]]:
    return [(s.code, s.class_code or s.grade, s.successor, s.since, s.until) for s in successions(facts)]


def test_a_merger_of_a_merged_school_is_followed_to_who_goes_on():
    assert told(merged(A, B, Y24), merged(B, C, Y25)) == [
        (A, None, B, Y24, Y25), (A, None, C, Y25, None), (B, None, C, Y25, None),
    ]  # fmt: skip


def test_a_class_of_a_split_school_counts_before_its_grade_and_follows_a_later_merger():
    parts = {"into": B, "grades": ("7",)}, {"into": C, "classes": ("2101",)}
    assert told(split(A, Y24, *parts), merged(C, D, Y25)) == [
        (A, "2101", C, Y24, Y25), (A, "2101", D, Y25, None), (A, "7", B, Y24, None), (C, None, D, Y25, None),
    ]  # fmt: skip


def test_the_classes_of_a_successor_are_not_those_of_the_school_before_it():
    parts = {"into": C, "grades": ("7",)}, {"into": D, "classes": ("2101",)}
    assert [row for row in told(merged(A, B, Y24), split(B, Y25, *parts)) if row[0] == A] == [
        (A, "7", C, Y25, None), (A, None, B, Y24, Y25),
    ]  # fmt: skip


def test_a_former_code_leads_to_the_present_one_and_on():
    former = school(B, former_codes=({"code": A, "until": Y24},), merged_into=C, ended=Y25)
    assert told(former)[:2] == [(A, None, B, Y24, Y25), (A, None, C, Y25, None)]


def test_a_school_that_goes_on_as_its_own_part_is_followed_once():
    parts = {"into": A, "grades": ("7",)}, {"into": B, "grades": ("8",)}
    assert told(split(A, Y24, *parts)) == [(A, "7", A, Y24, None), (A, "8", B, Y24, None)]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ((merged(A, B, Y24), merged(B, A, Y25)), f"passes to {A} on 2025-09-01, but that one ends on 2024-09-01"),
        ((merged(A, B, Y25), merged(B, C, Y25)), f"passes to {B} on 2025-09-01, but that one ends on 2025-09-01"),
        ((merged(A, A, Y25),), "is merged into itself"),
        ((merged(A, B, Y24), merged(A, C, Y25)), f"code {A} stands twice"),
        ((school(A, former_codes=({"code": B, "until": Y24},)), merged(B, C, Y25)), f"code {B} stands twice"),
        ((school(A, merged_into=B),), "must say in `ended` the day exactly where it is merged or split"),
        ((school(A, ended=Y25),), "must say in `ended` the day exactly where it is merged or split"),
        ((school(A),), "says nothing of it"),
        ((school(A, founded=Y25, evidence=" "),), "`evidence` is blank"),
        ((school(A, founded=Y25, merged_into=B, ended=Y24),), "ends on 2024-09-01, but was founded on 2025-09-01"),
        ((merged(A, B, Y24), school(B, founded=Y25)), "before that one was founded on 2025-09-01"),
        ((split(A, Y24, {"into": B, "grades": ("7",)}),), "is split into one"),
        ((split(A, Y24, {"into": B, "grades": ("7",)}, {"into": C}),), f"into {C} names no grades and no classes"),
        ((split(A, Y24, {"into": B, "grades": ("7",)}, {"into": C, "grades": ("7",)}),), "grade `7` goes into two"),
        ((split(A, Y24, {"into": B, "grades": ("七",)}, {"into": C, "grades": ("8",)}),), "the unknown grade `七`"),
        ((school(A, merged_into=B, ended=Y25, split_into=({"into": C, "grades": ("7",)},)),), "is merged and split"),
        ((school(A, former_names=({"name": "甲", "until": Y25}, {"name": "乙", "until": Y24})),), "put them in order"),
        ((school(A, former_names=({"name": "甲", "until": Y26},), merged_into=B, ended=Y25),), "after the school"),
    ],
)  # fmt: skip
def test_a_life_that_cannot_be_is_refused_with_the_school_and_the_days(house, facts, said):
    sentence = refusal(house, *facts)
    assert sentence.startswith("organisations.yml: ")
    assert said in sentence


def test_lives_that_can_be_are_accepted(house):
    parts = {"into": C, "grades": ("7",)}, {"into": D, "classes": ("2101",)}
    assert not refusal(house, merged(A, B, Y24), split(B, Y25, *parts), school(C, founded=Y25))


def test_the_file_is_read_and_its_mistakes_are_named(draft):
    path = draft.directory / "organisations.yml"
    path.write_text(f'- {{code: "{A}", merged_into: "{B}", ended: 2025-09-01, evidence: x}}\n', encoding="utf-8")
    assert draft.load().organisations == (merged(A, B, Y25).model_copy(update={"evidence": "x"}),)
    path.write_text(f'- {{code: "{A}", merged: "{B}", evidence: x}}\n', encoding="utf-8")
    assert draft.refusal().startswith(f"organisations.yml: organisation `{A}`, field `merged` is not a field")


def test_a_column_of_names_must_say_of_which_code(draft):
    draft.change("sources/student_registry.yml", "names_school_of: from_school_code", "names_school_of: nonesuch")
    assert "`names_school_of` names column `nonesuch`, which the feed does not declare" in draft.refusal()
