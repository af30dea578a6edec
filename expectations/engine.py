"""Runs rules on a DuckDB file with Great Expectations: an ephemeral context, no network, no rows in its results.

Add here: what every door needs of GX.
Stays out: which suites run on what (`doors`), the failing rows (`evidence`), the patch of GX (`shim`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb

from common import machine_share
from expectations import evidence
from expectations.kinds import NO_ROWS, Plan, Table, columns_of, plan
from expectations.report import Check, Text
from expectations.shim import keep_duckdb_connection, write_no_configuration
from expectations.suite import Rule

_NOT_COMPUTED = "cannot be computed: the SQL of the check fails on this table; correct the suite."
_TOO_LITTLE = {
    "zh": "可比的太少，不作判断：{counts}。",
    "en": "There is too little to compare, and nothing is judged: {counts}.",
}
_LIMITS = {"memory_limit": machine_share.MEMORY, "threads": str(machine_share.processors())}


@dataclass(frozen=True)
class Task:
    """The rules to run on one table. `names`: columns that identify a row for the person who mends it.

    `on_part`: the rules (ids) that all rows are known to keep but for those of `part` (SQL; '' where there are none):
    they are asked of these alone, and of the whole table where one of these does not keep them. `before`: the marts of
    the release before, by name.
    """

    door: str
    table: Table
    rules: tuple[Rule, ...]
    names: tuple[str, ...]
    slice_column: str | None = None
    mask: bool = True
    part: str = ""
    on_part: frozenset[str] = frozenset()
    before: Mapping[str, Table] = field(default_factory=dict)


@dataclass(frozen=True)
class _Verdict:
    rule: Rule
    plan: Plan | None
    passed: bool
    detail: str | None
    figures: dict[str, Any]
    not_judged: Text | None = None


def run(database: Path, tasks: Iterable[Task]) -> list[Check]:
    """Run every task's rules over the DuckDB file `database`, which nothing else may have open.

    What rules count is counted first; GX validates and closes the file; then the failing rows are read. Without a task
    GX is not even imported.
    """
    tasks = tuple(tasks)
    if not tasks:
        return []
    plans = [_plans(task) for task in tasks]
    with duckdb.connect(str(database), read_only=True, config={**_LIMITS}) as connection:
        counted = [_counted(connection, of_task) for of_task in plans]
    with _datasource(database) as datasource:
        verdicts = [_judge(datasource, *of_task) for of_task in zip(tasks, plans, counted, strict=True)]
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
    write_no_configuration(context)
    options = urlencode({"access_mode": "read_only", **_LIMITS})
    datasource = context.data_sources.add_sql(
        "door", connection_string=f"duckdb:///{database}?{options}", create_temp_table=False
    )
    try:
        yield datasource
    finally:
        datasource.get_execution_engine().close()
        datasource.get_engine().dispose()


def _plans(task: Task) -> dict[str, Plan]:
    """The plans of the rules of a task that can be asked, by rule."""
    return {rule.id: plan(rule, task.table, task.before) for rule in task.rules if _missing(rule, task.table) is None}


def _counted(connection: duckdb.DuckDBPyConnection, plans: dict[str, Plan]) -> dict[str, dict[str, Any] | None]:
    """The counts of the plans that have any, by rule; None where they cannot be computed."""
    counted: dict[str, dict[str, Any] | None] = {}
    for rule, plan_ in plans.items():
        if plan_.figures:
            try:
                counted[rule] = evidence.figures(connection, plan_)
            except duckdb.Error:
                counted[rule] = None
    return counted


def _judge(
    datasource: Any, task: Task, plans: dict[str, Plan], counted: dict[str, dict[str, Any] | None]
) -> list[_Verdict]:
    """GX's verdict on each rule of a task, in the rules' order."""
    unjudged = {rule: said for rule, plan_ in plans.items() if (said := _not_judged(plan_, counted.get(rule)))}
    on_rows = {rule: plan_ for rule, plan_ in plans.items() if rule not in counted and rule not in unjudged}
    results = _results(datasource, task, on_rows) | dict.fromkeys(unjudged, (True, None))
    for name, counts in counted.items():
        if name in unjudged:
            continue
        results[name] = (False, _NOT_COMPUTED)
        if counts is not None and plans[name].failing:
            results |= _validate(datasource, task.table, {name: plans[name]})
        elif counts is not None:
            row = f"select {counts['people']} as people, {counts['in_small_groups']} as in_small_groups"
            results |= _validate(datasource, task.table, {name: plans[name]}, row)
    verdicts = []
    for rule in task.rules:
        passed, detail = results.get(rule.id) or (False, _missing(rule, task.table))
        figures = counted.get(rule.id)
        shown = {} if detail else figures or {}
        verdicts.append(_Verdict(rule, plans.get(rule.id), passed, detail, shown, unjudged.get(rule.id)))
    return verdicts


def _not_judged(plan_: Plan, counts: dict[str, Any] | None) -> Text | None:
    """Why a plan is not judged: it says so itself, or its counts are below what it takes; None where it is judged."""
    if plan_.not_judged or counts is None:
        return plan_.not_judged
    short = [f"{name} {counts[name]} < {least}" for name, least in plan_.least.items() if counts[name] < least]
    return {language: text.format(counts=", ".join(short)) for language, text in _TOO_LITTLE.items()} if short else None


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

    from expectations import no_rows

    # always a query: of a table GX would ask the catalog in the ways of PostgreSQL, which costs more than its suite
    name = f"{table.name}, {'in part' if part else 'whole'}, {', '.join(plans)}"
    asset = datasource.add_query_asset(name, query=part or f"select * from {table.sql}")
    suite = gx.ExpectationSuite(
        name=table.name,
        expectations=[
            getattr(no_rows if kind == NO_ROWS else gxe, kind)(**arguments, meta={"rule": rule})
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
        return _NOT_COMPUTED
    return None


def _check(connection: duckdb.DuckDBPyConnection, task: Task, verdict: _Verdict) -> Check:
    """The check of a verdict, with the failing rows where there are any."""
    rule, rows, figures = verdict.rule, evidence.NO_ROWS, verdict.figures
    if verdict.plan is not None and verdict.plan.failing:
        if not verdict.passed and verdict.detail is None:
            rows = evidence.failing_figures(connection, verdict.plan.failing)
    elif figures:
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
    check = check_of(task, rule, passed=verdict.passed, failing=rows, figures=figures, detail=verdict.detail)
    return replace(check, not_judged=verdict.not_judged)


def check_of(
    task: Task,
    rule: Rule,
    *,
    passed: bool,
    failing: evidence.FailingRows,
    figures: dict[str, Any],
    detail: str | None = None,
) -> Check:
    """The check of a rule of a task, with the rule's texts."""
    return Check(
        id=f"{task.door}/{task.table.name}/{rule.id}",
        suite=task.table.name,
        severity=rule.severity,
        passed=passed,
        detail=detail,
        failing_count=failing.count,
        failing_rows=failing.rows,
        slices=failing.slices,
        figures=figures,
        what=rule.texts["what"],
        when_it_matters=rule.texts["when_it_matters"],
        how_to_fix=rule.texts["how_to_fix"],
        who_fixes=rule.texts["who_fixes"],
    )
