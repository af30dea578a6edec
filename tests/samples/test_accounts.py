"""The truth's accounts hold for the files as they lie there."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

from tests.samples.reading import FEEDS, City


def test_every_row_of_every_file_is_accounted_for(city: City):
    accounts = {(a["night"], a["file_name"]): a for a in city.truth("files")}
    seen = {(f.night, f.name): f for night in city.nights for f in city.files(night)}
    assert accounts.keys() == seen.keys()
    for key, file in seen.items():
        told = accounts[key]
        skipped = json.loads(told["skipped"])
        copies = skipped.pop("duplicate_row", 0)
        assert skipped == file.skipped, key
        assert int(told["rows_before"]) == file.rows_before, key
        assert int(told["rows_read"]) == len(file.rows) + sum(skipped.values()), key
        fate = int(told["rows_loaded"]) + int(told["rows_quarantined"]) + copies + sum(skipped.values())
        assert fate == int(told["rows_read"]), key


def test_quarantined_rows_are_those_of_severity_row(city: City):
    rows = {
        (r["night"], r["file_name"], r["row_number"])
        for r in city.truth("bad_rows")
        if r["severity"] == "row"
    }
    counted = Counter((night, file) for night, file, _ in rows)
    told = {(a["night"], a["file_name"]): int(a["rows_quarantined"]) for a in city.truth("files")}
    assert {k: n for k, n in told.items() if n} == dict(counted)


def test_checksums_are_those_of_the_files(small: City):
    for told in small.truth("files"):
        data = (small.out / told["night"] / told["file_name"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == told["sha256"]


def test_totals_are_the_sound_rows_of_the_current_files(city: City):
    totals = {(t["night"], t["measure"]): int(t["value"]) for t in city.truth("totals")}
    for night in city.nights:
        loaded = {feed: [row for _, _, row in city.sound(feed, night)] for feed in FEEDS}
        for feed, rows in loaded.items():
            assert totals[night, f"rows_loaded:{feed}"] == len(rows)
        students = {row["student_number"] for row in loaded["student_registry/students"]}
        assert totals[night, "students"] == len(students) == len(loaded["student_registry/students"])
        assert totals[night, "teachers"] == len(
            {row["staff_number"] for row in loaded["teacher_system/teachers"]}
        )
        assert totals[night, "schools"] == len(loaded["school_registry/schools"])
        assert totals[night, "classes"] == len(loaded["teaching/classes"])


def test_class_sizes_are_counted_from_the_rosters(city: City):
    for night in city.nights:
        rows = (row for _, _, row in city.sound("student_registry/students", night))
        counted = Counter((row["school_code"], row["class_code"]) for row in rows)
        told = {
            (c["school_code"], c["class_code"]): int(c["students"])
            for c in city.truth("class_sizes")
            if c["night"] == night
        }
        assert told == counted


def test_every_class_and_adviser_exists(city: City):
    night = city.nights[0]
    classes = {(r["school_code"], r["class_code"]): r for _, _, r in city.sound("teaching/classes", night)}
    staff = {r["staff_number"] for _, _, r in city.sound("teacher_system/teachers", night)}
    rosters = {
        (r["school_code"], r["class_code"]) for _, _, r in city.sound("student_registry/students", night)
    }
    assert rosters == set(classes)
    assert {r["adviser_number"] for r in classes.values()} <= staff


def test_a_problem_is_open_from_the_file_that_shows_it_to_the_file_that_does_not(city: City):
    rows = [r for r in city.truth("bad_rows") if r["severity"] != "skip"]
    for night in city.nights:
        shown = set()
        for feed in FEEDS:
            for file in city.current(feed, night).values():
                shown |= {
                    _problem(r) for r in rows if (r["night"], r["file_name"]) == (file.night, file.name)
                }
        told = {
            _problem(p) for p in city.truth("problems")
            if p["known_from"] <= night and (not p["known_to"] or night < p["known_to"])
        }  # fmt: skip
        assert told == shown


def _problem(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[c] for c in ("feed", "slice", "row_key", "rule", "severity", "column_name", "value"))


def test_some_problems_are_mended_and_some_stay(small: City):
    closed = [p for p in small.truth("problems") if p["known_to"]]
    assert {p["rule"] for p in closed} >= {"type_student_number", "type_date", "wrong_slice"}
    assert any(not p["known_to"] for p in small.truth("problems") if p["feed"] == "student_registry/students")
