"""Guards of values: a column or an organisation that is gone, a list that has grown out of all reason, and the reviewed
line that lifts a hold.
"""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import registry
from registry import RegisterError
from registry.desk_files import lifted_hold_file
from registry.model import LiftedHold
from tests.ingest.makers import (
    DAY,
    HOMEWORK,
    OTHER,
    SCHOOL,
    STUDENTS,
    Desk,
    csv_of,
    record,
    students,
    with_feed,
    xlsx_of,
)

NEXT, LATER = DAY + timedelta(days=1), DAY + timedelta(days=2)
FILE = f"{STUDENTS}/{SCHOOL}.csv"
CONDITIONS = "school_registry/conditions"


def send(desk: Desk, day: date, path: str, rows: list[dict[str, str]]) -> dict[str, str]:
    """The holds of a night, by slice."""
    desk.clear()
    desk.put(path, csv_of(rows))
    return {hold.slice: hold.reason for hold in desk.night(day)}


def renamed(rows: list[dict[str, str]], **headers: str) -> list[dict[str, str]]:
    return [{headers.get(header, header): value for header, value in row.items()} for row in rows]


def homework(day: date) -> str:
    return f"{HOMEWORK}/homework_{day:%Y%m%d}.csv"


def records(count: int, day: date, **changes: str) -> list[dict[str, str]]:
    return [record(n, 记录编号=f"A{day:%d}{n:06d}", **changes) for n in range(count)]


# ---------------------------------------------------------------- columns


def test_a_column_that_is_renamed_overnight_holds_the_roster_and_names_the_header(desk: Desk):
    assert send(desk, DAY, FILE, students(30)) == {}
    (reason,) = send(desk, NEXT, FILE, renamed(students(31), 就读方式="住读情况")).values()
    assert reason.startswith(
        "就读方式 has a value in 0 of 31 rows, and had in 30 of 30 (its file has headers that are not understood: "
        "住读情况): send it with that column; or, if it is right, lift the hold: shuyuan lift"
    )
    assert {value for (value,) in desk.current(STUDENTS, "boarding")} == {"走读"}


def test_a_column_of_which_most_values_are_gone_holds_the_roster(desk: Desk):
    send(desk, DAY, FILE, students(30))
    rows = students(20) + students(10, 20, 就读方式="")
    assert "就读方式 has a value in 20 of 30" in send(desk, NEXT, FILE, rows)[SCHOOL]
    assert send(desk, LATER, FILE, students(26) + students(4, 26, 就读方式="")) == {}, "within the limit"


def test_values_that_are_no_values_are_missed_as_well(desk: Desk):
    send(desk, DAY, FILE, students(30))
    assert SCHOOL in send(desk, NEXT, FILE, students(30, 就读方式="#N/A"))


def test_values_that_go_with_their_rows_are_not_missed(desk: Desk):
    send(desk, DAY, FILE, students(30) + students(20, 30, 就读方式=""))
    assert send(desk, NEXT, FILE, students(28) + students(17, 30, 就读方式="")) == {}


def test_a_new_day_is_compared_with_the_days_before_it(desk: Desk):
    for day in (DAY, NEXT):
        assert send(desk, day, homework(day), records(40, day)) == {}
    held = send(desk, LATER, homework(LATER), renamed(records(40, LATER), 实际时长="完成用时（分）"))
    (reason,) = held.values()
    assert reason.startswith("实际时长 has a value in 0 of 40 rows, and had in 40 of 40")
    assert "完成用时(分)" in reason
    assert len(desk.current(HOMEWORK, "record_id")) == 80, "the day is held, the days before stay"


def test_a_column_that_is_new_has_nothing_to_be_compared_with_until_it_has_come_once(desk: Desk):
    send(desk, DAY, FILE, students(30, 就读方式=""))
    assert send(desk, NEXT, FILE, students(30)) == {}
    assert SCHOOL in send(desk, LATER, FILE, students(30, 就读方式=""))


