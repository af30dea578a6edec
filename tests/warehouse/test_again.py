"""What was known on a night is told from the lake of a later one: rows, ledgers, and what is left out."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from registry import Register
from tests.ingest.makers import SCHOOL, STUDENTS, Desk, csv_of, student, students
from warehouse.as_known import rebuild
from warehouse.errors import QueryError
from warehouse.lake import Lake, connect_lake, create_lake, lake_tables
from warehouse.tables import raw_tables

ONE, TWO, THREE, FOUR, FIVE = (date(2025, 10, n) for n in (11, 13, 15, 17, 20))
SPELLS = "struct(opened date, closed date, delivery_id varchar, row_number bigint)[]"


@pytest.fixture
def ledger() -> duckdb.DuckDBPyConnection:
    """A ledger as the fifth night left it: opened on the first, closed on the third, back on the fifth; and others."""
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as lake; create schema lake.conformed; create schema lake.marts")
    nights = [ONE, TWO, THREE, FOUR, FIVE]
    connection.execute("create table lake.marts.completeness as select unnest(?) as night", [nights])
    connection.execute(
        "create table lake.conformed.l (id varchar, _delivery_id varchar, _row_number bigint, first_seen date, "
        f"last_seen date, closed_on date, reopened_on date, spells {SPELLS})"
    )
    spell = "{{opened: date '{}', closed: {}, delivery_id: {}, row_number: {}}}".format
    for row in (
        ["back", "new", 9, ONE, FIVE, None, FIVE,
         [spell(ONE, f"date '{THREE}'", "'old'", 4), spell(FIVE, "null", "null", "null")]],
        ["gone", "old", 5, TWO, THREE, FOUR, None, [spell(TWO, f"date '{FOUR}'", "'old'", 5)]],
        ["late", "new", 6, FOUR, FIVE, None, None, [spell(FOUR, "null", "null", "null")]],
    ):  # fmt: skip
        *plain, spells = row
        marks = ", ".join("?" for _ in plain)
        connection.execute(f"insert into lake.conformed.l values ({marks}, [{', '.join(spells)}])", plain)
    return connection


def told(connection: duckdb.DuckDBPyConnection, night: date) -> dict[str, tuple[Any, ...]]:
    sql = rebuild._ledger_rows('lake."conformed"."l"', night)
    rows = connection.execute(
        "select id, _delivery_id, _row_number, first_seen, last_seen, closed_on, reopened_on, "
        f"len(spells), spells[-1].closed from ({sql})"
    )
    return {row[0]: row[1:] for row in rows.fetchall()}


def test_a_ledger_is_told_as_each_night_left_it(ledger: duckdb.DuckDBPyConnection) -> None:
    assert told(ledger, ONE) == {"back": ("old", 4, ONE, ONE, None, None, 1, None)}
    assert told(ledger, TWO) == {
        "back": ("old", 4, ONE, TWO, None, None, 1, None),
        "gone": ("old", 5, TWO, TWO, None, None, 1, None),
    }
    assert told(ledger, THREE)["back"] == ("old", 4, ONE, TWO, THREE, None, 1, THREE)
    assert told(ledger, FOUR) == {
        "back": ("old", 4, ONE, TWO, THREE, None, 1, THREE),
        "gone": ("old", 5, TWO, THREE, FOUR, None, 1, FOUR),
        "late": ("new", 6, FOUR, FOUR, None, None, 1, None),
    }
    assert told(ledger, FIVE)["back"] == ("new", 9, ONE, FIVE, None, FIVE, 2, None)


def test_rows_closed_later_are_open_then_and_rows_of_later_are_not_there() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "create table t as select * from (values (1, date '2025-10-11', date '2025-10-17'), "
            "(2, date '2025-10-11', date '2025-10-13'), (3, date '2025-10-17', null)) as v(n, _known_from, _known_to)"
        )
        ask = rebuild._known_rows("t", ("_known_from", "_known_to"), THREE)
        assert connection.execute(f"{ask} order by n").fetchall() == [(1, ONE, None), (2, ONE, TWO)]


def test_a_problem_stands_where_the_newest_file_of_each_night_had_it(register: Register, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", register)
    bad, worse = student(9, 出生日期="20130230"), student(8, 出生日期="20131301")
    asked, left = "select * from ({}) order by all", {}
    for night, rows in ((ONE, [bad, worse]), (TWO, [*students(3), bad, worse]), (THREE, [worse, bad, *students(4)]),
                        (FOUR, [*students(4), worse]), (FIVE, students(5))):  # fmt: skip
        desk.put(f"{STUDENTS}/{SCHOOL}.csv", csv_of(rows))
        desk.night(night)
        left[night] = desk.ask(asked.format("from lake.intake.problem"))
    assert len({tuple(sorted(row[2:4] for row in rows)) for rows in left.values()}) > 3, "the problems moved"
    for night, rows in left.items():
        assert desk.ask(asked.format(rebuild._problem_rows("lake.intake.problem", night))) == rows, night
    desk.close()


@pytest.mark.parametrize(
    ("table", "columns", "taken"),
    [
        ("raw.a__b", ["n", "_known_from", "_known_to"], "_known_from <= date '2025-10-15'"),
        ("intake.problem", ["known_from", "known_to"], "known_from <= date '2025-10-15'"),
        ("intake.problem", ["known_from", "known_to", "placed_on"], "placed_on <= date '2025-10-15'"),
        ("intake.delivery", ["night"], "night <= date '2025-10-15'"),
        ("conformed.student_alias", ["known_from"], "known_from <= date '2025-10-13'"),
        ("marts.completeness", ["night"], "night <= date '2025-10-13'"),
        ("marts.delivery", ["night"], None),
        ("conformed.students", ["student_uid"], None),
        ("register.element", ["id"], None),
    ],
)
def test_deliveries_are_those_of_the_night_and_state_is_that_of_the_night_before(
    table: str, columns: list[str], taken: str | None
) -> None:
    selected = rebuild._table_query(table, columns, THREE, TWO)
    assert selected is None if taken is None else selected is not None and taken in selected


def test_a_first_night_has_no_state_before_it() -> None:
    assert rebuild._table_query("conformed.student_alias", ["known_from"], ONE, None) is None


def test_a_scratch_lake_holds_what_was_known_and_the_state_of_the_night_before(
    lake: Lake, register: Register, tmp_path: Path
) -> None:
    with connect_lake(lake) as connection:
        raw_tables.ensure_raw(connection, register.feeds)
        connection.executemany(
            "insert into lake.raw.teaching__classes (class_code, _known_from, _known_to) values (?, ?, ?)",
            [["old", THREE, FOUR], ["new", FOUR, None]],
        )
        connection.execute(f"create table lake.marts.completeness as select unnest([date '{TWO}', date '{THREE}', "
                           f"date '{FOUR}']) as night")  # fmt: skip
        connection.execute("create table lake.marts.organisation as select 1 as n")
        connection.execute(f"create table lake.conformed.student_alias as select date '{THREE}' as known_from, 1 as n")
    scratch = Lake(tmp_path / "scratch" / "lake")
    create_lake(scratch)
    rebuild._copy_tables(lake, scratch, register, THREE)
    with connect_lake(scratch, read_only=True) as connection:
        found = connection.execute("select class_code, _known_to from lake.raw.teaching__classes").fetchall()
        nights = connection.execute("select night from lake.marts.completeness").fetchall()
        aliases = connection.execute("select count(*) from lake.conformed.student_alias").fetchall()
        tables = lake_tables(connection)
        assert connection.execute("select count(*) from lake.register.element").fetchone() == (len(register.elements),)
    assert [found, nights, aliases] == [[("old", None)], [(TWO,)], [(0,)]]
    assert "marts.organisation" not in tables
    with pytest.raises(QueryError, match="holds nothing of the night 2025-10-20"):
        rebuild._copy_tables(lake, scratch, register, FIVE)
