"""The register as tables, `lake.register.*`, for joins in SQL; columns are named as the fields of `registry.model`.

Add here: a new kind of record that models need as rows.
Stays out: what the register means (`dbt_project`), whether it is valid (`registry`).

Rewritten only when the register's version, its objections, what it may leave to the house (the words of the rules, the
fitness standard), or the schema of these tables has changed; but
`authority_known` keeps every authority that the register ever declared, with the nights from and until which it did,
so that editing the register does not rewrite history.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

import duckdb

from common.lake_transaction import transaction
from registry import model
from registry.derived.growth_priors import growth_priors
from registry.derived.successions import successions
from warehouse.records import disputed_values
from warehouse.tables.record_rows import Row, columns_of, row_of

_AUTHORITY_HISTORY = "lake.register.authority_known"
_AUTHORITY_COLUMNS = {
    "element": "varchar", "source": "varchar", "scope_stages": "varchar[]", "scope_districts": "varchar[]",
    "valid_from": "date", "valid_to": "date",
}  # fmt: skip
_AUTHORITY_DDL = ", ".join(f"{name} {kind}" for name, kind in _AUTHORITY_COLUMNS.items())


@dataclass
class _Table:
    """A table to write: its columns and their SQL types, and its rows."""

    columns: dict[str, str]
    rows: list[Row] = field(default_factory=list)


def _records(kind: type[model.Record], records: Iterable[tuple[Row, model.Record]], **extra: str) -> _Table:
    """A table of records; `extra`: leading columns, whose values are in the row beside each record."""
    columns = extra | {name: sql for name, sql in columns_of(kind) if name not in extra}
    return _Table(columns, [row_of(record) | row for row, record in records])


def _without_extra(records: Iterable[model.Record]) -> list[tuple[Row, model.Record]]:
    return [({}, record) for record in records]


def _tables(register: model.Register) -> dict[str, _Table]:
    bureau, feeds, elements = register.bureau, register.feeds, register.elements
    columns = [({"feed": f.id, "ordinal": n}, c) for f in feeds for n, c in enumerate(f.columns, 1)]
    codes = [code for code_set in register.code_sets for code in code_set.codes]
    feed_rows = [({"source": f.source, "table": f.table}, f) for f in feeds]
    element_rows = [({"entity": e.entity, "name": e.name}, e) for e in elements]
    authority_rows = [({"element": e.id}, a) for e in elements for a in e.authority]
    weight_rows = [({"entity": m.entity}, w) for m in register.matching for w in m.weights]
    verdict_rows = [({"ordinal": n}, v) for n, v in enumerate(register.verdicts, 1)]
    text = "varchar"
    return {
        "bureau": _records(model.Bureau, _without_extra([bureau])),
        "area": _records(model.Area, _without_extra(bureau.areas)),
        "homework_limit": _records(model.HomeworkLimit, _without_extra(bureau.homework_limits)),
        "source": _records(model.Source, _without_extra(register.sources)),
        "feed": _records(model.Feed, feed_rows, id=text, source=text, table=text),
        "feed_column": _records(model.Column, columns, feed=text, ordinal="bigint"),
        "element": _records(model.Element, element_rows, id=text, entity=text, name=text),
        "authority": _records(model.Authority, authority_rows, element=text),
        "code": _records(model.Code, _without_extra(codes)),
        "term": _records(model.Term, _without_extra(register.calendar.terms)),
        "policy": _records(model.Policy, _without_extra(register.calendar.policies)),
        "holiday": _holidays(register.calendar),
        "exam": _records(model.Exam, _without_extra(register.exams)),
        "exam_subject": _exam_subjects(register.exams),
        "exam_subject_said": _exam_subjects_said(register),
        "growth_prior": _growth_priors(register),
        "stage": _records(model.StageRule, _without_extra(register.stages)),
        "indicator": _records(model.Indicator, _without_extra(register.indicators)),
        "claim": _records(model.Claim, _without_extra(register.claims)),
        "organisation": _records(model.Organisation, _without_extra(register.organisations)),
        "organisation_name": _names(register.organisations),
        "succession": _successions(register.organisations),
        "problem_rule": _records(model.ProblemRule, _without_extra(register.problem_rules)),
        "fitness_score": _records(model.FitnessScore, _without_extra(register.fitness.scores)),
        "fitness_bonus": _records(model.FitnessBonus, _without_extra(register.fitness.bonus)),
        "fitness_bmi": _records(model.FitnessBmi, _without_extra(register.fitness.bmi)),
        "fitness_weight": _records(model.FitnessWeight, _without_extra(register.fitness.weights)),
        "performance_measure": _performance_measures(register.performance),
        "matching": _records(model.Matching, _without_extra(register.matching)),
        "weight": _records(model.Weight, weight_rows, entity=text),
        "verdict": _records(model.Verdict, verdict_rows, ordinal="bigint"),
    }


def _performance_measures(performance: model.Performance) -> _Table:
    rows: list[Row] = [
        {"dimension": d.id, "label_zh": d.label.zh, "label_en": d.label.en, "school_kind": d.of}
        | {"ordinal": n, "measure": m.id, "better": m.better, "weight": m.weight}
        for d in performance.dimensions
        for n, m in enumerate(d.measures, 1)
    ]
    kinds = dict.fromkeys(("dimension", "label_zh", "label_en", "school_kind", "measure", "better"), "varchar")
    return _Table(kinds | {"ordinal": "bigint", "weight": "double"}, rows)


def _names(organisations: Iterable[model.Organisation]) -> _Table:
    """Former names, each with the days on which it was the name; the present one stands in the school registry."""
    rows: list[Row] = []
    for organisation in organisations:
        since = organisation.founded
        for former in organisation.former_names:
            rows.append({"code": organisation.code, "name": former.name, "valid_from": since, "valid_to": former.until})
            since = former.until
    return _Table({"code": "varchar", "name": "varchar", "valid_from": "date", "valid_to": "date"}, rows)


def _successions(organisations: Sequence[model.Organisation]) -> _Table:
    kinds = dict.fromkeys(("code", "grade", "class_code", "successor", "kind"), "varchar")
    return _Table(kinds | {"since": "date", "until": "date"}, [asdict(s) for s in successions(organisations)])


def _objection_steps(register: model.Register, uids: Mapping[str, str]) -> dict[str, _Table]:
    """The steps of objections, without who raised them. `record_uid` is null until the lake knows the record."""
    rows = [
        {"objection": o.id, "entity": o.entity, "element": o.element, "record_uid": uids.get(o.record)}
        | {"ordinal": n, "state": step.state, "day": step.day}
        for o in register.objections
        for n, step in enumerate(o.steps, 1)
    ]
    kinds = dict.fromkeys(("objection", "entity", "element", "record_uid"), "varchar")
    return {"objection_step": _Table(kinds | {"ordinal": "bigint", "state": "varchar", "day": "date"}, rows)}


def _holidays(calendar: model.Calendar) -> _Table:
    """Days that differ from the week: days off, and weekend days that are taught."""
    days = dict.fromkeys(calendar.holidays, False) | dict.fromkeys(calendar.workdays, True)
    rows = [{"day": day, "is_school_day": taught} for day, taught in sorted(days.items())]
    return _Table({"day": "date", "is_school_day": "boolean"}, rows)


def _exam_subjects(exams: Iterable[model.Exam]) -> _Table:
    rows = [
        {"exam": exam.id, "subject": subject, "full_mark": exam.full_marks.get(subject)}
        for exam in exams
        for subject in exam.subjects
    ]
    return _Table({"exam": "varchar", "subject": "varchar", "full_mark": "double"}, rows)


def _exam_subjects_said(register: model.Register) -> _Table:
    """Under which subjects marks of an exam's subject may be delivered: its own, and one that can only mean it."""
    rows = []
    for exam in register.exams:
        rows += [{"exam": exam.id, "said": subject, "subject": subject} for subject in exam.subjects]
        for said, others in register.business_words.mark_sheet.stands_for.items():
            meant = [subject for subject in others if subject in exam.subjects]
            if said not in exam.subjects and len(meant) == 1:
                rows.append({"exam": exam.id, "said": said, "subject": meant[0]})
    return _Table({"exam": "varchar", "said": "varchar", "subject": "varchar"}, rows)


