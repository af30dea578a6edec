"""Likeness between records and people, with weights that are given."""

from __future__ import annotations

import pyarrow as pa
import pytest

from methods import linkage
from methods.linkage import Weight

WEIGHTS = (
    Weight("name", "same", 0.9, 0.001), Weight("name", "near", 0.08, 0.009), Weight("name", "other", 0.02, 0.99),
    Weight("birth_date", "same", 0.95, 0.001), Weight("birth_date", "other", 0.05, 0.999),
)  # fmt: skip
PEOPLE = {"u1": ("王伟", "2012-01-01"), "u2": ("王芳", "2012-01-01"), "u3": ("欧阳娜娜", "2012-03-04")}


def table(rows: dict[str, tuple[str | None, str | None]], key: str) -> pa.Table:
    names, dates = zip(*rows.values(), strict=True)
    blank = pa.nulls(len(rows), pa.string())
    return pa.table({
        key: list(rows), "name": pa.array(names, pa.string()), "birth_date": pa.array(dates, pa.string()),
        "school": ["s"] * len(rows), "class": blank, "guardian_phone": blank,
    })  # fmt: skip


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, object]]:
    records = {"whole": ("王伟", "2012-01-01"), "between": ("王丽", "2012-01-01"), "blank": (None, None),
               "near": ("欧阳娜", "2012-03-04")}  # fmt: skip
    rows = linkage.candidates(table(records, "record"), table(PEOPLE, "uid"), WEIGHTS, 0.01, min_probability=0.05)
    return {row["record"]: row for row in rows.to_pylist()}


def test_a_probability_is_what_fellegi_and_sunter_make_of_the_weights(found):
    odds = 0.01 / 0.99 * (0.9 / 0.001) * (0.95 / 0.001)
    assert found["whole"]["uid"] == "u1"
    assert found["whole"]["probability"] == pytest.approx(odds / (1 + odds))
    assert found["whole"]["why"] == "name same, birth_date same"


def test_the_lead_is_over_the_next_person(found):
    assert found["whole"]["lead"] == pytest.approx((0.9 / 0.001) / (0.08 / 0.009))
    assert found["between"]["lead"] == pytest.approx(1)


def test_an_edit_is_one_of_characters_and_not_of_bytes(found):
    assert (found["near"]["uid"], found["near"]["name"]) == ("u3", "near")


def test_a_record_without_evidence_has_no_candidate(found):
    assert "blank" not in found
