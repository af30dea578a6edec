"""`shuyuan explain` over the project as it stands."""

from __future__ import annotations

import json

from tests.shuyuan.conftest import Desk


def test_the_way_from_a_released_figure_to_its_office_and_back(desk: Desk) -> None:
    result = desk("explain", "student_growth.z_score", "--format", "json")
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert [(e["element"], e["how"], e["owner"]) for e in told["elements"]] == [
        ("exam_result.score", "value", "exams/results"), ("exam_result.class", "filter or join", "exams/results"),
    ]  # fmt: skip
    again = json.loads(desk("explain", "exam_result.score", "--format", "json").stdout)
    made = {row["mart"]: row["made_of_it"] for row in again["marts"]}
    assert "z_score" in made["student_growth"]
    assert "percentile_rank_mean" in made["one_student_one_file"]


def test_an_explanation_on_the_screen_lines_up(desk: Desk) -> None:
    said = desk("explain", "student.birth_date").stdout
    assert "name            student.birth_date\n" in said
    assert "Owners over time: 1\n" in said
    assert "出生日期, KD_F04" in said


def test_a_name_that_means_nothing_is_one_sentence_and_1(desk: Desk) -> None:
    result = desk("explain", "one_student_one_file.birthdate")
    assert result.exit_code == 1
    assert "one_student_one_file.birth_date" in result.stderr
    assert len(result.stderr.splitlines()) == 1
