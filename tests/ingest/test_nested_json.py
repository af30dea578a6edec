"""Json whose values stand in objects inside, one record as one object, and empty files of changes and deletions."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from ingest.reading import read_files
from registry import Register
from registry.model import Batch, Column, Feed, Label
from tests.ingest.makers import Desk, with_feed

LABEL = Label(zh="在校", en="attendance of a school")
ASSOCIATIONS = "edfi/associations"
COLUMNS = (
    Column(name="student", headers=("studentReference.studentUniqueId",), type="identifier", required=True, filled=True,
           severity="row"),
    Column(name="school", headers=("schoolReference.schoolId", "schoolId"), type="identifier", required=True,
           filled=True, severity="row"),
    Column(name="entered", headers=("entryDate",), type="date"),
    Column(name="city", headers=("home.address.city",)),
    Column(name="link", headers=("link",)),
)  # fmt: skip


def record(student: object = "000000", school: object = 255901001, **more: Any) -> dict[str, Any]:
    references = {
        "schoolReference": {"schoolId": school, "link": {"rel": "School"}},
        "studentReference": {"studentUniqueId": student},
    }
    return references | {"entryDate": "2026-08-21"} | more


def feed(batch: Batch = "snapshot", **more: Any) -> Feed:
    key = ("student", "school")
    return Feed(id=ASSOCIATIONS, label=LABEL, grain=LABEL, batch=batch, key=key, columns=COLUMNS, **more)


@pytest.fixture
def desk(desk_of: Callable[[Register], Desk], house: Register) -> Desk:
    return desk_of(with_feed(house, feed()))


def loaded(desk: Desk, content: str, name: str = "a.json") -> list[tuple[Any, ...]]:
    desk.put(f"{ASSOCIATIONS}/{name}", content.encode())
    desk.night()
    return desk.current(ASSOCIATIONS, "student, school, entered, city, link")


ROW = ("000000", "255901001", "2026-08-21", None, None)
CITY = record(home={"address": {"city": "Springfield", "code": "1"}}, link={"rel": "self"})
FORMS = {
    "a list": (json.dumps([record(), record("1")]), [ROW, ("1", *ROW[1:])]),
    "lines": ("\n".join(json.dumps(record(str(n))) for n in range(2)), [("0", *ROW[1:]), ("1", *ROW[1:])]),
    "an envelope": (json.dumps({"total": 1, "data": {"items": [record()]}}), [ROW]),
    "deeper, and an object that stays one": (
        json.dumps([CITY]), [(*ROW[:3], "Springfield", '{"rel": "self"}')],
    ),
    "one record": (json.dumps(record()), [ROW]),
    "one record with a list inside": (json.dumps(record(programs=[{"name": "x"}, {"name": "y"}])), [ROW]),
    "one record with two lists inside": (
        json.dumps(record(programs=[{"name": "x"}], plans=[{"name": "y", "link": "z"}])), [ROW],
    ),
    "a list of records with lists inside": (json.dumps([record(programs=[{"name": "x"}])]), [ROW]),
    "a flat key beside a nested one": (
        json.dumps([{"studentReference": {"studentUniqueId": "5"}, "schoolId": "7"}]), [("5", "7", None, None, None)],
    ),
    "references in a list": (
        json.dumps([record(schoolReference=[{"schoolId": "7"}]), record("1", schoolReference=[])]),
        [("000000", "7", *ROW[2:])],
    ),
    "several references in a list": (
        json.dumps([record(schoolReference=[{"schoolId": "7"}, {"schoolId": 8}, {"schoolId": None}])]),
        [("000000", "7,8", *ROW[2:])],
    ),
    "a list of texts, which is none of references": (
        json.dumps([record(schoolReference=["7"], schoolId="8")]), [("000000", "8", *ROW[2:])],
    ),
    "an envelope of hypertext": (json.dumps({"_embedded": {"items": [record()]}, "_links": {"self": {}}}), [ROW]),
    "an envelope beside its address": (json.dumps({"@odata.context": "https://x", "value": [record()]}), [ROW]),
    "keys in other letter case": (
        json.dumps([{"StudentReference": {"StudentUniqueID": "0"}, "SCHOOLREFERENCE": {"schoolid": 1}}]),
        [("0", "1", None, None, None)],
    ),
    "an object that is none": (json.dumps([record(home=None), record("1", home="x")]), [ROW, ("1", *ROW[1:])]),
}  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), FORMS.values(), ids=FORMS)
def test_a_header_names_a_value_in_an_object_inside(
    desk: Desk, content: str, expected: Sequence[tuple[str, ...]]
) -> None:
    assert loaded(desk, content) == list(expected)


def test_a_large_file_is_read_as_a_small_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_files, "LARGE_FROM_BYTES", {"text": -1, "json": -1})
    assert loaded(desk, FORMS["lines"][0], "a.jsonl") == FORMS["lines"][1]


def test_a_record_without_the_object_is_listed(desk: Desk) -> None:
    found = loaded(desk, json.dumps([record(), {"schoolReference": {"schoolId": 1}, "studentReference": None}]))
    assert found == [ROW]
    assert [problem[2:5] for problem in desk.problems()] == [
        ("unknown_column", "cell", "schoolReference.link"), ("filled", "row", "student"),
    ]  # fmt: skip


def test_what_a_list_of_objects_holds_beside_the_references_is_listed(desk: Desk) -> None:
    loaded(desk, json.dumps([record(schoolReference=[{"schoolId": "7", "href": "x"}, {"schoolId": "8", "href": "y"}])]))
    assert [problem[2:5] for problem in desk.problems()] == [("unknown_column", "cell", "schoolReference.href")]
    ((account,),) = desk.ask("SELECT values_lost FROM lake.intake.delivery")
    assert account == 0


def test_one_change_with_an_empty_list_inside_is_a_change(desk_of: Callable[[Register], Desk], house: Register) -> None:
    assert loaded(desk_of(with_feed(house, feed("delta"))), json.dumps(record(programs=[]))) == [ROW]


NOTHING = [b"", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n", b"\xff\xfe", b" \n", b"[]", b"\xef\xbb\xbf[\n]\n",
           b'{"total": 0, "data": {"items": []}}']  # fmt: skip


@pytest.mark.parametrize("content", NOTHING)
@pytest.mark.parametrize("batch", ["delta", "delete", "snapshot"])
def test_an_empty_file_of_changes_or_deletions_is_a_night_without_any(
    desk_of: Callable[[Register], Desk], house: Register, batch: Batch, content: bytes
) -> None:
    base = feed() if batch == "delete" else feed(batch)
    register = with_feed(house, base)
    if batch == "delete":
        more = base.model_copy(update={"id": "edfi/deletes", "batch": "delete", "deletes_from": ASSOCIATIONS})
        source = register.sources[-1].model_copy(update={"feeds": (base, more)})
        register = register.model_copy(update={"sources": (*register.sources[:-1], source)})
    desk = desk_of(register)
    folder = "edfi/deletes" if batch == "delete" else ASSOCIATIONS
    desk.put(f"{folder}/a.json", content)
    desk.night()
    if batch == "snapshot":
        assert desk.deliveries()[f"{folder}/a.json"][:5] == ("refused", *[None] * 4)
        return
    status, *counts = desk.deliveries()[f"{folder}/a.json"][:5]
    assert (status, counts) == ("loaded", [0, 0, 0, 0])
