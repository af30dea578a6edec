"""`shuyuan growth`: a file of scores goes in, the same rows come out with their growth, or a sentence says why not."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.shuyuan.conftest import Desk

HEADER = "student_id,year,grade,subject,score"


def written(path: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path.write_text("\n".join([header, *lines]) + "\n", encoding=encoding)
    return path


def answer(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def two_years(count: int) -> list[str]:
    return [f"{n:03},{2024 + y},{5 + y},数学,{(n * (3 + 4 * y)) % 101}" for n in range(count) for y in (0, 1)]


def test_every_row_comes_out_in_its_order_with_its_growth(desk: Desk, tmp_path: Path):
    scores = written(tmp_path / "成绩.csv", *two_years(60), "900,2025,6,数学,缺考")
    done = desk("growth", scores, "--output", tmp_path / "out.csv", "--minima", "50")
    assert done.exit_code == 0, done.stderr
    rows = answer(tmp_path / "out.csv")
    with scores.open(encoding="utf-8", newline="") as file:
        assert [list(row.values())[:5] for row in rows] == list(csv.reader(file))[1:]
    assert list(rows[0]) == [*HEADER.split(","), "growth_percentile", "prior_count", "growth_method", "why_none"]
    assert rows[0]["why_none"] == "no score of the grade below in the year before"
    assert all(
        1 <= int(row["growth_percentile"]) <= 99 for row in rows if row["year"] == "2025" and not row["why_none"]
    )
    assert (rows[1]["prior_count"], rows[1]["growth_method"]) == ("1", "student_growth_percentile")
    assert (rows[-1]["growth_percentile"], rows[-1]["why_none"]) == ("", "score is no number")
    assert "121 rows are in" in done.stdout
    assert "60  student_growth_percentile, 1 prior\n" in done.stdout


def test_below_the_minima_the_conditional_percentile_says_so(desk: Desk, tmp_path: Path):
    scores = written(tmp_path / "s.csv", *two_years(60))
    assert desk("growth", scores, "--output", tmp_path / "out.csv", "--alike", "3").exit_code == 0
    assert {row["growth_method"] for row in answer(tmp_path / "out.csv")} == {"", "conditional_percentile"}


def test_further_columns_and_quoted_cells_are_kept(desk: Desk, tmp_path: Path):
    scores = written(
        tmp_path / "s.csv", '1,"a, ""b""",2025,6,m,3', "", header="student_id,note,year,grade,subject,score"
    )
    assert desk("growth", scores, "--output", tmp_path / "out.csv").exit_code == 0
    (row,) = answer(tmp_path / "out.csv")
    assert row["note"] == 'a, "b"'


def test_a_file_of_a_spreadsheet_may_begin_with_a_mark(desk: Desk, tmp_path: Path):
    scores = written(tmp_path / "s.csv", "1,2025,6,m,3", encoding="utf-8-sig")
    assert desk("growth", scores, "--output", tmp_path / "out.csv").exit_code == 0


@pytest.mark.parametrize(
    ("header", "line", "encoding", "sentence"),
    [
        ("student_id,year,grade,score", "1,2025,6,3", "utf-8", "has no column subject"),
        (f"{HEADER},growth_method", "1,2025,6,m,3,x", "utf-8", "has a column growth_method already"),
        (f"{HEADER},score", "1,2025,6,m,3,3", "utf-8", "names a column twice"),
        (HEADER, "1,2025,6,m", "utf-8", "line 2: the row has 4 cells and the header 5"),
        (HEADER, '1,2025,6,"m,3', "utf-8", "line 2: a quoted cell is not closed"),
        (HEADER, "1,2025,6,数学,3", "gb18030", "is not in UTF-8"),
    ],
)
def test_what_is_no_table_of_scores_is_refused_in_a_sentence(
    desk: Desk, tmp_path: Path, header: str, line: str, encoding: str, sentence: str
):
    scores = written(tmp_path / "s.csv", line, header=header, encoding=encoding)
    refused = desk("growth", scores, "--output", tmp_path / "out.csv")
    assert refused.exit_code == 1
    assert sentence in refused.stderr
    assert not (tmp_path / "out.csv").exists()


def test_a_mistake_in_the_command_is_told_before_anything_is_read(desk: Desk, tmp_path: Path):
    scores = written(tmp_path / "s.csv", "1,2025,6,m,3")
    assert desk("growth", scores, "--output", scores).exit_code == 2
    assert desk("growth", tmp_path / "none.csv", "--output", tmp_path / "out.csv").exit_code == 2
    assert desk("growth", scores, "--output", tmp_path / "out.csv", "--minima", "many").exit_code == 2
    assert answer(scores)[0]["score"] == "3"


def test_the_help_says_what_becomes_of_every_kind_of_row(desk: Desk):
    said = " ".join(desk("growth", "--help").stdout.split())
    for word in ("skipped year", "repeats a grade", "several of one student", "no number", "all scores are equal"):
        assert word in said
