"""A release held against the second computation, column by column.

Lives here: `differences` and `differences_of`; which marts there are, their keys, and which columns are pseudonyms.
Add here: a mart that is computed a second time.
Stays out: any figure (one module a subject).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import duckdb

from tests.second_computation import (
    attendance,
    awards,
    burden,
    class_reports,
    compliance,
    coverage,
    evaluation,
    exams,
    finance,
    fitness,
    governing,
    growth,
    homework_rows,
    homework_weeks,
    improvement,
    ledger,
    numbers,
    performance,
    platforms,
    readers,
    service,
    smart_campus,
    timeline,
    trainings,
    trend,
    value_added,
)
from tests.second_computation.events import Events
from tests.second_computation.indicators import balance_rows, clauses, indicator_rows

RELATIVE_TOLERANCE = 1e-9  # of a number that a mart holds as a double, and not as a rounded decimal
MAX_LISTED = 200  # differences of one mart; a wrong denominator would list every row
_ROW = "(row)"

Key = tuple[object, ...]
Cells = dict[str, object]


@dataclass(frozen=True)
class Mart:
    """A mart as it is computed here: its key, its rows, and which rows of the release are meant."""

    key: tuple[str, ...]
    rows: Callable[[Events], Iterable[Cells]]
    where: str = "true"
    unchecked: tuple[str, ...] = ()  # columns that say nothing, such as the hash of the others


MARTS = {
    "after_school_service": Mart(("school_code", "week"), service.after_school_service),
    "attendance": Mart(("school_code", "class_code", "week"), attendance.attendance),
    "balanced_development": Mart(("organisation_code", "stage"), balance_rows.rows),
    "burden_and_quality": Mart(("school_code", "subject", "term"), burden.burden_and_quality),
    "class_learning_report": Mart(
        ("school_code", "class_code", "subject", "term"), class_reports.class_learning_report
    ),
    "club_enrolment": Mart(("student_key", "club", "term"), service.club_enrolment),
    "discrepancy": Mart(
        ("element_id", "record_key", "copy_source", "slice", "owner_value", "copy_value"),
        ledger.discrepancy,
        where="entity <> 'homework_record'",  # two platforms' copies of one record are no owner's and copy's
        unchecked=("discrepancy_id",),
    ),
    "exam": Mart(("exam_id",), exams.exam),
    "finance": Mart(("organisation_code", "year"), finance.finance),
    "fitness_result": Mart(("student_key", "school_year"), fitness.fitness_result),
    "homework_load_student_day": Mart(("student_key", "school_date"), homework_rows.homework_load_student_day),
    "homework_load_class_day": Mart(
        ("school_code", "class_code", "school_date"), homework_rows.homework_load_class_day
    ),
    "homework_load_subject_week": Mart(
        ("school_code", "grade", "subject", "week"), homework_weeks.homework_load_subject_week
    ),
    "homework_compliance": Mart(("organisation_code", "grade", "month"), compliance.homework_compliance),
    "honours": Mart(("holder", "teacher_key", "organisation_code", "year"), awards.honours),
    "improvement_cycle": Mart(("finding_id",), improvement.improvement_cycle),
    "indicator_value": Mart(
        ("indicator_id", "organisation_code", "stage", "period"),
        indicator_rows.indicator_value,
        where=" or ".join(f"indicator_id like '{s}.%'" for s in indicator_rows.SETS),
    ),
    "network_risk": Mart(("organisation_code",), governing.network_risk),
    "project_graph": Mart(("project_id", "relation", "related_code"), governing.project_graph),
    "quality_evaluation": Mart(("student_key", "term", "dimension"), evaluation.quality_evaluation),
    "quality_trend": Mart(
        ("series", "organisation_code", "grade", "subject", "school_year"), trend.quality_trend
    ),
    "platform_usage": Mart(("school_code", "week"), platforms.platform_usage),
    "reading": Mart(("school_code", "class_code", "week"), readers.reading),
    "register_coverage": Mart(("element_id", "organisation_code"), coverage.register_coverage),
    "smart_campus_assessment": Mart(("school_code", "round"), smart_campus.smart_campus_assessment),
    "training": Mart(("holder", "teacher_key", "school_code", "year"), trainings.training),
    "school_performance": Mart(("school_code", "school_year", "dimension"), performance.school_performance),
    "school_value_added": Mart(
        ("series", "school_code", "subject", "school_year"), value_added.school_value_added
    ),
    "student_timeline": Mart(("student_key", "chapter", "event_id"), timeline.student_timeline),
    "student_growth": Mart(("student_key", "exam_id", "subject"), growth.student_growth),
}


@dataclass(frozen=True)
class Difference:
    """One cell that a release holds otherwise; `column` is `(row)` where only one side has the row."""

    mart: str
    key: Key
    column: str
    expected: object
    got: object


def differences(marts: duckdb.DuckDBPyConnection | Path, events: Events) -> list[Difference]:
    """All differences of a release of the events' last night, mart by mart.

    `marts` is its `marts.duckdb`, or a connection in which its marts can be named without a schema. What is expected
    is computed once for the same `events`; every further release costs its comparison alone.
    """
    if isinstance(marts, Path):
        with duckdb.connect(str(marts), read_only=True) as connection:
            return differences(connection, events)
    return [d for name in MARTS for d in differences_of(name, marts, events)]


def differences_of(name: str, marts: duckdb.DuckDBPyConnection, events: Events) -> list[Difference]:
    """The differences of one mart, `MAX_LISTED` at most: a full outer comparison by its key."""
    found = list(_differences(name, MARTS[name], marts, expected(name, events)))
    return sorted(found, key=lambda d: (str(d.key), d.column))[:MAX_LISTED]


def _differences(
    name: str, mart: Mart, marts: duckdb.DuckDBPyConnection, rows: dict[Key, Cells]
) -> Iterator[Difference]:
    released, columns = _released(name, mart, marts)
    for key in rows.keys() - released.keys():
        yield Difference(name, key, _ROW, rows[key], None)
    for key in released.keys() - rows.keys():
        yield Difference(name, key, _ROW, None, released[key])
    for key in rows.keys() & released.keys():
        for column in [*rows[key], *(c for c in columns if c not in {*rows[key], *mart.unchecked})]:
            told, got = rows[key].get(column, "not computed"), released[key].get(column, "no such column")
            if not _same(told, got):
                yield Difference(name, key, column, told, got)


@cache
def expected(name: str, events: Events) -> dict[Key, Cells]:
    """The rows of a mart by key, as they should be."""
    mart = MARTS[name]
    return {tuple(row[column] for column in mart.key): row for row in mart.rows(events)}


def _released(name: str, mart: Mart, marts: duckdb.DuckDBPyConnection) -> tuple[dict[Key, Cells], list[str]]:
    """The rows of a mart by key, as they are, and the names of its columns."""
    result = marts.execute(f"select * from {name} where {mart.where}")
    columns = [column[0] for column in result.description]
    rows = (dict(zip(columns, row, strict=True)) for row in result.fetchall())
    return {tuple(row[column] for column in mart.key): row for row in rows}, columns


def _same(told: object, got: object) -> bool:
    """Decimals and counts are the same number, fractions within the tolerance of a double, all else is equal."""
    if isinstance(told, Fraction) and isinstance(got, float | Decimal):
        return abs(float(told) - float(got)) <= RELATIVE_TOLERANCE * max(abs(float(told)), abs(float(got)))
    if isinstance(told, numbers.Near):
        return told.is_met_by(got)
    if isinstance(told, Decimal) and isinstance(got, float):
        return float(told) == got
    if told == clauses.SOME_TEXT:
        return isinstance(got, str)
    return told == got and isinstance(told, bool) == isinstance(got, bool)
