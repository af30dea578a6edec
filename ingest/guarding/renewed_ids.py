"""The guard of identifiers: a list of people of whom most are new while as many are gone, which is more often a system
that has renewed its numbers than a school that has other children.

Who is told by another identifier (an identity card's number beside the student number) is known, and joined by it.
Stays out: rows and columns; who joins whom (`dbt_project`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import get_args

import duckdb

from common.night_files import FeedFiles
from ingest import sql
from ingest.committing.intake_tables import SliceHistory
from ingest.guarding.finding import Finding
from ingest.guarding.rows import year_has_turned
from registry.model import Column, Feed, PersonEntity, Register
from registry.reading import reading

_MOST = 0.5  # of the rows: more of them are new, and more of those before are gone
_PEOPLE = get_args(PersonEntity)


def columns_of(feed: Feed) -> list[Column]:
    """The columns by which a list that creates people identifies them, its own first; none for any other feed."""
    people = {person.entity for person in feed.creates if person.entity in _PEOPLE}
    if feed.batch != "snapshot" or not people:
        return []
    named = [i.column or feed.key[0] for i in feed.identifies if i.entity in people]
    by_name = {column.name: column for column in feed.loaded_columns}
    return [by_name[name] for name in dict.fromkeys(named) if name in by_name]


def findings(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    feed: Feed,
    files: FeedFiles,
    history: Mapping[str, SliceHistory],
    parts: Collection[str],
    night: date,
) -> dict[str, Finding]:
    """By slice of `parts`, all loaded before, those whose people were replaced by others. A school may have other
    children when the school year has turned; the list of a whole city may not.
    """
    columns = columns_of(feed)
    judged = [
        part
        for part in parts
        if (history[part].rows or 0) >= feed.guard.min_rows
        and not (feed.slice.by_school and year_has_turned(register, history[part], night))
    ]
    known = f"lake.raw.{sql.name(feed.table)} WHERE _known_from < $1 AND coalesce(_known_to >= $1, true)"
    sent = f"read_parquet({sql.text(files.accepted)}) WHERE true"
    for compared in ([_as_written(c) for c in columns[:1]], [_as_read(register, feed, c) for c in columns]):
        new = _strangers(connection, sent, known, judged, compared, night) if columns and judged else {}
        judged = [part for part, (rows, strangers) in new.items() if strangers > _MOST * rows]
    gone = _strangers(connection, known, sent, judged, compared, night) if judged else {}
    return {
        part: _finding(columns, *new[part], *gone[part])
        for part in judged
        if part in gone and gone[part][1] > _MOST * gone[part][0]
    }


def _strangers(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    others: str,
    parts: Collection[str],
    identifiers: list[str],
    night: date,
) -> dict[str, tuple[int, int]]:
    """By slice, how many of `rows` have an identifier, and how many of these have none that is among `others`."""
    shown = f"unnest([{', '.join(identifiers)}]) AS identifier"
    found = connection.execute(
        f"""
        WITH person AS (
            SELECT _slice, row_number() OVER () AS person, {shown} FROM {rows} AND _slice IN ({sql.texts(parts)})),
        other AS (SELECT DISTINCT {shown} FROM {others}),
        compared AS (
            SELECT _slice, person, bool_or(other.identifier IS NOT NULL) AS is_there
            FROM person LEFT JOIN other ON person.identifier = other.identifier
            WHERE person.identifier IS NOT NULL GROUP BY _slice, person)
        SELECT _slice, count(*), count(*) FILTER (NOT is_there) FROM compared GROUP BY _slice""",
        [night],
    ).fetchall()
    return {part: (people, strangers) for part, people, strangers in found}


def _as_written(column: Column) -> str:
    return f"{sql.text(column.name + ':')} || {sql.name(column.name)}"


def _as_read(register: Register, feed: Feed, column: Column) -> str:
    return f"{sql.text(column.name + ':')} || CAST({reading(register, feed, column)} AS VARCHAR)"


def _finding(columns: list[Column], rows: int, new: int, rows_before: int, gone: int) -> Finding:
    headers = " or ".join(column.headers[0] for column in columns)
    return Finding(
        f"{new} of its {rows} rows are of nobody who was known by {headers}, and {gone} of the {rows_before} before "
        "are gone: see whether the system has renewed its numbers; if it has, deliver a column that names them still, "
        "or have the data engineer say who is who"
    )
