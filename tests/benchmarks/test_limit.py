"""The limit makes the marts of usual nights, and says what ours says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from benchmarks import nights
from benchmarks.nights import City
from samples import write_usual_nights


def test_a_student_of_another_number_or_school_stays_one_person(tmp_path: Path) -> None:
    days = write_usual_nights(tmp_path / "exports", 300)
    homework = []
    for day in days:
        command = [sys.executable, str(nights.LIMIT), tmp_path / "exports" / str(day), tmp_path / "state", str(day)]
        subprocess.run(command, check=True, capture_output=True)
        with duckdb.connect(tmp_path / "state" / "marts.duckdb", read_only=True) as marts:
            people = "select count(*), count(distinct student_number) from one_student_one_file"
            assert marts.sql(people).fetchall() == [(300, 300)]
            homework.append(marts.sql("from student_day where school_date < '2025-11-01' order by all").fetchall())
    # three corrections a night, in the month before; the places of those days stay
    assert 0 < len(set(homework[1]) - set(homework[0])) <= 3
    assert len(homework[2]) == len(homework[0])


@pytest.mark.soak
def test_the_limit_and_ours_say_the_same(tmp_path: Path) -> None:
    city = City(300, tmp_path / "city", nights.LIMIT)
    rows = [city.night(day, str(day)) for day in city.write(3)]
    assert [row.differences for row in rows] == [()] * 3
    assert all(row.ratio for row in rows)
