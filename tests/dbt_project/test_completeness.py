"""When a delivery is due, night by night: the compiled mart over a handful of deliveries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import duckdb
import pytest

import registry
from ingest.committing import intake_tables
from registry.model import Register
from tests.dbt_project.quick_dbt import City, Project
from warehouse.tables import register_tables

KINDERGARTEN = "1132990003"
TYPES = {"3132990001": "311", "3132990002": None, KINDERGARTEN: "111"}
SCHOOLS = tuple(TYPES)
STUDENTS, GATE, INCIDENTS = "student_registry/students", "attendance/events", "security/incidents"
FITNESS, EVALUATION = "fitness/results", "quality/records"
TUESDAY = date(2025, 11, 18)
ANY_NIGHT = date(2000, 1, 1)
Expected = Callable[..., dict[str, tuple[bool, bool]]]


@pytest.fixture(scope="module")
def house() -> Register:
    return registry.load(registry.HOUSE)


@pytest.fixture(scope="module")
def compiled(house: Register, project: Project) -> dict[str, str]:
    """The SQL of the mart and of the calendar below it under the house's register."""
    with duckdb.connect() as connection:
        city = City(house, (), project, connection)
        return {model: city.sql(model, ANY_NIGHT) for model in ("completeness", "calendar_days")}


@pytest.fixture
def expected(compiled: dict[str, str], house: Register) -> Expected:
    """By feed (and school where it is looked for in each), whether it was expected and arrived on a night."""
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as lake")
        for schema in ("register", "intake", "conformed"):
            connection.execute(f"create schema lake.{schema}")
        register_tables.write(connection, house)
        intake_tables.ensure(connection)
        connection.execute(
            "create table lake.conformed.schools as "
            "select unnest(?::varchar[]) as school_code, unnest(?::varchar[]) as type, null::date as valid_to",
            [list(TYPES), list(TYPES.values())],
        )

        def ask(night: date, *states: tuple[str, str, date, str]) -> dict[str, tuple[bool, bool]]:
            connection.execute("delete from lake.intake.slice_state")
            for feed, slice_, when, status in states:
                connection.execute(
                    "insert into lake.intake.slice_state (feed, slice, night, status, rows) values (?, ?, ?, ?, 0)",
                    [feed, slice_, when, status],
                )
            sql = {name: code.replace(ANY_NIGHT.isoformat(), night.isoformat()) for name, code in compiled.items()}
            connection.execute(f"create or replace table lake.conformed.calendar_days as {sql['calendar_days']}")
            connection.execute("use lake")
            rows = connection.execute(f"select feed, organisation_code, expected, arrived from ({sql['completeness']})")
            found = {f"{feed} {code}" if code in SCHOOLS else feed: (e, a) for feed, code, e, a in rows.fetchall()}
            connection.execute("use memory")
            return found

        yield ask


def test_each_feed_is_looked_for_once_or_in_each_school(expected: Expected, house: Register):
    found = expected(TUESDAY)
    by_school = {feed.id: feed for feed in house.feeds if feed.slice.by_school}
    assert {STUDENTS, FITNESS, "exams/items"} <= by_school.keys()
    assert set(found) == {
        f"{feed.id} {code}"
        for feed in by_school.values()
        for code in SCHOOLS
        if code != KINDERGARTEN or not feed.stages
    } | {feed.id for feed in house.feeds if feed.id not in by_school}


def test_no_roster_is_missed_of_a_kindergarten_and_its_teachers_are(expected: Expected):
    """学籍 begins with primary school; a school whose type nobody knows is asked for everything."""
    found = expected(TUESDAY)
    for feed in (STUDENTS, FITNESS, "exams/items", "exams/results", "teaching/classes", "teaching/assignments"):
        assert f"{feed} {KINDERGARTEN}" not in found
        assert f"{feed} 3132990002" in found
    assert found[f"teacher_system/teachers {KINDERGARTEN}"] == (True, False)
    assert found[f"assets/devices {KINDERGARTEN}"][1] is False


