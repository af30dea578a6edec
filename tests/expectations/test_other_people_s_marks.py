"""The gate on marks that others published, whose defects they have published too."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from expectations import engine
from expectations.kinds import Table
from expectations.suite import Rule

SHARED = os.environ.get("SHUYUAN_SHARED_DATA")
TEXT = {text: {"zh": "一", "en": "one"} for text in ("what", "when_it_matters", "how_to_fix", "who_fixes")}


@pytest.mark.skipif(not SHARED, reason="SHUYUAN_SHARED_DATA does not name the folder of other people's data")
def test_the_four_pupils_who_stand_twice_are_found(tmp_path: Path):
    marks = Path(str(SHARED)) / "exam_value_added" / "Exam.csv"
    database = tmp_path / "d.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"create schema raw; create table raw.exam as from read_csv('{marks}')")
    rule = Rule("one_row_a_pupil", "unique", ["school", "student"], "block", TEXT)
    columns = {"school": "BIGINT", "student": "BIGINT"}
    task = engine.Task("raw", Table("raw", "exam", columns), (rule,), (), mask=False)
    (check,) = engine.run(database, [task])
    assert not check.passed
    assert check.failing_count == 8
    assert {(row["school"], row["student"]) for row in check.failing_rows} == {(43, 86), (50, 39), (52, 2), (52, 21)}
