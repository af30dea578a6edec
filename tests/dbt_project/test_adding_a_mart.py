"""The page on adding a mart, followed to the letter: the model runs, keeps its contract, and its suite fits it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from expectations.kinds import columns_of
from expectations.suite import load
from tests.dbt_project.conftest import FIRST, SCHOOL
from tests.dbt_project.quick_dbt import City
from tests.followed import Page, follow
from warehouse.disclosure import policy

MART = "dbt_project/models/marts/organisations/class_size.yml"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return follow("adding_a_mart.md", tmp_path_factory.mktemp("mart"))


@pytest.fixture(scope="module")
def city(page: Page) -> City:
    city = page.city("class_size")
    city.night(FIRST)
    return city


@pytest.fixture(scope="module")
def contract(page: Page) -> dict:
    (model,) = yaml.safe_load((page.root / MART).read_text(encoding="utf-8"))["models"]
    return model


def test_the_page_adds_a_model_a_contract_and_a_suite_and_no_python(page: Page):
    assert [Path(block.path).suffix for block in page.blocks] == [".sql", ".yml", ".yml"]


def test_the_mart_counts_the_pupils_of_the_class(city: City):
    found = city.rows("select school_code, grade, class_code, students, as_of_date from lake.marts.class_size")
    assert found == [(SCHOOL, "7", "2101", 10, FIRST)]


def test_the_mart_has_the_columns_and_types_of_its_contract(city: City, contract: dict):
    found = {name: kind.lower() for name, kind, *_ in city.rows("describe lake.marts.class_size")}
    assert found == {column["name"]: column["data_type"] for column in contract["columns"]}


def test_its_elements_are_the_registers_and_its_grain_the_suites(page: Page, city: City, contract: dict):
    elements = {c["config"]["meta"]["element"] for c in contract["columns"] if "config" in c}
    assert elements <= {element.id for element in city.register.elements}
    suite = load(page.root / "expectations/release/organisations/class_size.yml")
    (grain,) = [test["grain"]["arguments"]["columns"] for test in contract["data_tests"]]
    assert suite.grain == tuple(grain)
    asked = {column for rule in suite.rules for column in columns_of(rule)} | set(suite.columns)
    assert asked <= {column["name"] for column in contract["columns"]}


def test_the_policies_of_the_table_are_those_that_there_are(page: Page):
    assert page.fields() == {"element", "made_of", "discloses", "release", "released_as"}
    (line,) = [line for line in page.text.splitlines() if line.startswith("| `release` |")]
    assert set(line.split("`")[3::2]) == set(policy.STRICTNESS)
