"""History in two times, night by night: the macro alone, over a few people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pytest

MACROS = Path(__file__).parents[2] / "dbt_project" / "macros" / "spans.sql"
COLUMNS = "uid varchar, place varchar, valid_from date, valid_to date, known_from date, known_to date"


def macros(night: int = 1, *, incremental: bool = True) -> Any:
    """The macros as dbt would have them on a night of October 2025."""
    environment = jinja2.Environment(autoescape=False)
    environment.globals |= {
        "night": lambda: f"date '2025-10-{night:02d}'", "is_incremental": lambda: incremental, "this": "spans",
    }  # fmt: skip
    return environment.from_string(MACROS.read_text(encoding="utf-8")).module


class History:
    """People by night: {uid: place, or (place, day that the source gives)}."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        connection.execute(f"create table spans ({COLUMNS})")
        self.first = True

    def night(self, night: int, **people: Any) -> None:
        rows = [(uid, *(told if isinstance(told, tuple) else (told, None))) for uid, told in people.items()]
        self.connection.execute("create or replace table told (uid varchar, place varchar, said_from date)")
        for uid, place, day in rows:
            self.connection.execute("insert into told values (?, ?, ?)", [uid, place, day and date(2025, 10, day)])
        sql = macros(night, incremental=not self.first).spans("uid", ["place"])
        self.connection.execute(f"create or replace table merged as with today as (select * from told) {sql}")
        twice = "select uid from merged group by uid, valid_from, known_from having count(*) > 1"
        assert self.connection.execute(twice).fetchall() == []  # a merge would not know which of them counts
        same = "s.uid = m.uid and s.valid_from = m.valid_from and s.known_from = m.known_from"
        self.connection.execute(f"delete from spans as s using merged as m where {same}")
        self.connection.execute("insert into spans by name select * from merged")
        self.first = False

    def spans(self, uid: str) -> list[tuple[Any, ...]]:
        """(place, valid from, valid to, known from, known to) as days of the month."""
        return self.connection.execute(
            "select place, day(valid_from), day(valid_to), day(known_from), day(known_to) from spans where uid = ? "
            "order by known_from, valid_from",
            [uid],
        ).fetchall()

    def on(self, uid: str, day: int, known: int | None = None) -> list[str]:
        """Where somebody was on a day, as is known now, or was on a night."""
        then = macros().valid_on("s", f"date '2025-10-{day:02d}'", known and f"date '2025-10-{known:02d}'")
        rows = self.connection.execute(f"select place from spans as s where uid = ? and {then}", [uid])
        return [place for (place,) in rows.fetchall()]


@pytest.fixture
def history() -> Iterator[History]:
    with duckdb.connect() as connection:
        yield History(connection)


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
    before = history.connection.execute("select * from spans order by all").fetchall()
    history.night(6, a=("x", 2), b="y")
    assert history.connection.execute("select * from spans order by all").fetchall() == before


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