def _growth_priors(register: model.Register) -> _Table:
    rows = [asdict(prior) for prior in growth_priors(register.exams, len(register.bureau.growth_minima))]
    return _Table({"exam": "varchar", "ordinal": "bigint", "prior": "varchar", "scale": "varchar"}, rows)


def write(connection: duckdb.DuckDBPyConnection, register: model.Register, night: date | None = None) -> bool:
    """Write `lake.register` in one transaction where it is out of date. Returns whether it was written.

    With a `night`, `authority_known` is updated too.
    """
    tables, steps = _tables(register), _objection_steps(register, disputed_values.record_uids(connection, register))
    shape = repr({name: table.columns for name, table in (tables | steps).items()})
    of_the_house = [table.rows for name, table in tables.items() if name.startswith(("problem_rule", "fitness_"))]
    content = repr([shape, [table.rows for table in steps.values()], of_the_house])
    version = f"{register.version}/{hashlib.sha256(content.encode()).hexdigest()[:12]}"
    connection.execute("create table if not exists lake.register.version (version varchar)")
    connection.execute(
        f"create table if not exists {_AUTHORITY_HISTORY} ({_AUTHORITY_DDL}, known_from date, known_to date)"
    )
    same = connection.execute("select version from lake.register.version").fetchone() == (version,)
    has_history = connection.execute(f"select 1 from {_AUTHORITY_HISTORY} limit 1").fetchone() is not None
    if same and (has_history or night is None):
        return False
    with transaction(connection):
        for name, table in (tables | steps).items():
            _write(connection, name, table)
        if night is not None:
            _update_history(connection, night)
        connection.execute("delete from lake.register.version")
        connection.execute("insert into lake.register.version values (?)", [version])
    return True