def test_a_column_that_is_declared_seasonal_may_be_empty(desk_of: Any, house: registry.Register):
    feed = house.feed(STUDENTS)
    columns = tuple(c.model_copy(update={"seasonal": c.name == "boarding"}) for c in feed.columns)
    seasonal = feed.model_copy(update={"columns": columns})
    sources = tuple(
        s.model_copy(update={"feeds": tuple(seasonal if f.id == STUDENTS else f for f in s.feeds)})
        for s in house.sources
    )
    desk = desk_of(house.model_copy(update={"sources": sources}))
    send(desk, DAY, FILE, students(30))
    assert send(desk, NEXT, FILE, students(30, 就读方式="")) == {}


def test_the_same_night_once_more_is_compared_with_the_night_before(desk: Desk):
    send(desk, DAY, FILE, students(30))
    assert SCHOOL in send(desk, NEXT, FILE, students(30, 就读方式=""))
    assert send(desk, NEXT, FILE, students(30, 班号="1102")) == {}
    assert SCHOOL in send(desk, NEXT, FILE, students(31, 就读方式=""))


# ---------------------------------------------------------------- rows and organisations


def test_a_day_with_many_times_the_rows_of_any_day_before_waits(desk: Desk):
    send(desk, DAY, homework(DAY), records(60, DAY))
    (reason,) = send(desk, NEXT, homework(NEXT), records(700, NEXT)).values()
    assert reason.startswith("it has 700 rows, and 60 at most before (more than 10 times as many)")
    assert send(desk, LATER, homework(LATER), records(500, LATER)) == {}


@pytest.mark.parametrize(("every", "status", "said"), [
    (8, "held", "rows fell from 30 to 26"), (2, "refused", "is in two encodings"),
])  # fmt: skip
def test_records_in_another_encoding_than_the_rest_of_their_file_are_named_as_the_cause(
    desk_of: Any, house: registry.Register, every: int, status: str, said: str
):
    feed = house.feed("training/records")
    strict = feed.model_copy(update={"guard": feed.guard.model_copy(update={"max_fall": 0.1})})
    desk = desk_of(with_feed(house, strict))
    training = {"培训项目编号": "P1", "培训项目名称": "教研江星", "培训类别": "校本研修", "考核结果": "合格"}
    records = [{"学校标识码": SCHOOL, "工号": f"T{n:03}"} | training for n in range(30)]
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    path = f"training/records/{SCHOOL}.json"
    desk.put(path, "\n".join(lines).encode())
    assert desk.night(DAY) == []
    desk.clear()
    desk.put(path, b"\n".join(line.encode("utf-8" if n % every else "gb18030") for n, line in enumerate(lines)))
    reasons = [hold.reason for hold in desk.night(NEXT)]
    (found, *_, refused) = desk.only(NEXT)
    assert found == status
    assert said in (refused or reasons[0])
    assert status == "refused" or "a part of its file is in another encoding" in reasons[0]


def test_a_school_that_a_whole_list_leaves_out_keeps_its_rows(desk: Desk):
    rows = [["学校标识码", "学校名称", "在校生数"], [SCHOOL, "书院小学", "120"], [OTHER, "泮池小学", "90"]]
    desk.put(f"{CONDITIONS}/2025.xlsx", xlsx_of(("Sheet1", rows)))
    assert (desk.night(), desk.only()[0]) == ([], "loaded")
    desk.clear()
    desk.put(f"{CONDITIONS}/2025.xlsx", xlsx_of(("Sheet1", rows[:2])))
    (hold,) = desk.night(NEXT)
    assert OTHER in hold.reason
    assert len(desk.current(CONDITIONS, "school_code")) == 2


