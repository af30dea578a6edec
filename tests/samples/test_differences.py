"""The ledger of the truth is what comparing files as of their days finds: no difference is missing, none invented."""

from __future__ import annotations

import re
from datetime import date

from samples.world.exams import all_exams
from tests.samples.reading import City

COPIES = ("exams/results", "homework_a/records", "homework_b/records")
ELEMENTS = {"student.name": ("name", "student_name"), "student.class": ("class_code", "class_code")}


def name(text: str) -> str:
    """A name without what only looks different."""
    return re.sub(r"[ \u3000]", "", text).translate({ord(dot): "·" for dot in "•．.・"})


def day_of(name: str) -> str:
    """The day of an exam, or of the homework in a file called by it."""
    exams = {exam.id: exam.held_on for exam in all_exams()}
    parts = name.split("/")
    return str(exams.get(parts[2]) or date.fromisoformat(re.search(r"\d{8}", parts[-1])[0]))


def owner_on(day: str, number: str, registry: dict[str, dict[str, dict[str, str]]]) -> dict[str, str]:
    """What the registry had said of a student by a day; before its first word, that one."""
    told = [night for night in sorted(registry) if number in registry[night]]
    return registry[max((night for night in told if night <= day), default=told[0])][number]


def test_the_ledger_is_what_a_comparison_finds(city: City):
    for night in city.nights:
        registry = {
            n: {r["student_number"]: r for _, _, r in city.sound("student_registry/students", n)}
            for n in city.nights
            if n <= night
        }
        found = set()
        for feed in COPIES:
            for file, _, row in city.sound(feed, night):
                owner = owner_on(day_of(file.name), row["student_number"], registry)
                for element, (own, copy) in ELEMENTS.items():
                    value = name(row[copy if copy in row else own])
                    if value and value != owner[own]:
                        found.add((element, row["student_number"], owner[own], feed, value))
        assert found == {
            (d["element_id"], d["student_number"], d["owner_value"], d["copy_source"], d["copy_value"])
            for d in city.truth("differences")
            if d["from_night"] <= night and (not d["to_night"] or night < d["to_night"])
        }


def test_each_copy_differs_in_names_and_classes(city: City):
    kinds = {(d["copy_source"], d["element_id"]) for d in city.truth("differences")}
    assert kinds == {(feed, element) for feed in COPIES for element in ELEMENTS}


def test_a_copy_is_mended_on_a_later_night_and_none_is_wrong_since_its_owner_renames(small: City):
    ledger = small.truth("differences")
    assert any(d["to_night"] == small.nights[1] for d in ledger)
    assert {d["from_night"] for d in ledger} == {small.nights[0]}
    assert any(c["kind"] == "owner" and c["column_name"] == "name" for c in small.truth("corrections"))
    assert any(not d["to_night"] and d["copy_source"] == "exams/results" for d in ledger)


def test_a_name_is_wrong_in_an_older_exam_and_right_in_the_next(small: City):
    rows = [(file.name, r) for file, _, r in small.sound("exams/results", small.nights[-1])]
    names = {("-m1-" in name, r["student_number"]): r["name"] for name, r in rows}
    ledger = [d for d in small.truth("differences") if d["element_id"] == "student.name"]
    assert any(
        names.get((True, d["student_number"])) == d["copy_value"]
        and names.get((False, d["student_number"])) == d["owner_value"]
        for d in ledger
    )


def test_a_person_has_one_role_at_most(city: City):
    roles: dict[str, set[str]] = {}
    for d in city.truth("differences"):
        roles.setdefault(d["student_number"], set()).add(f"{d['copy_source']} {d['element_id']}")
    for d in city.truth("lookalikes"):
        roles.setdefault(d["student_number"], set()).add("lookalike")
    for m in city.truth("moves"):
        roles.setdefault(m["student_number"], set()).add("move")
    for r in city.truth("bad_rows"):
        if r["feed"] == "student_registry/students":
            roles.setdefault(r["row_key"], set()).add(r["bad_id"])
    assert {p: r for p, r in roles.items() if len(r) > 1 and not p.startswith("row:")} == {}


def test_a_name_that_only_looks_different_stands_in_the_files_and_in_no_ledger(city: City):
    lookalikes = {(d["copy_source"], d["student_number"], d["copy_value"]) for d in city.truth("lookalikes")}
    written = {
        (feed, row["student_number"], row.get("student_name", row.get("name")))
        for feed in COPIES
        for _, _, row in city.sound(feed, city.nights[0])
    }
    assert lookalikes
    assert lookalikes <= written
    assert all(name(d["copy_value"]) == d["owner_value"] != d["copy_value"] for d in city.truth("lookalikes"))


def test_a_wrong_name_is_one_edit_away(city: City):
    for d in city.truth("differences"):
        if d["element_id"] == "student.name":
            pairs = zip(d["owner_value"], d["copy_value"], strict=True)
            assert sum(a != b for a, b in pairs) == 1


def test_corrections_are_what_changes_in_the_files(small: City):
    night_before = dict(zip(small.nights[1:], small.nights, strict=False))
    for c in small.truth("corrections"):
        if c["kind"] == "bad_row":
            continue
        own, copy = c["column_name"], "student_name" if c["feed"].startswith("homework") else c["column_name"]
        for night, value in ((night_before[c["night"]], c["old_value"]), (c["night"], c["new_value"])):
            # sheets of the exam series (-jc-) say what the registry says
            rows = [
                r
                for file, _, r in small.sound(c["feed"], night)
                if r["student_number"] == c["student_number"] and "-jc-" not in file.name
            ]
            assert rows
            assert {r.get(copy, r.get(own)) for r in rows} == {value}
