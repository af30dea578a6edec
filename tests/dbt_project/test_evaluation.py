"""A composite score of the evaluation of students: by the bureau's weights alone, and of all dimensions that weigh."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from registry.model import Evaluation, Register
from tests.dbt_project.quick_dbt import City, Project

NIGHT = date(2025, 10, 16)
RECORDS = """
    create table lake.conformed.evaluation_records as
    select
        student as student_uid, 'A' as school_code, 'd' as _delivery_id, row_number() over () as _row_number,
        date '2025-10-16' as known_from, 'r' || row_number() over () as record_id, '2025-2026-1' as term, dimension,
        date '2025-10-01' as recorded_on, cast(null as decimal(9, 2)) as hours, '5' as evaluator,
        cast(score as decimal(5, 2)) as score, 'A' as level, true as verified
    from (values ('all', '1', 90), ('all', '2', 60), ('all', '3', 10), ('one', '1', 90), ('unscored', '1', 90),
        ('unscored', '2', null)) as told(student, dimension, score)
"""


def composites(house: Register, project: Project, **weights: float) -> dict[str, Any]:
    """The composite score of each pupil under these weights."""
    evaluation = Evaluation(weights={name[1:]: weight for name, weight in weights.items()})
    bureau = house.bureau.model_copy(update={"evaluation": evaluation})
    city = City(house.model_copy(update={"bureau": bureau}), (), project)
    city.connection.execute(RECORDS)
    sql = city.sql("quality_evaluation", NIGHT)
    return dict(city.rows(f"select distinct student_uid, composite_score from ({sql})"))


def test_without_weights_there_is_no_composite(house: Register, project: Project):
    assert composites(house, project) == {"all": None, "one": None, "unscored": None}


def test_a_composite_is_the_weighted_mean_of_all_that_weigh_and_of_nothing_less(house: Register, project: Project):
    found = composites(house, project, d1=2, d2=1)
    assert found == {"all": Decimal("80.00"), "one": None, "unscored": None}


def test_a_weight_of_a_dimension_that_is_not_evaluated_is_refused():
    with pytest.raises(ValidationError, match="the weight of dimension `7` is none of a dimension that is evaluated"):
        Evaluation(weights={"7": 1})
