"""Suites of a bureau's own stand beside the product's: they add rules, and never take one away."""

from __future__ import annotations

from pathlib import Path

import pytest

from expectations import ExpectationsError, load_baseline
from expectations.suite import load_door

RULE = """\
who_fixes: {zh: 局, en: bureau}
rules:
  - id: %s
    none: {where: club is null}
    severity: warn
    what: {zh: 一, en: a}
    when_it_matters: {zh: 一, en: a}
    how_to_fix: {zh: 一, en: a}
"""


def write(own: Path, path: str, text: str) -> None:
    (own / path).parent.mkdir(parents=True, exist_ok=True)
    (own / path).write_text(text, encoding="utf-8")


def test_a_feed_of_the_bureau_has_a_suite_of_its_own(tmp_path: Path):
    write(tmp_path, "raw/signup/signup__enrolments.yml", RULE % "club_filled")
    every, suites = load_door("raw", tmp_path)
    assert [rule.id for rule in suites["signup__enrolments"].rules] == ["club_filled"]
    assert (every, suites.keys() - {"signup__enrolments"}) == (load_door("raw")[0], load_door("raw")[1].keys())


@pytest.mark.parametrize("name", ["teaching__classes", "every"])
def test_a_rule_of_the_bureau_is_added_to_a_suite_of_the_product(tmp_path: Path, name: str):
    write(tmp_path, f"raw/{name}.yml", RULE % "ours")
    found = dict(zip(("every", "rest"), load_door("raw", tmp_path), strict=True))
    before = dict(zip(("every", "rest"), load_door("raw"), strict=True))
    mine = found["every"] if name == "every" else found["rest"][name]
    theirs = before["every"] if name == "every" else before["rest"][name]
    assert [rule.id for rule in mine.rules] == [*(rule.id for rule in theirs.rules), "ours"]


def test_a_rule_of_the_bureau_cannot_replace_one_of_the_product(tmp_path: Path):
    (known, *_) = load_door("raw")[0].rules
    write(tmp_path, "raw/every.yml", RULE % known.id)
    with pytest.raises(ExpectationsError, match=f"The rule {known.id} stands in the product's suite"):
        load_door("raw", tmp_path)


def test_a_directory_without_suites_changes_nothing(tmp_path: Path):
    assert load_door("release", tmp_path / "nowhere") == load_door("release")


def test_failures_that_the_bureau_has_accepted_are_added_to_those_of_the_product(tmp_path: Path):
    assert load_baseline(own_suites=tmp_path) == load_baseline()
    entry = "check: raw/a/b, up_to: 1, reason: r, accepted_by: w, accepted_on: 2025-09-01"
    write(tmp_path, "baseline.yml", f"accepted: [{{{entry}, owner: o, expires_on: 2025-12-31}}]")
    assert [e.check for e in load_baseline(own_suites=tmp_path).entries][-1] == "raw/a/b"
