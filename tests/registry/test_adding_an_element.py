"""The page on adding an element, followed to the letter: its value and its source stand in the mart."""

from __future__ import annotations

import pytest
import yaml

from registry.model import Element
from tests.dbt_project.conftest import FIRST
from tests.dbt_project.quick_dbt import City
from tests.followed import Page, follow

MART = "dbt_project/models/marts/people/one_student_one_file.yml"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return follow("adding_an_element.md", tmp_path_factory.mktemp("element"))


@pytest.fixture(scope="module")
def city(page: Page) -> City:
    """Of ten pupils three need the bus."""
    city = page.city("one_student_one_file")
    city.rows("update lake.raw.student_registry__students set school_bus = '是' where _row_number < 3")
    city.night(FIRST)
    return city


def test_the_register_takes_the_element_and_its_column(city: City):
    (element,) = [element for element in city.register.elements if element.id == "student.school_bus"]
    assert [authority.source for authority in element.authority] == ["student_registry/students"]
    columns = city.register.feed("student_registry/students").columns
    assert [column.elements for column in columns if column.name == "school_bus"] == [("student.school_bus",)]


def test_the_value_stands_in_the_mart_with_its_source(city: City):
    rows = city.rows(
        "select school_bus, school_bus_source, count(*) from lake.marts.one_student_one_file group by all order by all"
    )
    assert rows == [(True, "student_registry/students", 3), (None, None, 7)]


def test_the_mart_has_the_columns_of_its_contract(page: Page, city: City):
    (model,) = yaml.safe_load((page.root / MART).read_text(encoding="utf-8"))["models"]
    found = {name for name, *_ in city.rows("describe lake.marts.one_student_one_file")}
    assert found == {column["name"] for column in model["columns"]}


def test_each_field_of_the_table_is_one_that_the_register_knows(page: Page):
    assert page.fields() <= set(Element.model_fields)
