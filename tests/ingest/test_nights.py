"""Nights of the student registry: what is new, what stays, what is closed, what a night run again does."""

from datetime import date

import pytest

import ingest
from ingest.deliveries import Hold
from registry.model import Feed, Register
from tests.ingest.makers import DAY, OTHER, SCHOOL, STUDENTS, Desk, csv_of, record, student, students

NEXT = date(2025, 10, 16)
THIRD = date(2025, 10, 17)
FILE = f"{STUDENTS}/{SCHOOL}.csv"


def residences(desk: Desk) -> list[tuple[str, ...]]:
    return desk.current(STUDENTS, "student_number, residence, _known_from::VARCHAR")


def number(n: int) -> str:
    return student(n)["学籍号"]


def test_a_row_that_did_not_change_stays_with_the_delivery_that_first_said_it(desk: Desk):
    desk.put(FILE, csv_of(students(3)))
    desk.night(DAY)
    first = dict(desk.current(STUDENTS, "student_number, _delivery_id"))
    desk.put(FILE, csv_of([student(0), student(1, 现住址="新街1号"), student(3)]))
    desk.night(NEXT)
    now = dict(desk.current(STUDENTS, "student_number, _delivery_id"))
    assert now[number(0)] == first[number(0)]
    assert {now[number(1)], now[number(3)]} & set(first.values()) == set()
    closed = desk.ask(
        "SELECT student_number, residence, _known_from, _known_to FROM lake.raw.student_registry__students "
        "WHERE _known_to IS NOT NULL ORDER BY ALL"
    )
    assert closed == sorted([(number(1), "书院路1号", DAY, NEXT), (number(2), "书院路2号", DAY, NEXT)])


def test_a_problem_that_is_delivered_again_stands_where_the_newest_file_has_it(desk: Desk):
    bad = student(9, 出生日期="20130230")
    desk.put(FILE, csv_of([bad, *students(3)]))
    desk.night(DAY)
    ((first, row, whole),) = desk.ask('SELECT delivery_id, row_number, "row" FROM lake.intake.problem')
    assert whole["name"] == bad["姓名"], "the row of an emptied cell is needed to find it"
    desk.put(FILE, csv_of([*students(3), bad]))
    desk.night(NEXT)
    ((second, again, known_from, known_to),) = desk.ask(
        "SELECT delivery_id, row_number, known_from, known_to FROM lake.intake.problem"
    )
    assert (row, again, known_from, known_to) == (2, 5, DAY, None)
    assert first != second


def test_a_problem_of_the_good_data_stays_where_it_is_while_a_later_file_is_held(desk: Desk):
    bad = student(50, 出生日期="20130230")
    desk.put(FILE, csv_of([bad, *students(40)]))
    desk.night(DAY)
    before = desk.ask("SELECT delivery_id, row_number FROM lake.intake.problem")
    desk.put(FILE, csv_of([*students(3), bad]))
    assert desk.night(NEXT)
    assert desk.ask("SELECT delivery_id, row_number FROM lake.intake.problem") == before
    desk.put(FILE, csv_of(students(3)))
    assert desk.night(THIRD)
    assert len(desk.problems()) == 1, "the good data still has it"


def test_the_same_night_again_adds_no_row_anywhere(desk: Desk):
    desk.put(FILE, csv_of([*students(3), student(9, 出生日期="20130230")]))
    desk.night(DAY)
    tables = ("raw.student_registry__students", "intake.arrival", "intake.delivery", "intake.problem",
              "intake.slice_state", "intake.slice_part")  # fmt: skip
    before = [desk.ask(f"SELECT * FROM lake.{table} ORDER BY ALL") for table in tables]
    desk.night(DAY)
    assert [desk.ask(f"SELECT * FROM lake.{table} ORDER BY ALL") for table in tables] == before


