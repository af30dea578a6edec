"""What an office says of its elements, and what the register may not say against it."""

from __future__ import annotations

from datetime import date

import pytest

from registry.model import Authority, Claim, Register
from registry.responsibilities import responsibilities
from registry.rules.claims import refusals as rules

ELEMENT, DAY, NIGHT = "student.residence", date(2025, 9, 1), date(2025, 10, 15)
REGISTRY, EXAMS = "student_registry/students", "exams/results"


def say(action: str, source: str = REGISTRY, office: str = "基础教育处", **fields: object) -> Claim:
    told = {"from": DAY, "by": "处长", "evidence": "会议纪要", "elements": (ELEMENT,)} | fields
    return Claim(**{"source": source, "office": office, "action": action} | told)


def owned(register: Register, element: str, *spells: tuple[str, str | None, str | None]) -> Register:
    """The register with other owners of an element: (feed, from, until)."""
    authority = tuple(Authority(source=f, **{"from": first, "until": until}) for f, first, until in spells)
    elements = (e.model_copy(update={"authority": authority}) if e.id == element else e for e in register.elements)
    return register.model_copy(update={"elements": tuple(elements)})


def refusal(register: Register, *claims: Claim) -> str:
    """The first sentence with which the register is refused when these claims are added; '' where it is accepted."""
    told = register.model_copy(update={"claims": (*register.claims, *claims)})
    return next(rules(told), "")


def test_an_owner_whose_office_refused_it_is_refused_with_the_days(house):
    assert refusal(house, say("refuse")) == (
        "elements/student.yml: element `student.residence` is owned by `student_registry/students` everywhere from "
        "2025-09-01 on, but 基础教育处 refused it on 2025-09-01 (claims/student_registry.yml) and nobody has claimed "
        "it: name another owner in `authority`, or let an office claim it."
    )


def test_an_owner_whose_office_refused_what_another_claims_is_told_whom_to_name(house):
    name = {"elements": ("student.name",)}
    said = refusal(house, say("refuse", **name), say("claim", EXAMS, "教研室", **name))
    assert "`exams/results` has claimed it: name that feed in `authority` from then on." in said


def test_a_refusal_that_was_taken_back_is_accepted(house):
    assert not refusal(house, say("refuse"), say("claim", **{"from": date(2025, 10, 1)}))


def test_a_refusal_of_what_authority_has_left_already_is_accepted(house):
    moved = owned(house, "student.name", (REGISTRY, "2020-09-01", "2025-09-01"), (EXAMS, "2025-09-01", None))
    assert not refusal(moved, say("refuse", elements=("student.name",)))


def test_a_hand_on_must_say_to_whom(house):
    said = refusal(house, say("hand_on"))
    assert said.endswith("must name in `to` who takes over exactly where its action is hand_on; it is hand_on.")


def test_a_hand_on_that_authority_does_not_follow_is_refused(house):
    assert refusal(house, say("hand_on", to=EXAMS, elements=("student.name",))) == (
        "claims/student_registry.yml: the hand-on of `student_registry/students` from 2025-09-01 hands `student.name` "
        "on to `exams/results`, but elements/student.yml names `student_registry/students` as its owner everywhere "
        "from 2025-09-01 on; let `authority` follow the hand-on."
    )


def test_a_hand_on_must_agree_with_the_day_on_which_authority_moves(house):
    moved = owned(house, "student.name", (REGISTRY, "2020-09-01", "2025-08-01"), (EXAMS, "2025-08-01", None))
    said = refusal(moved, say("hand_on", to=EXAMS, elements=("student.name",)))
    assert "names it as the owner everywhere from 2025-08-01 on; make the dates the same." in said


def test_who_does_not_own_an_element_cannot_hand_it_on(house):
    moved = owned(house, "student.name", (EXAMS, "2020-09-01", "2025-09-01"), (REGISTRY, "2025-09-01", None))
    said = refusal(moved, say("hand_on", "homework_a/records", "教研室", to=REGISTRY, elements=("student.name",)))
    assert "who does not own an element cannot hand it on." in said


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        (say("claim", office="教研室"), "signed by 教研室, but the office of `student_registry` is 基础教育处"),
        (say("claim", elements=("student.nonesuch",)), "names the unknown element `student.nonesuch`"),
        (say("claim", elements=("teacher.title",)), "declares no column for `teacher.title`"),
        (say("claim", elements=()), "names no elements"),
        (say("claim", evidence=" "), "`evidence` is blank"),
        (say("claim", "student_registry/pupils"), "is not a declared feed"),
        (say("claim", **{"from": date(2020, 9, 1)}), "says twice of element `student.residence` everywhere"),
    ],
)
def test_a_claim_that_contradicts_itself_or_the_sources_is_refused(house, claim, said):
    assert said in refusal(house, claim)


def test_a_claim_stands_in_the_file_of_its_source(draft):
    (draft.directory / "claims" / "student_registry.yml").rename(draft.directory / "claims" / "exams.yml")
    assert draft.refusal() == (
        "claims/exams.yml: a claim speaks of `student_registry/students`; move it to claims/student_registry.yml."
    )


def test_the_list_says_who_answers_for_what_and_since_when(house):
    moved = owned(house, "student.name", (REGISTRY, "2020-09-01", "2025-09-01"), (EXAMS, "2025-09-01", None))
    claims = (*house.claims, say("hand_on", to=EXAMS, elements=("student.name",)))
    told = moved.model_copy(update={"claims": claims})
    before, after = (
        next(r for r in responsibilities(told, day) if r.element == "student.name")
        for day in (date(2025, 8, 31), date(2025, 9, 1))
    )
    assert (before.owner, before.office, before.claimed) == (REGISTRY, "基础教育处", "claimed")
    assert (after.owner, after.office, after.since, after.claimed) == (EXAMS, "教研室", date(2025, 9, 1), "taken over")
    assert (after.claimed_on, after.claimed_by, after.evidence) == (date(2025, 9, 1), "处长", "会议纪要")


def test_an_element_whose_office_said_nothing_is_unclaimed(house):
    rows = list(responsibilities(house, NIGHT))
    assert {r.claimed for r in rows if r.owner == "school_registry/schools"} == {"claimed"}
    assert {r.claimed for r in rows if r.owner == "teaching/classes"} == {"unclaimed"}
    assert len(rows) == sum(len(e.authority) for e in house.elements)


def test_the_list_of_one_office_is_its_own(house):
    assert {r.owner for r in responsibilities(house, NIGHT, "教师工作处")} == {
        "teacher_system/teachers",
        "training/records",
    }
