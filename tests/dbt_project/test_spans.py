"""History in two times, night by night: the model alone, over a few people."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from registry.model import Register
from tests.dbt_project.quick_dbt import City, Project

STATES, SPANS = "lake.conformed.student_states", "lake.conformed.student_spans"


class History:
    """People by night: {uid: school, or (school, day that the source gives)}."""

    def __init__(self, city: City, valid_on: Any) -> None:
        self.city, self.connection, self.valid_on = city, city.connection, valid_on
        self.connection.execute(
            "create or replace table lake.conformed.teachers (teacher_uid varchar, school varchar, status varchar)"
        )
        self.connection.execute(f"drop table if exists {SPANS}")

    def night(self, night: int, **people: Any) -> None:
        rows = [(uid, *(given if isinstance(given, tuple) else (given, None))) for uid, given in people.items()]
        self.connection.execute(
            f"create or replace table {STATES} (student_uid varchar, school_code varchar, grade varchar, "
            "class_code varchar, status varchar, said_from date)"
        )
        for uid, school, day in rows:
            given = [uid, school, day and date(2025, 10, day)]
            columns = "student_uid, school_code, said_from"
            self.connection.execute(f"insert into {STATES} ({columns}) values (?, ?, ?)", given)
        sql = self.sql("span_changes", night)
        self.connection.execute(f"create or replace table lake.conformed.span_changes as {sql}")
        twice = "select uid from lake.conformed.span_changes group by uid, valid_from, known_from having count(*) > 1"
        assert self.rows(twice) == []  # a merge would not know which of them counts
        self.merge(self.sql("student_spans", night))

    def sql(self, model: str, night: int) -> str:
        return self.city.sql(model, date(2025, 10, night))

    def merge(self, changes: str) -> None:
        self.connection.execute(f"create or replace temp table changes as {changes}")
        self.connection.execute(f"create table if not exists {SPANS} as select * from changes where false")
        same = "s.student_uid = c.student_uid and s.valid_from = c.valid_from and s.known_from = c.known_from"
        self.connection.execute(f"delete from {SPANS} as s using changes as c where {same}")
        self.connection.execute(f"insert into {SPANS} by name select * from changes")

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.city.rows(sql, *values)

    def spans(self, uid: str) -> list[tuple[Any, ...]]:
        """(school, valid from, valid to, known from, known to) as days of the month."""
        return self.rows(
            "select school_code, day(valid_from), day(valid_to), day(known_from), day(known_to) "
            f"from {SPANS} where student_uid = ? order by known_from, valid_from",
            uid,
        )

    def on(self, uid: str, day: int, known: int | None = None) -> list[str]:
        """Where somebody was on a day, as is known now, or was on a night."""
        then = self.valid_on("s", f"date '2025-10-{day:02d}'", known and f"date '2025-10-{known:02d}'")
        rows = self.rows(f"select school_code from {SPANS} as s where student_uid = ? and {then}", uid)
        return [school for (school,) in rows]


@pytest.fixture(scope="module")
def city(house: Register, project: Project) -> City:
    return City(house, (), project=project)


@pytest.fixture
def history(city: City) -> History:
    return History(city, city.project.macro("valid_on"))


def test_what_is_first_known_tonight_is_not_spread_backward(history: History) -> None:
    history.night(5, a="x")
    assert history.spans("a") == [("x", 5, None, 5, None)]
    assert [history.on("a", day) for day in (4, 5, 30)] == [[], ["x"], ["x"]]


def test_a_day_that_the_source_gives_is_taken(history: History) -> None:
    history.night(5, a=("x", 2))
    history.night(9, a=("y", 7), b=("x", 3))
    assert [history.on("a", day) for day in (1, 2, 6, 7)] == [[], ["x"], ["x"], ["y"]]
    assert history.on("b", 3) == ["x"]
    assert history.on("a", 8, known=5) == ["x"]


def test_a_night_without_news_writes_nothing(history: History) -> None:
    history.night(5, a=("x", 2), b="y")
    before = history.rows(f"select * from {SPANS} order by all")
    history.night(6, a=("x", 2), b="y")
    assert history.rows(f"select * from {SPANS} order by all") == before


def test_a_state_that_changes_ends_in_valid_time_and_the_old_belief_in_known_time(history: History) -> None:
    history.night(5, a="x")
    history.night(8, a="y")
    assert history.spans("a") == [("x", 5, None, 5, 8), ("x", 5, 8, 8, None), ("y", 8, None, 8, None)]
    assert [history.on("a", day) for day in (5, 7, 8)] == [["x"], ["x"], ["y"]]
    assert history.on("a", 20, known=7) == ["x"]


def test_a_day_that_is_told_late_moves_both_ends_and_what_was_believed_stays_known(history: History) -> None:
    history.night(5, a="x")
    history.night(10, a="y")
    history.night(15, a=("y", 8))
    history.night(16, a=("y", 8))
    assert [history.on("a", day) for day in (7, 8, 9, 10)] == [["x"], ["y"], ["y"], ["y"]]
    assert [history.on("a", day, known=12) for day in (7, 8, 9, 10)] == [["x"], ["x"], ["x"], ["y"]]
    assert sum(known_to is None for *_, known_to in history.spans("a")) == 2


def test_a_day_before_what_went_before_is_not_believed(history: History) -> None:
    history.night(5, a="x")
    history.night(10, a=("y", 4))
    history.night(11, a=("y", 4))
    assert [history.on("a", day) for day in (4, 7, 10)] == [[], ["x"], ["y"]]


def test_who_leaves_and_comes_back_was_away_between(history: History) -> None:
    history.night(5, a="x", b="x")
    history.night(8, b="x")
    history.night(12, a="x", b="x")
    history.night(13, a=("x", 6), b="x")  # the day of the first time
    assert [history.on("a", day) for day in (5, 7, 8, 11, 12)] == [["x"], ["x"], [], [], ["x"]]
    assert history.spans("b") == [("x", 5, None, 5, None)]


def test_a_night_that_is_run_again_with_other_files_tells_the_last_of_them(history: History) -> None:
    history.night(5, a="x", b="x", c="x")
    history.night(8, a="y", b="y", c="x", d="x")
    history.night(8, a="z", b="y", c="x")
    assert [history.on(uid, 8) for uid in "abcd"] == [["z"], ["y"], ["x"], []]
    assert [history.on(uid, 7) for uid in "abc"] == [["x"], ["x"], ["x"]]
    assert history.on("d", 8, known=9) == []
