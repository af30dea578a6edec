"""Every rule of every raw suite is SQL that the feed's own table understands."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import registry
from expectations import raw_tables
from expectations.kinds import Table, plan
from expectations.suite import Rule, load_door
from registry.model import Feed

REGISTER = registry.load(registry.HOUSE)
FEEDS = registry.known_feeds(REGISTER)
SUITES = load_door("raw")[1]
RULES = {feed.id: SUITES[feed.table].rules for feed in FEEDS}
CASES = [(feed, rule) for feed in FEEDS for rule in RULES[feed.id]]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory):
    """The door's tables as a night prepares them, and a connection to them; they hold no row."""
    work = tmp_path_factory.mktemp("work")
    for feed in FEEDS:
        names = [*(c.name for c in feed.loaded_columns), "_slice", "_delivery_id"]
        fields = [*((name, pa.string()) for name in names), ("_row_number", pa.int64())]
        (work / feed.table).mkdir()
        pq.write_table(pa.schema(fields).empty_table(), raw_tables.accepted_file(work, feed))
    with (
        duckdb.connect() as connection,
        raw_tables.typed_tables(connection, REGISTER, work, RULES, FEEDS) as (database, tables),
        duckdb.connect(str(database), read_only=True) as opened,
    ):
        yield opened, tables


@pytest.mark.parametrize(("feed", "rule"), CASES, ids=[f"{feed.table}/{rule.id}" for feed, rule in CASES])
def test_a_rule_can_be_computed(door, feed: Feed, rule: Rule):
    connection: duckdb.DuckDBPyConnection
    tables: dict[str, Table]
    connection, tables = door
    where = plan(rule, tables[feed.id]).where
    assert where is not None
    found = connection.execute(f"select count(*) from {tables[feed.id].sql} where {where}").fetchone()
    assert found == (0,)
