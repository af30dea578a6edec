"""Each rule of the contract: what it finds, what becomes of the row, and what it must leave alone."""

from typing import Any

import pytest

from common.night_files import FeedFiles
from ingest.reading.read_feed import read_deliveries
from registry.model import Column, Feed, Guard, Label, Slice
from tests.ingest.makers import (
    OTHER,
    SCHOOL,
    STUDENTS,
    Desk,
    csv_of,
    csv_text,
    grid,
    id_number,
    record,
    student,
    students,
    with_feed,
)  # fmt: skip

FILE = f"{STUDENTS}/{SCHOOL}.csv"


PROBLEM = "row_number, row_key, rule, severity, column_name, value"


def load(desk: Desk, *rows: dict[str, str]) -> tuple[Any, ...]:
    """Status, read, loaded, quarantined, held, skipped of one roster."""
    return put(desk, FILE, csv_of(rows))


def put(desk: Desk, path: str, content: bytes) -> tuple[Any, ...]:
    desk.put(path, content)
    (found,) = desk.read().values()
    return found[:6]


def problems(desk: Desk, feed: str = STUDENTS, columns: str = PROBLEM) -> list[tuple[Any, ...]]:
    return desk.left(feed, columns, "problems")


def test_clean_rows_break_no_rule(desk: Desk):
    assert load(desk, *students(40)) == ("loaded", 40, 40, 0, 0, {})
    assert problems(desk) == []


@pytest.mark.parametrize(
    ("header", "value", "rule"),
    [
        ("出生日期", "20130230", "type_date"),
        ("入学年月", "待查", "type_month"),
        ("身份证件号", id_number(3)[:17] + "Y", "type_id_number"),
        ("就读方式", "借宿亲友", "code"),
        ("姓名", "", "filled"),
        ("姓名", " \u3000\xa0", "filled"),
        ("班号", "1.1E+05", "id_truncated"),
        ("身份证件号", id_number(3)[:15] + "000", "id_truncated"),
        ("身份证件号", "3.29902E+17", "id_truncated"),
    ],
)
def test_a_wrong_cell_becomes_null_is_listed_and_its_row_stays(desk: Desk, header: str, value: str, rule: str):
    assert load(desk, student(0), student(1, **{header: value})) == ("loaded", 2, 2, 0, 0, {})
    ((row, key, found, severity, column, told),) = problems(desk)
    assert (row, key, found, severity) == (3, student(1)["学籍号"], rule, "cell")
    assert told == (value or None)
    stored = dict(desk.left(STUDENTS, f"student_number, {column}"))
    assert (stored[student(1)["学籍号"]] or "").strip() == ""
    assert stored[student(0)["学籍号"]] == student(0)[header]


@pytest.mark.parametrize(
    ("header", "value", "rule"),
    [
        ("学籍号", "", "filled"),
        ("学籍号", "G" + id_number(3)[:17] + "Y", "type_student_number"),
        ("学籍号", id_number(3)[:15] + "000", "id_truncated"),
        ("学校标识码", "", "filled"),
        ("学校标识码", "213299", "type_school_code"),
        ("学校标识码", OTHER, "wrong_slice"),
    ],
)
def test_a_wrong_key_or_school_quarantines_the_row_in_full(desk: Desk, header: str, value: str, rule: str):
    bad = student(1, **{header: value})
    assert load(desk, student(0), bad) == ("loaded", 2, 1, 1, 0, {})
    ((_, key, found, severity, _, _),) = problems(desk)
    assert (found, severity) == (rule, "row")
    assert key == ("row:3" if not bad["学籍号"] else bad["学籍号"].upper())
    ((whole,),) = problems(desk, columns="row")
    assert whole["name"] == bad["姓名"]
    assert whole.get("residence") == "书院路1号"


def test_a_row_with_several_faults_is_quarantined_once_and_tells_them_all(desk: Desk):
    bad = student(1, 学籍号="", 学校标识码="", 出生日期="20130230")
    assert load(desk, student(0), bad) == ("loaded", 2, 1, 1, 0, {})
    assert sorted(p[2] for p in problems(desk)) == ["filled", "filled", "type_date"]


def test_a_genuine_number_in_the_wrong_case_or_width_is_right_and_stays_as_delivered(desk: Desk):
    n = next(n for n in range(200) if id_number(n).endswith("X"))
    number = id_number(n)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    assert load(desk, student(n, 身份证件号=wide, 学籍号=f"'G{number.lower()}"))[2:4] == (1, 0)
    assert problems(desk) == []
    assert desk.left(STUDENTS, "id_number, student_number") == [(wide, f"'G{number.lower()}")]


def test_a_code_is_known_by_its_name_its_aliases_and_with_the_number_of_its_option(desk: Desk):
    ways = ["走读", "1-走读", "01、走读", " 走读 ", "1"]
    assert load(desk, *(student(n, 就读方式=way) for n, way in enumerate(ways)))[2:4] == (5, 0)
    assert problems(desk) == []


def test_an_exact_repetition_is_skipped_and_a_second_row_of_a_key_is_quarantined(desk: Desk):
    twin = student(1, 现住址="旧址")
    assert load(desk, student(0), student(1), student(0), twin, twin) == (
        "loaded", 5, 2, 1, 0, {"duplicate_row": 2},
    )  # fmt: skip
    assert [p[:3] for p in problems(desk)] == [(5, student(1)["学籍号"], "duplicate_key")]
    assert dict(desk.left(STUDENTS, "student_number, residence"))[student(1)["学籍号"]] == "书院路1号"


