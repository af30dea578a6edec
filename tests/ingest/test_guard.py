"""Guards: a fall, a spike of rejects, a file that does not say whose it is, a night out of order."""

from datetime import date

import pytest

from tests.ingest.makers import DAY, HOMEWORK, OTHER, SCHOOL, STUDENTS, Desk, csv_of, record, students

NEXT = date(2025, 10, 16)
FILE = f"{STUDENTS}/{SCHOOL}.csv"
CITY = f"{STUDENTS}/全市.csv"


def send(desk: Desk, day: date, path: str, *rows: dict[str, str]) -> dict[str, str]:
    """The holds of a night, by slice."""
    desk.clear()
    desk.put(path, csv_of(rows))
    return {hold.slice: hold.reason for hold in desk.night(day)}


def rows(desk: Desk) -> int:
    return len(desk.current(STUDENTS, "student_number"))


def test_a_roster_that_falls_by_more_than_allowed_waits_and_the_last_good_stays(desk: Desk):
    assert send(desk, DAY, FILE, *students(50)) == {}
    (reason,) = send(desk, NEXT, FILE, *students(39)).values()
    assert reason.startswith("rows fell from 50 to 39 (22%) and 20% is allowed: send the complete list; or, if it is")
    assert rows(desk) == 50
    assert desk.only(NEXT)[:5] == ("held", 39, 0, 0, 39)


def test_a_list_of_one_school_in_the_place_of_the_whole_city_s_takes_no_small_school_away(desk: Desk):
    assert send(desk, DAY, CITY, *students(50), *students(5, 50, 学校标识码=OTHER)) == {}
    assert send(desk, NEXT, f"{STUDENTS}/花名册(最终版).csv", *students(49)) == {}
    assert rows(desk) == 54


def test_a_roster_that_falls_as_far_as_allowed_is_applied(desk: Desk):
    send(desk, DAY, FILE, *students(50))
    assert send(desk, NEXT, FILE, *students(40)) == {}
    assert rows(desk) == 40


def test_leavers_of_a_school_year_may_be_a_third_once_and_not_half(desk: Desk):
    june, july, later = date(2025, 6, 25), date(2025, 7, 10), date(2025, 7, 17)
    assert send(desk, june, FILE, *students(90)) == {}
    assert "50% " in send(desk, july, FILE, *students(45)).get(SCHOOL, "").replace(")", " ")
    assert send(desk, july, FILE, *students(58)) == {}
    assert send(desk, july, FILE, *students(58), *students(1, start=99)) == {}, "the same night once more"
    assert SCHOOL in send(desk, later, FILE, *students(40)), "the year has turned already"


def test_a_small_slice_is_not_judged_by_shares_but_does_not_become_empty(desk: Desk):
    send(desk, DAY, FILE, *students(19))
    assert send(desk, NEXT, FILE, *students(1)) == {}
    desk.clear()
    desk.put(FILE, csv_of(students(1)).split(b"\r\n")[0] + b"\r\n")
    assert [hold.reason[:30] for hold in desk.night(date(2025, 10, 17))] == ["rows fell from 1 to 0 (100%) a"]


def test_a_roster_with_a_header_and_no_row_is_a_fall_to_nothing(desk: Desk):
    send(desk, DAY, FILE, *students(30))
    desk.clear()
    desk.put(FILE, csv_of(students(1)).split(b"\r\n")[0] + b"\r\n")
    assert [hold.slice for hold in desk.night(NEXT)] == [SCHOOL]
    assert desk.only(NEXT)[:2] == ("held", 0)
    assert rows(desk) == 30


def test_rejects_that_spike_hold_the_slice_and_are_listed(desk: Desk):
    send(desk, DAY, FILE, *students(50))
    bad = students(20, start=60, 学籍号="")
    assert send(desk, NEXT, FILE, *students(30), *bad)[SCHOOL].startswith("rows fell from 50 to 30")
    assert send(desk, date(2025, 10, 17), FILE, *students(42), *bad)[SCHOOL].startswith(
        "20 of 62 rows were quarantined (32%) and 20% is allowed: correct the rows in the problem list, "
        "and send them again"
    )
    assert rows(desk) == 50
    assert [p[0] for p in desk.problems()] == list(range(44, 64)), "those of the file before it are closed"


