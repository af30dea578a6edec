"""Runs rules on a DuckDB file with Great Expectations: an ephemeral context, no network, no rows in its results.

Add here: what every door needs of GX.
Stays out: which suites run on what (`doors`), the failing rows (`evidence`), the patch of GX (`shim`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb

from common import machine_share
from expectations import evidence
from expectations.kinds import Plan, Table, columns_of, plan
from expectations.report import Check
from expectations.shim import keep_duckdb_connection
from expectations.suite import Rule

_LIMITS = {"memory_limit": machine_share.MEMORY, "threads": str(machine_share.processors())}


@dataclass(frozen=True)
class Task:
    """The rules to run on one table. `names`: columns that identify a row for the person who mends it.

    `on_part`: the rules (ids) that all rows are known to keep but for those of `part` (SQL; '' where there are none):
    they are asked of these alone, and of the whole table where one of these does not keep them.
    """

    door: str
    table: Table
    rules: tuple[Rule, ...]
    names: tuple[str, ...]
    slice_column: str | None = None
    mask: bool = True
    part: str = ""
    on_part: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Verdict:
    rule: Rule
    plan: Plan | None
    passed: bool
    detail: str | None = None


def run(database: Path, tasks: Iterable[Task]) -> list[Check]:
    """Run every task's rules over the DuckDB file `database`, which nothing else may have open.

    GX validates first and closes the file; then the failing rows are read.
    """
    tasks = tuple(tasks)
    with _datasource(database) as datasource:
        verdicts = [_judge(datasource, task) for task in tasks]
    with duckdb.connect(str(database), read_only=True, config={**_LIMITS}) as connection:
        return [
            _check(connection, task, verdict)
            for task, task_verdicts in zip(tasks, verdicts, strict=True)
            for verdict in task_verdicts
        ]


@contextmanager
def _datasource(database: Path) -> Iterator[Any]:
    """A GX data source over the file, read-only. Its connection is closed at the end."""
    # A thousand lines a door would stand above the sentence of a refusal. GX sets its level itself, at its import; of a
    # logger that does not propagate, Python writes warnings to stderr and nothing else.
    logging.getLogger("great_expectations").propagate = False
    import great_expectations as gx
    from great_expectations.data_context.types.base import DataContextConfig, ProgressBarsConfig
    from great_expectations.data_context.types.base import InMemoryStoreBackendDefaults as InMemory

    keep_duckdb_connection()
    config = DataContextConfig(
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
        store_backend_defaults=InMemory(init_temp_docs_sites=False),
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    options = urlencode({"access_mode": "read_only", **_LIMITS})
    datasource = context.data_sources.add_sql(
        "door", connection_string=f"duckdb:///{database}?{options}", create_temp_table=False
    )
    try:
        yield datasource
    finally:
        datasource.get_execution_engine().close()
        datasource.get_engine().dispose()


def _judge(datasource: Any, task: Task) -> list[_Verdict]:
    """GX's verdict on each rule of a task, in the rules' order."""
    plans: dict[str, Plan] = {}
    verdicts: dict[str, _Verdict] = {}
    for rule in task.rules:
        detail = _missing(rule, task.table)
        if detail:
            verdicts[rule.id] = _Verdict(rule, None, passed=False, detail=detail)
        else:
            plans[rule.id] = plan(rule, task.table)
    results = _results(datasource, task, plans)
    for rule in task.rules:
        if rule.id in plans:
            passed, detail = results[rule.id]
            verdicts[rule.id] = _Verdict(rule, plans[rule.id], passed=passed, detail=detail)
    return [verdicts[rule.id] for rule in task.rules]


def _results(datasource: Any, task: Task, plans: dict[str, Plan]) -> dict[str, tuple[bool, str | None]]:
    """Whether each plan passes, and why it could not be computed."""
    on_part = {rule: plan_ for rule, plan_ in plans.items() if rule in task.on_part}
    results: dict[str, tuple[bool, str | None]] = dict.fromkeys(on_part, (True, None))
    if on_part and task.part:
        results = _validate(datasource, task.table, on_part, task.part)
    whole = {rule: plan_ for rule, plan_ in plans.items() if not results.get(rule, (False, None))[0]}
    return results | (_validate(datasource, task.table, whole) if whole else {})


def _missing(rule: Rule, table: Table) -> str | None:
    if not table.columns:
        return f"cannot be computed: there is no table {table.name}."
    missing = [c for c in columns_of(rule) if c not in table.columns]
    return f"cannot be computed: {table.name} has no column {', '.join(missing)}." if missing else None


def _validate(
    datasource: Any, table: Table, plans: dict[str, Plan], part: str = ""
) -> dict[str, tuple[bool, str | None]]:
    """The same of a table, or of the rows that the query `part` selects of it."""
    import great_expectations as gx
    import great_expectations.expectations as gxe

    if part:
        asset = datasource.add_query_asset(f"{table.name}, in part", query=part)
    else:
        asset = datasource.add_table_asset(table.name, table_name=table.name, schema_name=table.schema)
    suite = gx.ExpectationSuite(
        name=table.name,
        expectations=[
            getattr(gxe, kind)(**arguments, meta={"rule": rule})
            for rule, plan_ in plans.items()
            for kind, arguments in plan_.expectations
        ],
    )
    batch = asset.add_batch_definition_whole_table("whole").get_batch()
    outcomes: dict[str, tuple[bool, str | None]] = {}
    # BOOLEAN_ONLY: no row, and so no person, ever enters GX's own results
    for result in batch.validate(suite, result_format="BOOLEAN_ONLY").results:
        rule = result.expectation_config.meta["rule"]
        passed, detail = outcomes.get(rule, (True, None))
        outcomes[rule] = (passed and bool(result.success), detail or _trouble(result.exception_info))
    return outcomes


def _trouble(info: dict[str, Any]) -> str | None:
    """Why a check could not be computed, without the values that an error of DuckDB may quote."""
    parts = [info] if "raised_exception" in info else list(info.values())
    if any(part.get("raised_exception") for part in parts):
        return "cannot be computed: the SQL of the check fails on this table; correct the suite."
    return None


def _check(connection: duckdb.DuckDBPyConnection, task: Task, verdict: _Verdict) -> Check:
    """The check of a verdict, with the failing rows where there are any."""
    rule, rows = verdict.rule, evidence.NO_ROWS
    figures: dict[str, Any] = {}
    if verdict.plan is not None and verdict.detail is None and verdict.plan.figures:
        figures = evidence.figures(connection, verdict.plan)
        rows = evidence.NO_ROWS if verdict.passed else evidence.FailingRows(figures["in_small_groups"])
    elif not verdict.passed and verdict.detail is None and verdict.plan is not None:
        shown_columns = dict.fromkeys((*task.names, *verdict.plan.shows))
        rows = evidence.failing_rows(
            connection,
            task.table,
            verdict.plan.where,
            tuple(shown_columns),
            open_columns=task.names if task.mask else tuple(shown_columns),
            slice_column=task.slice_column,
        )
    return Check(
        id=f"{task.door}/{task.table.name}/{rule.id}",
        suite=task.table.name,
        severity=rule.severity,
        passed=verdict.passed,
        detail=verdict.detail,
        failing_count=rows.count,
        failing_rows=rows.rows,
        slices=rows.slices,
        figures=figures,
        what=rule.texts["what"],
        when_it_matters=rule.texts["when_it_matters"],
        how_to_fix=rule.texts["how_to_fix"],
        who_fixes=rule.texts["who_fixes"],
    )
