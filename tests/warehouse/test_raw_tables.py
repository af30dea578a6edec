"""Raw tables hold what contracts declare, also after a contract has grown."""

from __future__ import annotations

from typing import Any

import registry
from registry.model import Column, Feed
from warehouse.lake import Lake, connect_lake
from warehouse.tables import raw_tables

END = ["_delivery_id", "_row_number", "_slice", "_row_hash", "_known_from", "_known_to"]


def _described(lake: Lake, table: str) -> dict[str, Any]:
    with connect_lake(lake) as connection:
        return {
            name: kind for name, kind, *_ in connection.execute(f'describe lake.raw."{table}"').fetchall()
        }


def _ensure(lake: Lake, *feeds: Feed) -> None:
    with connect_lake(lake) as connection:
        raw_tables.ensure_raw(connection, feeds)


def test_every_feed_of_the_house_has_a_raw_table(lake: Lake, register: registry.Register) -> None:
    feeds = registry.known_feeds(register)
    _ensure(lake, *feeds)
    with connect_lake(lake) as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where database_name = 'lake' and schema_name = 'raw'"
        ).fetchall()
    assert {name for (name,) in tables} == {feed.table for feed in feeds}


def test_delivered_columns_are_text_and_come_before_where_they_came_from(
    lake: Lake, register: registry.Register
) -> None:
    feed = register.feed("exams/results")
    _ensure(lake, feed)
    found = _described(lake, feed.table)
    assert list(found) == [c.name for c in feed.loaded_columns] + ["marks", *END]
    assert {found[c.name] for c in feed.loaded_columns} == {"VARCHAR"}
    assert found["marks"] == "MAP(VARCHAR, VARCHAR)"
    assert [found[name] for name in END] == ["VARCHAR", "BIGINT", "VARCHAR", "VARCHAR", "DATE", "DATE"]


def test_a_column_that_is_not_to_be_loaded_has_no_place(lake: Lake, register: registry.Register) -> None:
    feed = register.feed("homework_a/records")
    secret = Column(name="password", headers=("密码",), load=False)
    _ensure(lake, feed.model_copy(update={"columns": (*feed.columns, secret)}))
    assert "password" not in _described(lake, feed.table)


def test_a_contract_that_gains_a_column_keeps_its_rows(lake: Lake, register: registry.Register) -> None:
    feed = register.feed("homework_a/records")
    _ensure(lake, feed)
    with connect_lake(lake) as connection:
        connection.execute(f"insert into lake.raw.{feed.table} (_slice) values ('3299010001')")
    grown = feed.model_copy(update={"columns": (*feed.columns, Column(name="mood", headers=("心情",)))})
    _ensure(lake, grown)
    with connect_lake(lake) as connection:
        row = connection.execute(f"select _slice, mood from lake.raw.{feed.table}").fetchone()
    assert row == ("3299010001", None)
