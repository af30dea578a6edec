"""What is generated beside the models is what the register says now, and one name has one type in all marts."""

from __future__ import annotations

from tests.architecture.conftest import ROOT
from warehouse.descriptions.__main__ import generated
from warehouse.descriptions.drift import described, mixed_types

MODELS = ROOT / "dbt_project" / "models"


def test_a_generated_description_is_as_the_register_has_it():
    stale = [path for path, text in generated().items() if (MODELS / path).read_text(encoding="utf-8") != text]
    assert stale == [], "run `make descriptions`"


def test_a_column_name_has_one_type_in_all_marts():
    assert mixed_types(described(MODELS)) == {}


def test_every_column_that_a_mart_declares_has_a_type():
    marts = {path.stem for path in (MODELS / "marts").rglob("*.sql")}
    texts = described(MODELS)
    assert marts <= set(texts)
    untyped = [f"{mart}.{name}" for mart in marts for name, text in texts[mart].items() if not text.data_type]
    assert untyped == []
