"""The shipped suites: whole, readable, and about things that exist."""

import re
from pathlib import Path

import pytest
import yaml

import registry
from expectations import ExpectationsError, between
from expectations.kinds import columns_of
from expectations.suite import Suite, load, load_door
from registry.model import Feed

ROOT = Path(__file__).parents[2]
MARTS = {
    model["name"]: model
    for path in (ROOT / "dbt_project" / "models" / "marts").rglob("*.yml")
    for model in yaml.safe_load(path.read_text()).get("models", ())
}
FEEDS = {feed.table: feed for feed in registry.known_feeds(registry.load(registry.HOUSE))}
RAW = load_door("raw")[1]
RELEASE = load_door("release")[1]
PROVENANCE = {"_slice", "_delivery_id", "_row_number"}


def released(model: dict) -> set[str]:
    """The columns of a mart as analysts see them."""
    metas = {c["name"]: c.get("config", {}).get("meta", {}) for c in model["columns"]}
    return {meta.get("released_as", name) for name, meta in metas.items() if meta.get("release") != "drop"}


def test_no_feed_comes_in_without_a_suite_of_its_own():
    assert set(RAW) == set(FEEDS)


def test_no_mart_goes_out_without_a_suite():
    assert set(RELEASE) == set(MARTS)


@pytest.mark.parametrize("feed", FEEDS.values(), ids=FEEDS.keys())
def test_a_raw_suite_asks_only_for_columns_of_the_contract(feed: Feed):
    known = {column.name for column in feed.loaded_columns} | PROVENANCE
    asked = {column for rule in RAW[feed.table].rules for column in columns_of(rule)}
    assert asked <= known


@pytest.mark.parametrize("feed", FEEDS.values(), ids=FEEDS.keys())
def test_a_condition_speaks_only_of_columns_that_it_shows(feed: Feed):
    """Only those are copied to the door; another would be null there, and the check could not fail."""
    for rule in (rule for rule in RAW[feed.table].rules if rule.kind == "none"):
        words = set(re.findall(r"\w+", re.sub(r"'[^']*'", "", rule.arguments["where"])))
        assert words & {column.name for column in feed.columns} <= set(rule.arguments["shows"]), rule.id


@pytest.mark.parametrize("suite", RELEASE.values(), ids=RELEASE.keys())
def test_a_release_suite_asks_only_for_columns_that_are_released(suite: Suite):
    asked = {column for rule in suite.rules for column in columns_of(rule)}
    asked |= {*suite.grain, *suite.may_be_empty, *suite.columns}
    assert asked <= released(MARTS[suite.name])


def test_a_rule_between_marts_asks_only_for_columns_that_the_other_releases():
    found = 0
    for rule in (rule for suite in RELEASE.values() for rule in suite.rules if rule.kind in between.BETWEEN):
        _, there = between.sides(rule.kind, rule.arguments)
        if there is not None:
            found += 1
            assert set(there.columns) <= released(MARTS[there.mart]), rule.id
    assert found > 0


@pytest.mark.parametrize("suite", RELEASE.values(), ids=RELEASE.keys())
def test_the_grain_at_the_door_is_the_grain_of_the_model(suite: Suite):
    renamed = {
        c["name"]: c.get("config", {}).get("meta", {}).get("released_as", c["name"])
        for c in MARTS[suite.name]["columns"]
    }
    (grain,) = [t["grain"] for t in MARTS[suite.name]["data_tests"] if isinstance(t, dict) and "grain" in t]
    assert suite.grain == tuple(renamed[c] for c in grain["arguments"]["columns"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: [{id: a, filled: [x], between: {column: x}}]", "exactly one"),
        ("rules: [{id: a, filled: [x]}]", "severity"),
        ("rules: [{id: a, filled: [x], severity: block, what: {zh: 一, en: one}}]", "when_it_matters"),
        ("suits: []", "remove them"),
        ("rules: [", "cannot be read"),
    ],
)
def test_a_rule_that_cannot_be_understood_is_refused_by_name(tmp_path: Path, text: str, said: str):
    path = tmp_path / "marts.yml"
    path.write_text(text)
    with pytest.raises(ExpectationsError, match=said):
        load(path)


def test_two_rules_cannot_share_an_id(tmp_path: Path):
    said = "what: {zh: 一, en: a}, when_it_matters: {zh: 一, en: a}, how_to_fix: {zh: 一, en: a}"
    rule = f"{{id: a, filled: [x], severity: warn, {said}, who_fixes: {{zh: 一, en: a}}}}"
    path = tmp_path / "marts.yml"
    path.write_text(f"rules: [{rule}, {rule}]")
    with pytest.raises(ExpectationsError, match="one id to two rules"):
        load(path)
