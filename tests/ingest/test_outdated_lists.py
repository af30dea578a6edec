"""Several whole lists of one slice in a night: the newest counts, or the sentence says that several came."""

from collections.abc import Callable
from datetime import date

import pytest

import ingest
from registry import Register
from tests.ingest.makers import DAY, HOMEWORK, OTHER, SCHOOL, STUDENTS, Desk, csv_of, record, student, students, zip_of
from tests.ingest.test_changes import USERS, manifest, user, users

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
        ("students_20251015_080000.csv", "students_20251015_093000.csv", "students_20251015_235959.csv"),
        ("students 2025-10-15 08-00.csv", "students 2025-10-15 09-30.csv", "students 2025-10-15 23-59.csv"),
        ("2025.09.30/all.csv", "2025.10.01/all.csv", "2025.10.15/all.csv"),
        ("students_20251013.csv", "students20251014.csv", "students-2025-10-15.csv"),
        ("students 2025年9月5日.csv", "students 2025年10月1日.csv", "students 2025年10月15日.csv"),
        ("20251013/students_2025-10-13.csv", "20251014/students_2025-10-14.csv", "20251015/students_2025-10-15.csv"),
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


@pytest.mark.parametrize(
    "names",
    [
        ("名单1.csv", "名单2.csv"),
        ("20250901班.csv", "20250902班.csv"),
        ("20251015-01.csv", "20251015-02.csv"),
        ("20250230.csv", "20250231.csv"),  # no days
    ],
)
def test_the_classes_of_a_school_in_files_of_their_own_are_parts_and_no_older_lists(desk: Desk, names):
    pupils = students(40)
    desk.put(f"{STUDENTS}/{SCHOOL}/{names[0]}", csv_of(pupils[:20]))
    desk.put(f"{STUDENTS}/{SCHOOL}/{names[1]}", csv_of(pupils[20:]))
    assert desk.night(DAY) == []
    assert len(residences(desk)) == 40


def test_of_zips_of_several_days_the_newest_counts(desk: Desk):
    for day, content in zip(("20251013", "20251014"), lists(2), strict=True):
        desk.put(f"{STUDENTS}/students_{day}.zip", zip_of({f"students_{day}.csv": content}))
    assert desk.night(DAY) == []
    assert residences(desk) == {f"第1街{n}号" for n in range(30)}


def test_zips_of_several_days_with_different_schools_are_all_read(desk: Desk):
    others = students(30, start=100, 学校标识码=OTHER)
    desk.put(f"{STUDENTS}/students_20251013.zip", zip_of({f"{SCHOOL}.csv": csv_of(students(30))}))
    desk.put(f"{STUDENTS}/students_20251014.zip", zip_of({f"{OTHER}.csv": csv_of(others)}))
    assert desk.night(DAY) == []
    assert desk.by_slice(STUDENTS) == [(SCHOOL, 30), (OTHER, 30)]


def test_a_newer_file_that_holds_nothing_replaces_no_list(desk: Desk):
    desk.put(f"{STUDENTS}/{SCHOOL}_20251014.csv", lists(1)[0])
    desk.put(f"{STUDENTS}/{SCHOOL}_20251015.csv", b"")
    desk.night(DAY)
    assert len(residences(desk)) == 30


def test_changes_of_several_days_are_all_applied_to_the_newest_whole_list(
    desk_of: Callable[[Register], Desk], oneroster: Register
):
    desk = desk_of(oneroster)

    def put(day: str, content: str, extent: str) -> None:
        members = {"manifest.csv": manifest(users=extent), "users.csv": content}
        desk.put(f"oneroster/roster_{day}.zip", zip_of(members))

    put("20251011", users(user("1"), user("2"), user("9")), "bulk")
    put("20251012", users(user("8")), "delta")
    put("20251013", users(user("1"), user("2")), "bulk")
    put("20251014", users(user("3")), "delta")
    put("20251015", users(user("4"), user("2", "tobedeleted")), "delta")
    assert desk.night(DAY) == []
    assert desk.current(USERS, "sourced_id") == [("1",), ("3",), ("4",)]


