"""Path is identity: each feed of the default register has its contract, staging model, description and suite where its
name says.
"""

from __future__ import annotations

import re

import pytest
import yaml

import registry
from registry.model import Feed
from tests.architecture.conftest import ROOT

FEEDS = registry.load(registry.HOUSE).feeds
STAGING = ROOT / "dbt_project" / "models" / "staging"
EACH = pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.id)


@EACH
def test_a_feed_is_declared_in_the_file_of_its_source(feed: Feed):
    declared = yaml.safe_load((ROOT / "registry" / "sources" / f"{feed.source}.yml").read_text(encoding="utf-8"))
    assert feed.id in [found["id"] for found in declared["feeds"]]


@EACH
def test_a_feed_has_the_staging_model_of_its_name_which_reads_it_alone(feed: Feed):
    sql = (STAGING / feed.source / f"stg_{feed.table}.sql").read_text(encoding="utf-8")
    plain = re.findall(r"\{\{ staging\('([\w/]+)'(?:, touched\(\))?\) \}\}", sql)
    assert (plain or re.findall(r"typed_columns\('([\w/]+)'\)", sql)) == [feed.id]
    assert re.findall(r"source\('raw', '(\w+)'\)", sql) == ([] if plain else [feed.table])
    assert feed.rest is None or re.search(rf"^\s+{feed.rest},$", sql, re.M)


@EACH
def test_a_staging_model_is_described_under_its_feed(feed: Feed):
    described = yaml.safe_load((STAGING / feed.source / f"_{feed.source}.yml").read_text(encoding="utf-8"))
    (model,) = [found for found in described["models"] if found["name"] == f"stg_{feed.table}"]
    assert model["description"].startswith(f"{feed.id}：")


def test_the_raw_tables_of_the_models_are_those_of_the_feeds():
    (raw, *_) = yaml.safe_load((ROOT / "dbt_project" / "models" / "sources.yml").read_text(encoding="utf-8"))["sources"]
    named = [table["name"] for table in raw["tables"]]
    assert len(named) == len(set(named))
    assert {feed.table for feed in FEEDS} <= set(named)


def test_no_model_stands_in_staging_for_a_feed_that_nobody_declares():
    known = {f"stg_{feed.table}" for feed in registry.known_feeds(registry.load(registry.HOUSE))}
    assert {path.stem for path in STAGING.rglob("*.sql")} == known


def test_a_mart_stands_beside_its_description_and_has_its_suite_in_the_folder_of_its_subject():
    marts, suites = ROOT / "dbt_project" / "models" / "marts", ROOT / "expectations" / "release"
    models = {path.relative_to(marts).with_suffix("") for path in marts.rglob("*.sql")}
    described = (path for path in marts.rglob("*.yml") if path.stem != "_unit_tests")
    assert {path.relative_to(marts).with_suffix("") for path in described} == models
    assert {path.relative_to(suites).with_suffix("") for path in suites.glob("*/*.yml")} == models


@EACH
def test_a_feed_has_the_suite_of_its_name(feed: Feed):
    assert (ROOT / "expectations" / "raw" / feed.source / f"{feed.table}.yml").is_file()
