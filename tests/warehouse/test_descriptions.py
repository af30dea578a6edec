"""Descriptions: what is generated from a contract, and the three ways in which a copy of the project falls short."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from registry.model import Column, Element, Label
from warehouse.build import PROJECT
from warehouse.descriptions.drift import described, drift, mixed_types
from warehouse.descriptions.staging import column_text

MART = "marts/learning/student_growth.yml"
SEX = Element(
    id="student.sex", label=Label(zh="性别", en="sex"), description=Label(zh="性别", en="sex"), authority=(),
    steward="基础教育处", sharing="none", sensitivity="L3", release="keep",
)  # fmt: skip


@pytest.fixture(scope="module")
def columns() -> dict[str, set[str]]:
    """The columns of every model, as the project describes them: `make check` proves that these are all."""
    return {model: set(texts) for model, texts in described(PROJECT / "models").items()}


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A copy of the models to doctor."""
    shutil.copytree(PROJECT / "models", tmp_path / "models")
    return tmp_path / "models"


def doctor(models: Path, file: str, text: str, instead: str) -> None:
    path = models / file
    before = path.read_text(encoding="utf-8")
    assert before.count(text) == 1, "the text to doctor stands once"
    path.write_text(before.replace(text, instead), encoding="utf-8")


def test_a_copy_as_it_is_has_nothing_to_say(models: Path, columns: dict[str, set[str]]):
    assert drift(columns, described(models)) == []


@pytest.mark.parametrize(
    ("instead", "languages"),
    [("", "Chinese and English"), ("description: 得分", "English"), ("description: score", "Chinese and English"),
     ("description: score / score", "Chinese"), ("description: 得分 / 得分", "English")],
)  # fmt: skip
def test_a_column_without_a_description_in_a_language_is_named(
    models: Path, columns: dict[str, set[str]], instead: str, languages: str
):
    doctor(models, MART, "description: 得分 / score\n", f"{instead}\n")
    assert drift(columns, described(models)) == [
        f"The column score of student_growth has no description in {languages}."
    ]


def test_a_new_column_that_nobody_has_described_is_named(models: Path, columns: dict[str, set[str]]):
    grown = columns | {"students": columns["students"] | {"shoe_size"}}
    assert drift(grown, described(models)) == [
        "The column shoe_size of students has no description in Chinese and English."
    ]


def test_a_doc_block_that_is_gone_leaves_its_columns_without_description(models: Path, columns: dict[str, set[str]]):
    doctor(models, "elements.md", "{% docs student__boarding %}", "{% docs student__lodging %}")
    assert drift(columns, described(models)) == [
        "The column boarding of students has no description in Chinese and English."
    ]


def test_the_description_of_a_column_that_is_gone_is_named(models: Path, columns: dict[str, set[str]]):
    doctor(
        models, MART, "      - name: band\n", "      - name: tape\n        description: 带 / tape\n      - name: band\n"
    )
    assert drift(columns, described(models)) == [
        "The column tape of student_growth is described and does not exist: remove its description."
    ]


def test_the_descriptions_of_a_model_that_is_gone_are_named(models: Path, columns: dict[str, set[str]]):
    left = {model: names for model, names in columns.items() if model != "element_owners"}
    assert drift(left, described(models)) == [
        f"The column {name} of element_owners is described and does not exist: remove its description."
        for name in ("element_id", "owners")
    ]


def test_one_name_of_two_types_is_named_with_the_models_of_each(models: Path):
    assert "school_code" not in mixed_types(described(models))
    typed = "code of the school; null where several schools tell the same mark\n        data_type: "
    doctor(models, MART, f"{typed}varchar", f"{typed}bigint")
    one, other = mixed_types(described(models))["school_code"]
    assert one == "bigint in student_growth"
    assert other.startswith("varchar in ")


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (Column(name="seat_number", headers=("班内学号", "KD_F40")), "班内学号 / seat number"),
        (Column(name="id_type", headers=("KD_F09", "证件类型"), code_set="id_type"),
         "证件类型（代码集 id_type） / ID type (code set id_type)"),
        (Column(name="gender", headers=("sex",), elements=("student.sex",)),
         "性别（数据元 student.sex） / sex (element student.sex)"),
        (Column(name="gender", headers=("登记性别",), elements=("student.sex", "teacher.sex")),
         "登记性别（数据元 student.sex、teacher.sex） / gender (element student.sex, teacher.sex)"),
        (Column(name="sms", headers=("sms",), label=Label(zh="短信号码", en="number for text messages")),
         "短信号码 / number for text messages"),
    ],
    ids=lambda value: value.name if isinstance(value, Column) else "",
)  # fmt: skip
def test_a_column_of_a_contract_is_described_by_label_header_element_and_name(column: Column, text: str):
    assert column_text(column, {"student.sex": SEX, "teacher.sex": SEX}) == text