def test_a_corrected_file_on_the_same_night_leaves_what_it_alone_would_have_left(desk: Desk, desk_of):
    again, once = desk, desk_of(desk.register)
    for each in (again, once):
        each.put(FILE, csv_of([*students(4), student(7, 出生日期="20130230")]))
        each.night(DAY)
    again.put(FILE, csv_of([student(0, 现住址="错"), student(2), student(8, 出生日期="20130230")]))
    again.night(NEXT)
    right = csv_of([student(0, 现住址="对"), student(1), student(5), student(7, 出生日期="20130230")])
    for each in (again, once):
        each.put(FILE, right)
        each.night(NEXT)
    columns = "student_number, residence, birth_date, _row_number, _known_from, _known_to"
    left, expected = (
        (
            each.ask(f"SELECT {columns} FROM lake.raw.student_registry__students ORDER BY ALL"),
            each.ask("SELECT * EXCLUDE (delivery_id) FROM lake.intake.problem ORDER BY ALL"),
            each.ask("SELECT * EXCLUDE (delivery_id) FROM lake.intake.slice_state ORDER BY ALL"),
        )
        for each in (again, once)
    )
    assert left == expected


def test_bytes_that_the_lake_holds_arrive_unchanged_and_are_not_read(desk: Desk):
    desk.put(FILE, csv_of(students(3)))
    desk.night(DAY)
    desk.night(NEXT)
    assert desk.only(NEXT) == ("unchanged", None, None, None, None, None, None)
    assert not (desk.work(NEXT) / "student_registry__students" / "accepted.parquet").exists()
    assert desk.ask(f"SELECT slice, status, rows FROM lake.intake.slice_state WHERE night = DATE '{NEXT}'") == [
        (SCHOOL, "unchanged", 3)
    ]


def test_older_bytes_that_come_back_are_loaded(desk: Desk):
    old, new = csv_of(students(3)), csv_of(students(3, 现住址="新街"))
    for day, content in ((DAY, old), (NEXT, new), (THIRD, old)):
        desk.put(FILE, content)
        desk.night(day)
    assert desk.only(THIRD)[:3] == ("loaded", 3, 3)
    assert {row[1:] for row in residences(desk)} == {(f"书院路{n}号", "2025-10-17") for n in range(3)}


def test_the_same_bytes_in_another_school_s_place_are_refused(desk: Desk):
    desk.put(FILE, csv_of(students(3)))
    desk.night(DAY)
    desk.put(f"{STUDENTS}/{OTHER}.csv", csv_of(students(3)))
    desk.night(NEXT)
    found = desk.deliveries(NEXT)
    assert found[FILE][0] == "unchanged"
    status, *_, reason = found[f"{STUDENTS}/{OTHER}.csv"]
    assert (status, f"speaks for {OTHER} and holds rows of {SCHOOL}" in str(reason)) == ("refused", True)
    assert desk.by_slice(STUDENTS) == [(SCHOOL, 3)]


def test_two_days_of_the_same_bytes_are_two_days(desk: Desk):
    empty = csv_of([record(1)]).splitlines(keepends=True)[0]
    for day, name in ((DAY, "20251014"), (NEXT, "20251015")):
        desk.put(f"homework_a/records/{name}.csv", empty)
        desk.night(day)
    desk.night(THIRD)
    told = desk.ask("SELECT night, slice, status FROM lake.intake.slice_state ORDER BY ALL")
    assert told == [
        (DAY, "20251014", "loaded"), (NEXT, "20251014", "unchanged"), (NEXT, "20251015", "loaded"),
        (THIRD, "20251014", "unchanged"), (THIRD, "20251015", "unchanged"),
    ]  # fmt: skip


def test_the_same_bytes_under_another_name_of_the_same_school_are_not_read_again(desk: Desk):
    desk.put(FILE, csv_of(students(3)))
    desk.night(DAY)
    desk.clear()
    desk.put(f"{STUDENTS}/{SCHOOL}/新名.csv", csv_of(students(3)))
    desk.night(NEXT)
    assert desk.only(NEXT)[0] == "unchanged"


