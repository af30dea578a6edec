"""Every feed of the default register can be read as it is declared: its headers, its place, its values."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

import registry
from registry import Register
from registry.model import Feed
from tests.ingest.good_files import ROWS, files, headers_of, path_of, rows
from tests.ingest.makers import Desk, csv_of, xlsx_of

FEEDS = registry.load(registry.HOUSE).feeds


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, house: Register, empty_lake) -> Desk:
    """One good file of every feed, read."""
    desk = Desk(tmp_path_factory.mktemp("every"), house, empty_lake)
    for path, content in files(house).items():
        desk.put(path, content)
    desk.found = desk.read()
    return desk


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.id)
def test_a_good_file_of_a_feed_is_loaded_whole(night: Desk, feed: Feed):
    assert night.left(feed.id, "count(*)") == [(len({tuple(r) for r in keys(night.register, feed)}),)]
    assert night.left(feed.id, "column_name, rule, value", "problems") == []
    filled = " AND ".join(f'"{c.name}" IS NOT NULL' for c in feed.loaded_columns)
    assert night.left(feed.id, f"bool_and({filled})") == [(True,)]


def keys(register: Register, feed: Feed) -> list[tuple[str, ...]]:
    """The keys of the rows of a good file; rows of one key are repetitions."""
    return [tuple(row.values()) for row in rows(register, feed, headers_of(feed, feed.key))]


def test_one_workbook_gives_item_scores_and_their_blueprint(night: Desk):
    path = path_of(night.register.feed("exams/items"), ".xlsx")
    found = {name: told for name, told in night.found.items() if name.startswith(path)}
    assert sorted(name.rpartition("#")[2] for name in found) == ["双向细目表", "小题分"]
    assert night.left("exams/items", "count(*)") == night.left("exams/blueprint", "count(*)") == [(ROWS,)]


def test_a_workbook_without_the_blueprint_is_no_failure_of_the_blueprint(desk: Desk):
    feed = desk.register.feed("exams/items")
    found = rows(desk.register, feed, headers_of(feed))
    sheet = [list(found[0]), *(list(row.values()) for row in found)]
    desk.put(path_of(feed, ".xlsx"), xlsx_of(("小题分", sheet)))
    assert {told[0] for told in desk.read().values()} == {"loaded"}
    assert desk.left("exams/items", "count(*)") == [(ROWS,)]


def test_a_text_has_no_sheets_and_no_guests(desk: Desk):
    feed = desk.register.feed("exams/items")
    desk.put(path_of(feed, ".csv"), csv_of(rows(desk.register, feed, headers_of(feed))))
    ((status, read, loaded, *_),) = desk.read().values()
    assert (status, read, loaded) == ("loaded", ROWS, ROWS)


OLD = {"网络多媒体教室数": "网络多媒体教室", "教学仪器设备资产值": "教学仪器设备值(万元)", "占地面积": "学校占地面积"}


def test_older_names_of_the_statistics_are_the_same_columns_and_marks_of_nothing_are_no_values(desk: Desk):
    feed = desk.register.feed("school_registry/conditions")
    headers = {name: OLD.get(header, header) for name, header in headers_of(feed).items()}
    (row, *_) = rows(desk.register, feed, headers)
    desk.put("school_registry/conditions/2025/329901.csv", csv_of([row | {"图书册数": "-1", "寄宿生数": "*"}]))
    ((status, _, loaded, *_),) = desk.read().values()
    assert (status, loaded) == ("loaded", 1)
    assert desk.left(feed.id, "_slice, multimedia_rooms, books, boarders") == [("2025/329901", "500", "-1", "*")]
    assert desk.left(feed.id, "column_name, value", "problems") == []


@pytest.mark.parametrize(
    "path", ["3132990001/20251015.csv", "20251015_3132990001.csv", "events.csv", "2025-10-15.csv"]
)
def test_a_dated_file_whose_day_or_school_cannot_be_told_is_refused_with_an_example(desk: Desk, path: str):
    feed = desk.register.feed("attendance/events")
    desk.put(f"attendance/events/{path}", csv_of(rows(desk.register, feed, headers_of(feed))))
    ((status, *_, reason),) = desk.read().values()
    assert status == "refused"
    assert "(expected below attendance/events: such as 20251015/3132990001.csv): name its folder" in reason


SUMMARY = ("学校名称：书院小学", "参测人数 1", "优秀率 0%", "良好率 0%", "及格率 100%", "不及格率 0%", "平均分 70")
LAYOUTS: dict[str, Callable[[dict[str, str]], list[list[str]]]] = {
    "upload": lambda row: [list(row), list(row.values())],
    "results": lambda row: [*([told, "", ""] for told in SUMMARY), list(row), list(row.values())],
}


@pytest.mark.parametrize("version", LAYOUTS)
def test_both_layouts_of_fitness_are_read_and_told_apart(desk: Desk, version: str):
    feed = desk.register.feed("fitness/results")
    upload = ["grade_number", "class_number", "class_name", "student_number", "ethnicity", "name", "sex", "birth_date"]
    items = ["height", "weight", "vital_capacity", "run_1000m"]
    results = ["student_number", "name", "sex", *items, "total", "total_level"]
    wanted = [*upload, *items] if version == "upload" else results
    (row, *_) = rows(desk.register, feed, headers_of(feed, wanted))
    desk.put("fitness/results/2025-2026/2132990001.xlsx", xlsx_of(("Sheet1", LAYOUTS[version](row))))
    ((status, _, loaded, *_, reason),) = desk.read().values()
    assert (status, loaded, reason) == ("loaded", 1, None)
    assert desk.left(feed.id, "run_1000m, total IS NULL") == [("3′45″", version == "upload")]
    (delivery,) = json.loads((desk.work() / feed.table / "deliveries.json").read_text(encoding="utf-8"))
    assert delivery["layout"] == version




def test_scores_beside_their_item_go_by_the_item(desk: Desk):
    """得分 and 等级 stand after each item; the same two headers again and again."""
    feed = desk.register.feed("fitness/results")
    header = ["学籍号", "姓名", "肺活量", "得分", "等级", "50米跑", "得分", "等级", "总分", "总分等级"]
    (row, *_) = rows(desk.register, feed, headers_of(feed, ["student_number", "name"]))
    sheet = [header, [*row.values(), "2500", "85", "良好", "9.2", "76", "及格", "80.5", "良好"]]
    desk.put("fitness/results/2025-2026/2132990001.xlsx", xlsx_of(("Sheet1", sheet)))
    desk.read()
    asked = "vital_capacity, vital_capacity_score, vital_capacity_level, sprint_50m_score, sprint_50m_level, total"
    assert desk.left(feed.id, asked) == [("2500", "85", "良好", "76", "及格", "80.5")]
