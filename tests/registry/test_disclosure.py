"""What a register may say of what a release shows of people: a coarsening that nothing can map is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from registry import Register
from registry.model import Code, Element, KAnonymity, Label
from registry.rules import disclosure


def with_element(register: Register, element: str, **change: Any) -> Register:
    """The register with one element declared otherwise."""
    elements = tuple(
        Element.model_validate(e.model_dump() | change) if e.id == element else e for e in register.elements
    )
    assert elements != register.elements
    return register.model_copy(update={"elements": elements})


def with_codes(register: Register, code_set: str, *codes: Code) -> Register:
    """The register with a code set that ends with these codes, instead of those it had of the same name."""
    names = {code.code for code in codes}
    sets = tuple(
        s.model_copy(update={"codes": (*(c for c in s.codes if c.source or c.code not in names), *codes)})
        if s.id == code_set else s
        for s in register.code_sets
    )  # fmt: skip
    return register.model_copy(update={"code_sets": sets})


def code(name: str, broader: str | None = None, source: str | None = None) -> Code:
    return Code(code_set="ethnicity", code=name, label=Label(zh="某", en="some"), broader_code=broader, source=source)


def refusal(register: Register) -> str:
    """The one sentence that refuses the register."""
    (sentence,) = disclosure.refusals(register)
    assert sentence.endswith(".")
    return sentence


@pytest.mark.parametrize("element", ["student.ethnicity", "teacher.ethnicity", "teacher.title", "teacher.post"])
def test_what_singles_people_out_most_can_be_shown_by_broader_codes(house: Register, element: str):
    assert not list(disclosure.refusals(with_element(house, element, release="generalise_to_broader")))
    (found,) = [e for e in house.elements if e.id == element]
    broader = house.code_set(found.code_set).broader_codes
    assert set(broader) == {code.code for code in house.code_set(found.code_set).codes}
    assert 1 < len(set(broader.values())) < len(broader)


@pytest.mark.parametrize(
    ("element", "policy", "sentence"),
    [
        ("student.class", "generalise_to_broader", "`student.class` is released by broader codes and has no code set"),
        ("student.boarding", "generalise_to_broader", "of codes/boarding.csv has none; fill its broader_code"),
        ("student.sex", "generalise_to_year", "`student.sex` is of type code, which has no year"),
    ],
)
def test_a_coarsening_that_nothing_can_map_is_refused(house: Register, element: str, policy: str, sentence: str):
    assert sentence in next(iter(disclosure.refusals(with_element(house, element, release=policy))))
    assert not list(disclosure.refusals(house))


@pytest.mark.parametrize(
    ("code_set", "changed", "sentence"),
    [
        ("ethnicity", code("56", "south"), "code `56` falls under `south`, which codes/ethnicity_broader.csv lacks"),
        ("ethnicity", code("56"), "code `56` of codes/ethnicity.csv has none; fill its broader_code"),
        ("ethnicity", code("01", "han", "student_registry"), "of source `student_registry` has a broader_code"),
        ("ethnicity_broader", code("01"), "codes/ethnicity_broader.csv: `01` is a code of codes/ethnicity.csv too"),
    ],
)
def test_broader_codes_are_whole(house: Register, code_set: str, changed: Code, sentence: str):
    coarser = with_element(house, "student.ethnicity", release="generalise_to_broader")
    known = coarser.code_set(code_set).codes if changed.source else ()
    assert sentence in refusal(with_codes(coarser, code_set, *known, changed))


def test_broader_codes_need_a_list_of_their_own(house: Register):
    sets = tuple(s for s in house.code_sets if s.id != "ethnicity_broader")
    assert "codes/ethnicity_broader.csv is missing" in refusal(house.model_copy(update={"code_sets": sets}))


@pytest.mark.parametrize(
    "said", [{"k": 1}, {"share_max": {"student": 1.5}}, {"share_max": {"school": 0.5}}, {"limit": 3}], ids=str
)
def test_a_k_or_limit_that_means_nothing_is_refused(said: dict[str, Any]):
    with pytest.raises(ValidationError):
        KAnonymity.model_validate(said)


def test_a_limit_for_people_of_whom_nothing_is_released_is_refused(house: Register):
    limits = KAnonymity(share_max={"student": 0.2, "teacher": 0.5})
    limited = house.model_copy(update={"bureau": house.bureau.model_copy(update={"k_anonymity": limits})})
    assert not list(disclosure.refusals(limited))
    elements = tuple(e for e in house.elements if e.entity != "teacher")
    assert "has a limit for `teacher`, of which nothing is released" in refusal(
        limited.model_copy(update={"elements": elements})
    )


def test_what_the_register_does_not_say_counts_for_a_person(house: Register, oneroster: Register):
    telling = {e.id for register in (house, oneroster) for e in register.elements if e.tells_apart}
    assert telling >= {"student.sex", "student.class", "teacher.title", "school.name", "class.code"}
    assert "exam_result.class" in telling
    assert telling.isdisjoint({"student.name", "exam_result.score", "teacher.it_ability", "homework_record.record"})
    for element, change, tells in (
        ("student.sex", {"quasi_identifier": False}, False),
        ("exam_result.score", {"quasi_identifier": True}, True),
        ("student.class", {"release": "empty"}, False),
    ):
        said = {e.id: e.tells_apart for e in with_element(house, element, **change).elements}
        assert said[element] is tells
