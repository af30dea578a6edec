"""Output formats: a table for people, CSV and JSON for programs; for answers (rows) and for reports (facts and tables).

Add here: another format.
Stays out: the query (`warehouse.release.query`), the content of a report (`warehouse.explain`, `warehouse.trace`).
"""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

import typer

if TYPE_CHECKING:
    from warehouse.report import Part, Report

MAX_TABLE_ROWS = 1000  # on a screen; csv and json give all


class Answer(Protocol):
    """Column names, and an iterator over the rows."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names, in order."""

    @property
    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The rows."""


@dataclass(frozen=True)
class Rows:
    """An answer that does not come from a release."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


def write_table(answer: Answer) -> None:
    """Aligned columns (a Chinese character is two wide); at most MAX_TABLE_ROWS rows, and a note on more."""
    rows = [tuple(_text(value) for value in row) for row in islice(answer.rows, MAX_TABLE_ROWS)]
    for line in aligned(answer.columns, rows):
        typer.echo(line)
    if next(answer.rows, None) is not None:
        typer.echo(f"Only the first {MAX_TABLE_ROWS:,} rows are shown; --format csv gives all.", err=True)


def aligned(
    columns: Iterable[str], rows: Iterable[tuple[str, ...]], figures: Collection[str] = ()
) -> Iterator[str]:
    """Lines of a table: header, rule, rows; a character that nobody sees, or that moves others, by its number. The
    columns of `figures` stand to the right.
    """
    from rich.cells import cell_len

    from warehouse.problem_lists.cells import visible

    names = tuple(columns)
    table = [names, *(tuple(map(visible, row)) for row in rows)]
    widths = [max(cell_len(value) for value in column) for column in zip(*table, strict=True)]
    for number, row in enumerate(table):
        spaces = [" " * (width - cell_len(value)) for value, width in zip(row, widths, strict=True)]
        cells = zip(names, row, spaces, strict=True)
        yield "  ".join(space + v if name in figures else v + space for name, v, space in cells).rstrip()
        if number == 0:
            yield "  ".join("-" * width for width in widths)


def write_csv(answer: Answer) -> None:
    """RFC 4180 with a header; null is an empty field."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(answer.columns)
    for row in answer.rows:
        writer.writerow("" if value is None else _text(value) for value in row)


def write_json(answer: Answer) -> None:
    """One JSON array of objects, a row a line."""
    opening = "["
    for row in answer.rows:
        plain = {name: _plain(value) for name, value in zip(answer.columns, row, strict=True)}
        typer.echo(f"{opening}{json.dumps(plain, ensure_ascii=False)}", nl=False)
        opening = ",\n"
    typer.echo("[]" if opening == "[" else "]")


def _text(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(_plain(value), ensure_ascii=False)
    return " ".join(str(value).splitlines())


def _plain(value: Any) -> Any:
    """A value as plain data for JSON: dates as ISO text, NaN as null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, str | int | float):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def write_report_table(report: Report) -> None:
    """Facts one a line, then each part under its title; columns that are empty in all rows are left out."""
    width = max((len(name) for name in report.facts), default=0)
    for name, value in report.facts.items():
        typer.echo(f"{name:<{width}}  {_report_cell(value)}")
    for part in report.parts:
        filled_columns = [n for n in range(len(part.columns)) if any(row[n] is not None for row in part.rows)]
        rows = [tuple(_report_cell(row[n]) for n in filled_columns) for row in part.rows]
        typer.echo(f"\n{part.title}: {_count(part)}")
        for line in aligned((part.columns[n] for n in filled_columns), rows):
            typer.echo(f"  {line}")


def write_report_csv(report: Report) -> None:
    """RFC 4180: the rows of all parts under one header, the part's name first."""
    columns, rows = report.flat()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow("" if value is None else _report_cell(value) for value in row)
    for part in report.parts:
        if part.left_off:
            typer.echo(f"{part.title}: {_count(part)}", err=True)


def write_report_json(report: Report) -> None:
    """One JSON object: the facts, and each part as an array of objects."""
    typer.echo(json.dumps(_plain(report.as_dict()), ensure_ascii=False, indent=1))


def _count(part: Part) -> str:
    """How many rows a part has, and how many of them are shown."""
    if not part.left_off:
        return f"{len(part.rows):,}"
    return f"{len(part.rows):,} of {len(part.rows) + part.left_off:,}; --limit 0 shows all"


def _report_cell(value: Any) -> str:
    """A value of a report as text: empty for None, a list separated by commas."""
    if isinstance(value, list | tuple):
        return ", ".join(_text(item) for item in value)
    return "" if value is None else _text(value)


REPORT_WRITERS: dict[str, Callable[[Report], None]] = {
    "table": write_report_table,
    "csv": write_report_csv,
    "json": write_report_json,
}
WRITERS: dict[str, Callable[[Answer], None]] = {"table": write_table, "csv": write_csv, "json": write_json}
