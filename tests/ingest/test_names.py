"""The names of files, folders, members, sheets and headers: of any bytes, and told to their addressee alone."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

import ingest
from ingest.deliveries import Arrival
from ingest.name_as_text import is_damaged, path_as_text
from registry import Register
from tests.ingest.makers import (
    DAY,
    HOMEWORK,
    OTHER,
    SCHOOL,
    STUDENTS,
    Desk,
    csv_of,
    csv_text,
    grid,
    record,
    students,
    xlsx_of,
    zip_of,
)
from tests.ingest.test_inbox import two_feeds

NAME = "龘靐齉"  # what nobody but the addressee may read
HEADER = [*students(1)[0]]


@pytest.mark.parametrize(("name", "shown", "damaged"), [
    ("名册.csv".encode(), "名册.csv", False), ("名册.csv".encode("gb18030"), "名册.csv", False),
    (b"caf\xe9.csv", "caf\\xe9.csv", True), (b"\xff\xfe", "\\xff\\xfe", True), (b"a\nb", "a\\x0ab", True),
    (b"a\x1b[2Jb", "a\\x1b[2Jb", True), ("a\u2028b".encode(), "a\\u2028b", True),
    (b"\xed\xa0\x80", "\\xed\\xa0\\x80", True),
    ("a\u202eb".encode(), "a\u202eb", False), (b" ", " ", False), (b"'; drop table x", "'; drop table x", False),
])  # fmt: skip
def test_a_name_of_any_bytes_is_a_text_that_every_table_can_hold(name: bytes, shown: str, damaged: bool):
    path = path_as_text(PurePosixPath("a") / os.fsdecode(name))
    assert path == PurePosixPath("a", shown)
    assert is_damaged(path) is damaged
    assert str(path).encode().decode() == str(path)


@pytest.mark.parametrize("form", ["csv", "xlsx", "large csv", "json"])
def test_a_file_whose_name_is_gbk_is_read_like_any_other(desk: Desk, form: str):
    content = {
        "csv": csv_of(students(12)), "xlsx": xlsx_of(("名册", grid(students(12)))),
        "large csv": csv_of(students(12)) + b"," * (3 << 20), "json": b"[]",
    }[form]  # fmt: skip
    desk.put(os.fsdecode(f"{STUDENTS}/{SCHOOL}名册".encode("gb18030")), content)
    desk.put(os.fsdecode(f"{STUDENTS}/{OTHER}/".encode() + b"\xff\xfe.csv"), csv_of(students(12, 学校标识码=OTHER)))
    desk.put(f"{HOMEWORK}/homework_a_20251014.csv", csv_of([record(1)]))
    desk.night()
    told = {name: found[0] for name, found in desk.deliveries().items()}
    assert told[f"{HOMEWORK}/homework_a_20251014.csv"] == "loaded"
    assert told[f"{STUDENTS}/{OTHER}/\\xff\\xfe.csv"] == "refused"
    (status,) = {status for name, status in told.items() if name.startswith(f"{STUDENTS}/{SCHOOL}名册")}
    assert status == ("refused" if form == "json" else "loaded")


def test_the_feed_of_a_workbook_whose_name_is_gbk_is_told_by_its_header(
    house: Register, desk_of: Callable[[Register], Desk], monkeypatch: pytest.MonkeyPatch
):
    desk = desk_of(two_feeds(house))
    monkeypatch.setattr(tempfile, "tempdir", str(desk.root))
    desk.put(os.fsdecode("student_registry/名册.xlsx".encode("gb18030")), xlsx_of(("名册", grid(students(2)))))
    (arrival,) = desk.find()
    assert (arrival.feed, arrival.refusal) == (STUDENTS, None)
    assert sorted(path.name for path in desk.root.iterdir()) == ["inbox"], "a link stayed"


def test_an_arrival_of_any_name_is_written_as_utf_8_and_found_again(desk: Desk):
    written = desk.put(os.fsdecode(f"{STUDENTS}/{SCHOOL}名册.csv".encode("gb18030")), csv_of(students(2)))
    (arrival,) = desk.find()
    text = json.dumps(arrival.as_dict(), ensure_ascii=False)
    again = Arrival(**json.loads(text.encode()))
    assert again == arrival
    assert Path(again.file).samefile(written)


def test_a_folder_of_no_source_is_no_source(desk: Desk):
    desk.put(f"{NAME}/a.csv", csv_of(students(2)))
    (arrival,) = desk.find()
    assert (arrival.source, arrival.path) == ("", f"{NAME}/a.csv")


MARKS = f"exams/results/e/{SCHOOL}.csv"
BAD_FILES = {
    "a file that is damaged": (f"{STUDENTS}/{NAME}.xlsx", b"PK\x03\x04"),
    "a file of no source": (f"{NAME}/a.csv", b"a"),
    "a member of a zip": (f"{STUDENTS}/a.zip", zip_of({f"{NAME}.pdf": b"%PDF"})),
    "two members of a zip": (f"{STUDENTS}/a.zip", zip_of({f"{NAME}.csv": "", f"../{NAME}.csv": ""})),
    "a header": (f"{STUDENTS}/a.csv", csv_text([["姓名", "性别", NAME], ["a", "b", "c"]]).encode()),
    "a sheet": ("exams/items/e/14/2132990001.xlsx", xlsx_of((NAME, [["a", "b"], ["1", "2"]]))),
    "a header of marks": (MARKS, csv_text([["学籍号", "姓名", NAME], ["1", "a", "2"]]).encode()),
    "two headers of marks": (MARKS, csv_text([["学籍号", "姓名", "语文", "语文成绩", NAME], [*"1a234"]]).encode()),
    "a cell of marks": (MARKS, csv_text([["学籍号", "姓名", "语文"], ["1", "a", NAME]]).encode()),
    "rows of another slice": (f"{STUDENTS}/{SCHOOL}/{NAME}.csv", csv_of(students(12, 学校标识码=OTHER))),
    "a folder of an exam": (f"exams/results/{NAME}/{SCHOOL}.pdf", b"%PDF"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_reason_names_what_was_delivered_to_its_addressee_alone(desk: Desk, what: str):
    path, content = BAD_FILES[what]
    desk.put(path, content)
    desk.night()
    told = desk.ask("SELECT reason, reason_for_all FROM lake.intake.delivery WHERE status = 'refused'")
    assert told
    for reason, for_all in told:
        assert for_all
        assert NAME not in for_all
        assert for_all.endswith(".")
        assert NAME in reason or path in reason
    assert not any(NAME in line for line in ingest.alarms(desk.work(), desk.register))
    assert NAME not in (ingest.nothing_loaded(desk.connection, desk.register, DAY) or "")


def test_a_hold_names_what_was_delivered_to_its_addressee_alone(desk: Desk):
    for n in range(2):
        desk.put(f"{STUDENTS}/{NAME}{n}.csv", csv_of(students(30, 现住址=f"第{n}街")))
    (hold,) = desk.night()
    assert NAME in hold.reason
    for status, reason, for_all in desk.ask("SELECT status, reason, reason_for_all FROM lake.intake.delivery"):
        assert status == "held"
        assert NAME in reason
        assert NAME not in for_all
