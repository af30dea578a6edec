"""The project of a bureau with models or feeds of its own: nothing of the product's is copied, nothing is missing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml

import registry
from registry import own_directory
from tests.dbt_project.quick_dbt import City, Project
from warehouse import build
from warehouse.build import manifest_cache
from warehouse.errors import BuildFailed

CONTRACT = """\
id: canteen
label: {zh: 食堂, en: canteen}
office: 后勤
feeds:
  - id: canteen/meals
    label: {zh: 用餐, en: meals}
    grain: {zh: 每餐一行, en: one row per meal}
    batch: snapshot
    expected: on_demand
    key: [meal]
    rest: others
    slice: {path: '^(?P<slice>[^/]+/[^/]+)\\.csv$', parts: [term_id, canteen]}
    columns:
      - {name: meal, headers: [餐号], type: identifier, required: true, filled: true, severity: row}
      - {name: taken_on, headers: [日期], type: date}
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    own_directory.make(tmp_path / "bureau", {})
    return tmp_path / "bureau"


def assembled(directory: Path) -> Path:
    return build.assemble(build.PROJECT, directory, registry.load(directory), directory.parent / "project")


def add(directory: Path, path: str, text: str) -> None:
    (directory / path).parent.mkdir(parents=True, exist_ok=True)
    (directory / path).write_text(text, encoding="utf-8")


def test_a_directory_with_nothing_of_its_own_is_built_by_the_product_as_it_is(directory: Path):
    assert assembled(directory) == build.PROJECT


@pytest.mark.parametrize("example", own_directory.examples())
def test_the_registers_of_the_standards_need_nothing_of_their_own(tmp_path: Path, example: str):
    house = own_directory.EXAMPLES / example
    assert build.assemble(build.PROJECT, house, registry.load(house), tmp_path / "project") == build.PROJECT


def test_a_feed_that_only_its_contract_declares_has_staging_and_a_source(directory: Path):
    add(directory, "sources/canteen.yml", CONTRACT)
    project = assembled(directory)
    model = project / "declared/staging/canteen/stg_canteen__meals.sql"
    assert model.read_text() == "{{ staging('canteen/meals') }}\n"
    (source,) = json.loads((project / "declared/sources.yml").read_text())["sources"]
    assert (source["name"], source["tables"]) == ("raw", [{"name": "canteen__meals"}])
    assert (project / "models").resolve() == (build.PROJECT / "models").resolve()
    settings = yaml.safe_load((project / "dbt_project.yml").read_text())
    assert settings["model-paths"] == ["models", "declared"]


def test_staging_of_a_contract_has_its_columns_its_other_cells_and_the_parts_of_its_slice(directory: Path):
    add(directory, "sources/canteen.yml", CONTRACT)
    register = registry.load(directory)
    with duckdb.connect() as connection:
        city = City(register, (), Project(more=(assembled(directory) / "declared",)), connection)
        found = connection.execute(f"describe {city.sql('stg_canteen__meals', date(2025, 10, 15))}").fetchall()
    assert [(name, kind) for name, kind, *_ in found][:5] == [
        ("meal", "VARCHAR"), ("taken_on", "DATE"), ("others", "MAP(VARCHAR, VARCHAR)"), ("term_id", "VARCHAR"),
        ("canteen", "VARCHAR"),
    ]  # fmt: skip


def test_staging_and_sources_that_the_bureau_has_written_are_not_declared_again(directory: Path):
    add(directory, "sources/canteen.yml", CONTRACT)
    add(directory, "models/staging/canteen/stg_canteen__meals.sql", "select 1 as meal")
    add(directory, "models/sources.yml", "sources: [{name: raw, tables: [{name: canteen__meals}]}]")
    project = assembled(directory)
    assert not list((project / "declared").rglob("*.*"))
    assert (project / "own/staging/canteen/stg_canteen__meals.sql").is_file()


def test_a_model_of_the_bureau_cannot_take_the_place_of_one_of_the_product(directory: Path):
    add(directory, "models/marts/learning/student_growth.sql", "select 1")
    with pytest.raises(BuildFailed, match=r"models/marts/learning/student_growth.sql has the name of a model"):
        assembled(directory)


def test_a_model_of_the_bureau_that_changes_is_parsed_again(directory: Path):
    add(directory, "models/marts/meals/meal.sql", "select 1 as a")
    before = manifest_cache.cache_key(assembled(directory), "")
    assert manifest_cache.cache_key(assembled(directory), "") == before
    add(directory, "models/marts/meals/meal.sql", "select 2 as a")
    assert manifest_cache.cache_key(assembled(directory), "") != before
