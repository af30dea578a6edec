"""Rows of exports: where each stands, and what was read of it, as its elements may be shown.

Lives here: the place of a row (delivery, file, sheet, number, night), and its values under their policies.
Stays out: which rows (`trace`, `explain`), what a policy does to a value (`disclosure`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

import duckdb

from common.catalog import has_table
from common.raw_row import PROVENANCE
from registry.reading import quoted as column_name
from warehouse.disclosure.policy import STRICTNESS, released_value
from warehouse.disclosure.value_display import IN_FULL, ValueDisplay
from warehouse.lake import quoted

PLACE_COLUMNS = ("file", "member", "row", "loaded", "delivery")
_DATE_TYPES = ("date", "month", "datetime")
_HIDDEN = ("generalise_to_broader", "pseudonym", "empty", "drop")  # of a cell as written, which is no code yet
_PLAIN_TYPES = ("code", "boolean", "integer", "decimal", "date", "month", "school_code", "area_code")


class Place(NamedTuple):
    """Where a row stands: its delivery, the file and sheet (or member), the row as a person counts, the night."""

    delivery: str | None = None
    file: str | None = None
    member: str | None = None
    row: int | None = None
    loaded: Any = None

    def values(self) -> tuple[Any, ...]:
        """The values under `PLACE_COLUMNS`."""
        return self.file, self.member or None, self.row, self.loaded, self.delivery


class RowKey(NamedTuple):
    """A row of an export by its delivery and its number there."""

    delivery: str
    row: int


class ExportRows:
    """The rows of exports in the lake of one connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, display: ValueDisplay) -> None:
        self._connection, self._display = connection, display
        self._delivery = cache(self._delivery_of)
        self._columns = cache(self._columns_of)

    def place(self, delivery: str | None, row: int | None) -> Place:
        """Where a row stands; without a file where the delivery is not known any more."""
        return Place(delivery, *self._delivery(delivery)[:2], row, self._delivery(delivery)[2])

    def values(
        self, feed: str, keys: Iterable[RowKey], *, of_person: bool = True
    ) -> Mapping[RowKey, list[dict[str, Any]]]:
        """What was read of rows of a feed: the columns that hold something and may be shown, as delivered.

        A column without an element is shown in full alone, for nothing says how else it may be, and so is one that a
        release replaces by a pseudonym, which says nothing here. Of a row that tells of an organisation (not
        `of_person`) numbers, codes and days are shown too. One row of a file may have become several (a column a club).
        """
        wanted = sorted(set(keys))
        table, columns = self._columns(feed, of_person)
        if not wanted or not table:
            return {}
        selected = "".join(f", {sql} as {column_name(name)}" for name, sql in columns.items())
        relation = self._connection.execute(
            f"select _delivery_id, _row_number{selected} from lake.{quoted(f'raw.{table}')} semi join "
            "(select unnest($1) as _delivery_id, unnest($2) as _row_number) as wanted "
            "using (_delivery_id, _row_number) order by all",
            [[key.delivery for key in wanted], [key.row for key in wanted]],
        )
        values: dict[RowKey, list[dict[str, Any]]] = defaultdict(list)
        for delivery, number, *cells in relation.fetchall():
            row = {name: cell for name, cell in zip(columns, cells, strict=True) if cell}
            values[RowKey(delivery, number)].append(row)
        return values

    def _delivery_of(self, delivery: str | None) -> tuple[str | None, str | None, Any]:
        query = "select file_name, member, night from lake.intake.delivery where delivery_id = $1"
        row = self._connection.execute(query, [delivery]).fetchone()
        return row if row is not None else (None, None, None)

    def _columns_of(self, feed: str, of_person: bool) -> tuple[str | None, dict[str, str]]:
        """The raw table of a feed, and the SQL of each column that may be shown."""
        feeds = self._connection.execute(
            'select "table", rest, rest_elements from lake.register.feed where id = $1', [feed]
        ).fetchall()
        if not feeds or not has_table(self._connection, f"lake.raw.{feeds[0][0]}"):
            return None, {}
        ((table, rest, rest_elements),) = feeds
        present = {name for name, *_ in self._connection.execute(f"describe lake.{quoted(f'raw.{table}')}").fetchall()}
        declared = self._connection.execute(
            "select name, type, elements from lake.register.feed_column where feed = $1 order by ordinal", [feed]
        ).fetchall()
        columns = {
            name: _sql(name, type_name, policy)
            for name, type_name, elements in declared
            if name in present - PROVENANCE.keys()
            and (policy := self._policy(elements, is_open=not of_person and type_name in _PLAIN_TYPES)) not in _HIDDEN
        }
        if rest in present and self._policy(rest_elements) in ("keep", IN_FULL):
            columns[rest] = column_name(rest)
        return table, columns

    def _policy(self, elements: list[str] | None, *, is_open: bool = False) -> str:
        """The strictest policy of a cell's elements; of a cell without any, whether it `is_open`."""
        if self._display.identified:
            return IN_FULL
        policies = [self._display.policy(element) for element in elements or ()]
        return max(policies, key=STRICTNESS.index, default="keep" if is_open else "drop")


def _sql(name: str, type_name: str, policy: str) -> str:
    """The SQL of a delivered value as its policy shows it."""
    if policy == IN_FULL:
        return column_name(name)
    if policy == "generalise_to_year" and type_name in _DATE_TYPES:
        return f"cast({released_value(f'memory.main.as_{type_name}({column_name(name)})', 'DATE', policy)} as varchar)"
    return f"cast({released_value(column_name(name), 'VARCHAR', policy)} as varchar)"