@pytest.mark.parametrize(
    "silent",
    [
        pytest.param(date(2025, 11, 22), id="a Saturday"),
        pytest.param(date(2025, 10, 3), id="a national holiday"),
        pytest.param(date(2025, 7, 22), id="the summer"),
    ],
)
def test_silence_on_a_day_without_school_is_no_alarm(expected: Expected, silent: date):
    assert {told for told, _ in expected(silent).values()} == {False}


def test_a_weekend_that_is_taught_is_a_school_day(expected: Expected):
    assert expected(date(2025, 10, 11))[GATE] == (True, False)


def test_a_missing_file_is_not_an_empty_one(expected: Expected):
    missing = expected(TUESDAY)
    empty = expected(TUESDAY, (INCIDENTS, "", TUESDAY, "loaded"))
    assert missing[INCIDENTS] == (True, False)
    assert empty[INCIDENTS] == (True, True)


def test_a_school_that_sent_nothing_is_missed_beside_one_that_did(expected: Expected):
    sent, silent, _ = SCHOOLS
    found = expected(TUESDAY, (STUDENTS, sent, TUESDAY - timedelta(days=2), "loaded"))
    assert found[f"{STUDENTS} {sent}"] == (False, False)
    assert found[f"{STUDENTS} {silent}"] == (True, False)


@pytest.mark.parametrize(("days", "due"), [(6, False), (7, True)])
def test_a_weekly_file_is_due_after_a_week(expected: Expected, days: int, due: bool):
    states = (STUDENTS, SCHOOLS[0], TUESDAY - timedelta(days=days), "loaded")
    assert expected(TUESDAY, states)[f"{STUDENTS} {SCHOOLS[0]}"][0] is due


@pytest.mark.parametrize(("days", "due"), [(30, False), (31, True)])
def test_a_monthly_file_is_due_after_a_month(expected: Expected, days: int, due: bool):
    assert expected(TUESDAY, (INCIDENTS, "", TUESDAY - timedelta(days=days), "loaded"))[INCIDENTS][0] is due


@pytest.mark.parametrize("status", ["held", "refused"])
def test_a_file_that_was_held_or_refused_has_not_been_delivered(expected: Expected, status: str):
    assert expected(TUESDAY, (INCIDENTS, "", TUESDAY - timedelta(days=3), status))[INCIDENTS][0]


@pytest.mark.parametrize(
    ("night", "last", "due"),
    [
        (date(2025, 9, 30), None, False),  # 29 days into the term
        (date(2025, 10, 9), None, True),
        (date(2025, 10, 9), date(2025, 9, 15), False),
        (date(2025, 10, 9), date(2025, 6, 20), True),  # of the term before
        (date(2026, 4, 1), date(2025, 12, 1), True),
        (date(2026, 4, 1), date(2026, 3, 2), False),
    ],
)
def test_a_file_of_a_term_is_due_thirty_days_into_it(expected: Expected, night: date, last: date | None, due: bool):
    states = [(EVALUATION, "2025-2026-1", last, "loaded")] if last else []
    assert expected(night, *states)[EVALUATION][0] is due


@pytest.mark.parametrize(
    ("night", "last", "due"),
    [
        (date(2025, 10, 30), None, False),  # 59 days into the year
        (date(2025, 10, 31), None, True),
        (date(2025, 10, 31), date(2025, 9, 15), False),
        (date(2025, 10, 31), date(2025, 6, 20), True),  # of the year before
        (date(2026, 4, 1), date(2025, 12, 1), False),  # once a year: the second term asks for nothing
    ],
)
def test_a_file_of_a_school_year_is_due_sixty_days_into_it(
    expected: Expected, night: date, last: date | None, due: bool
):
    states = [(FITNESS, f"2025-2026/{SCHOOLS[0]}", last, "loaded")] if last else []
    found = expected(night, *states)
    assert found[f"{FITNESS} {SCHOOLS[0]}"][0] is due
    assert found[f"{FITNESS} {SCHOOLS[1]}"][0] is (night >= date(2025, 10, 31))
