"""A score of the smart-campus assessment: by the bureau's weights alone, and of parts that were all sampled."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from registry.model import Register, SmartCampus
from tests.dbt_project.quick_dbt import City, Project

NIGHT = date(2025, 10, 16)
FACTS = """
    create table lake.staging.stg_declarations__facts as
    select
        school as organisation_code, 'smart_campus_sample_' || part as fact, date '2025-03-01' as declared_on, holds,
        cast(null as date) as reviewed_on, cast(null as boolean) as accepted
    from (values ('best', 1, true), ('best', 2, true), ('same', 1, true), ('same', 2, true), ('half', 1, false),
        ('half', 2, true), ('part', 1, true)) as told(school, part, holds)
"""


def scores(house: Register, project: Project, **weights: float) -> dict[str, Any]:
    """Score and rank of each school under these weights of two parts."""
    assessment = house.bureau.smart_campus.model_copy(update={"parts": ("1", "2")})
    assessment = SmartCampus.model_validate(
        assessment.model_dump(by_alias=True) | {"weights": {n[1:]: w for n, w in weights.items()}}
    )
    bureau = house.bureau.model_copy(update={"smart_campus": assessment})
    city = City(house.model_copy(update={"bureau": bureau}), (), project)
    city.connection.execute(FACTS)
    statements = city.sql("smart_campus_statements", NIGHT)
    city.connection.execute(f"create table lake.conformed.smart_campus_statements as {statements}")
    sql = city.sql("smart_campus_assessment", NIGHT)
    found = city.rows(f"select school_code, weighted_score, rank_in_round from ({sql})")
    return {school: tuple(rest) for school, *rest in found}


def test_without_weights_there_is_neither_score_nor_rank(house: Register, project: Project):
    assert set(scores(house, project).values()) == {(None, None)}


def test_a_school_is_scored_by_weights_where_all_parts_were_sampled(house: Register, project: Project):
    found = scores(house, project, p1=2, p2=1)
    assert found == {
        "best": (Decimal("100.00"), 1), "same": (Decimal("100.00"), 1), "half": (Decimal("33.33"), 3),
        "part": (None, None),
    }  # fmt: skip
