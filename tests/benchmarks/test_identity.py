"""The promise on damaged identifiers, on a small city: rates and seed are none that the weights were set by."""

from __future__ import annotations

import pytest

from benchmarks import identity
from samples.damage import Rates, make_damaged_records
from tests.dbt_project.quick_dbt import City, Project

RATES = Rates(damaged=0.06, missing=0.05, mistaken=0.005, swapped=0.02, twins=0.03, namesakes=0.03, siblings=0.2,
              reused_ids=0.02, name_misspelt=0.1, moved=0.08, phone_blank=0.5, strangers=0.004)  # fmt: skip


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> identity.Outcome:
    models = tmp_path_factory.mktemp("models")
    identity.write_staging(4, models / "staging")
    city = City(identity.register_with(4), ("identity_queue",), Project(more=(models,)))
    data = make_damaged_records(3_000, 4, RATES, 9)
    identity.fill(city.connection, data, 4)
    city.night(identity.NIGHT)
    return identity.outcome(city.connection, data, RATES, 9, 4)


def test_what_joins_is_right_and_what_leaves_evidence_is_found(outcome: identity.Outcome):
    assert outcome.damaged > 1_000
    assert outcome.precision >= identity.MIN_PRECISION, outcome.wrong
    assert outcome.recall >= identity.MIN_RECALL


def test_swapped_numbers_join_nobody(outcome: identity.Outcome):
    assert outcome.swapped > 50
    assert outcome.swapped_joined == 0


def test_whatever_joins_nobody_is_in_the_queue(outcome: identity.Outcome):
    assert outcome.waiting > 50
    assert outcome.queued == outcome.waiting
