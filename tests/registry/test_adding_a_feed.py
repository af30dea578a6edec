"""The page on adding a feed, followed to the letter: its blocks are files, and they work."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

import registry
from expectations.kinds import columns_of
from expectations.suite import load as load_suite
from registry import Register, model
from tests.dbt_project.quick_dbt import City, Project
from tests.ingest.makers import Desk, id_number
from warehouse import build
from warehouse.descriptions import __main__ as descriptions
from warehouse.descriptions.drift import described

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "adding_a_feed.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^`([\w/.]+)`(?: \([^)]*\))?\n\n```\w+\n(.*?)```$", PAGE, re.M | re.S))
EXPORT = next(iter(re.findall(r"^```\n(.*?)```$", PAGE, re.M | re.S)))
FEED = "library/loans"


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the register and of the models, to which the page's blocks are added and nothing else."""
    root = tmp_path_factory.mktemp("followed")
    ignored = shutil.ignore_patterns("__pycache__", "examples", "target", "logs")
    for room in ("registry", "dbt_project"):
        shutil.copytree(ROOT / room, root / room, ignore=ignored)
    for name, text in BLOCKS.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(text, encoding="utf-8")
        elif path.name == "sources.yml":
            told = path.read_text(encoding="utf-8")
            path.write_text(told.replace("    tables:\n", f"    tables:\n{text}", 1), encoding="utf-8")
        else:
            path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    descriptions.write(root / "dbt_project" / "models", [root / "registry"])
    return root


@pytest.fixture(scope="module")
def register(followed: Path) -> Register:
    return registry.load(followed / "registry")


def test_the_page_adds_a_contract_codes_a_model_and_a_suite_and_no_python():
    assert len(BLOCKS) == 6
    assert {Path(name).suffix for name in BLOCKS} == {".yml", ".csv", ".sql"}


def test_the_export_of_the_page_is_read_and_its_bad_rows_are_told(register: Register, tmp_path: Path):
    desk = Desk(tmp_path / "desk", register)
    good = EXPORT.replace("G32990120120101101X", f"G{id_number(1)}")
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


def test_a_file_that_lies_elsewhere_is_refused_with_the_example_of_the_page(register: Register, tmp_path: Path):
    desk = Desk(tmp_path / "desk", register)
    desk.put("library/loans/loans.csv", EXPORT.encode())
    ((status, *_, reason),) = desk.read().values()
    assert status == "refused"
    assert "such as loans_20251015.csv" in reason


def test_the_model_of_the_page_gives_the_columns_of_the_contract(followed: Path, register: Register):
    with duckdb.connect() as connection:
        city = City(register, (), Project(followed / "dbt_project"), connection)
        described = connection.execute(f"describe {city.sql('stg_library__loans', date(2025, 10, 15))}").fetchall()
    found = dict(row[:2] for row in described)
    assert {name: found[name] for name in ("loan_id", "lent_on", "status")} == {
        "loan_id": "VARCHAR",
        "lent_on": "DATE",
        "status": "VARCHAR",
    }
    assert [name for name in found if not name.startswith("_")] == [c.name for c in register.feed(FEED).columns]


def test_the_columns_of_the_page_are_described_from_its_contract(followed: Path):
    found = described(followed / "dbt_project" / "models")["stg_library__loans"]
    student = found["student_number"].description
    assert student == "学籍号（数据元 student.number） / student number (element student.number)"
    assert found["status"].description == "状态（代码集 loan_status） / status (code set loan_status)"


@pytest.mark.soak
def test_dbt_takes_the_model_of_the_page_and_compiles_it_alike(followed: Path, register: Register, tmp_path: Path):
    manifest = build.compile(followed / "dbt_project", register, tmp_path, models=["stg_library__loans"])
    node = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]["model.shuyuan.stg_library__loans"]
    with duckdb.connect() as connection:
        city = City(register, (), Project(followed / "dbt_project"), connection)
        rendered = city.sql("stg_library__loans", date(2025, 10, 15))
    assert node["compiled_code"].replace('"', "").split() == rendered.replace('"', "").split()
    assert node["description"]


def test_the_suite_of_the_page_asks_for_columns_of_the_contract(register: Register, tmp_path: Path):
    path = tmp_path / "library__loans.yml"
    path.write_text(BLOCKS["expectations/raw/library/library__loans.yml"], encoding="utf-8")
    asked = {column for rule in load_suite(path).rules for column in columns_of(rule)}
    assert asked <= {column.name for column in register.feed(FEED).columns}


def test_each_field_of_the_table_is_one_that_the_register_knows():
    table = PAGE[PAGE.index("| field | says |") : PAGE.index("Where one platform writes")]
    named = {word for cell in re.findall(r"^\| (`.*?`) \|", table, re.M) for word in re.findall(r"`(\w+)", cell)}
    assert named <= {*model.Source.model_fields, *model.Feed.model_fields, *model.Column.model_fields}
