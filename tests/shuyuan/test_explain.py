"""`shuyuan explain` over the project as it stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.shuyuan.conftest import Desk
from warehouse import explain
from warehouse.report import Report, part


def test_the_way_from_a_released_figure_to_its_office_and_back(desk: Desk) -> None:
    result = desk("explain", "student_growth.z_score", "--format", "json")
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert [(e["element"], e["how"], e["owner"]) for e in told["elements"]] == [
        ("exam_result.score", "value", "exams/results")
    ]
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


def test_a_figure_is_asked_down_to_a_person_and_what_a_list_leaves_off_is_counted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def give(_lake, _register, name, organisation, _at, level, showing):
        asked.append((name, organisation, *level, showing.limit, showing.identified))
        return Report({"name": name}, (part("rows", "Rows of exports", ("row",), [(7,), (8,), (9,)], showing.limit),))

    monkeypatch.setattr(explain, "explain_figure", give)
    words = ("explain", "sj2021.over_limit_days", "--organisation", "329900", "--period", "2025-10")
    result = desk(*words, "--unit", "3132990001/2101/2025-10-13", "--person", "ab", "--limit", "2")
    assert result.exit_code == 0, result.stderr
    assert asked == [("sj2021.over_limit_days", "329900", "2025-10", "3132990001/2101/2025-10-13", "ab", 2, False)]
    assert "Rows of exports: 2 of 3; --limit 0 shows all\n" in result.stdout
    told = json.loads(desk(*words, "--limit", "2", "--format", "json").stdout)
    assert (told["left_off"], told["rows"]) == ({"rows": 1}, [{"row": 7}, {"row": 8}])


@pytest.mark.parametrize("option", ["--period", "--unit", "--person"])
def test_what_is_of_a_figure_needs_its_organisation(desk: Desk, option: str) -> None:
    result = desk("explain", "sj2021.over_limit_days", option, "x")
    assert result.exit_code == 2
    assert "give --organisation" in result.stderr


def test_a_figure_without_a_lake_is_one_sentence_and_1(desk: Desk, tmp_path: Path) -> None:
    result = desk("explain", "sj2021.over_limit_days", "--organisation", "329900", "--lake", tmp_path / "nowhere")
    assert result.exit_code == 1
    assert result.stderr.startswith("There is no lake at ")
