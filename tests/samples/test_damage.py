"""DamagedRecords identifiers: what is planted is what the truth says, at the rates that were asked for."""

from __future__ import annotations

import pyarrow.compute as pc
import pytest

from samples.damage import DamagedRecords, Rates, make_damaged_records

RATES = Rates(damaged=0.1, missing=0.1, swapped=0.1, strangers=0.02)


@pytest.fixture(scope="module")
def found() -> DamagedRecords:
    return make_damaged_records(2_000, 3, RATES, seed=3)


def test_each_harm_comes_at_its_rate(found: DamagedRecords):
    count = found.records.num_rows
    told = {row["values"]: row["counts"] / count for row in pc.value_counts(found.truth["harm"]).to_pylist()}
    for harm, share in (("damaged", 0.1), ("missing", 0.1), ("swapped", 0.1), ("stranger", 0.02)):
        assert told[harm] == pytest.approx(share, abs=0.02), harm


def test_the_truth_says_whose_number_each_record_shows(found: DamagedRecords):
    shown, truth = found.records["student_number"].to_pylist(), found.truth.to_pylist()
    for number, row in zip(shown, truth, strict=True):
        right = number is not None and number == row["student_number"]
        assert right == (row["harm"] == ""), row
        assert (number is None) == (row["harm"] in ("missing", "stranger"))


def test_strangers_are_in_no_registry_and_everybody_else_is(found: DamagedRecords):
    known = set(found.registry["student_number"].to_pylist())
    assert known == {row["student_number"] for row in found.truth.to_pylist()} - {None}


def test_the_same_seed_gives_the_same_city(found: DamagedRecords):
    again = make_damaged_records(2_000, 3, RATES, seed=3)
    assert again.records.equals(found.records)
    assert again.truth.equals(found.truth)
