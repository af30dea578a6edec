"""Words that a register may say for itself: rules and remedies, code groups, bands; what it lacks, the house says."""

from __future__ import annotations

from datetime import date

import pytest

import registry
from registry import Register
from registry.model import Authority, Label
from tests.registry.conftest import Draft

OLD = pytest.mark.parametrize("file", ["problem_rules.csv", "business_words.yml"])


@OLD
def test_a_register_without_such_a_file_takes_what_the_house_says(draft: Draft, house: Register, file: str):
    (draft.directory / file).unlink()
    found = draft.load()
    assert (found.problem_rules, found.business_words) == (house.problem_rules, house.business_words)


def test_the_examples_take_what_the_house_says(house: Register, oneroster: Register):
    assert oneroster.business_words == house.business_words
    assert oneroster.remedy("filled") == Label(zh="此项必填，请补上。", en="This must be filled in.")


def test_a_rule_is_said_anew_and_the_others_stay(draft: Draft, house: Register):
    header = "rule,label_zh,label_en,remedy_zh,remedy_en\n"
    (draft.directory / "problem_rules.csv").write_text(f"{header}filled,空,is blank,补,Fill it.\n", encoding="utf-8")
    found = draft.load()
    assert found.remedy("filled") == Label(zh="补", en="Fill it.")
    assert found.remedy("range") == house.remedy("range")
    assert [rule.rule for rule in found.problem_rules] == [rule.rule for rule in house.problem_rules]


def test_a_rule_of_no_check_and_a_word_that_nothing_fills_in_are_refused(draft: Draft):
    draft.append("problem_rules.csv", "filed,空,is blank,补,Fill it.\n")
    assert "no check has a rule `filed`" in draft.refusal()
    draft.change("problem_rules.csv", "filed,空,is blank,补", "filled,空,is blank,补{value}")
    assert "nothing is filled in for {value} in the remedy of `filled`" in draft.refusal()


def test_every_code_of_a_group_is_one_of_the_house(house: Register):
    codes = {s.id: {code.code for code in s.codes} for s in house.code_sets}
    assert all(set(group.codes) <= codes[group.code_set] for group in house.business_words.code_groups)


def test_a_bureau_says_a_code_group_anew_and_the_others_stay(draft: Draft, house: Register):
    group = '{id: pe_art, label: {zh: 艺体, en: arts and sports}, code_set: subject, codes: ["22"]}'
    (draft.directory / "business_words.yml").write_text(f"code_groups:\n  - {group}\n", encoding="utf-8")
    words = draft.load().business_words
    groups = {group.id: group.codes for group in words.code_groups}
    assert groups == {g.id: g.codes for g in house.business_words.code_groups} | {"pe_art": ("22",)}
    assert (words.bands, words.no_mark) == (house.business_words.bands, house.business_words.no_mark)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: pe_art", "id: pe_arts", "no model reads a code group `pe_arts`"),
        ('codes: ["22"', 'codes: ["2"', "names `2`, which is no code of codes/subject.csv"),
        ("name: B, from: 60", "name: B, from: 90", "bands go from the highest"),
        ("name: E, from: 0", "name: E, from: 5", "bands go from the highest"),
    ],
)
def test_words_that_cannot_be_are_refused(draft: Draft, old: str, new: str, said: str):
    draft.change("business_words.yml", old, new)
    assert said in draft.refusal()


@pytest.mark.parametrize(
    ("day", "holds"),
    [("2025-08-31", False), ("2025-09-01", True), ("2026-08-31", True), ("2026-09-01", False)],
)
def test_an_authority_holds_from_its_first_day_until_the_next_one_begins(day: str, holds: bool):
    authority = Authority.model_validate({"source": "a/b", "from": "2025-09-01", "until": "2026-09-01"})
    assert authority.holds(date.fromisoformat(day)) is holds


def test_the_school_year_begun_is_that_of_the_last_term(house: Register):
    first = min(term.first_day for term in house.calendar.terms)
    assert house.calendar.school_year_begun(first) == house.calendar.terms[0].school_year
    assert house.calendar.school_year_begun(date(1990, 1, 1)) is None


def test_the_default_directory_lists_both_files_as_its_own():
    assert {"problem_rules.csv", "business_words.yml"} <= {path.name for path in registry.files(registry.HOUSE)}