def test_a_problem_found_in_a_held_file_is_not_closed_by_it(desk: Desk):
    send(desk, DAY, FILE, *students(50), *students(1, start=60, 学籍号=""))
    send(desk, NEXT, FILE, *students(10))
    assert len(desk.problems()) == 1


def test_one_school_of_a_city_s_file_waits_and_the_others_go_on(desk: Desk):
    send(desk, DAY, CITY, *students(40), *students(40, start=100, 学校标识码=OTHER))
    holds = send(desk, NEXT, CITY, *students(40, 现住址="新街"), *students(5, start=100, 学校标识码=OTHER))
    assert list(holds) == [OTHER]
    assert desk.by_slice(STUDENTS, "count(*), count_if(residence = '新街')") == [
        (SCHOOL, 40, 40), (OTHER, 40, 0),
    ]  # fmt: skip
    assert desk.only(NEXT)[:5] == ("loaded", 45, 40, 0, 5)


def test_a_school_that_vanishes_from_the_city_s_file_waits(desk: Desk):
    send(desk, DAY, CITY, *students(40), *students(40, start=100, 学校标识码=OTHER))
    told = send(desk, NEXT, CITY, *students(40))
    assert told == {
        OTHER: f"{CITY} held it before and has rows of {SCHOOL} alone: send the complete list, "
               f"or the list of {SCHOOL} under its own name."
    }  # fmt: skip
    assert rows(desk) == 80


def test_a_city_s_file_whose_rows_do_not_say_their_school_empties_none(desk: Desk):
    send(desk, DAY, CITY, *students(12), *students(12, start=100, 学校标识码=OTHER))
    holds = send(desk, NEXT, CITY, *students(24, 学校标识码="某小学"))
    assert set(holds) >= {SCHOOL, OTHER}
    assert holds[SCHOOL].startswith("24 of 24 rows do not name the school_code they are of")
    assert rows(desk) == 24


def test_an_earlier_night_does_not_undo_a_later_one(desk: Desk):
    send(desk, NEXT, FILE, *students(3))
    assert send(desk, DAY, FILE, *students(2)) == {
        SCHOOL: "the night of 2025-10-16 is loaded already: run the nights in order, "
                "in a separate lake if necessary."
    }  # fmt: skip
    assert rows(desk) == 3


def test_a_late_file_of_another_day_is_no_earlier_night(desk: Desk):
    from tests.ingest.makers import record

    for day, name in ((DAY, "homework_a_20251014"), (NEXT, "homework_a_20251010")):
        desk.put(f"homework_a/records/{name}.csv", csv_of([record(int(name[-2:]))]))
        assert desk.night(day) == []
    assert desk.current("homework_a/records", "_slice, _known_from") == [("20251010", NEXT), ("20251014", DAY)]


def minutes(desk: Desk, *rows: dict[str, str]) -> dict[str, str]:
    return send(desk, DAY, f"{HOMEWORK}/20251015.csv", *rows)


@pytest.mark.parametrize(
    "changes",
    [
        {"计划时长": "", "实际时长": ""},
        {"计划时长": "约半小时", "实际时长": "三十分"},
        {"计划时长": "9999", "实际时长": "-30"},
        {"计划时长": " ", "实际时长": "\u3000"},
    ],
)
def test_homework_of_which_no_minutes_can_be_read_waits_with_a_sentence_that_names_the_columns(desk: Desk, changes):
    (told,) = minutes(desk, *(record(n, **changes) for n in range(30))).items()
    assert told[0] == "20251015"
    assert told[1].startswith("none of its 30 rows has a value that can be read under 计划时长 or 实际时长: see")


def test_a_column_of_minutes_under_a_new_name_is_no_homework_without_minutes(desk: Desk):
    renamed = {"计划时长": "作业用时(分)", "实际时长": "完成用时(分)"}
    rows = [{renamed.get(k, k): v for k, v in record(n).items()} for n in range(30)]
    assert list(minutes(desk, *rows)) == ["20251015"]
    assert desk.current(HOMEWORK, "record_id") == []


def test_one_row_with_minutes_is_enough(desk: Desk):
    blank = [record(n, 计划时长="", 实际时长="") for n in range(29)]
    assert minutes(desk, *blank, record(30)) == {}
    assert len(desk.current(HOMEWORK, "record_id")) == 30
