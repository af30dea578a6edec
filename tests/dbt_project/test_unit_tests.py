"""The unit tests beside the models, run by dbt: rows worked out from the standards, without a delivery or a night."""

from __future__ import annotations

import pytest

from registry.model import Register
from warehouse import build
from warehouse.build import UnitTest


@pytest.fixture(scope="module")
def outcome(house: Register, tmp_path_factory: pytest.TempPathFactory) -> tuple[UnitTest, ...]:
    return build.unit_tests(None, house, tmp_path_factory.mktemp("unit_tests"))


def test_every_unit_test_of_the_models_passes(outcome: tuple[UnitTest, ...]):
    failed = [f"{test.name} ({test.model})\n{test.message}" for test in outcome if not test.passed]
    assert not failed, "\n\n".join(["unit tests of models failed", *failed])


def test_the_rules_that_people_are_judged_by_have_unit_tests(outcome: tuple[UnitTest, ...]):
    assert {test.model for test in outcome} >= {
        "student_growth", "homework_load_student_day", "homework_load_class_day", "homework_compliance",
        "homework_records", "homework_student_days", "homework_units", "register_coverage", "schools", "span_changes",
        "resolved_people", "identity_claims", "identity_queue", "identity_records", "fitness_result",
        "quality_evaluation", "finance", "student_timeline", "placement_events", "registry_events",
        "class_learning_report", "exam_item_scores",
        "smart_campus_assessment", "smart_campus_statements", "school_performance", "performance_figures",
        "quality_trend", "school_value_added", "value_added_marks",
        "training", "honours", "one_teacher_one_file", "one_school_one_file",
    }  # fmt: skip