def test_a_quarantined_row_is_no_first_of_its_key(desk: Desk):
    bad = student(0, 学校标识码="")
    assert load(desk, bad, student(0))[2:4] == (1, 1)
    assert [p[2] for p in problems(desk)] == ["filled"]


def test_rows_that_are_no_data_are_skipped_by_reason(desk: Desk):
    rows = grid([{"序号": str(n + 1), **student(n)} for n in range(3)])
    width = len(rows[0])
    blank = [""] * width
    rows += [
        blank, [" "] * width, ["4", *blank[1:]], ["", "合 计", "3", *blank[3:]], ["小计：3人", *blank[1:]],
        ["示例", *rows[1][1:]], ["填表说明：请勿改动表头", *blank[1:]],
    ]  # fmt: skip
    assert put(desk, FILE, csv_text(rows).encode()) == (
        "loaded", 10, 3, 0, 0, {"blank": 2, "example": 1, "note": 1, "numbered": 1, "total": 2},
    )  # fmt: skip


def test_a_person_whose_name_begins_like_a_total_is_no_total(desk: Desk):
    rows = [{"姓名": name, **{k: v for k, v in student(n).items() if k != "姓名"}}
            for n, name in enumerate(["总小平", "例小明", "注小川", "均小梅"])]  # fmt: skip
    assert load(desk, *rows) == ("loaded", 4, 4, 0, 0, {})


def test_a_file_of_another_school_is_refused_whole(desk: Desk):
    assert load(desk, *students(3, 学校标识码=OTHER)) == ("refused", None, None, None, None, None)
    (delivery,) = read_deliveries(FeedFiles(desk.work() / "student_registry__students"))
    assert delivery.reason == (
        f"{FILE} speaks for {SCHOOL} and holds rows of {OTHER}: put it into the folder of that unit, "
        "or send the right file."
    )
    assert problems(desk) == []


def test_a_stray_row_of_the_sender_does_not_make_another_school_s_file_its_own(desk: Desk):
    assert load(desk, *students(30, 学校标识码=OTHER), student(40))[0] == "refused"
    assert load(desk, *students(3, 学校标识码=OTHER), student(40)) == ("loaded", 4, 1, 3, 0, {})


def test_a_row_with_more_cells_than_the_header_is_quarantined(desk: Desk):
    text = csv_of(students(3)).decode().replace("书院路1号", "书院路,1号")
    assert put(desk, FILE, text.encode())[1:4] == (3, 2, 1)
    assert [p[2:4] for p in problems(desk)] == [("surplus_cells", "row")]


def test_a_number_outside_its_range_becomes_null(desk: Desk):
    put(desk, "homework_a/records/homework_a_20251014.csv", csv_of([record(0), record(1, 实际时长="999")]))
    assert [p[2:] for p in problems(desk, "homework_a/records")] == [("range", "cell", "actual_minutes", "999")]
    assert [m for (m,) in desk.left("homework_a/records", "actual_minutes")] == ["10", None]


def test_a_warning_leaves_the_value_as_delivered(desk_of, house):
    label = Label(zh="机构", en="units")
    feed = Feed(
        id="units/list", label=label, grain=label, batch="snapshot", key=("code",), slice=Slice(), guard=Guard(),
        columns=(
            Column(name="code", headers=("代码",), type="identifier", required=True, filled=True, severity="row"),
            Column(name="scope", headers=("范围",), severity="warn", filled=True,
                   remedy=Label(zh="问发展规划处。", en="Ask the planning office.")),
            Column(name="value", headers=("开办",), type="date", severity="warn"),
        ),
    )  # fmt: skip
    desk = desk_of(with_feed(house, feed))
    put(desk, "units/list/a.csv", csv_text([["代码", "范围", "开办"], ["1", "", "昨天"], ["2", "甲", ""]]).encode())
    assert sorted(p[2:] for p in problems(desk, "units/list")) == [
        ("filled", "warn", "scope", None), ("type_date", "warn", "value", "昨天"),
    ]  # fmt: skip
    assert desk.left("units/list", "code, value") == [("1", "昨天"), ("2", None)]
    said = dict(problems(desk, "units/list", "column_name, remedy_en"))
    assert said == {"scope": "Ask the planning office.", "value": "Give a real date, such as 2015-09-01."}


def test_problems_tell_what_to_do_in_both_languages(desk: Desk):
    load(desk, student(0), student(1, 出生日期="20130230"))
    assert problems(desk, columns="remedy_zh, remedy_en") == [
        ("改为真实日期，如 2015-09-01。", "Give a real date, such as 2015-09-01."),
    ]


def test_every_rule_of_every_feed_has_a_remedy(house, oneroster):
    from ingest.contract.remedies import remedy
    from ingest.contract.wrong_values import rules_of

    for register in (house, oneroster):
        for feed in register.feeds:
            names = [c.name for c in feed.columns]
            told = [remedy(register, feed, rule.name, rule.column) for rule in rules_of(feed, register, names)]
            assert all(label.zh and label.en for label in told)
