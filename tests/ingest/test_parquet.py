"""Parquet: any feed may come so; damaged files are refused in a sentence, and never crash or lose a row."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.errors import Refused
from ingest.readers import parquet
from tests.ingest.makers import SCHOOL, STUDENTS, Desk, parquet_of, student, students


def read(path: Path) -> list[dict[str, str | None]]:
    with parquet.open_parquet(path) as file:
        return [row for batch in file.batches() for row in batch.to_pylist()]


def outcome(path: Path) -> str:
    try:
        read(path)
    except Refused as refused:
        return "refused" if str(refused).endswith(".") else str(refused)
    return "read"


def test_rows_are_numbered_and_quarantined_as_in_any_file(desk: Desk):
    desk.put(f"{STUDENTS}/{SCHOOL}.parquet", parquet_of([student(0), student(1, 出生日期="20130230"), student(2)]))
    ((status, read, loaded, quarantined, *_),) = desk.read().values()
    assert (status, read, loaded + quarantined) == ("loaded", 3, 3)
    assert desk.left(STUDENTS, "row_number, column_name, value", "problems") == [(2, "birth_date", "20130230")]


def test_a_file_of_many_rows_is_not_kept_in_memory(desk: Desk):
    rows = pa.Table.from_pylist(students(1))
    target = desk.put(f"{STUDENTS}/{SCHOOL}.parquet", b"")
    pq.write_table(pa.concat_tables([rows] * 120_001), target)
    ((status, read, loaded, *_, skipped, _),) = desk.read().values()
    assert (status, read, loaded, skipped) == ("loaded", 120_001, 1, {"duplicate_row": 120_000})


def test_it_is_found_by_its_columns_where_its_folder_names_no_feed(desk: Desk):
    desk.put("student_registry/名单.parquet", parquet_of(students(3)))
    ((status, _, loaded, *_),) = desk.read().values()
    assert (status, loaded) == ("loaded", 3)


def test_a_table_of_another_feed_is_refused_by_its_columns(desk: Desk):
    desk.put(f"{STUDENTS}/{SCHOOL}.parquet", parquet_of([{"a": 1, "b": 2}]))
    ((status, *_, reason),) = desk.read().values()
    assert status == "refused"
    assert "has no header in its first 15 rows" in reason


def test_a_name_with_the_signs_of_a_pattern_is_that_file_alone(tmp_path: Path):
    pq.write_table(pa.table({"a": [1]}), tmp_path / "a[1]*.parquet")
    pq.write_table(pa.table({"a": [2]}), tmp_path / "a[1]2.parquet")
    assert read(tmp_path / "a[1]*.parquet") == [{"a": "1"}]


def test_more_or_fewer_rows_than_the_footer_says_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": [1, 2, 3]}), path)
    with parquet.open_parquet(path) as file:
        file.rows = 4
        with pytest.raises(Refused, match="holds 3 rows, and its metadata declares 4"):
            list(file.batches())


def test_damaged_files_are_refused_or_read_and_never_crash(tmp_path: Path):
    """A few hundred here; tens of thousands were tried by hand."""
    draw = Random(20251015)
    numbers = range(300)
    table = pa.table({"a": [str(n) for n in numbers], "b": [n / 3 for n in numbers], "c": [[n] for n in numbers]})
    path, found = tmp_path / "a.parquet", Counter[str]()
    pq.write_table(table, path)
    good = path.read_bytes()
    for _ in range(300):
        spoilt = bytearray(good)
        first = draw.choice([0, len(good) - 900, len(good) - 60])
        for _ in range(draw.choice([1, 2, 5, 20])):
            spoilt[draw.randrange(first, len(spoilt))] = draw.choice([0, 127, 128, 255, draw.randrange(256)])
        path.write_bytes(spoilt)
        found[outcome(path)] += 1
    assert found["read"] > 50
    assert found["refused"] > 50
    assert found.keys() == {"read", "refused"}
