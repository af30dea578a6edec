"""The two doors: which suites check what enters the lake, and what leaves it.

Stays out: running a suite (`engine`), what happens after a refusal (`dags`, `warehouse`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from expectations import between, raw_tables, release_before
from expectations.baseline import Baseline
from expectations.engine import Task, check_of, run
from expectations.evidence import FailingRows
from expectations.kinds import Table
from expectations.report import Check, DoorReport, ExpectationsError
from expectations.suite import PEOPLE, Rule, Suite, load_door
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


@dataclass(frozen=True)
class PassedBefore:
    """Of a release which has been checked by the same rules, and shares files or rows with the candidate.

    `changed`: by mart that shares files, the files of Parquet that it does not share. `checks`: the ids of the checks
    that the other release has passed. `same`: the marts with the same columns and rows, and `results`, as JSON by id,
    what the door has said of these.
    """

    changed: Mapping[str, tuple[Path, ...]]
    checks: frozenset[str]
    same: frozenset[str] = frozenset()
    results: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


NOTHING_BEFORE = PassedBefore({}, frozenset())


def check_release(
    candidate: Path,
    night: date,
    baseline: Baseline | None = None,
    own_suites: Path | None = None,
    before: PassedBefore = NOTHING_BEFORE,
    last_release: Path | None = None,
) -> DoorReport:
    """Door 2: Great Expectations over `candidate/marts.duckdb`, the very file that analysts will open.

    Every mart that has a suite must be there. Of the people in it, those who stand out are counted, by what the
    candidate's manifest says of them (`personal_data`). A rule on single rows that all files of a mart have passed
    `before` is asked of the others alone, and one on marts that are the same not again. `last_release`: that of an
    earlier night, with which figures are compared; without one such rules are not judged. Raises ExpectationsError.
    """
    every, suites = load_door("release", own_suites)
    # DuckDB names a database after its file, so that `marts.x` in a suite is the table x
    people = _rules_on_people(every, candidate / "manifest.json")
    checks = _checks_of_marts(candidate / "marts.duckdb", every, suites, people, before, last_release)
    return (baseline or Baseline()).report("release", checks, night)


def _checks_of_marts(
    database: Path,
    every: Suite,
    suites: dict[str, Suite],
    people: Mapping[str, tuple[Rule, ...]],
    before: PassedBefore,
    last_release: Path | None,
) -> list[Check]:
    tables, marts_before = _marts(database), release_before.marts(last_release)
    for name in suites.keys() - tables.keys():
        tables[name] = Table("main", name, {})
    tasks = [
        Task("release", table, rules, names=suite.grain, mask=False, before=marts_before)
        for name, table in sorted(tables.items())
        for suite in [suites.get(name, Suite(name))]
        for rules in [_rules_of_mart(every, suite) + people.get(name, ())]
    ]
    kept = {check.id: check for task in tasks for check in _kept(task, tables.keys(), before)}
    asked = [replace(task, rules=tuple(r for r in task.rules if _id(task, r) not in kept)) for task in tasks]
    made = run(database, [_on_what_changed(task, before) for task in asked if task.rules])
    found = kept | {check.id: check for check in made}
    return [found[_id(task, rule)] for task in tasks for rule in task.rules]


def _id(task: Task, rule: Rule) -> str:
    return f"{task.door}/{task.table.name}/{rule.id}"


def _kept(task: Task, marts: Collection[str], before: PassedBefore) -> Iterator[Check]:
    """The checks of a task that say what they said before: passed ones and counts of people, of marts that are the
    same. What fails is asked again, for its rows.
    """
    for rule in task.rules if task.table.name in before.same else ():
        told = before.results.get(_id(task, rule))
        if told is None or told["detail"] is not None or told.get("not_judged") is not None:
            continue
        if rule.kind in between.BETWEEN and between.looks_back(rule.kind, rule.arguments):
            continue
        if not _reads(rule, marts) <= before.same:
            continue
        if told["passed"] or (rule.kind == PEOPLE and told["figures"]):
            count = told["failing_count"]
            yield check_of(task, rule, passed=told["passed"], failing=FailingRows(count), figures=told["figures"])


def _reads(rule: Rule, marts: Collection[str]) -> set[str]:
    """The marts that a rule on one mart may read beside it: all that its SQL names, or those to which it is joined."""
    if rule.kind == PEOPLE:
        return set(rule.arguments.get("joined", ()))
    if rule.kind in between.BETWEEN:
        return set(re.findall(r"\w+", str(rule.arguments))) & set(marts)
    if rule.kind == "none":
        return set(re.findall(r"\w+", rule.arguments["where"])) & set(marts)
    return set()


def _on_what_changed(task: Task, before: PassedBefore) -> Task:
    """A task whose rules on single rows are asked of changed files alone, where all rows have passed them before."""
    files = before.changed.get(task.table.name)
    if files is None:
        return task
    known = {rule.id for rule in task.rules if _id(task, rule) in before.checks}
    rows = frozenset(rule.id for rule in task.rules if rule.id in known and _is_on_rows(rule, task.names))
    listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    part = f"select * from read_parquet([{listed}], hive_partitioning = false)" if files else ""
    return replace(task, part=part, on_part=rows)


def _is_on_rows(rule: Rule, grain: tuple[str, ...]) -> bool:
    """Whether a rule holds of a mart where it holds of each of its partitions. The grain names the partition."""
    match rule.kind:
        case "filled" | "between" | "one_of" | "no_identifiers":
            return True
        case between.AT_MOST:
            return "of" in rule.arguments and _names_no_other_row(rule.arguments.get("where", ""))
        case "unique":
            return bool(grain) and set(grain) <= set(rule.arguments)
        case "none":  # what selects from another mart, or from the whole of this one, may change without the row
            return _names_no_other_row(rule.arguments["where"])
    return False


def _names_no_other_row(where: str) -> bool:
    return not re.search(r"\b(select|over)\b", where, re.IGNORECASE)


def _rules_on_people(every: Suite, manifest: Path) -> dict[str, tuple[Rule, ...]]:
    """By mart, the common rules on groups of people, for each kind of person that it names; `block` under a limit."""
    try:
        declared = json.loads(manifest.read_text(encoding="utf-8"))["personal_data"]
    except (OSError, ValueError, KeyError) as error:
        raise ExpectationsError(
            f"{manifest} does not say of whom the marts tell (personal_data): run the night again from its first step."
        ) from error
    rules: dict[str, tuple[Rule, ...]] = {}
    for rule in (rule for rule in every.rules if rule.kind == PEOPLE):
        for people in declared["people"]:
            made = _rules_on_people_of(people, rule, declared)
            rules[people["mart"]] = (*rules.get(people["mart"], ()), *made)
    return rules


def _rules_on_people_of(people: Mapping[str, Any], rule: Rule, declared: Mapping[str, Any]) -> Iterator[Rule]:
    """The rule on the people of one mart; of a mart of one row each also on what other marts add under the key."""
    limit = declared["share_max"].get(people["entity"])
    arguments = {"key": people["key"], "columns": people["quasi_identifiers"], "k": declared["k"]}
    arguments["max_share"] = limit or 0
    name, severity = f"{rule.id}_{people['entity']}", rule.severity if limit is None else "block"
    yield replace(rule, id=name, arguments=arguments, severity=severity)
    joined = {
        other["mart"]: other["quasi_identifiers"]
        for other in declared["people"]
        if other["key"] == people["key"] and other["mart"] != people["mart"] and other["quasi_identifiers"]
    }
    if joined and people["quasi_identifiers"] and people["one_row_each"]:
        yield replace(rule, id=f"{name}_joined", arguments=arguments | {"joined": joined}, severity=severity)


def _rules_of_mart(every: Suite, own_suite: Suite) -> tuple[Rule, ...]:
    """The common rules on columns and rows, with this mart's columns as arguments, then the mart's own."""
    filled_grain = tuple(c for c in own_suite.grain if c not in own_suite.may_be_empty)
    columns_by_argument = {
        "promised": (*own_suite.grain, *own_suite.columns),
        "grain": own_suite.grain,
        "filled part of the grain": filled_grain,
    }
    on_rows = [r for r in every.rules if r.kind != PEOPLE]
    common = [replace(r, arguments=columns_by_argument.get(r.arguments, r.arguments)) for r in on_rows]
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
