"""The two doors: which suites check what enters the lake, and what leaves it.

Stays out: running a suite (`engine`), what happens after a refusal (`dags`, `warehouse`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from expectations import raw_tables
from expectations.baseline import Baseline
from expectations.engine import Task, run
from expectations.kinds import Table
from expectations.report import Check, DoorReport
from expectations.suite import Rule, Suite, load_door
from registry.model import Feed, Register

_ROW_ID = ("_slice", "_delivery_id", "_row_number")  # identifies a raw row for a person
_FILE_ID = ("_slice", "_delivery_id")


def check_raw(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    work: Path,
    night: date,
    baseline: Baseline | None = None,
    own_suites: Path | None = None,
) -> DoorReport:
    """Door 1: Great Expectations over `work/<feed.table>/accepted.parquet` of every feed that arrived.

    `connection` is any DuckDB connection; it gets the register's type macros, and is not used afterwards.
    `own_suites`: the folder of a bureau's own suites, here and at door 2; `night`: that by which the terms of the
    baseline count. A failing check of severity `hold` names its slices (`DoorReport.holds`). Raises ExpectationsError.
    """
    every, suites = load_door("raw", own_suites)
    arrived_feeds = [feed for feed in register.feeds if raw_tables.has_rows(connection, work, feed)]
    if not arrived_feeds:
        return (baseline or Baseline()).report("raw", [], night)
    rules = {f.id: _rules_of(f, every, suites.get(f.table)) for f in arrived_feeds}
    with raw_tables.typed_tables(connection, register, work, rules, arrived_feeds) as (database, tables):
        tasks = [Task("raw", tables[f.id], rules[f.id], names=_ROW_ID, slice_column="_slice") for f in arrived_feeds]
        checks = run(database, tasks)
    return (baseline or Baseline()).report("raw", checks, night)


def _rules_of(feed: Feed, every: Suite, own_suite: Suite | None) -> tuple[Rule, ...]:
    """The common rules, with this feed's columns as arguments, then the feed's own."""
    filled_keys = tuple(c.name for c in feed.columns if c.name in feed.key and c.filled)
    subject = (raw_tables.ROW_SUBJECT,) if feed.grammar == "marks" else ()
    contract = {
        "key": filled_keys or feed.key,
        "key within a file": (*feed.key, *subject, *_FILE_ID),
        "contract": tuple(c.name for c in feed.loaded_columns),
    }
    return tuple(replace(r, arguments=contract[r.arguments]) for r in every.rules) + (
        own_suite.rules if own_suite else ()
    )


def check_release(
    candidate: Path, night: date, baseline: Baseline | None = None, own_suites: Path | None = None
) -> DoorReport:
    """Door 2: Great Expectations over `candidate/marts.duckdb`, the very file that analysts will open.

    Every mart that has a suite must be there. Raises ExpectationsError.
    """
    every, suites = load_door("release", own_suites)
    # DuckDB names a database after its file, so that `marts.x` in a suite is the table x
    checks = _checks_of_marts(candidate / "marts.duckdb", every, suites)
    return (baseline or Baseline()).report("release", checks, night)


def _checks_of_marts(database: Path, every: Suite, suites: dict[str, Suite]) -> list[Check]:
    tables = _marts(database)
    for name in suites.keys() - tables.keys():
        tables[name] = Table("main", name, {})
    tasks = [
        Task("release", table, _rules_of_mart(every, suite), names=suite.grain, mask=False)
        for name, table in sorted(tables.items())
        for suite in [suites.get(name, Suite(name))]
    ]
    return run(database, tasks)


def _rules_of_mart(every: Suite, own_suite: Suite) -> tuple[Rule, ...]:
    """The common rules, with this mart's columns as arguments, then the mart's own."""
    filled_grain = tuple(c for c in own_suite.grain if c not in own_suite.may_be_empty)
    columns_by_argument = {
        "promised": (*own_suite.grain, *own_suite.columns),
        "grain": own_suite.grain,
        "filled part of the grain": filled_grain,
    }
    common = [replace(r, arguments=columns_by_argument.get(r.arguments, r.arguments)) for r in every.rules]
    return tuple(r for r in common if r.arguments) + own_suite.rules


def _marts(database: Path) -> dict[str, Table]:
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            "select table_name, column_name, data_type from information_schema.columns "
            "where table_schema = 'main' order by table_name, ordinal_position"
        ).fetchall()
    columns: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        columns.setdefault(table, {})[column] = kind
    return {name: Table("main", name, kinds) for name, kinds in columns.items()}