def test_schools_whose_rows_are_in_quarantine_are_missed_with_what_is_wrong_in_the_rows(desk: Desk):
    rows = [
        {"学校标识码": f"{SCHOOL[:-2]}{n:02}", "学校名称": "书院小学", "学段": "小学", "在校生数": "120"}
        for n in range(20)
    ]
    lines = csv_of(rows).splitlines(keepends=True)
    desk.put(f"{CONDITIONS}/2025.csv", b"".join(lines))
    assert (desk.night(), desk.only()[0]) == ([], "loaded")
    desk.clear()
    desk.put(
        f"{CONDITIONS}/2025.csv", b"".join([*lines[:-2], *(line.decode().encode("gb18030") for line in lines[-2:])])
    )
    (hold,) = desk.night(NEXT)
    assert "that could be read (2 in quarantine for 学段; a part of its file is in another encoding)" in hold.reason


def test_a_small_school_that_a_city_s_roster_leaves_out_is_held_alone(desk: Desk):
    city = f"{STUDENTS}/全市.csv"
    send(desk, DAY, city, students(30) + students(2, 30, 学校标识码=OTHER))
    assert list(send(desk, NEXT, city, students(31))) == [OTHER]
    assert desk.by_slice(STUDENTS) == [(SCHOOL, 31), (OTHER, 2)]


# ---------------------------------------------------------------- lifting


def lift(desk: Desk, reason: str) -> Desk:
    """The desk with the line that the hold's own command says."""
    words = shlex.split(reason.rpartition("lift the hold: ")[2])
    options = dict(zip(words[4::2], words[5::2], strict=True))
    line = LiftedHold(
        feed=words[2], slice=words[3], about=options.get("--about", ""), sha256=options["--file"],
        decided_by="信息中心", reason="已核对",
    )  # fmt: skip
    desk.register = desk.register.model_copy(update={"lifted_holds": (*desk.register.lifted_holds, line)})
    return desk


def test_a_reviewed_line_lifts_the_hold_of_the_very_file_and_of_no_other(desk: Desk):
    send(desk, DAY, FILE, students(50))
    (reason,) = send(desk, NEXT, FILE, students(30)).values()
    assert hashlib.sha256(csv_of(students(30))).hexdigest() in reason
    lift(desk, reason)
    assert SCHOOL in send(desk, NEXT, FILE, students(29)), "other bytes"
    assert send(desk, LATER, FILE, students(30)) == {}
    assert len(desk.current(STUDENTS, "student_number")) == 30


def test_a_line_on_a_column_lifts_nothing_else(desk: Desk):
    send(desk, DAY, FILE, students(50))
    (reason,) = send(desk, NEXT, FILE, students(30, 就读方式="")).values()
    assert reason.startswith("rows fell")
    (then,) = send(lift(desk, reason), LATER, FILE, students(30, 就读方式="")).values()
    assert then.startswith("就读方式 has a value in 0 of 30")
    assert "--about boarding" in then
    assert send(lift(desk, then), LATER + timedelta(days=1), FILE, students(30, 就读方式="")) == {}


def test_the_verb_s_line_is_read_by_the_register_and_a_wrong_one_is_refused(tmp_path: Path):
    own = tmp_path / "registry"
    shutil.copytree(registry.HOUSE / "examples" / "oneroster", own)
    register = registry.load(own)
    feed = register.feeds[0].id
    line = LiftedHold(feed=feed, slice="", about="", sha256="a" * 64, decided_by="中心", reason="已核对, 属实")
    lifted_hold_file.lift(register, own, [line])
    lifted_hold_file.lift(register, own, [line.model_copy(update={"sha256": "b" * 64})])
    assert [held.sha256[0] for held in registry.load(own).lifted_holds] == ["a", "b"]
    for wrong, said in (
        ({"sha256": "abc"}, "is no SHA-256"), ({"feed": "no/feed"}, "no such feed"), ({"reason": " "}, "who decided"),
    ):  # fmt: skip
        with pytest.raises(RegisterError, match=said):
            lifted_hold_file.lift(register, own, [line.model_copy(update=wrong)])
    assert len(registry.load(own).lifted_holds) == 2
