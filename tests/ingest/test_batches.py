"""Rows that come on top by key, and keys to take out: what stays, what is replaced, what is told."""

import hashlib
from collections.abc import Callable
from datetime import date

import pytest

from ingest.deliveries import Hold
from registry import Register
from registry.model import Column, Feed, Guard, Label
from tests.ingest.makers import DAY, Desk, csv_text, with_feed

NEXT, LAST = date(2025, 10, 16), date(2025, 10, 17)
LABEL = Label(zh="成绩", en="marks")
KEY = Column(name="id", headers=("编号",), type="identifier", required=True, filled=True, severity="row")
MARKS = Feed(
    id="marks/records", label=LABEL, grain=LABEL, batch="additive", key=("id",), guard=Guard(max_fall=0.3, min_rows=5),
    columns=(KEY, Column(name="mark", headers=("分数",), type="decimal")),
)  # fmt: skip
GONE = Feed(
    id="marks/gone", label=LABEL, grain=LABEL, batch="delete", key=("number",), deletes_from="marks/records",
    columns=(KEY.model_copy(update={"name": "number"}),), guard=Guard(max_fall=0.3, min_rows=5),
)  # fmt: skip


@pytest.fixture
def desk(desk_of: Callable[[Register], Desk], house: Register) -> Desk:
    return desk_of(with_feed(with_feed(house, MARKS), GONE))


def send(desk: Desk, day: date, **marks: str) -> tuple[object, ...]:
    return night(desk, day, {"marks/records/a.csv": csv_text([("编号", "分数"), *marks.items()])})[
        "marks/records/a.csv"
    ]


def delete(desk: Desk, day: date, *keys: str) -> tuple[object, ...]:
    return night(desk, day, {"marks/gone/a.csv": csv_text([("编号",), *((k,) for k in keys)])})["marks/gone/a.csv"]


def night(desk: Desk, day: date, files: dict[str, str]) -> dict[str, tuple[object, ...]]:
    desk.clear()
    for path, content in files.items():
        desk.put(path, content.encode())
    desk.night(day)
    return desk.deliveries(day)


def marks(desk: Desk) -> list[tuple[object, ...]]:
    return desk.current("marks/records", "id, mark, _known_from")


def test_rows_come_on_top_and_those_not_sent_again_stay(desk: Desk):
    assert send(desk, DAY, a="1", b="2")[:6] == ("loaded", 2, 2, 0, 0, {})
    assert send(desk, NEXT, b="2", c="3")[:6] == ("loaded", 2, 1, 0, 0, {"unchanged_row": 1})
    assert marks(desk) == [("a", "1", DAY), ("b", "2", DAY), ("c", "3", NEXT)]
    assert desk.ask(f"SELECT rows, rows_before FROM lake.intake.slice_state WHERE night = '{NEXT}'") == [(3, 2)]


def test_new_content_of_a_key_replaces_its_row_as_of_that_night(desk: Desk):
    send(desk, DAY, a="1", b="2")
    send(desk, NEXT, a="9")
    assert marks(desk) == [("a", "9", NEXT), ("b", "2", DAY)]
    assert desk.ask("SELECT mark, _known_to FROM lake.raw.marks__records WHERE _known_to IS NOT NULL") == [("1", NEXT)]


def test_the_same_night_run_again_changes_nothing(desk: Desk):
    send(desk, DAY, a="1", b="2")
    send(desk, NEXT, a="9", b="2", c="3")
    before = desk.ask("SELECT * FROM lake.raw.marks__records ORDER BY ALL")
    desk.put("marks/records/b.csv", csv_text([("编号", "分数"), ("c", "3")]).encode())
    desk.night(NEXT)
    assert desk.ask("SELECT * EXCLUDE (_delivery_id, _row_number) FROM lake.raw.marks__records ORDER BY ALL") == [
        (*row[:2], *row[4:]) for row in before
    ]  # fmt: skip


def test_a_file_that_still_lies_there_is_not_read_again_beside_a_new_one(desk: Desk):
    old, new = csv_text([("编号", "分数"), ("a", "1"), ("b", "2")]), csv_text([("编号", "分数"), ("a", "9")])
    night(desk, DAY, {"marks/records/1.csv": old})
    found = night(desk, NEXT, {"marks/records/1.csv": old, "marks/records/2.csv": new})
    assert [d[0] for d in found.values()] == ["unchanged", "loaded"]
    assert [d[0] for d in night(desk, LAST, {"marks/records/1.csv": old, "marks/records/2.csv": new}).values()] == [
        "unchanged", "unchanged",
    ]  # fmt: skip
    assert marks(desk) == [("a", "9", NEXT), ("b", "2", DAY)]


def test_older_bytes_that_return_count_again(desk: Desk):
    send(desk, DAY, a="1")
    send(desk, NEXT, a="9")
    assert send(desk, LAST, a="1")[:3] == ("loaded", 1, 1)
    assert marks(desk) == [("a", "1", LAST)]