def test_a_roster_in_two_files_is_one_slice(desk: Desk):
    desk.put(f"{STUDENTS}/{SCHOOL}/一年级.csv", csv_of(students(3)))
    desk.put(f"{STUDENTS}/{SCHOOL}/二年级.csv", csv_of(students(3, start=3)))
    desk.night(DAY)
    assert len(residences(desk)) == 6
    desk.put(f"{STUDENTS}/{SCHOOL}/二年级.csv", csv_of(students(2, start=3)))
    desk.night(NEXT)
    assert len(residences(desk)) == 5
    assert {d[0] for d in desk.deliveries(NEXT).values()} == {"loaded"}


def test_a_late_part_of_a_roster_joins_what_the_night_has_loaded(desk: Desk):
    desk.put(f"{STUDENTS}/{SCHOOL}/一年级.csv", csv_of(students(3)))
    desk.night(DAY)
    desk.put(f"{STUDENTS}/{SCHOOL}/二年级.csv", csv_of(students(3, start=3)))
    desk.night(DAY)
    assert len(residences(desk)) == 6
    assert sorted(d[2] for d in desk.deliveries(DAY).values()) == [3, 3]


def test_a_school_that_is_missing_from_the_city_s_file_waits_and_a_missing_file_says_nothing(desk: Desk):
    both = [*students(3), *students(3, start=3, 学校标识码=OTHER)]
    desk.put(f"{STUDENTS}/全市.csv", csv_of(both))
    desk.night(DAY)
    desk.clear()
    desk.night(NEXT)
    assert len(residences(desk)) == 6
    desk.put(f"{STUDENTS}/全市.csv", csv_of(both[:2]))
    assert [hold.slice for hold in desk.night(THIRD)] == [OTHER]
    assert len(residences(desk)) == 2 + 3


def test_a_held_slice_keeps_its_last_good_rows_while_others_go_on(desk: Desk):
    both = [*students(3), *students(3, start=3, 学校标识码=OTHER)]
    desk.put(f"{STUDENTS}/全市.csv", csv_of(both))
    desk.night(DAY)
    desk.put(f"{STUDENTS}/全市.csv", csv_of([dict(row, 现住址="新街") for row in both]))
    desk.night(NEXT, [Hold(STUDENTS, OTHER, "the gate says no")])
    assert sorted(where for _, where, _ in residences(desk)) == sorted(
        ["新街"] * 3 + [f"书院路{n}号" for n in (3, 4, 5)]
    )
    assert desk.only(NEXT)[:5] == ("loaded", 6, 3, 0, 3)
    states = desk.ask(
        f"SELECT slice, status, rows, rows_before, reason FROM lake.intake.slice_state WHERE night = DATE '{NEXT}' "
        "ORDER BY ALL"
    )
    assert states == [(SCHOOL, "loaded", 3, 3, None), (OTHER, "held", 3, 3, "the gate says no")]


def test_a_file_of_which_everything_is_held_is_held_and_read_again_the_next_night(desk: Desk):
    desk.put(FILE, csv_of(students(3)))
    desk.night(DAY, [Hold(STUDENTS, SCHOOL, "the gate says no")])
    assert desk.only(DAY) == ("held", 3, 0, 0, 3, {}, "the gate says no")
    assert residences(desk) == []
    desk.night(NEXT)
    assert desk.only(NEXT)[:3] == ("loaded", 3, 3)


def test_a_problem_stays_open_while_it_is_delivered_and_closes_when_it_is_mended(desk: Desk):
    bad = student(2, 出生日期="20130230")
    desk.put(FILE, csv_of([student(0), bad]))
    desk.night(DAY)
    desk.put(FILE, csv_of([student(0), student(1), bad]))
    desk.night(NEXT)
    spans = "SELECT rule, value, known_from, known_to FROM lake.intake.problem ORDER BY ALL"
    assert desk.ask(spans) == [("type_date", "20130230", DAY, None)]
    desk.put(FILE, csv_of([student(0), student(1), student(2)]))
    desk.night(THIRD)
    assert desk.ask(spans) == [("type_date", "20130230", DAY, THIRD)]


