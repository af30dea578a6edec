"""What follows from the register for SQL: who carries, sends and owns what on a night."""

from __future__ import annotations

from datetime import date

import pytest

from registry import Register
from registry.authority import owners_on
from registry.derived.carriers import Carrier, carriers
from registry.derived.senders import SchoolName, Sender, senders
from registry.derived.successions import begun
from registry.derived.unions import Fact, Member, unions
from registry.model import Composite
from tests.registry.test_organisations import Y24, Y25, A, B, C, merged

NIGHT = date(2025, 10, 16)
REGISTRY, EXAMS, HOMEWORK = "student_registry/students", "exams/results", "homework_a/records"


def carrier(register: Register, feed: str, entity: str = "student", night: date = NIGHT) -> Carrier:
    return next(carrier for carrier in carriers(register, night)[entity] if carrier.feed == feed)


def edited(register: Register, feed_id: str, **changes: object) -> Register:
    """The register with one feed changed."""
    sources = tuple(
        source.model_copy(update={"feeds": tuple(
            feed.model_copy(update=changes) if feed.id == feed_id else feed for feed in source.feeds
        )})
        for source in register.sources
    )  # fmt: skip
    return register.model_copy(update={"sources": sources})


def test_a_feed_that_names_an_entity_and_says_nothing_of_it_is_no_carrier(house: Register) -> None:
    naming = {feed.id for feed in house.feeds if any(i.entity == "student" for i in feed.identifies)}
    carrying = {carrier.feed for carrier in carriers(house, NIGHT)["student"]}
    assert {EXAMS, REGISTRY} < carrying < naming


def test_a_creating_feed_joins_by_its_identifier_alone_and_others_need_evidence(house: Register) -> None:
    assert (carrier(house, REGISTRY).creates, carrier(house, REGISTRY).joins_alone) == (True, True)
    assert (carrier(house, EXAMS).creates, carrier(house, EXAMS).joins_alone) == (False, False)
    trusted = tuple(i.model_copy(update={"alone": True}) for i in house.feed(EXAMS).identifies)
    assert carrier(edited(house, EXAMS, identifies=trusted), EXAMS).joins_alone


def test_a_namespace_that_one_system_alone_uses_and_creates_by_needs_no_evidence(oneroster: Register) -> None:
    demographics = carrier(oneroster, "oneroster/demographics")
    assert (demographics.creates, demographics.joins_alone) == (False, True)


def test_a_model_presents_a_further_identifier_under_the_name_of_its_element(oneroster: Register) -> None:
    students, teachers = (carrier(oneroster, "oneroster/users", entity) for entity in ("student", "teacher"))
    assert [i.columns for i in students.identifiers] == [("sourced_id",), ("number",)]
    assert [i.columns for i in teachers.identifiers] == [("sourced_id",), ("staff_number",)]


def test_an_identifier_by_which_nobody_creates_is_an_account(house: Register) -> None:
    account = tuple(i.model_copy(update={"namespace": "platform_user"}) for i in house.feed(HOMEWORK).identifies)
    assert not carrier(house, HOMEWORK).is_account
    assert carrier(edited(house, HOMEWORK, identifies=account), HOMEWORK).is_account


def test_the_columns_of_a_model_that_presents_rows_are_named_by_the_elements(oneroster: Register) -> None:
    users = carrier(oneroster, "oneroster/users")
    assert (users.model, users.elements["name"], users.school_column) == ("oneroster_students", "name", "school")
    assert carrier(oneroster, "oneroster/demographics").model == "stg_oneroster__demographics"


def test_a_record_is_told_apart_by_identifiers_evidence_and_the_slice_of_its_school(house: Register) -> None:
    assert carrier(house, EXAMS).record_columns == ("student_number", "name", "class_code", "_slice")
    assert carrier(house, HOMEWORK).record_columns == ("student_number", "student_name", "class_code", "school_code")


def test_a_feed_takes_part_in_the_composite_keys_that_name_it(house: Register) -> None:
    composite = Composite(feeds=(REGISTRY, EXAMS), elements=("number", "name"))
    matching = tuple(m.model_copy(update={"composites": (composite,)}) for m in house.matching)
    with_composite = house.model_copy(update={"matching": matching})
    assert carrier(with_composite, REGISTRY).composites == (("number", "name"),)
    assert carrier(with_composite, HOMEWORK).composites == ()


