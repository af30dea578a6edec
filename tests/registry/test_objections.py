"""The way of an objection: its steps, its terms, its file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

import registry
from registry import working_days
from registry.desk_files import objection_files
from registry.model import Objection, ObjectionStep, ObjectionTerms
from registry.objections import due, known

KEY, SEAL = "a" * 64, "b" * 64
FRIDAY = date(2025, 9, 26)


def step(state: str, on: date = FRIDAY, by: str = "基础教育处", note: str | None = None) -> ObjectionStep:
    return ObjectionStep(state=state, day=on, by=by, note=note)


class Cases:
    """The house's register with objections in a directory of its own, read file by file."""

    def __init__(self, house: registry.Register, directory: Path) -> None:
        self.directory, self._house = directory, house
        directory.mkdir()

    @property
    def file(self) -> Path:
        return self.directory / "objections" / "2025-0001.yml"

    def load(self) -> registry.Register:
        told = (yaml.safe_load(p.read_text("utf-8")) for p in sorted(self.directory.glob("objections/*.yml")))
        return self._house.model_copy(update={"objections": tuple(Objection(**one) for one in told)})

    def open(self, element: str = "student.birth_date", record: str = KEY, on: date = FRIDAY) -> Objection:
        return objection_files.raised(self.load(), self.directory, element, record, SEAL, step("raised", on, "一中"))


@pytest.fixture
def empty(house, tmp_path) -> Cases:
    return Cases(house, tmp_path / "register")


@pytest.fixture
def raised(empty) -> Cases:
    """A register with one objection."""
    empty.open()
    return empty


def take(cases: Cases, *states: str) -> Objection:
    for state in states:
        found = objection_files.stepped(cases.load(), cases.directory, "2025-0001", step(state))
    return found


def refused(cases: Cases, one: ObjectionStep, of: str = "2025-0001") -> str:
    with pytest.raises(registry.RegisterError) as caught:
        objection_files.stepped(cases.load(), cases.directory, of, one)
    return str(caught.value)


@pytest.mark.parametrize("ending", [("rejected",), ("accepted", "verified", "corrected"), ("accepted", "verified", "maintained")])  # noqa: E501
def test_an_objection_goes_its_way_to_the_end(raised, ending):
    assert take(raised, *ending, "closed").state == "closed"
    assert [s.state for s in known(raised.load(), "2025-0001").steps] == ["raised", *ending, "closed"]


@pytest.mark.parametrize(
    ("states", "said"),
    [
        (("verified",), "`verified` cannot follow `raised`; after it comes accepted or rejected."),
        (("rejected", "accepted"), "`accepted` cannot follow `rejected`; after it comes closed."),
        (("accepted", "corrected"), "`corrected` cannot follow `accepted`; after it comes verified."),
        (("accepted", "verified", "closed"), "after it comes corrected or maintained."),
        (("rejected", "closed", "raised"), "after it comes nothing."),
    ],
)
def test_a_step_out_of_order_is_refused_and_leaves_no_trace(raised, states, said):
    *before, wrong = states
    if before:
        take(raised, *before)
    kept = raised.file.read_bytes()
    assert refused(raised, step(wrong)).endswith(said)
    assert raised.file.read_bytes() == kept
    assert [p.name for p in raised.file.parent.iterdir()] == [raised.file.name]


def test_a_step_before_the_one_before_it_is_refused(raised):
    assert "it was accepted on 2025-09-25, before it was raised on 2025-09-26" in refused(
        raised, step("accepted", date(2025, 9, 25))
    )


def test_a_step_of_an_objection_that_is_not_there_is_refused_with_those_that_are(raised):
    assert "give one that is there (2025-0001)" in refused(raised, step("accepted"), of="2025-0002")


@pytest.mark.parametrize("note", ["身份证 110105194912310021 有误", "电话 13912345678"])
def test_a_number_of_a_person_is_kept_out_of_the_file(raised, note):
    assert "holds what looks like a number of a person" in refused(raised, step("accepted", note=note))


def test_a_record_is_never_named_by_an_identifier(empty):
    with pytest.raises(registry.RegisterError, match="64 hex digits that name the student in a release"):
        empty.open("student.name", "G110105201401010018")


def test_a_class_has_no_file_of_its_own_to_object_to(empty):
    with pytest.raises(registry.RegisterError, match=r"`class\.name` is no element of a student, teacher, school"):
        empty.open("class.name")


def test_two_of_one_year_have_numbers_of_their_own(raised):
    for day, number in ((FRIDAY, "2025-0002"), (date(2026, 1, 5), "2026-0001")):
        assert raised.open("school.name", "3132990001", day).id == number


def test_a_file_by_hand_is_held_to_the_same_rules_and_changes_no_version(draft):
    version, state = registry.version(draft.directory), registry.state(draft.directory)
    path = draft.directory / "objections" / "2025-0001.yml"
    path.parent.mkdir()
    told = {"id": "2025-0001", "element": "student.name", "record": KEY, "seal": SEAL}
    told["steps"] = [{"state": state, "day": FRIDAY, "by": "x"} for state in ("raised", "closed")]
    path.write_text(yaml.safe_dump(told), encoding="utf-8")
    assert draft.refusal().startswith("objections/2025-0001.yml: `closed` cannot follow `raised`")
    assert registry.version(draft.directory) == version
    assert registry.state(draft.directory) != state
    path.rename(path.with_name("2025-0009.yml"))
    assert draft.refusal() == "objections/2025-0009.yml: the objection is `2025-0001`; call the file 2025-0001.yml."


def test_terms_count_working_days_over_the_national_holidays(raised):
    """From Friday the 26th: the 28th (a Sunday) is worked, the 1st to the 8th of October are days off."""
    register = raised.load()
    calendar = register.calendar
    assert [working_days.after(calendar, FRIDAY, n) for n in (1, 3, 4)] == [
        date(2025, 9, 28), date(2025, 9, 30), date(2025, 10, 9),
    ]  # fmt: skip
    assert due(known(register, "2025-0001"), register) == date(2025, 10, 10)  # five days to accept
    assert due(take(raised, "accepted"), raised.load()) == date(2025, 10, 16)  # ten to verify
    assert due(take(raised, "verified", "maintained", "closed"), raised.load()) is None


def test_the_terms_are_the_bureaus(raised):
    register = raised.load()
    terms = ObjectionTerms(accept=1)
    other = register.model_copy(update={"bureau": register.bureau.model_copy(update={"objection_working_days": terms})})
    assert due(known(other, "2025-0001"), other) == date(2025, 9, 28)


def test_a_register_that_cannot_be_written_is_said_in_a_sentence(empty):
    (empty.directory / "objections").write_text("", encoding="utf-8")
    with pytest.raises(registry.RegisterError, match=r"cannot be written .*; give a register of your own"):
        empty.open()