def test_a_refused_file_closes_neither_rows_nor_problems(desk: Desk):
    desk.put(FILE, csv_of([student(0), student(2, 出生日期="20130230")]))
    desk.night(DAY)
    desk.put(FILE, b"\xd0\xcf\x11\xe0 not a workbook")
    desk.night(NEXT)
    assert desk.only(NEXT)[0] == "refused"
    assert len(residences(desk)) == 2
    assert len(desk.problems()) == 1
    assert desk.ask(f"SELECT status, rows, rows_before FROM lake.intake.slice_state WHERE night = DATE '{NEXT}'") == [
        ("refused", None, 2)
    ]


def test_nothing_is_committed_when_a_count_does_not_add_up(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    desk.put(FILE, csv_of(students(3)))
    desk.read(DAY)
    path = desk.work(DAY) / "student_registry__students" / "deliveries.json"
    path.write_text(path.read_text().replace('"rows_read": 3', '"rows_read": 4'))
    with pytest.raises(ingest.IngestError, match="4 rows were read"):
        ingest.commit(desk.connection, desk.register, DAY, desk.work(DAY), [])
    assert desk.ask("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'intake'") == [(0,)]


TABLES = ("raw.student_registry__students", "intake.arrival", "intake.delivery", "intake.problem",
          "intake.slice_state", "intake.slice_part")  # fmt: skip


def test_a_feed_read_again_alone_changes_nothing_that_is_right_and_leaves_other_feeds_for_the_next_run(desk: Desk):
    desk.put(FILE, csv_of([*students(3), student(9, 出生日期="20130230")]))
    desk.put("homework_a/records/homework_a_20251014.csv", csv_of([record(1)]))
    desk.put("unknown/a.csv", b"x")
    desk.night(DAY, alone=[STUDENTS])
    before = [desk.ask(f"SELECT * FROM lake.{table} ORDER BY ALL") for table in TABLES]
    assert list(desk.deliveries()) == [FILE]
    desk.night(DAY, alone=[STUDENTS])
    assert [desk.ask(f"SELECT * FROM lake.{table} ORDER BY ALL") for table in TABLES] == before
    desk.night(DAY)
    assert [(path.split("/")[0], told[0]) for path, told in desk.deliveries().items()] == [
        ("homework_a", "loaded"), ("student_registry", "loaded"), ("unknown", "refused"),
    ]  # fmt: skip


def test_a_feed_read_again_under_a_mended_register_loads_what_was_quarantined(desk: Desk):
    desk.put(FILE, csv_of([*students(3), student(9, 出生日期="sometime")]))
    strict, desk.register = desk.register, as_text(desk.register, "birth_date")
    desk.night(DAY)
    loaded = desk.current(STUDENTS, "student_number, birth_date")
    desk.register = strict
    desk.night(NEXT)
    assert (desk.only(NEXT)[0], desk.problems()) == ("unchanged", [])
    desk.night(NEXT, alone=[STUDENTS])
    assert desk.only(NEXT)[:4] == ("loaded", 4, 4, 0)
    assert [(key, rule) for _, key, rule, *_ in desk.problems()] == [(number(9), "type_date")]
    desk.register = as_text(strict, "birth_date")
    desk.night(NEXT, alone=[STUDENTS])
    assert desk.problems() == []
    assert desk.current(STUDENTS, "student_number, birth_date") == loaded


def as_text(register: Register, column: str) -> Register:
    """The register with a column of the roster as plain text."""
    sources = tuple(
        source.model_copy(update={"feeds": tuple(_as_text(feed, column) for feed in source.feeds)})
        for source in register.sources
    )
    return register.model_copy(update={"sources": sources})


def _as_text(feed: Feed, column: str) -> Feed:
    if feed.id != STUDENTS:
        return feed
    columns = tuple(c.model_copy(update={"type": "text"}) if c.name == column else c for c in feed.columns)
    return feed.model_copy(update={"columns": columns})