def test_one_row_a_person_and_slice_follows_from_the_key(house: Register) -> None:
    assert [carrier(house, feed).one_row for feed in (EXAMS, HOMEWORK, REGISTRY)] == [True, False, False]


def test_copies_are_the_elements_that_another_feed_owns_on_the_night(draft) -> None:
    draft.own("student.name", f"source: {REGISTRY}, from: 2020-09-01", f"source: {EXAMS}, from: 2025-10-16")
    register = draft.load()
    before = date(2025, 10, 15)
    assert ["name" in carrier(register, feed, night=before).copies for feed in (REGISTRY, EXAMS)] == [False, True]
    assert ["name" in carrier(register, feed).copies for feed in (REGISTRY, EXAMS)] == [True, False]


def test_an_element_has_the_owners_of_the_night(draft) -> None:
    draft.own("student.name", f"source: {REGISTRY}, from: 2020-09-01", f"source: {EXAMS}, from: 2025-10-16")
    register = draft.load()
    days = (date(2020, 8, 31), date(2025, 10, 15), NIGHT)
    owners = [owners_on(register, day)["student.name"] for day in days]
    assert [[a.source for a in held.authorities] for held in owners] == [[], [REGISTRY], [EXAMS]]


def test_an_element_may_be_borrowed_where_its_owner_says_nothing(house: Register) -> None:
    element = next(element for element in house.elements if element.id == "student.class")
    borrowing = house.model_copy(update={"elements": (element.model_copy(update={"on_missing": f"borrow:{EXAMS}"}),)})
    assert owners_on(borrowing, NIGHT)["student.class"].borrowed == EXAMS
    assert owners_on(house, NIGHT)["student.name"].borrowed is None


@pytest.mark.parametrize(
    ("feed", "expected"),
    [(REGISTRY, ("column", True)), (EXAMS, ("slice", False)), (HOMEWORK, ("column", False))],
)
def test_a_sender_stands_in_a_column_or_in_the_slice(
    house: Register, feed: str, expected: tuple[str, bool]
) -> None:
    sender = sent_by(house, feed)
    assert (sender.sent, sender.slice_is_school_code) == expected


def test_a_feed_without_a_school_has_no_sender(oneroster: Register) -> None:
    assert sent_by(oneroster, "oneroster/demographics").sent is None


def test_a_feed_that_lists_schools_is_marked_and_names_beside_codes_are_found(house: Register) -> None:
    assert [sender.feed for sender in senders(house) if sender.lists_schools] == ["school_registry/schools"]
    columns = tuple(
        c.model_copy(update={"names_school_of": "school_code"}) if c.name == "student_name" else c
        for c in house.feed(HOMEWORK).columns
    )
    named = sent_by(edited(house, HOMEWORK, columns=columns), HOMEWORK)
    assert named.school_names == (SchoolName("student_name", "school_code"),)


def test_a_union_has_its_best_copy_first_and_compares_what_that_declares(house: Register) -> None:
    combine = house.feed(HOMEWORK).combine
    assert combine is not None
    last = combine.model_copy(update={"rank": 9})
    homework = unions(edited(house, HOMEWORK, combine=last))["homework"]
    told = {"entity": "student", "key": ("record_id",), "by_day": True}
    assert homework.members == (Member("homework_b/records", 2, **told), Member(HOMEWORK, 9, **told))
    assert homework.key == ("student_number", "subject", "assigned_at")
    facts = unions(house)["homework"].facts
    assert Fact("homework_record.written", "written") in facts
    compared = {fact.column for fact in facts}
    assert not compared & {"subject", "assigned_at", "record_id", "student_name", "title", "due_at"}


def test_a_register_without_combined_feeds_has_no_union(oneroster: Register) -> None:
    assert unions(oneroster) == {}


def test_a_succession_counts_from_its_day() -> None:
    facts = (merged(A, B, Y24), merged(B, C, Y25))
    assert [(s.code, s.successor) for s in begun(facts, date(2025, 8, 31))] == [(A, B)]
    assert [(s.code, s.successor) for s in begun(facts, Y25)] == [(A, B), (A, C), (B, C)]


def sent_by(register: Register, feed: str) -> Sender:
    return next(sender for sender in senders(register) if sender.feed == feed)
