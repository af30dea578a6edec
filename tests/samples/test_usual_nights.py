"""A usual night brings what measurements say that it brings, and no other error."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from samples import write_usual_nights

STUDENTS = 1_000
DAYS = ("2025-11-03", "2025-11-04", "2025-11-05")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("usual")
    assert [str(day) for day in write_usual_nights(folder, STUDENTS)] == list(DAYS)
    return folder


def rows(out: Path, day: str, feed: str, encoding: str = "utf-8") -> list[dict[str, str]]:
    """The rows of a feed's csv files of a night, but for totals."""
    found = []
    for path in sorted((out / day / feed).rglob("*.csv")):
        with path.open(encoding=encoding, newline="") as file:
            found += [row for row in csv.DictReader(file) if "合计" not in row.values()]
    return found


def test_every_roster_comes_and_few_rows_differ(out: Path) -> None:
    before, after = ({row["学籍号"]: row for row in rows(out, day, "student_registry/students")} for day in DAYS[:2])
    moved = {n for n in before.keys() & after if before[n]["学校标识码"] != after[n]["学校标识码"]}
    changed = {n for n in before.keys() & after if before[n]["现住址"] != after[n]["现住址"]}
    assert (len(before), len(after)) == (STUDENTS, STUDENTS)
    assert (len(moved), len(changed)) == (2, 10)
    (gone,), (come,) = before.keys() - after, after.keys() - before
    assert (gone[0], come[0], gone[1:-1]) == ("J", "G", come[1:-1])
    assert before[gone]["姓名"] == after[come]["姓名"]


def test_homework_has_late_rows_and_corrections(out: Path) -> None:
    sent = [rows(out, day, "homework_a/records", "gb18030") for day in DAYS]
    first = {row["记录编号"]: row for row in sent[0]}
    again = [row for row in sent[1] if row["记录编号"] in first]
    assert len(again) == 3
    assert all(row["实际时长"] != first[row["记录编号"]]["实际时长"] for row in again)
    second = {row["记录编号"] for row in sent[1]}
    late = [row for row in sent[2] if row["布置时间"].startswith("2025-11-03")]
    assert late
    assert not {row["记录编号"] for row in late} & second


def test_each_night_brings_one_exam(out: Path) -> None:
    exams = [{path.name for path in (out / day / "exams/results").iterdir()} for day in DAYS]
    assert [len(each) for each in exams[1:]] == [1, 1]
    assert not exams[0] & exams[1] | exams[1] & exams[2]


def test_nights_between_usual_ones_bring_homework_alone(tmp_path: Path) -> None:
    write_usual_nights(tmp_path, 300, 4, usual_every=2)
    brought = [{path.name for path in (tmp_path / f"2025-11-0{day}").iterdir()} for day in (4, 5, 6)]
    assert brought[1] == {"homework_a", "homework_b"}
    assert all("student_registry" in each for each in (brought[0], brought[2]))
