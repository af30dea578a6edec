"""An answer is printed whole, in the form that was asked for."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from tests.shuyuan.conftest import Desk


def test_a_table_lines_up_with_chinese_in_it(desk: Desk, lake: Path) -> None:
    question = "select '学籍' as 来源, 1 as n union all select 'b', null order by n"
    result = desk("sql", question, "--lake", lake)
    assert result.exit_code == 0
    assert result.stdout == "来源  n\n----  ----\n学籍  1\nb     null\n"


def test_csv_quotes_what_needs_it(desk: Desk, lake: Path) -> None:
    result = desk("sql", "select file_name, night, null as x, skipped from delivery", "--lake", lake,
                  "--format", "csv")  # fmt: skip
    assert list(csv.reader(io.StringIO(result.stdout))) == [
        ["file_name", "night", "x", "skipped"],
        ["姓,名", "2025-10-15", "", '{"空": 3}'],
    ]


def test_json_is_one_array_of_objects(desk: Desk, lake: Path) -> None:
    question = "select night, list, skipped, 1.5::decimal(3,1) as d, 'nan'::double as nan from delivery"
    result = desk("sql", question, "--lake", lake, "--format", "json")
    assert json.loads(result.stdout) == [
        {"night": "2025-10-15", "list": [1, None], "skipped": {"空": 3}, "d": 1.5, "nan": None}
    ]


def test_a_long_text_is_shown_whole(desk: Desk, lake: Path) -> None:
    assert desk("sql", "select repeat('a', 40000) as text", "--lake", lake).stdout.splitlines()[2] == "a" * 40_000


def test_an_answer_without_rows_is_still_well_formed(desk: Desk, lake: Path) -> None:
    ask = ("sql", "select 1 as a where false", "--lake", lake, "--format")
    assert desk(*ask, "json").stdout == "[]\n"
    assert desk(*ask, "csv").stdout == "a\n"
    assert desk(*ask, "table").stdout == "a\n-\n"


def test_a_long_answer_says_that_it_is_cut_and_csv_gives_all(desk: Desk, lake: Path) -> None:
    ask = ("sql", "select n from one_student_one_file order by n", "--lake", lake)
    shown = desk(*ask)
    assert len(shown.stdout.splitlines()) == 1002
    assert "Only the first 1,000 rows are shown; --format csv gives all." in shown.stderr
    assert len(desk(*ask, "--format", "csv").stdout.splitlines()) == 2501


def test_a_mistake_is_one_sentence_and_1(desk: Desk, lake: Path) -> None:
    result = desk("sql", "select nonesuch from delivery", "--lake", lake)
    assert result.exit_code == 1
    assert result.stderr.startswith("The query cannot be answered: ")
    assert len(result.stderr.splitlines()) == 1


def test_a_lake_without_a_release_is_named(desk: Desk, tmp_path: Path) -> None:
    result = desk("sql", "select 1", "--lake", tmp_path / "empty")
    assert result.exit_code == 1
    assert "has no release yet" in result.stderr


def test_the_lake_may_come_from_the_environment(desk: Desk, lake: Path, monkeypatch) -> None:
    monkeypatch.setenv("SHUYUAN_LAKE", str(lake))
    assert desk("sql", "select count(*) as n from marts.delivery").stdout == "n\n-\n1\n"


def test_a_night_of_the_past_is_asked_of_the_release_that_was_current_then(desk: Desk, lake: Path) -> None:
    ask = ("sql", "select count(*) as n from delivery", "--lake", lake, "--as-known-on")
    result = desk(*ask, "2025-10-20")
    assert (result.exit_code, result.stdout) == (0, "n\n-\n1\n")
    assert result.stderr == "As known on 2025-10-20: the release 2025-10-15-0123456789ab.\n"
    before = desk(*ask, "2025-10-14")
    assert before.exit_code == 1
    assert "the first one is of 2025-10-15." in before.stderr
    assert desk(*ask, "yesterday").exit_code == 2
