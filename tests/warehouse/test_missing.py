"""What is silent, says nothing or is gone is heard: by name, since when, and whose it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

import registry
from ingest.committing import intake_tables
from registry import Register
from warehouse import missing
from warehouse.lake import Lake
from warehouse.missing import Lack
from warehouse.tables import register_tables

NIGHT, BEFORE = date(2025, 10, 15), date(2025, 10, 10)
STUDENTS, INCIDENTS, GATE, SCHOOLS = (
    "student_registry/students", "security/incidents", "attendance/events", "school_registry/schools",
)  # fmt: skip
CITY, ONE, TWO = "329900", "3132990001", "3132990002"
MARTS = {
    "student": "one_student_one_file",
    "teacher": "one_teacher_one_file",
    "school": "one_school_one_file",
    "class": "class",
}


@pytest.fixture(scope="module")
def house() -> Register:
    return registry.load(registry.HOUSE)


@pytest.fixture
def built(house: Register) -> Iterator[duckdb.DuckDBPyConnection]:
    """The lake of a night on which all that was due came and is new; a record of each entity."""
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as lake")
        for schema in ("register", "intake", "conformed", "marts"):
            connection.execute(f"create schema lake.{schema}")
        register_tables.write(connection, house)
        intake_tables.ensure(connection)
        connection.execute(
            "create table lake.conformed.calendar_days as select day::date as day, "
            "case when isodow(day) < 6 then 'school_day' else 'weekend' end as day_type "
            "from generate_series(date '2025-01-01', date '2025-12-31', interval 1 day) as days(day)"
        )
        connection.execute(
            "create table lake.marts.completeness (feed varchar, organisation_code varchar, night date, "
            "expected boolean, arrived boolean, held boolean, used_from_night date, content_from_night date)"
        )
        for feed in (STUDENTS, INCIDENTS, GATE, SCHOOLS):
            for place in (ONE, TWO) if feed == STUDENTS else (CITY,):
                place_of(connection, feed, place, arrived=True)
        for mart in MARTS.values():
            connection.execute(f'create table lake.marts."{mart}" as select 1 as n')
        yield connection


def place_of(
    connection: duckdb.DuckDBPyConnection,
    feed: str,
    place: str,
    *,
    arrived: bool = False,
    expected: bool = True,
    used: date | None = NIGHT,
    content: date | None = NIGHT,
) -> None:
    """What the mart says of a feed and a place tonight."""
    connection.execute(
        "delete from lake.marts.completeness where feed = ? and organisation_code = ?", [feed, place]
    )
    connection.execute(
        "insert into lake.marts.completeness values (?, ?, ?, ?, ?, false, ?, ?)",
        [feed, place, NIGHT, expected, arrived, used, content],
    )


def state(
    connection: duckdb.DuckDBPyConnection,
    feed: str,
    slice_: str,
    rows: int,
    *,
    night: date = NIGHT,
    status: str = "loaded",
) -> None:
    """A slice that came on a night with so many rows."""
    name = f"{feed} {slice_} {night}"
    connection.execute(
        "insert into lake.intake.slice_state (night, feed, slice, delivery_id, status, rows) values (?, ?, ?, ?, ?, ?)",
        [night, feed, slice_, name, status, rows],
    )
    connection.execute(
        "insert into lake.intake.delivery (delivery_id, night, feed, rows_loaded, rows_quarantined, rows_held) "
        "values (?, ?, ?, ?, 0, 0)",
        [name, night, feed, rows],
    )


def lacks(connection: duckdb.DuckDBPyConnection, register: Register, night: date = NIGHT) -> list[Lack]:
    return missing.lacks(connection, register, night)


def test_where_all_that_was_due_has_come_nothing_is_said(built, house):
    assert lacks(built, house) == []
    assert missing.earlier_rosters(built, house, NIGHT) == []


def test_a_feed_that_is_silent_is_named_with_its_office_and_since_when(built, house):
    place_of(built, GATE, CITY, used=BEFORE)
    (lack,) = lacks(built, house)
    assert (lack.feed, lack.kind, lack.since) == (GATE, "silent", BEFORE)
    label = house.feed(GATE).label
    office = next(source.office for source in house.sources if source.id == "attendance")
    assert lack.sentence == (
        f"{label.zh} / {label.en} ({GATE}), of {office}: nothing usable has come since 2025-10-10, though it is "
        "expected on each school day: see whether the export ran."
    )


def test_a_feed_that_never_came_has_no_night_since_which(built, house):
    place_of(built, GATE, CITY, used=None, content=None)
    (lack,) = lacks(built, house)
    assert lack.since is None
    assert "nothing usable has ever come, though" in lack.sentence


def test_silent_schools_are_counted_among_all(built, house):
    place_of(built, STUDENTS, ONE, used=BEFORE)
    (lack,) = lacks(built, house)
    assert (lack.places, lack.places_in_all) == ((ONE,), 2)
    assert f"since 2025-10-10 from 1 of 2 schools ({ONE}), though it is expected each week" in lack.sentence
    place_of(built, STUDENTS, TWO, used=None, content=None)
    (lack,) = lacks(built, house)
    assert f"since 2025-10-10 from 2 of 2 schools ({ONE}, {TWO}), of 1 of them never, though" in lack.sentence


def test_what_is_not_due_is_missed_by_nobody(built, house):
    place_of(built, GATE, CITY, expected=False, used=BEFORE)
    assert lacks(built, house) == []


@pytest.mark.parametrize(("content", "stale"), [(date(2025, 10, 7), True), (date(2025, 10, 8), False)])
def test_bytes_that_stay_the_same_for_more_school_days_than_declared_are_an_alarm(built, house, content, stale):
    """Five school days of the gate: from the 8th, a Wednesday, to the 15th."""
    place_of(built, GATE, CITY, arrived=True, content=content)
    found = lacks(built, house)
    assert [(lack.kind, lack.since) for lack in found] == ([("unchanged", content)] if stale else [])
    if stale:
        assert "the same bytes have come since 2025-10-07, for more than 5 school days" in found[0].sentence


def test_days_without_school_do_not_make_bytes_old(built, house):
    holiday = "update lake.conformed.calendar_days set day_type = 'holiday' where day between ? and ?"
    built.execute(holiday, [date(2025, 10, 2), BEFORE])
    place_of(built, GATE, CITY, arrived=True, content=date(2025, 10, 1))
    assert lacks(built, house) == []
    built.execute(holiday, [NIGHT, NIGHT])
    place_of(built, GATE, CITY, arrived=True, content=BEFORE.replace(month=1))
    assert lacks(built, house) == [], "on a holiday nothing sounds"


def test_what_is_new_and_stays_away_is_not_called_the_same(built, house):
    place_of(built, GATE, CITY, expected=False, used=date(2025, 9, 1), content=date(2025, 9, 1))
    assert lacks(built, house) == []


@pytest.mark.parametrize("status", ["loaded", "unchanged", "held"])
def test_a_list_without_rows_is_an_alarm_whatever_became_of_it(built, house, status):
    state(built, SCHOOLS, "", 40, night=BEFORE)
    state(built, SCHOOLS, "", 0, status=status)
    (lack,) = lacks(built, house)
    assert (lack.feed, lack.kind, lack.since) == (SCHOOLS, "empty", BEFORE)
    assert "a list without rows came; the last one with rows was that of 2025-10-10" in lack.sentence


def test_a_list_that_may_be_empty_is_an_answer(built, house):
    state(built, INCIDENTS, "", 0)
    state(built, STUDENTS, ONE, 7)
    assert lacks(built, house) == []


def test_the_empty_list_of_one_school_is_counted_among_those_that_came(built, house):
    state(built, STUDENTS, ONE, 0)
    state(built, STUDENTS, TWO, 7)
    (lack,) = lacks(built, house)
    assert f"came from 1 of 2 lists ({ONE}); none has ever had a row" in lack.sentence


def test_a_slice_that_is_called_as_a_person_is_not_named_to_everybody(built, house):
    state(built, STUDENTS, "王小明", 0)
    state(built, STUDENTS, TWO, 7)
    (lack,) = lacks(built, house)
    assert lack.places == ("…",)
    assert "王小明" not in lack.sentence


def test_a_night_without_a_roster_says_of_which_night_the_one_is_that_counts(built, house):
    for place in (ONE, TWO):
        place_of(built, STUDENTS, place, expected=False, used=BEFORE)
    assert missing.earlier_rosters(built, house, NIGHT) == [
        f"No roster of students came tonight: that of 2025-10-10 counts ({STUDENTS})."
    ]


def current(root: Path, **rows: int) -> Lake:
    """A lake whose current release has so many rows of each entity."""
    release = stored(root, date(2025, 10, 14), **rows)
    (release.parent / "current").symlink_to(release.name)
    return Lake(root)


def stored(root: Path, night: date, **rows: int) -> Path:
    """The release of a night, which has so many rows of each entity."""
    release = root / "releases" / f"{night}-0123456789ab"
    release.mkdir(parents=True)
    marts = {MARTS[entity]: {"rows": number} for entity, number in rows.items()}
    (release / "manifest.json").write_text(json.dumps({"marts": marts}))
    return release


def test_a_lake_without_a_pupil_has_no_release(built, house, tmp_path):
    built.execute("delete from lake.marts.one_student_one_file")
    assert missing.emptied(built, Lake(tmp_path), house) == (
        f"The lake holds no roster of students, so there is no release: bring the files of {STUDENTS}, see in the "
        "problem lists why those that came do not count, and start the night again."
    )


@pytest.mark.parametrize("entity", MARTS)
def test_a_night_that_would_leave_nobody_of_an_entity_has_no_release(built, house, tmp_path, entity):
    lake = current(tmp_path, **dict.fromkeys(MARTS, 1234))
    assert missing.emptied(built, lake, house) is None
    built.execute(f'delete from lake.marts."{MARTS[entity]}"')
    sentence = missing.emptied(built, lake, house)
    assert sentence is not None
    name = "classes" if entity == "class" else f"{entity}s"
    pronoun = "which" if entity in ("school", "class") else "whom"
    assert f"There would be no {name} any more, of {pronoun} the current release has 1,234" in sentence


def test_an_entity_that_never_was_and_one_that_the_register_does_not_make_are_not_missed(built, house, tmp_path):
    built.execute("delete from lake.marts.one_teacher_one_file")
    assert missing.emptied(built, current(tmp_path, student=1), house) is None
    quiet = house.model_copy(update={"sources": ()})
    built.execute("delete from lake.marts.one_student_one_file")
    assert missing.emptied(built, current(tmp_path / "other", student=1), quiet) is None


@pytest.mark.parametrize("content", [b"", b'{"marts": {', b"null", b"\xff", None])
def test_a_manifest_that_cannot_be_read_stops_no_night_and_an_earlier_one_is_asked(built, house, tmp_path, content):
    lake = current(tmp_path, teacher=9)
    manifest = lake.releases / "current" / "manifest.json"
    manifest.unlink()
    if content is not None:
        manifest.write_bytes(content)
    built.execute("delete from lake.marts.one_teacher_one_file")
    assert missing.emptied(built, lake, house) is None, "nobody knows whether there were any"
    stored(tmp_path, BEFORE, teacher=7)
    sentence = missing.emptied(built, lake, house)
    assert sentence is not None
    assert "has 7, so there is no new release" in sentence
