"""Moves, and what is sent again because of them."""

from __future__ import annotations

from tests.samples.reading import City

ROSTER = "student_registry/students"


def places(city: City, night: str) -> dict[str, tuple[str, str]]:
    return {r["student_number"]: (r["school_code"], r["class_code"]) for _, _, r in city.sound(ROSTER, night)}


def test_whoever_changes_school_is_a_move_and_every_move_changes_school(city: City):
    for before, night in zip(city.nights, city.nights[1:], strict=False):
        old, new = places(city, before), places(city, night)
        found = {(p, *old[p], *new[p]) for p in old.keys() & new.keys() if old[p] != new[p]}
        assert found
        assert found == {
            (m["student_number"], m["from_school"], m["from_class"], m["to_school"], m["to_class"])
            for m in city.truth("moves")
            if m["night"] == night
        }


def test_a_student_stands_in_one_school_only(city: City):
    for night in city.nights:
        numbers = [r["student_number"] for _, _, r in city.sound(ROSTER, night)]
        assert len(numbers) == len(set(numbers))


def test_both_schools_of_a_move_are_sent_again(city: City):
    for night in city.nights[1:]:
        sent = {f.name.split("/")[-1].split(".")[0] for f in city.files(night) if f.feed == ROSTER}
        assert {
            m[k] for m in city.truth("moves") if m["night"] == night for k in ("from_school", "to_school")
        } <= sent


def test_what_is_sent_again_has_changed(city: City):
    for before, night in zip(city.nights, city.nights[1:], strict=False):
        for file in city.files(night):
            old = city.current(file.feed, before).get(file.name)
            assert old is None or old.path.read_bytes() != file.path.read_bytes(), file.name


def test_lists_of_the_whole_city_are_sent_once(city: City):
    later = {f.feed for night in city.nights[1:] for f in city.files(night)}
    assert later <= {ROSTER, "exams/results", "homework_a/records", "homework_b/records"}
    assert not {f for f in later if f.startswith(("school_", "teach"))}


def test_movers_have_no_record_that_their_move_would_make_wrong(city: City):
    movers = {m["student_number"] for m in city.truth("moves")}
    for feed in ("homework_a/records", "homework_b/records"):
        assert not movers & {r["student_number"] for _, _, r in city.sound(feed, city.nights[-1])}
    classes = {
        r["class_code"]
        for _, _, r in city.sound("exams/results", city.nights[0])
        if r["student_number"] in movers
    }
    assert classes <= {""}


def test_a_roster_never_falls_by_a_fifth(small: City):
    for before, night in zip(small.nights, small.nights[1:], strict=False):
        for name, file in small.current(ROSTER, night).items():
            assert len(file.rows) > 0.8 * len(small.current(ROSTER, before)[name].rows)
