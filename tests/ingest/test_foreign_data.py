"""Exports that nobody here made: OneRoster bundles and exam workbooks of others."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from registry import Register
from registry.model import Column, Feed, Label, Slice
from tests.ingest.makers import Desk, with_feed

NEXT = date(2025, 10, 16)
BUNDLES = {
    "OneRosterv1p1_generated_en": {
        "academicSessions": (3, 3, {}),
        "classes": (64, 64, {}),
        "courses": (32, 32, {}),
        "demographics": (1400, 1400, {}),
        "enrollments": (6390, 6390, {}),
        "orgs": (5, 5, {}),
        "users": (1432, 1432, {}),
        "manifest": (17, 0, {"manifest": 17}),
    },
    "Test_full_data_set": {
        "academicSessions": (5, 4, {"deleted": 1}),
        "classes": (2, 1, {"deleted": 1}),
        "enrollments": (6, 6, {}),
        "orgs": (1, 1, {}),
        "users": (6, 6, {}),
        "manifest": (17, 0, {"manifest": 17}),
    },
    "Test_minimal_data_set": {
        "academicSessions": (5, 5, {}),
        "classes": (2, 2, {}),
        "enrollments": (6, 6, {}),
        "orgs": (1, 1, {}),
        "users": (6, 6, {}),
        "manifest": (17, 0, {"manifest": 17}),
    },
    "v1p2_full_dataset": {
        "academicSessions": (5, 4, {"deleted": 1}),
        "classes": (2, 1, {"deleted": 1}),
        "enrollments": (6, 6, {}),
        "orgs": (1, 1, {}),
        "roles": (7, 7, {}),
        "users": (6, 6, {}),
        "manifest": (25, 0, {"manifest": 25}),
    },
}


@pytest.fixture
def desk(desk_of: Callable[[Register], Desk], oneroster: Register) -> Desk:
    return desk_of(oneroster)


@pytest.mark.parametrize("name", BUNDLES)
def test_each_oneroster_bundle_is_read_row_for_row(desk: Desk, shared: Path, name: str):
    desk.put(f"oneroster/{name}.zip", (shared / "oneroster" / f"{name}.zip").read_bytes())
    assert desk.night() == []
    found = {
        file.rsplit("#", 1)[1].removesuffix(".csv"): (read, loaded, skipped)
        for file, (status, read, loaded, _, _, skipped, _) in desk.deliveries().items()
        if status == "loaded"
    }
    assert found == BUNDLES[name]
    assert [p for p in desk.problems() if p[3] == "row"] == []
    desk.night(NEXT)
    assert {d[0] for file, d in desk.deliveries(NEXT).items() if "manifest" not in file} <= {"unchanged", "refused"}


def test_a_copy_of_the_roles_is_no_list_of_accounts(desk: Desk, shared: Path):
    desk.put("oneroster/a.zip", (shared / "oneroster" / "v1p2_full_dataset.zip").read_bytes())
    desk.night()
    refused = {file: d[-1] for file, d in desk.deliveries().items() if d[0] == "refused"}
    assert refused == {
        "oneroster/a.zip#userprofiles.csv": "oneroster/a.zip (userprofiles.csv) is no file of oneroster/user_profiles, "
        "for its header lacks profileType, vendorId: put it under oneroster/roles, whose header it has."
    }


def test_a_delta_without_a_baseline_waits_for_a_bulk(desk: Desk, shared: Path):
    desk.put("oneroster/a.zip", (shared / "oneroster" / "oneroster_test_data.zip").read_bytes())
    assert {"nothing to change yet" in hold.reason for hold in desk.night()} == {True}
    counted = {file: d[:2] for file, d in desk.deliveries().items() if "manifest" not in file}
    assert len(counted) == 9
    assert set(counted.values()) == {("held", 1)}
    assert "Batman" not in str(desk.ask("FROM lake.intake.delivery"))


def class_exams(house: Register) -> Register:
    """A register that names one class, whose key is the name."""
    label = Label(zh="班级成绩", en="exams of one class")
    columns = (
        Column(name="exam", headers=("考试编号",), type="identifier", required=True, filled=True),
        Column(name="name", headers=("姓名",), type="name", required=True, filled=True, severity="row"),
    )
    feed = Feed(
        id="class_exams/results", label=label, grain=label, batch="snapshot", key=("name",), columns=columns,
        rest="marks", slice=Slice(path=r"^(?P<slice>[^/]+)\.xlsx$"),
    )  # fmt: skip
    return with_feed(house, feed)


@pytest.mark.parametrize(
    ("name", "rows", "last"),
    [
        ("1", 59, "级名"),
        ("4_中途缺考测试", 58, "级名"),
        ("5_新同学测试", 60, "级名"),
        ("5_缺列测试", 59, "!级名"),
    ],
)
def test_exam_workbooks_of_a_class_are_read_with_every_mark(
    desk_of: Callable[[Register], Desk], house: Register, shared: Path, name: str, rows: int, last: str
):
    desk = desk_of(class_exams(house))
    book = shared / "cn_exam_xlsx" / "assets" / "example" / f"{name}.xlsx"
    desk.put(f"class_exams/results/{name}.xlsx", book.read_bytes())
    desk.night()
    assert desk.only()[:6] == ("loaded", rows, rows, 0, 0, {})
    marks = dict(desk.current("class_exams/results", "name, marks"))
    assert set(marks["同学1"]) == {"语文", "数学", "英语", "物理", "化学", "生物", last}
    assert all(mark.isdigit() for row in marks.values() for mark in row.values())


def test_the_same_workbook_under_two_names_is_two_exams_with_the_same_bytes(
    desk_of: Callable[[Register], Desk], house: Register, shared: Path
):
    desk = desk_of(class_exams(house))
    folder = shared / "cn_exam_xlsx" / "assets" / "example"
    for name in ("5", "5_重复编号测试"):
        desk.put(f"class_exams/results/{name}.xlsx", (folder / f"{name}.xlsx").read_bytes())
    desk.night()
    assert desk.by_slice("class_exams/results") == [("5", 59), ("5_重复编号测试", 59)]
    assert len(list(desk.lake.landing.rglob("*.zst"))) == 1
