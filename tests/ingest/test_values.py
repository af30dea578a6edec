"""The account of values: none is lost unlisted, whatever the format, and a loss that is planted turns it red."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from common.night_files import FeedFiles
from ingest.contract import outputs, value_account, wrong_values
from ingest.deliveries import Delivery
from ingest.reading import read_files
from ingest.reading.read_feed import read_deliveries
from ingest.tables import arrow_rows
from registry import Register
from tests.ingest.makers import (
    DAY,
    HOMEWORK,
    SCHOOL,
    STUDENTS,
    Desk,
    csv_of,
    grid,
    json_lines,
    record,
    students,
    xlsx_of,
)

NEXT = date(2025, 10, 16)
FILE = f"{STUDENTS}/{SCHOOL}"

def book(rows: list[dict[str, str]]) -> bytes:
    return xlsx_of(("Sheet1", grid(rows)))


def delivery(desk: Desk, feed: str = STUDENTS, day: date = DAY) -> Delivery:
    """The one delivery of a night that was read."""
    (found,) = read_deliveries(FeedFiles(desk.work(day) / feed.replace("/", "__")))
    return found


def account(found: Delivery) -> tuple[Any, ...]:
    return found.values_delivered, found.values_read, found.values_listed, found.values_passed_over, found.values_lost


def filled_cells(rows: list[dict[str, str]]) -> int:
    return sum(1 for row in rows for value in row.values() if value)


def test_many_rows_are_judged_and_accounted_for_as_few_are(
    desk_of: Callable[[Register], Desk], house: Register, monkeypatch: pytest.MonkeyPatch
):
    rows = students(10, 身份证件类型="居民身份证") + students(2, 20, 性别="不详") + students(2, 30, 学籍号="12")
    rows += students(2, 40, 身份证件类型="护照", 身份证件号="E12345678") + students(1, 50, 身份证件类型="护照")
    rows += students(2, 60, 出生日期="昨天") + students(2, 70, 班号="无") + students(1, 80, 身份证件号="E12345678")
    rows = [{"身份证件类型": "居民身份证", **row} for row in rows]
    found = []
    for fewest in (10**6, 0):
        for module in (value_account, wrong_values):
            monkeypatch.setattr(module, "MIN_ROWS_FOR_DISTINCT", fewest)
        desk = desk_of(house)
        desk.put(f"{FILE}.csv", csv_of(rows))
        desk.read()
        problems = desk.left(STUDENTS, "row_number, rule, severity, column_name, value", "problems")
        filled = FeedFiles(desk.work() / "student_registry__students").filled
        found.append((delivery(desk).as_dict(), problems, json.loads(filled.read_text())))
    assert found[0] == found[1]
    assert account(delivery(desk))[-1] == 0
    assert {rule for _, rule, *_ in found[0][1]} >= {"code", "type_date", "type_student_number", "type_id_number"}


@pytest.mark.parametrize(("name", "write"), [
    ("csv", csv_of), ("xlsx", book), ("csv.gz", lambda rows: gzip.compress(csv_of(rows))),
    ("json", lambda rows: json.dumps(rows, ensure_ascii=False).encode()),
])  # fmt: skip
def test_every_value_of_a_file_has_an_outcome(desk: Desk, name: str, write: Callable[[Any], bytes]):
    rows = students(10, 姓名="张三") + students(3, 20, 性别="不详") + students(2, 30, 学籍号="12")
    desk.put(f"{FILE}.{name}", write(rows))
    desk.read()
    found = delivery(desk)
    delivered, read, listed, passed_over, lost = account(found)
    assert (delivered, lost, found.lost) == (filled_cells(rows), 0, {})
    assert listed == 3 + 2 * len([v for v in rows[-1].values() if v]), "three cells, and two rows in quarantine"
    assert read + listed + passed_over == delivered


def test_columns_that_are_not_understood_are_listed_once_with_the_nearest_name(desk: Desk):
    rows = [row | {"就读方式名": "一年级", "宿舍楼": ""} for row in students(7)]
    for row in rows:
        del row["就读方式"]
    desk.put(f"{FILE}.csv", csv_of(rows))
    desk.night()
    assert desk.problems() == [(1, "row:1", "unknown_column", "cell", "就读方式名", None)]
    ((remedy, nearest),) = desk.ask("SELECT remedy_en, candidate FROM lake.intake.problem")
    assert nearest == "就读方式"
    assert "its 7 values were not read; the nearest name: 就读方式." in remedy
    assert delivery(desk).values_lost == 0


def test_a_column_that_is_mended_leaves_the_list(desk: Desk):
    for day, header in ((DAY, "就读方式名"), (NEXT, "就读方式")):
        desk.clear()
        rows = [{k: v for k, v in row.items() if k != "就读方式"} | {header: row["就读方式"]} for row in students(7)]
        desk.put(f"{FILE}.csv", csv_of(rows))
        desk.night(day)
    assert desk.problems() == []


def test_a_second_column_of_one_name_is_not_dropped_in_silence(desk: Desk):
    rows = csv_of(students(3)).decode("utf-8-sig").splitlines()
    header, *body = rows
    doubled = "\r\n".join([f"{header},家庭住址", *(f"{line},书院路甲" for line in body)])
    desk.put(f"{FILE}.csv", doubled.encode())
    desk.night()
    assert [problem[2:5] for problem in desk.problems()] == [("unknown_column", "cell", "家庭住址")] or (
        delivery(desk).values_listed == 3
    )


def test_cells_beside_a_table_without_any_header_are_listed(desk: Desk):
    rows = [row | {" ": "抄送", "  ": ""} for row in students(3)]
    desk.put(f"{FILE}.xlsx", book(rows))
    desk.night()
    assert [problem[4] for problem in desk.problems()] == [f"#{len(students(1)[0]) + 1}"]


@pytest.mark.parametrize("unknown", ["actualMinutes", "完成分钟"])
def test_a_key_of_large_json_lines_that_only_late_objects_have_is_listed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, unknown: str
):
    monkeypatch.setattr(read_files, "LARGE_FROM_BYTES", {"text": 100, "json": 100})
    rows = [record(n, 记录编号=f"B{n}") for n in range(1500)]
    rows[-1][unknown] = "12"
    desk.put("homework_b/records/homework_20251014.jsonl", json_lines(rows))
    desk.read()
    found = delivery(desk, "homework_b/records")
    assert found.unknown.keys() == {unknown}
    assert (found.values_delivered, found.values_lost) == (filled_cells(rows), 0)


def test_a_value_that_a_reader_loses_is_counted_and_holds_the_slice(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    desk.put(f"{FILE}.csv", csv_of(students(30)))
    desk.night()
    whole = arrow_rows.batch_of_columns

    def careless(*arguments: Any) -> Any:
        batch = whole(*arguments)
        column = batch.schema.get_field_index("sex")
        kept = pa.array([None] * 3 + batch.column(column).to_pylist()[3:], pa.string())
        return batch.set_column(column, batch.schema.field(column), kept)

    monkeypatch.setattr(arrow_rows, "batch_of_columns", careless)
    desk.clear()
    desk.put(f"{FILE}.csv", csv_of(students(31)))
    (hold,) = desk.night(NEXT)
    assert delivery(desk, day=NEXT).values_lost == 3
    assert "3 values have no outcome (sex +3), which is a fault of the program" in hold.reason
    assert "shuyuan lift" not in hold.reason


def test_a_value_that_the_check_loses_is_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(outputs, "_without_rejected_cells", lambda column: f'NULL::VARCHAR AS "{column}"')
    desk.put(f"{FILE}.csv", csv_of([*students(29), *students(1, 29, 性别="不详")]))
    desk.read()
    assert delivery(desk).lost == {"sex": 29}


def test_words_for_no_value_and_rows_that_are_no_data_are_passed_over(desk: Desk):
    rows = [record(n) for n in range(5)] + [{**dict.fromkeys(record(0), ""), "记录编号": "合计", "实际时长": "55"}]
    desk.put(f"{HOMEWORK}/homework_20251014.csv", csv_of(rows))
    desk.read()
    found = delivery(desk, HOMEWORK)
    assert found.skipped == {"total": 1}
    assert (found.values_passed_over, found.values_lost) == (2, 0)
