"""The page on adding an indicator, followed to the letter: its value stands in the mart."""

from __future__ import annotations

import pytest

from registry.model import Counted, Indicator
from tests.dbt_project.conftest import FIRST, SCHOOL
from tests.dbt_project.quick_dbt import City
from tests.followed import Page, follow

INDICATOR = "plan2025.migrant_children"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return follow("adding_an_indicator.md", tmp_path_factory.mktemp("indicator"))


@pytest.fixture(scope="module")
def city(page: Page) -> City:
    """Of ten pupils two are children of migrant workers, six are not, and of two nothing is said."""
    city = page.city("indicator_value")
    said = "case when _row_number < 2 then '是' when _row_number < 8 then '否' end"
    city.rows(f"update lake.raw.student_registry__students set migrant_child = {said}")
    city.night(FIRST)
    return city


def test_the_register_takes_the_clause(city: City):
    (indicator,) = [indicator for indicator in city.register.indicators if indicator.id == INDICATOR]
    assert indicator.way == ("numerator",)


def test_the_value_stands_in_the_mart_for_each_level(city: City):
    rows = city.rows(
        "select level, organisation_code, numerator, denominator, value, completeness, threshold, reason "
        f"from lake.marts.indicator_value where indicator_id = '{INDICATOR}' order by level, organisation_code"
    )
    counts = (2, 8, 0.25, 0.8, None, None)
    none = (None, None, None, 0.0, None, "尚无应计者 / nothing of it is expected so far")
    assert rows == [
        ("city", "329900", *counts), ("district", "329901", *counts),
        *(("district", area, *none) for area in ("329902", "329903", "329904")), ("school", SCHOOL, *counts),
    ]  # fmt: skip


def test_the_grain_of_the_parts_holds(city: City):
    grain = "measure, organisation_code, stage, grade, period"
    assert city.rows(f"select {grain} from lake.conformed.indicator_parts group by {grain} having count(*) > 1") == []


def test_each_field_of_the_tables_is_one_that_the_register_knows(page: Page):
    assert page.fields() <= {*Indicator.model_fields, *Counted.model_fields}
