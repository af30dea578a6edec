"""Several whole lists of one slice in a night: the newest counts, or the sentence says that several came."""

from datetime import date

import pytest

import ingest
from tests.ingest.makers import DAY, SCHOOL, STUDENTS, Desk, csv_of, student, students

NEXT = date(2025, 10, 16)


def lists(count: int) -> list[bytes]:
    """Whole lists of several days: everybody has moved each day."""
    return [csv_of([student(n, 现住址=f"第{day}街{n}号") for n in range(30)]) for day in range(count)]


def residences(desk: Desk) -> set[str]:
    return {residence for (residence,) in desk.current(STUDENTS, "residence")}


def outcomes(desk: Desk, night: date) -> list[tuple[str, str]]:
    return desk.ask(
        "SELECT file_name, status FROM lake.intake.delivery "
        f"WHERE night = '{night}' AND feed = '{STUDENTS}' ORDER BY ALL"
    )


@pytest.mark.parametrize(
    "names",
    [
        (f"{SCHOOL}_20251013.csv", f"{SCHOOL}_20251014.csv", f"{SCHOOL}_20251015.csv"),
        (f"{SCHOOL}/在籍生2025-10-13.csv", f"{SCHOOL}/在籍生2025-10-14.csv", f"{SCHOOL}/在籍生2025-10-15.csv"),
        ("students 2025年10月13日.csv", "students 2025年10月14日.csv", "students 2025年10月15日.csv"),
        ("students_20251015_0800.csv", "students_20251015_0930.csv", "students_20251015_2359.csv"),
        ("2025.09.30/all.csv", "2025.10.01/all.csv", "2025.10.15/all.csv"),
    ],
)
def test_of_exports_of_several_days_the_newest_counts_and_the_others_are_listed(desk: Desk, names):
    for name, content in zip(names, lists(3), strict=True):
        desk.put(f"{STUDENTS}/{name}", content)
    assert desk.night(DAY) == []
    assert residences(desk) == {f"第2街{n}号" for n in range(30)}
    assert outcomes(desk, DAY) == sorted(
        [(f"{STUDENTS}/{name}", "unchanged") for name in names[:2]] + [(f"{STUDENTS}/{names[2]}", "loaded")]
    )
    reasons = desk.ask("SELECT reason FROM lake.intake.delivery WHERE status = 'unchanged'")
    assert all(f"{STUDENTS}/{names[2]}, which came as well and counts" in reason for (reason,) in reasons)


def test_older_exports_that_still_lie_there_never_come_back_over_a_newer_one(desk: Desk):
    old, middle, new = lists(3)
    desk.put(f"{STUDENTS}/{SCHOOL}_20251013.csv", old)
    desk.put(f"{STUDENTS}/{SCHOOL}_20251014.csv", middle)
    desk.night(DAY)
    desk.put(f"{STUDENTS}/{SCHOOL}_20251016.csv", new)
    assert desk.night(NEXT) == []
    assert residences(desk) == {f"第2街{n}号" for n in range(30)}
    before = outcomes(desk, NEXT)
    assert desk.night(NEXT) == []
    assert outcomes(desk, NEXT) == before
    desk.night(date(2025, 10, 17))
    assert residences(desk) == {f"第2街{n}号" for n in range(30)}
    assert {status for _, status in outcomes(desk, date(2025, 10, 17))} == {"unchanged"}


def test_the_bytes_of_an_older_export_are_landed_all_the_same(desk: Desk):
    for name, content in zip((f"{SCHOOL}_20251013.csv", f"{SCHOOL}_20251014.csv"), lists(2), strict=True):
        desk.put(f"{STUDENTS}/{name}", content)
    arrivals = desk.find()
    ingest.land_unread(arrivals, desk.lake.landing)
    (outdated,) = (arrival for arrival in arrivals if arrival.newer)
    assert [path.name for path in desk.lake.landing.rglob("*.zst")] == [f"{outdated.sha256}.zst"]


def test_the_classes_of_a_school_in_files_of_their_own_are_parts_and_no_older_lists(desk: Desk):
    pupils = students(40)
    desk.put(f"{STUDENTS}/{SCHOOL}/20250901班.csv", csv_of(pupils[:20]))
    desk.put(f"{STUDENTS}/{SCHOOL}/名单2.csv", csv_of(pupils[20:]))
    assert desk.night(DAY) == []
    assert len(residences(desk)) == 40


def test_lists_whose_names_tell_no_order_are_held_with_a_sentence_that_names_them(desk: Desk):
    for name, content in zip((f"{SCHOOL}.csv", f"{SCHOOL}(1).csv"), lists(2), strict=True):
        desk.put(f"{STUDENTS}/{name}", content)
    (hold,) = desk.night(DAY)
    assert f"several lists of it came ({STUDENTS}/{SCHOOL}(1).csv, {STUDENTS}/{SCHOOL}.csv)" in hold.reason
    assert "leave the newest alone" in hold.reason
