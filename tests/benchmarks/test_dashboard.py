"""The questions of a dashboard are answered by a release, and by one that was grown from it, where they should be."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from benchmarks import dashboard, grown_release

MARTS = """
create table one_student_one_file as
    select 'p' || i as student_key, 's' || i % 2 as school_code, 'c' as class_code, 'd' as district_code,
        'e' || i % 2 as latest_exam_id, 3 as homework_days, null::varchar as previous_school_code
    from range(10) as r(i);
create table student_growth as select student_key, latest_exam_id as exam_id, 60 as score from one_student_one_file;
create table homework_load_student_day as
    select student_key, date '2025-10-30' + (d * 4)::int as school_date, 50 as written_minutes
    from one_student_one_file, range(2) as r(d);
create table homework_load_class_day as
    select school_code, date '2025-10-30' + (d * 4)::int as school_date
    from range(2) as r(d), (values ('s0'), ('s1')) as v(school_code);
create table indicator_value as
    select 'i' as indicator_id, organisation_code, level
    from (values ('d', 'district'), ('s0', 'school')) as v(organisation_code, level)
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    with duckdb.connect(str(tmp_path / "marts.duckdb")) as connection:
        connection.execute(MARTS)
    return tmp_path


def _ask(release: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(release / "marts.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_there_are_twenty_questions_that_say_what_they_ask() -> None:
    questions = [path.read_text(encoding="utf-8") for path in dashboard.QUERIES.glob("*.sql")]
    assert len(questions) == 20
    assert all(text.startswith("-- ") for text in questions)


def test_a_question_asks_for_nothing_that_no_turn_gives(base: Path) -> None:
    with duckdb.connect(str(base / "marts.duckdb"), read_only=True) as connection:
        turns = dashboard._asked(connection, 15)
    assert len(turns) == 15
    assert {turn["pupil"] for turn in turns} == {f"p{i}" for i in range(10)}
    assert (turns[0]["month"], str(turns[0]["first_day"]), str(turns[0]["last_day"])) == (
        "2025-11", "2025-11-01", "2025-11-30",
    )  # fmt: skip
    wanted = {name for path in dashboard.QUERIES.glob("*.sql") for name in re.findall(r"\$(\w+)", path.read_text())}
    assert wanted == turns[0].keys()


def test_a_grown_release_has_everybody_again_and_districts_once(base: Path, tmp_path: Path) -> None:
    grown = grown_release.grow(base, tmp_path / "grown", copies=3, weeks=2)
    count = "select count(*), count(distinct student_key) from "
    assert _ask(grown, f"{count} one_student_one_file") == [(30, 30)]
    assert _ask(grown, f"{count} student_growth") == [(30, 30)]
    assert _ask(grown, f"{count} homework_load_student_day") == [(10 * 3 * 2 * 2, 30)]
    assert _ask(grown, "select level, count(*) from indicator_value group by all order by all") == [
        ("district", 1), ("school", 3),
    ]  # fmt: skip
    joined = "select count(*) from student_growth semi join one_student_one_file using (student_key)"
    assert _ask(grown, joined) == [(30,)]
    assert {path.name[:7] for path in (grown / "parquet" / "homework_load_student_day").iterdir()} == {
        "2025-10",
        "2025-11",
    }
