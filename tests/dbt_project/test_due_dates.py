"""The days on which something falls due: each is listed while it is to come, and what is over is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from ingest.committing import intake_tables
from registry.model import Register
from tests.dbt_project.quick_dbt import City, Project

NIGHT = date(2025, 10, 15)
TABLES = """
    create table lake.staging.stg_student_registry__changes (changed_on date);
    create table lake.staging.stg_declarations__facts (declared_on date, valid_from date, valid_to date);
    create table lake.staging.stg_honours__records (valid_until date);
    create table lake.conformed.classes (valid_to date);
    create table lake.conformed.problems (feed varchar, rule varchar, closed_on date);
    create table lake.conformed.discrepancies (closed_on date);
    create table lake.conformed.problem_list_entries (status varchar, due date, closed date);
    create table lake.conformed.homework_platform_days (school_date date);
    create table lake.conformed.feed_days (feed varchar, day date);
    create table lake.conformed.identity_records (entity varchar, feed varchar, uid varchar, known_from date,
        known_to date);
    create table lake.conformed.calendar_days as
        select day::date as day, if(isodow(day) < 6, 'school_day', 'weekend') as day_type
        from generate_series(date '2025-10-01', date '2025-12-31', interval 1 day) as days(day)"""


@pytest.fixture
def city(house: Register, project: Project) -> Iterator[City]:
    with duckdb.connect() as connection:
        city = City(house, (), project, connection)
        intake_tables.ensure(connection)
        connection.execute(TABLES)
        yield city


def due(city: City, *given: str) -> set[tuple[str, str]]:
    """What falls due by what is given beside what the house's register and the calendar say."""
    asked = f"select day::varchar, reason from ({city.sql('due_dates', NIGHT)})"
    before = set(city.rows(asked))
    for statement in given:
        city.rows(f"insert into lake.{statement}")
    return set(city.rows(asked)) - before


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("staging.stg_student_registry__changes values ('2025-10-15'), ('2025-10-20')", {("2025-10-20", "transfer")}),
        ("staging.stg_declarations__facts values ('2025-10-01', null, '2025-11-01')", {("2025-11-01", "declaration")}),
        ("staging.stg_honours__records values ('2025-10-31'), (null)", {("2025-11-01", "honour")}),
        ("conformed.classes values ('2025-11-02'), (null), ('2025-09-01')", {("2025-11-02", "class")}),
        ("conformed.problems values ('a/b', 'filled', '2025-10-01')", {("2025-10-31", "problem list")}),
        ("conformed.discrepancies values ('2025-10-15'), ('2025-09-15')", {("2025-11-14", "problem list")}),
        (
            "conformed.problem_list_entries values ('open', '2025-10-22', null), ('overdue', '2025-10-10', null)",
            {("2025-10-23", "problem list")},
        ),
        ("conformed.feed_days values ('a/b', '2025-10-14')", {("2025-10-16", "school day")}),
        ("conformed.feed_days values ('a/b', '2025-10-14'), ('a/b', '2025-10-15')", {("2025-10-17", "school day")}),
        (
            "conformed.feed_days values ('a/b', '2025-10-14'), ('a/b', '2025-10-15'), ('c/d', '2025-10-14')",
            {("2025-10-16", "school day")},
        ),
        (
            "conformed.feed_days values ('a/b', '2025-10-15'), ('a/b', '2025-10-16'), ('a/b', '2025-10-17')",
            {("2025-10-21", "school day")},
        ),
        ("register.authority (element, from_) values ('student.name', '2026-01-01')", {("2026-01-01", "authority")}),
        ("register.verdict (entity, since) values ('student', '2025-10-16')", {("2025-10-16", "reviewed line")}),
    ],
)
def test_a_day_that_is_to_come_is_due_and_one_that_has_been_is_not(city, statement, found):
    assert due(city, statement) == found


def test_a_reference_that_nothing_knows_runs_out_with_the_files_of_its_feed_alone(city):
    delivered = [
        f"intake.delivery (feed, night) values ('{feed}', '2025-10-0{n}')" for n, feed in enumerate(("a/b", "c/d"), 1)
    ]
    assert due(city, *delivered) == set()
    assert due(city, "conformed.problems values ('a/b', 'unknown_class', null)") == {("2025-10-31", "reference")}


def test_a_school_day_of_which_no_platform_has_told_is_missing_from_the_next_night_on(city):
    assert due(city, "conformed.homework_platform_days values ('2025-10-14')") == {("2025-10-16", "homework day")}


def test_a_school_day_that_was_told_on_its_own_night_leaves_the_night_after_it_still(city):
    told = "conformed.homework_platform_days values ('2025-10-14'), ('2025-10-15')"
    assert due(city, told) == {("2025-10-17", "homework day")}


def test_whom_nobody_was_found_for_is_asked_again_after_a_night_that_decided_others(city):
    nobody = "conformed.identity_records values ('student', 'a/b', null, '2025-10-01', null)"
    earlier = "conformed.identity_records values ('student', 'a/b', 'x', '2025-10-14', null)"
    tonight = "conformed.identity_records values ('student', 'a/b', 'y', '2025-10-15', null)"
    assert due(city, nobody, earlier) == set()
    assert due(city, tonight) == {("2025-10-16", "identity")}