def test_files_whose_rows_come_on_top_are_all_read(desk: Desk):
    desk.put(f"{HOMEWORK}/records_20251013.csv", csv_of([record(n) for n in range(30)]))
    desk.put(f"{HOMEWORK}/records_20251014.csv", csv_of([record(n) for n in range(30, 60)]))
    assert desk.night(DAY) == []
    assert sum(rows for _, rows in desk.by_slice(HOMEWORK)) == 60


def test_a_night_whose_newest_list_cannot_be_read_has_loaded_nothing(desk: Desk):
    desk.put(f"{STUDENTS}/{SCHOOL}_20251014.csv", lists(1)[0])
    desk.put(f"{STUDENTS}/{SCHOOL}_20251015.csv", b"a,b\n1,2\n")
    desk.night(DAY)
    assert "(1 files refused, 0 held)" in (ingest.nothing_loaded(desk.connection, desk.register, DAY) or "")


def test_an_older_list_is_read_in_the_same_night_once_the_newer_one_is_taken_out(desk: Desk):
    desk.put(f"{STUDENTS}/{SCHOOL}_20251014.csv", lists(1)[0])
    damaged = desk.put(f"{STUDENTS}/{SCHOOL}_20251015.csv", b"a,b\n1,2\n")
    desk.night(DAY)
    damaged.unlink()
    assert desk.night(DAY) == []
    assert len(residences(desk)) == 30
    assert ingest.nothing_loaded(desk.connection, desk.register, DAY) is None


def test_a_list_that_was_outdated_by_a_held_one_is_the_current_one_again_without_it(desk: Desk):
    desk.put(f"{STUDENTS}/{SCHOOL}_20251014.csv", lists(1)[0])
    desk.night(DAY)
    fallen = desk.put(f"{STUDENTS}/{SCHOOL}_20251016.csv", csv_of(students(3)))
    assert len(desk.night(NEXT)) == 1
    fallen.unlink()
    third = date(2025, 10, 17)
    assert desk.night(third) == []
    states = desk.ask(f"SELECT slice, status, rows FROM lake.intake.slice_state WHERE night = '{third}'")
    assert states == [(SCHOOL, "unchanged", 30)]
    assert outcomes(desk, third) == [(f"{STUDENTS}/{SCHOOL}_20251014.csv", "unchanged")]


def test_older_exports_stay_outdated_where_their_feed_is_read_again(desk: Desk):
    for name, content in zip((f"{SCHOOL}_20251013.csv", f"{SCHOOL}_20251014.csv"), lists(2), strict=True):
        desk.put(f"{STUDENTS}/{name}", content)
    desk.night(DAY)
    assert desk.night(DAY, alone=[STUDENTS]) == []
    assert residences(desk) == {f"第1街{n}号" for n in range(30)}
    assert [status for _, status in outcomes(desk, DAY)] == ["unchanged", "loaded"]


def test_lists_whose_names_tell_no_order_are_held_with_a_sentence_that_names_them(desk: Desk):
    for name, content in zip((f"{SCHOOL}.csv", f"{SCHOOL}(1).csv"), lists(2), strict=True):
        desk.put(f"{STUDENTS}/{name}", content)
    (hold,) = desk.night(DAY)
    assert f"several whole lists of it came ({STUDENTS}/{SCHOOL}(1).csv, {STUDENTS}/{SCHOOL}.csv)" in hold.reason
    assert "leave only the newest in the inbox" in hold.reason


def test_keys_that_one_part_of_a_list_repeats_are_no_several_lists(desk: Desk):
    repeated = [student(n, 现住址=f"第{copy}街") for copy in range(3) for n in range(10)]
    desk.put(f"{STUDENTS}/{SCHOOL}/一班.csv", csv_of(repeated))
    desk.put(f"{STUDENTS}/{SCHOOL}/二班.csv", csv_of(students(10, start=100)))
    (hold,) = desk.night(DAY)
    assert "20 of 40 rows were quarantined" in hold.reason


@pytest.mark.parametrize("names", [("20251015_1101", "20251015_1102"), ("20250901", "20250902")])
def test_digits_that_may_name_a_class_as_well_as_a_moment_lose_no_file(desk: Desk, names):
    pupils = students(40)
    for name, part in zip(names, (pupils[:20], pupils[20:]), strict=True):
        desk.put(f"{STUDENTS}/{SCHOOL}/{name}.csv", csv_of(part))
    assert desk.night(DAY) == []
    assert len(residences(desk)) == 40
