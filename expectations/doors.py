"""The two doors: what may enter the lake, and what may leave it.

Lives here: which suites run on what, at each door.
Stays out: how a suite runs (`engine`), what happens after a refusal (the DAG, warehouse).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from expectations import raw_tables
from expectations.baseline import Baseline
from expectations.engine import Task, run
from expectations.kinds import Table
from expectations.report import DoorReport
from expectations.suite import Rule, Suite, load_door
from registry.model import Feed, Register

_ROW = ("_slice", "_delivery_id", "_row_number")  # where a person finds a raw row again
_ONE_FILE = ("_slice", "_delivery_id")


def check_raw(
    connection: duckdb.DuckDBPyConnection, register: Register, work: Path, baseline: Baseline | None = None
) -> DoorReport:
    """Door 1: Great Expectations over `work/<feed.table>/accepted.parquet` of every feed that arrived.

    `connection` is any DuckDB connection; it is given the register's type macros, and nothing of it is kept.
    A failing check of severity `hold` names its slices (`DoorReport.holds`). Raises ExpectationsError.
    """
    every, suites = load_door("raw")
    arrived = [feed for feed in register.feeds if raw_tables.has_rows(connection, work, feed)]
    if not arrived:
        return DoorReport.of("raw", [])
    rules = {f.id: _rules_of(f, every, suites.get(f.table)) for f in arrived}
    with raw_tables.prepared(connection, work, rules, arrived) as (database, tables):
        tasks = [Task("raw", tables[f.id], rules[f.id], names=_ROW, slice_column="_slice") for f in arrived]
        checks = run(database, tasks)
    return DoorReport.of("raw", (baseline or Baseline()).lay_over(checks))


def _rules_of(feed: Feed, every: Suite, own: Suite | None) -> tuple[Rule, ...]:
    """The rules of every feed, read over this feed's contract, then the feed's own."""
    filled = tuple(c.name for c in feed.columns if c.name in feed.key and c.filled)
    contract = {
        "key": filled or feed.key,
        "key within a file": (*feed.key, *_ONE_FILE),
        "contract": tuple(c.name for c in feed.loaded_columns),
    }
    return tuple(replace(r, arguments=contract[r.arguments]) for r in every.rules) + (
        own.rules if own else ()
    )


def check_release(candidate: Path, baseline: Baseline | None = None) -> DoorReport:
    """Door 2: Great Expectations over `candidate/marts.duckdb`, the very file that analysts will open.

    Every mart that has a suite must be there. Raises ExpectationsError.
    """
    every, suites = load_door("release")
    # DuckDB names a database after its file: in one named `marts`, `marts.x` is ambiguous
    database = candidate.parent / "door_release.duckdb"
    database.unlink(missing_ok=True)
    database.hardlink_to(candidate / "marts.duckdb")
    try:
        return _checked(database, every, suites, baseline or Baseline())
    finally:
        database.unlink()


def _checked(database: Path, every: Suite, suites: dict[str, Suite], baseline: Baseline) -> DoorReport:
    tables = _marts(database)
    for name in suites.keys() - tables.keys():
        tables[name] = Table("marts", name, {})
    tasks = [
        Task("release", table, _rules_of_mart(every, suite), names=suite.grain, mask=False)
        for name, table in sorted(tables.items())
        for suite in [suites.get(name, Suite(name))]
    ]
    return DoorReport.of("release", baseline.lay_over(run(database, tasks)))


def _rules_of_mart(every: Suite, own: Suite) -> tuple[Rule, ...]:
    """The rules of every mart, read over this mart's grain, then the mart's own."""
    filled = tuple(c for c in own.grain if c not in own.may_be_empty)
    said = {
        "promised": (*own.grain, *own.columns),
        "grain": own.grain,
        "filled part of the grain": filled,
    }
    common = [replace(r, arguments=said.get(r.arguments, r.arguments)) for r in every.rules]
    return tuple(r for r in common if r.arguments) + own.rules


def _marts(database: Path) -> dict[str, Table]:
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(
            "select table_name, column_name, data_type from information_schema.columns "
            "where table_schema = 'marts' order by table_name, ordinal_position"
        ).fetchall()
    columns: dict[str, dict[str, str]] = {}
    for table, column, kind in found:
        columns.setdefault(table, {})[column] = kind
    return {name: Table("marts", name, kinds) for name, kinds in columns.items()}
