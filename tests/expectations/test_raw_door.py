"""Door 1: a slice that fails is held by name, and the others go on."""

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import registry
from expectations import Check, check_raw
from expectations.evidence import mask
from registry.model import Register

FEED = "student_registry/students"
NIGHT = date(2025, 10, 15)
GOOD = {
    "student_number": "G330282201509010037", "school_code": "2133000001", "name": "张三", "sex": "男",
    "birth_date": "2015-09-01", "entry_month": "202109", "class_code": "0301", "grade": "三年级",
}  # fmt: skip


@pytest.fixture(scope="module")
def register() -> Register:
    return registry.load(registry.HOUSE)


def deliver(work: Path, register: Register, rows: list[dict[str, str | None]], feed: str = FEED) -> None:
    """Write rows as reading leaves them; `_slice` is the school unless a row says otherwise."""
    contract = register.feed(feed)
    names = [column.name for column in contract.loaded_columns]
    provenance = {"_delivery_id": "d1", "_row_hash": "h"}
    whole = [
        {"_slice": row.get("school_code") or "2133000001", **provenance, **row, "_row_number": number}
        for number, row in enumerate(rows, start=4)
    ]
    columns = {
        name: pa.array([row.get(name) for row in whole], pa.string())
        for name in (*names, "_slice", *provenance)
    }
    columns["_row_number"] = pa.array([row["_row_number"] for row in whole], pa.int64())
    folder = work / contract.table
    folder.mkdir(parents=True)
    pq.write_table(pa.table(columns), folder / "accepted.parquet")


def judge(work: Path, register: Register) -> dict[str, Check]:
    with duckdb.connect() as connection:
        report = check_raw(connection, register, work, NIGHT)
    return {check.id.removeprefix("raw/"): check for check in report.checks}


def test_good_rows_pass_and_the_scratch_is_left_as_it_was(tmp_path: Path, register: Register):
    deliver(tmp_path, register, [GOOD, GOOD | {"student_number": "G330212201403150040"}])
    found = judge(tmp_path, register)
    assert found
    assert [check.id for check in found.values() if not check.passed] == []
    assert [path.name for path in tmp_path.iterdir()] == ["student_registry__students"]


def test_a_night_without_files_passes_without_starting_great_expectations(tmp_path: Path, register: Register):
    with duckdb.connect() as connection:
        report = check_raw(connection, register, tmp_path, NIGHT)
    assert report.passed
    assert report.checks == []


def test_a_row_without_its_key_holds_its_school_and_no_other(tmp_path: Path, register: Register):
    other = GOOD | {"school_code": "2133000002", "student_number": " \u3000"}
    deliver(tmp_path, register, [GOOD, other])
    check = judge(tmp_path, register)["student_registry__students/key_filled"]
    assert check.fails
    assert check.severity == "hold"
    assert (check.failing_count, check.slices) == (1, ["2133000002"])
    assert check.failing_rows == [
        {"_slice": "2133000002", "_delivery_id": "d1", "_row_number": 5, "student_number": None}
    ]


def test_a_key_twice_in_one_file_is_found_whatever_its_width(tmp_path: Path, register: Register):
    wide = GOOD | {"student_number": "Ｇ330282201509010037"}
    deliver(tmp_path, register, [GOOD, wide])
    assert judge(tmp_path, register)["student_registry__students/key_unique"].slices == ["2133000001"]


@pytest.mark.parametrize(
    "apart", [{"school_code": "2133000002"}, {"_delivery_id": "d2"}], ids=["school", "file"]
)
def test_a_key_in_two_schools_or_files_is_no_double(
    tmp_path: Path, register: Register, apart: dict[str, str]
):
    deliver(tmp_path, register, [GOOD, GOOD | apart])
    assert judge(tmp_path, register)["student_registry__students/key_unique"].passed


def test_a_held_slice_is_handed_on_by_feed_and_slice(tmp_path: Path, register: Register):
    deliver(tmp_path, register, [GOOD, GOOD])
    with duckdb.connect() as connection:
        report = check_raw(connection, register, tmp_path, NIGHT)
    assert report.passed, "what is held does not stop the rest of the city"
    assert [(feed, part) for feed, part, _ in report.holds()] == [(FEED, "2133000001")]


def test_no_name_and_no_birth_date_stands_in_a_report(tmp_path: Path, register: Register):
    young = GOOD | {"birth_date": "2025年9月1日", "name": "张3302822"}
    deliver(tmp_path, register, [young])
    found = judge(tmp_path, register)
    check = found["student_registry__students/born_before_entry"]
    assert check.severity == "warn"
    assert check.failing_rows[0]["birth_date"] == "****-**-**"
    assert not found["student_registry__students/names_are_names"].passed
    assert "张" not in str([c.failing_rows for c in found.values()])


def test_a_column_that_was_not_read_stops_the_night(tmp_path: Path, register: Register):
    deliver(tmp_path, register, [GOOD])
    path = tmp_path / "student_registry__students" / "accepted.parquet"
    table = pq.read_table(path).drop_columns(["class_code"])
    pq.write_table(table, path)
    with duckdb.connect() as connection:
        report = check_raw(connection, register, tmp_path, NIGHT)
    assert not report.passed
    assert "columns_present" in report.reasons()[0]


def test_homework_in_another_unit_holds_its_day(tmp_path: Path, register: Register):
    row = {
        "record_id": "r1", "assignment_id": "a1", "student_number": "G330282201509010037", "subject": "数学",
        "written": "是", "assigned_at": "2025-10-14 16:00:00", "actual_minutes": "1800", "_slice": "20251014",
    }  # fmt: skip
    deliver(tmp_path, register, [row], "homework_a/records")
    check = judge(tmp_path, register)["homework_a__records/actual_minutes_possible"]
    assert (check.severity, check.slices) == ("hold", ["20251014"])


@pytest.mark.parametrize(
    ("value", "shown"), [("张三", "**"), ("2015-9-1", "****-*-*"), (None, None), ("x" * 99, "*" * 40)]
)
def test_a_mask_keeps_the_shape_and_nothing_else(value: str | None, shown: str | None):
    assert mask(value) == shown
