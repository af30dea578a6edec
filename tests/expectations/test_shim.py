"""The mend of Great Expectations on DuckDB: still needed, and enough."""

from pathlib import Path

import duckdb
import pytest

from expectations import engine, shim
from expectations.kinds import Table
from expectations.suite import Rule

TEXT = {text: {"zh": "一", "en": "one"} for text in ("what", "when_it_matters", "how_to_fix", "who_fixes")}


@pytest.fixture
def task(tmp_path: Path) -> tuple[Path, engine.Task]:
    database = tmp_path / "d.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema raw; create table raw.t as select 1 as k")
    table = Table("raw", "t", {"k": "INTEGER"})
    return database, engine.Task("raw", table, (Rule("k", "filled", ["k"], "block", TEXT),), ())


def test_great_expectations_still_needs_the_shim(task, monkeypatch):
    """When this fails, GX keeps DuckDB's connection open by itself: take expectations/shim.py out."""
    from great_expectations.execution_engine import sqlalchemy_execution_engine as gx

    without = tuple(d for d in gx._PERSISTED_CONNECTION_DIALECTS if d != "duckdb")
    monkeypatch.setattr(gx, "_PERSISTED_CONNECTION_DIALECTS", without)
    monkeypatch.setattr(engine, "keep_duckdb_connection", lambda: None)
    (check,) = engine.run(*_one(task))
    assert not check.passed
    assert check.detail


def test_with_the_shim_a_good_table_passes(task):
    shim.keep_duckdb_connection()
    shim.keep_duckdb_connection()
    (check,) = engine.run(*_one(task))
    assert check.passed
    assert check.detail is None


def test_the_door_lets_go_of_the_file(task):
    database, _ = task
    engine.run(*_one(task))
    with duckdb.connect(str(database)) as connection:  # refused while anything else has it open
        connection.execute("insert into raw.t values (2)")


def _one(task: tuple[Path, engine.Task]) -> tuple[Path, list[engine.Task]]:
    return task[0], [task[1]]