def test_of_two_files_of_a_night_the_later_counts(desk: Desk):
    rows = {"1": [("a", "1"), ("b", "2"), ("c", "3")], "2": [("a", "9"), ("b", "2")]}
    found = night(desk, DAY, {f"marks/records/{n}.csv": csv_text([("编号", "分数"), *r]) for n, r in rows.items()})
    assert found["marks/records/1.csv"][:6] == ("loaded", 3, 1, 0, 0, {"duplicate_row": 1, "superseded": 1})
    assert marks(desk) == [("a", "9", DAY), ("b", "2", DAY), ("c", "3", DAY)]
    assert desk.problems() == []


def test_two_contents_of_a_key_in_one_file_are_a_problem(desk: Desk):
    found = night(desk, DAY, {"marks/records/a.csv": csv_text([("编号", "分数"), ("a", "1"), ("a", "2"), ("a", "1")])})
    assert found["marks/records/a.csv"][:6] == ("loaded", 3, 1, 1, 0, {"duplicate_row": 1})


def test_deleted_keys_are_closed_and_one_that_is_not_known_is_told(desk: Desk):
    send(desk, DAY, a="1", b="2", c="3")
    assert delete(desk, NEXT, "b", "x")[:6] == ("loaded", 2, 0, 0, 0, {"deleted": 2})
    assert marks(desk) == [("a", "1", DAY), ("c", "3", DAY)]
    assert desk.ask("SELECT id, _known_to FROM lake.raw.marks__records WHERE _known_to IS NOT NULL") == [("b", NEXT)]
    assert desk.problems() == [(3, "x", "unknown_key", "warn", "number", "x")]


def test_deletions_follow_the_rows_of_their_own_night(desk: Desk):
    rows = csv_text([("编号", "分数"), ("a", "1"), ("b", "2")])
    night(desk, DAY, {"marks/records/a.csv": rows, "marks/gone/a.csv": "编号\na\n"})
    assert desk.ask("SELECT id FROM lake.raw.marks__records") == [("b",)]
    assert desk.problems() == []


def test_deletions_run_again_tell_no_unknown_key(desk: Desk):
    send(desk, DAY, a="1", b="2")
    delete(desk, NEXT, "b")
    desk.put("marks/gone/b.csv", "编号\nb\n".encode())
    desk.night(NEXT)
    assert desk.problems() == []
    assert marks(desk) == [("a", "1", DAY)]


def test_deletions_beyond_the_guard_wait_and_the_rows_stay(desk: Desk):
    send(desk, DAY, **{f"k{n}": str(n) for n in range(10)})
    status, read, loaded, _, held, skipped, reason = delete(desk, NEXT, *(f"k{n}" for n in range(4)))
    assert (status, read, loaded, held, skipped) == ("held", 4, 0, 4, {})
    assert "rows fell from 10 to 6" in str(reason)
    assert len(marks(desk)) == 10


def test_what_deletions_leave_is_what_the_next_list_is_compared_with(desk: Desk):
    send(desk, DAY, **{f"k{n}": str(n) for n in range(10)})
    delete(desk, NEXT, "k1", "k2")
    assert desk.ask(
        "SELECT rows, rows_before, status FROM lake.intake.slice_state "
        f"WHERE night = '{NEXT}' AND feed = 'marks/records'"
    ) == [(8, 10, "unchanged")]


def test_a_held_file_is_read_again(desk: Desk):
    rows = {"marks/records/a.csv": csv_text([("编号", "分数"), ("a", "1")])}
    desk.put("marks/records/a.csv", rows["marks/records/a.csv"].encode())
    desk.night(DAY, [Hold("marks/records", "", "a gate says so")])
    assert marks(desk) == []
    assert night(desk, NEXT, rows)["marks/records/a.csv"][0] == "loaded"


def _bad_row(*rows: tuple[str, str], name: str = "a") -> dict[str, str]:
    return {f"marks/records/{name}.csv": csv_text([("编号", "分数"), *rows])}


def test_a_row_without_a_key_is_mended_when_its_own_file_comes_again_without_it(desk: Desk):
    night(desk, DAY, _bad_row(("a", "1"), ("", "2")))
    night(desk, NEXT, _bad_row(("c", "3"), ("", "4"), name="b"))
    assert [p[:3] for p in desk.problems()] == [(3, _at("a", 3), "filled"), (3, _at("b", 3), "filled")]
    night(desk, LAST, _bad_row(("a", "1"), ("b", "2")))
    assert [p[:3] for p in desk.problems()] == [(3, _at("b", 3), "filled")]
    desk.put("marks/records/a.csv", csv_text([("编号", "分数"), ("a", "1"), ("", "2")]).encode())
    desk.night(LAST)
    assert [p[:3] for p in desk.problems()] == [(3, _at("a", 3), "filled"), (3, _at("b", 3), "filled")]


def test_another_day_s_file_under_the_same_name_mends_no_row_without_a_key(desk: Desk):
    night(desk, DAY, _bad_row(("a", "1"), ("", "2")))
    night(desk, NEXT, _bad_row(("c", "3"), ("d", "4")))
    assert [p[:3] for p in desk.problems()] == [(3, _at("a", 3), "filled")]


def _at(name: str, row: int) -> str:
    place = hashlib.sha256(f"marks/records/{name}.csv|".encode()).hexdigest()[:8]
    return f"row:{row}@{place}"
