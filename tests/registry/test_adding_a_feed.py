"""The page on adding a feed, followed to the letter: its blocks are files, and they work."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import duckdb
import pytest

import registry
from expectations.kinds import columns_of
from expectations.suite import load
from registry import Register, model
from tests.dbt_project.quick_dbt import City, Project
from tests.followed import Page, follow
from tests.ingest.makers import Desk, id_number
from warehouse import build
from warehouse.descriptions import __main__ as descriptions
from warehouse.descriptions.drift import described

FEED = "library/loans"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The page, followed in a copy of the register and of the models, with the descriptions written anew."""
    page = follow("adding_a_feed.md", tmp_path_factory.mktemp("feed"))
    descriptions.write(page.root / "dbt_project" / "models", [page.root / "registry"])
    return page


@pytest.fixture(scope="module")
def export(page: Page) -> str:
    """The file of the platform, as the page shows it."""
    return next(iter(re.findall(r"^```\n(.*?)```$", page.text, re.M | re.S)))


@pytest.fixture(scope="module")
def register(page: Page) -> Register:
    return registry.load(page.root / "registry")


def test_the_page_adds_a_contract_codes_a_model_and_a_suite_and_no_python(page: Page):
    assert len(page.blocks) == 6
    assert {Path(block.path).suffix for block in page.blocks} == {".yml", ".csv", ".sql"}


def test_the_export_of_the_page_is_read_and_its_bad_rows_are_told(register: Register, export: str, tmp_path: Path):
    desk = Desk(tmp_path / "desk", register)
    good = export.replace("G32990120120101101X", f"G{id_number(1)}")
    bad = f"L0002,2132990001,G{id_number(2)},张小二,史记,2025-10-15,昨天,在借\n"
    bad += f",2132990001,G{id_number(3)},张小三,史记,2025-10-15,,已还\n"
    desk.put("library/loans/loans_20251015.csv", (good + bad).encode())
    ((status, read, loaded, quarantined, *_),) = desk.read().values()
    assert (status, read, loaded, quarantined) == ("loaded", 3, 2, 1)
    assert desk.left(FEED, "loan_id, _slice") == [("L0001", "20251015"), ("L0002", "20251015")]
    assert desk.left(FEED, "column_name, rule, severity", "problems") == [
        ("loan_id", "filled", "row"),
        ("returned_on", "type_date", "cell"),
    ]


def test_a_file_that_lies_elsewhere_is_refused_with_the_example_of_the_page(
    register: Register, export: str, tmp_path: Path
):
    desk = Desk(tmp_path / "desk", register)
    desk.put("library/loans/loans.csv", export.encode())
    ((status, *_, reason),) = desk.read().values()
    assert status == "refused"
    assert "such as loans_20251015.csv" in reason


def test_the_model_of_the_page_gives_the_columns_of_the_contract(page: Page, register: Register):
    with duckdb.connect() as connection:
        city = City(register, ("stg_library__loans",), Project(page.root / "dbt_project"), connection)
        city.night(date(2025, 10, 15))
        described = connection.execute("describe lake.staging.stg_library__loans").fetchall()
    found = dict(row[:2] for row in described)
    assert {name: found[name] for name in ("loan_id", "lent_on", "status")} == {
        "loan_id": "VARCHAR",
        "lent_on": "DATE",
        "status": "VARCHAR",
    }
    assert [name for name in found if not name.startswith("_")] == [c.name for c in register.feed(FEED).columns]


def test_the_columns_of_the_page_are_described_from_its_contract(page: Page):
    found = described(page.root / "dbt_project" / "models")["stg_library__loans"]
    student = found["student_number"].description
    assert student == "学籍号（数据元 student.number） / student number (element student.number)"
    assert found["status"].description == "状态（代码集 loan_status） / status (code set loan_status)"


@pytest.mark.soak
def test_dbt_takes_the_model_of_the_page_and_compiles_it_alike(page: Page, register: Register, tmp_path: Path):
    manifest = build.compile(page.root / "dbt_project", register, tmp_path, models=["stg_library__loans"])
    node = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]["model.shuyuan.stg_library__loans"]
    with duckdb.connect() as connection:
        city = City(register, (), Project(page.root / "dbt_project"), connection)
        rendered = city.sql("stg_library__loans", date(2025, 10, 15))
    assert node["compiled_code"].replace('"', "").split() == rendered.replace('"', "").split()
    assert node["description"]


def test_the_suite_of_the_page_asks_for_columns_of_the_contract(page: Page, register: Register):
    suite = load(page.root / "expectations/raw/library/library__loans.yml")
    asked = {column for rule in suite.rules for column in columns_of(rule)}
    assert asked <= {column.name for column in register.feed(FEED).columns}


def test_each_field_of_the_table_is_one_that_the_register_knows(page: Page):
    assert page.fields() <= {*model.Source.model_fields, *model.Feed.model_fields, *model.Column.model_fields}
