"""A night that has loaded nothing is no green night."""

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

import registry
from common.settings import CHECKOUT
from ingest import nothing_loaded

WEDNESDAY, SUNDAY = date(2025, 10, 15), date(2025, 10, 19)
REGISTER = registry.load(CHECKOUT / "registry")


@pytest.fixture
def lake() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as lake; create schema lake.intake")
        connection.execute(
            "create table lake.intake.delivery "
            "(night date, feed varchar, file_name varchar, member varchar, status varchar, reason varchar, "
            "reason_for_all varchar)"
        )
        yield connection


def delivered(lake: duckdb.DuckDBPyConnection, *statuses: str, feed: str = "a/one", night: date = WEDNESDAY) -> None:
    for number, status in enumerate(statuses):
        reason = "The file has no header." if status in ("refused", "held") else None
        values = [night, feed, f"{number}.csv", "", status, f"in full: {reason}" if reason else None, reason]
        lake.execute("insert into lake.intake.delivery values (?, ?, ?, ?, ?, ?, ?)", values)


@pytest.mark.parametrize("statuses", [["refused"], ["refused", "held"], ["held"]])
def test_a_night_of_which_every_file_was_turned_away_is_named_with_its_first_reason(lake, statuses):
    delivered(lake, *statuses)
    sentence = nothing_loaded(lake, REGISTER, WEDNESDAY)
    assert sentence is not None
    assert f"({statuses.count('refused')} files refused, {statuses.count('held')} held)" in sentence
    assert sentence.endswith("The first reason: The file has no header.")


def test_files_in_the_folder_of_no_feed_are_no_load(lake):
    delivered(lake, "refused", feed="")
    delivered(lake, "loaded", feed="")  # a manifest
    assert "Nothing that came" in (nothing_loaded(lake, REGISTER, WEDNESDAY) or "")


@pytest.mark.parametrize("status", ["loaded", "unchanged"])
def test_one_good_file_among_bad_ones_is_a_night(lake, status):
    delivered(lake, "refused", "held", status)
    assert nothing_loaded(lake, REGISTER, WEDNESDAY) is None


def test_an_empty_inbox_on_a_school_day_names_what_was_due(lake):
    delivered(lake, "loaded", night=date(2025, 10, 14))
    sentence = nothing_loaded(lake, REGISTER, WEDNESDAY)
    assert sentence is not None
    assert "No file came for the night 2025-10-15" in sentence
    assert "homework_a/records" in sentence


def test_nothing_on_a_sunday_is_as_it_should_be(lake):
    assert nothing_loaded(lake, REGISTER, SUNDAY) is None


def test_nothing_is_due_where_the_register_expects_nothing_by_the_day(lake):
    quiet = REGISTER.model_copy(update={"sources": ()})
    assert nothing_loaded(lake, quiet, WEDNESDAY) is None
