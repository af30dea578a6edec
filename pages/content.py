"""What a page is made of: figures and tables, each with its words in both languages, its source and its as-of date.

Stays out: where values come from (`marts`), how a page looks (`html`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple


class Text(NamedTuple):
    """Words in Chinese and English."""

    zh: str
    en: str


NOTHING = Text("—", "—")


@dataclass(frozen=True)
class Origin:
    """The feeds that a figure comes from, and the day up to which it speaks; None where the mart does not say."""

    source: str | None = None
    as_of: date | str | None = None


@dataclass(frozen=True)
class Cell:
    """A value as the mart has it, and how it is shown."""

    value: Any
    shown: Text


@dataclass(frozen=True)
class Figure:
    """One value of a mart's row, under the mart's name for it."""

    name: str
    label: Text
    cell: Cell
    origin: Origin
    waits_for: str | None = None  # the feed without which there is none


@dataclass(frozen=True)
class Column:
    """A column of a table; `is_number` ones stand to the right."""

    name: str
    label: Text
    is_number: bool = False


@dataclass(frozen=True)
class Chart:
    """A picture drawn from the table beneath it: columns by name. `series` parts the rows by a column of words."""

    kind: str  # line or bar
    x: str
    y: tuple[str, ...]
    series: str | None = None
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Table:
    """Rows of one mart. `waits_for`: the feed without which there are none; `rows_left_off`: older ones, not shown."""

    mart: str
    title: Text
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    origin: Origin = Origin()
    waits_for: str | None = None
    chart: Chart | None = None
    rows_left_off: int = 0


@dataclass(frozen=True)
class Section:
    """A part of a page: figures of the record's own row of `mart`, then tables."""

    name: str
    title: Text
    mart: str | None = None
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Identity:
    """Who a person is, for those who may know: shown only where the page is made `identified`."""

    name: str | None = None
    number: str | None = None


@dataclass(frozen=True)
class Page:
    """A file of one record, of one release. `identity` is empty unless names were asked for and logged."""

    kind: str
    title: Text
    key: str
    release: str
    as_of: date | None
    sections: tuple[Section, ...]
    identity: Identity | None = None
    is_identified: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The page as plain data: values as the marts have them, words in both languages, dates as ISO text."""
        who = {} if self.identity is None else {"name": self.identity.name, "number": self.identity.number}
        head = {
            "file": self.kind,
            "key": self.key,
            "release": self.release,
            "as_of": _plain(self.as_of),
            "title": self.title._asdict(),
        }
        return head | who | {"sections": [_section(section) for section in self.sections]}


def _section(section: Section) -> dict[str, Any]:
    figures = [
        {
            "name": figure.name,
            "label": figure.label._asdict(),
            "value": _plain(figure.cell.value),
            "shown": figure.cell.shown._asdict(),
            **_origin(figure.origin),
        }
        for figure in section.figures
    ]
    tables = [
        {
            "mart": table.mart,
            "title": table.title._asdict(),
            **_origin(table.origin),
            "waits_for": None if table.rows else table.waits_for,
            "rows_left_off": table.rows_left_off,
            "rows": [
                {column.name: _plain(cell.value) for column, cell in zip(table.columns, row, strict=True)}
                for row in table.rows
            ],
        }
        for table in section.tables
    ]
    return {
        "name": section.name,
        "title": section.title._asdict(),
        "mart": section.mart,
        "figures": figures,
        "tables": tables,
    }


def _origin(origin: Origin) -> dict[str, Any]:
    return {"source": origin.source, "as_of": _plain(origin.as_of)}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
