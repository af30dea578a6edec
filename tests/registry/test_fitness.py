"""What the register refuses about the fitness standard, and that a bureau may put tables of its own in its place."""

from __future__ import annotations

import shutil

import pytest

import registry
from tests.registry.conftest import Draft

SPOILT = {
    "weights that are no whole": (
        "fitness/weights.csv", "1,2,1,sit_and_reach,30", "1,2,1,sit_and_reach,35",
        "the weights of grade 1 and sex 1 add up to 105",
    ),
    "an item without a table": (
        "fitness/weights.csv", "1,2,1,rope_skipping,20", "1,2,1,long_jump,20",
        "`long_jump` counts in grade 1 of sex 1, for which it has no table",
    ),
    "a threshold out of order": (
        "fitness/scores.csv", "vital_capacity,1,95,1600,", "vital_capacity,1,95,1800,",
        "`vital_capacity` of grade 1 and sex 1 does not ask for more with each score",
    ),
    "a run that is asked to be slower": (
        "fitness/rules.yml", "lower_is_better: [sprint_50m, ", "lower_is_better: [",
        "`sprint_50m` of grade 1 and sex 1 does not ask for more with each score",
    ),
    "levels out of order": (
        "fitness/rules.yml", '{level: "1", from: 90}', '{level: "1", from: 70}',
        "levels go from the highest to the one that begins at 0",
    ),
    "a level that no code is": (
        "fitness/rules.yml", '{level: "1", from: 90}', '{level: "7", from: 90}',
        "level `7` is no code of codes/fitness_level.csv",
    ),
    "a threshold that is no number": (
        "fitness/scores.csv", "vital_capacity,1,95,1600,", "vital_capacity,1,95,many,",
        "fitness/scores.csv: `vital_capacity`, score 95, grade 1, field `threshold`",
    ),
}  # fmt: skip


@pytest.mark.parametrize("spoilt", SPOILT)
def test_tables_that_contradict_each_other_are_refused(spoilt: str, draft: Draft):
    file, old, new, sentence = SPOILT[spoilt]
    draft.change(file, old, new)
    assert sentence in draft.refusal()


def test_a_file_that_would_not_be_read_is_refused(draft: Draft):
    (draft.directory / "fitness" / "score.csv").write_text("item\n", encoding="utf-8")
    assert "fitness/score.csv would not be read" in draft.refusal()


def test_what_a_register_lacks_of_the_standard_is_the_houses(draft: Draft):
    shutil.rmtree(draft.directory / "fitness")
    assert draft.load().fitness == registry.load(registry.HOUSE).fitness


def test_a_bureau_may_let_the_best_of_several_tests_count(draft: Draft):
    draft.change("fitness/rules.yml", "counts: latest", "counts: best")
    assert draft.load().fitness.rules.counts == "best"
