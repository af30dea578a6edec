"""Figures of a record's row and tables of its rows, with their origins, as a page asks for them by name.

Add here: another way in which a mart says the source or the day of a figure.
Stays out: which figures a page has (`student`, `teacher`, `school`, `school_class`), how a value is shown (`forms`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pages.content import Chart, Column, Figure, Origin, Section, Table, Text
from pages.forms import shown
from pages.marts import Marts, Row

_ABOUT = ("_source", "_as_of", "_key")  # columns that speak of others, and the key itself
_DAY = "as_of_date"
LAKE = "lake"  # the source of what the lake itself counts
_WHY = "_reason"  # shown where there is one
_FEEDS = {  # that a group of figures waits for where there are none
    "growth": "exams/results",
    "homework": "homework_a/records, homework_b/records",
    "fitness": "fitness/results",
    "evaluation": "quality/records",
    "attendance": "attendance/events",
    "platform": "platform_usage/daily",
}


@dataclass(frozen=True)
class File:
    """How the row of a mart of files is read.

    `groups`: column -> the name under which `<name>_source` and `<name>_as_of` stand, where that is not the beginning
    of its own. `elements`: column -> the element whose owners are its source, or LAKE, where the mart names none.
    `days`: column -> the column that says up to when it speaks, where that is named otherwise.
    """

    mart: str
    groups: Mapping[str, str] = field(default_factory=dict)
    elements: Mapping[str, str] = field(default_factory=dict)
    days: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A table that is asked of a mart.

    `source`: the feeds of all rows; None where each row has its own, or none is said. `as_of`: the columns whose latest
    day is the table's. `optional`: columns left out where no row has a value. `most`: rows that are shown, the last
    ones. `waits_for`: the feed without which there are none, where it is not the source.
    """

    mart: str
    title: Text
    columns: tuple[str, ...]
    source: str | None = None
    as_of: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    chart: Chart | None = None
    most: int | None = None
    waits_for: str | None = None


def section(
    marts: Marts,
    file: File,
    row: Row,
    name: str,
    title: Text,
    columns: Iterable[str],
    tables: Sequence[Table] = (),
) -> Section:
    """The figures of some columns of a row; a column that the release lacks is left out."""
    figures = tuple(
        _figure(marts, file, row, column)
        for column in columns
        if column in row and not (column.endswith(_WHY) and row[column] is None)
    )
    return Section(name, title, file.mart, figures, tuple(tables))


def _figure(marts: Marts, file: File, row: Row, column: str) -> Figure:
    label, cell = marts.columns[file.mart][column], shown(marts, column, row)
    told = origin(row, column, file.groups)
    if told.source is None and column in file.elements and cell.value is not None:
        owner = file.elements[column]
        day = row.get(file.days.get(column, ""), told.as_of)
        told = Origin(LAKE if owner == LAKE else marts.owners(owner, row[_DAY]), day)
    group = file.groups.get(column, column.partition("_")[0])
    return Figure(column, label, cell, told, _FEEDS.get(group) if cell.value is None and not told.source else None)


def origin(row: Row, column: str, groups: Mapping[str, str]) -> Origin:
    """Source and day of a column: those under its own name or the longest beginning of it; else the night's."""
    parts = column.split("_")
    names = [groups.get(column, column), *("_".join(parts[:n]) for n in range(len(parts) - 1, 0, -1))]
    name = next((name for name in names if f"{name}_source" in row), None)
    if name is None:
        return Origin(None, row.get(_DAY))
    return Origin(row[f"{name}_source"], row.get(f"{name}_as_of", row.get(_DAY)))


def others(mart_columns: Collection[str], named: Iterable[str]) -> list[str]:
    """The columns of a mart that a page does not name: a new one is shown before anybody has placed it."""
    known = {*named, _DAY}
    return [name for name in mart_columns if name not in known and not name.endswith(_ABOUT)]


def table(marts: Marts, asked: Asked, rows: Sequence[Row]) -> Table:
    """The rows of a mart as the table that is asked; a column that the release lacks is left out."""
    known = marts.columns.get(asked.mart, {})
    names = [
        name
        for name in asked.columns
        if name in known and (name not in asked.optional or any(row[name] not in (None, "") for row in rows))
    ]
    kept = list(rows)[-asked.most :] if asked.most else list(rows)
    days = [row[name] for row in rows for name in asked.as_of if row.get(name) is not None]
    is_drawn = asked.chart is not None and any(row.get(name) is not None for row in kept for name in asked.chart.y)
    return Table(
        asked.mart,
        asked.title,
        tuple(Column(name, known[name], _is_number(rows, name)) for name in names),
        tuple(tuple(shown(marts, name, row) for name in names) for row in kept),
        Origin(asked.source if rows else None, max(days, default=None)),
        asked.waits_for or asked.source,
        asked.chart if is_drawn else None,
        len(rows) - len(kept),
    )


def _is_number(rows: Sequence[Row], name: str) -> bool:
    values = [row[name] for row in rows if row[name] is not None]
    return bool(values) and all(
        isinstance(value, int | float | Decimal) and not isinstance(value, bool | date) for value in values
    )