def write_indicators(connection: duckdb.DuckDBPyConnection, database: str, register: model.Register) -> None:
    """Write the indicators of a register that is on trial into another database, as `register.indicator`."""
    connection.execute(f"create schema if not exists {database}.register")
    _write(connection, "indicator", _tables(register)["indicator"], database)


def _update_history(connection: duckdb.DuckDBPyConnection, night: date) -> None:
    """Close, as of the night, the authorities that the register no longer declares, and insert new ones.

    `valid_from` and `valid_to` are the days on which an authority holds.
    """
    declared_query = (
        "select element, source, scope_stages, scope_districts, from_ as valid_from, until as valid_to "
        "from lake.register.authority"
    )
    same = " and ".join(f"k.{name} is not distinct from d.{name}" for name in _AUTHORITY_COLUMNS)
    connection.execute(
        f"delete from {_AUTHORITY_HISTORY} as k where known_from = ? "
        f"and not exists (select 1 from ({declared_query}) as d where {same})",
        [night],
    )
    connection.execute(
        f"update {_AUTHORITY_HISTORY} as k set known_to = ? where known_to is null "
        f"and not exists (select 1 from ({declared_query}) as d where {same})",
        [night],
    )
    connection.execute(
        f"insert into {_AUTHORITY_HISTORY} select d.*, ?, null from ({declared_query}) as d "
        f"where not exists (select 1 from {_AUTHORITY_HISTORY} as k where known_to is null and {same})",
        [night],
    )


def _write(connection: duckdb.DuckDBPyConnection, name: str, table: _Table, database: str = "lake") -> None:
    """Write one table in one statement: its rows are passed as one JSON text, which keeps lists and maps."""
    kinds = {column: [kind[:-2]] if kind.endswith("[]") else kind for column, kind in table.columns.items()}
    rows = [{column: row.get(column) for column in kinds} for row in table.rows]
    connection.execute(
        f'create or replace table {database}.register."{name}" as '
        "select unnest(record) from (select unnest(from_json(?, ?)) as record)",
        [json.dumps(rows, default=str), json.dumps([kinds])],
    )
