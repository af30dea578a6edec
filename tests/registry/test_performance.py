"""What the register refuses about the dimensions of performance, learning reports and the rounds of smart campuses."""

from __future__ import annotations

import pytest

from registry.model import ClassReport, Performance, SmartCampus, SmartCampusRound
from tests.registry.conftest import Draft

FILE = "performance.yml"
WRONG = {
    "a dimension that stands twice": ("- id: burden", "- id: conditions", "dimension `conditions` stands twice"),
    "a measure that stands twice": (
        "{figure: students_per_class, better: lower}", "{figure: students_per_teacher, better: higher}",
        "has the measure `students_per_teacher` twice",
    ),
    "a figure that nothing makes": ("figure: reader_share", "figure: readers_share", "readers_share"),
    "a measure that is two things": (
        "{figure: reader_share,", "{figure: reader_share, indicator: sj2021.no_written_homework_g12,",
        "a measure is a `figure` or an `indicator`",
    ),
    "an unknown indicator": ("sj2021.no_written_homework_g12", "sj2021.nothing", "names the unknown indicator"),
    "an indicator that no school has": (
        "sj2021.no_written_homework_g12", "sj2021.class_day_minutes_primary", "which no school has",
    ),
    "weights of some measures": (
        "{figure: students_per_class, better: lower}", "{figure: students_per_class, better: lower, weight: 2}",
        "weighs some of its measures",
    ),
    "a weight of nothing": ("{figure: students_per_class, better: lower}",
                            "{figure: students_per_class, better: lower, weight: 0}", "greater than 0"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_contradiction_is_refused_in_a_sentence(draft: Draft, name: str):
    old, new, sentence = WRONG[name]
    draft.change(FILE, old, new)
    assert sentence in draft.refusal()


def test_a_register_without_dimensions_has_none(draft: Draft):
    (draft.directory / FILE).unlink()
    assert draft.load().performance == Performance()


def test_kindergartens_have_dimensions_of_their_own(draft: Draft):
    kinds = {dimension.of for dimension in draft.load().performance.dimensions}
    assert kinds == {"school", "kindergarten"}


def round_of(name: str, first: str, last: str) -> SmartCampusRound:
    label = {"zh": name, "en": name}
    return SmartCampusRound.model_validate({"id": name, "label": label, "first_day": first, "last_day": last})


def test_a_declaration_is_of_one_round_at_most():
    with pytest.raises(ValueError, match="have one id or days in common"):
        SmartCampus(rounds=(round_of("a", "2025-01-01", "2025-06-30"), round_of("b", "2025-06-30", "2025-12-31")))
    with pytest.raises(ValueError, match="ends before it begins"):
        round_of("a", "2025-06-30", "2025-01-01")


def test_smart_campuses_are_scored_by_weights_of_all_parts_or_not_at_all():
    with pytest.raises(ValueError, match="one above 0 for each part"):
        SmartCampus(parts=("1", "2"), weights={"1": 1})
    with pytest.raises(ValueError, match="one above 0 for each part"):
        SmartCampus(parts=("1", "2"), weights={"1": 1, "2": 0})


def test_a_learning_report_is_of_somebody():
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        ClassReport(students_min=0)
