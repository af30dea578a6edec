"""The report on one record: its values, the copies that differ, its open problems, its rows and identifiers.

Add here: another table about a record.
Stays out: which record (`record`), how values are displayed (`disclosure.value_display`).
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import duckdb

from common.catalog import has_table
from warehouse.disclosure.value_display import ValueDisplay
from warehouse.records.export_rows import PLACE_COLUMNS, ExportRows, Place, RowKey
from warehouse.records.record import RecordKind, aliases
from warehouse.report import Part, part

_BORROWED = " (borrowed)"
_PERSON_ROWS = "lake.conformed.person_rows"


class ToldRow(NamedTuple):
    """A row of an export that speaks of the record, and the nights from and until which a delivery had it."""

    feed: str
    slice: str | None
    known_from: Any
    known_to: Any
    key: RowKey


class RecordReport:
    """The facts and tables about one record of the lake; each public method gives one."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        kind: RecordKind,
        uid: str,
        display: ValueDisplay,
        tables: dict[str, list[str]],
    ) -> None:
        self._connection, self._kind, self._uid, self._display, self._tables = connection, kind, uid, display, tables
        self._exports = ExportRows(connection, display)

    def facts(self) -> dict[str, Any]:
        """Kind and key of the record, the feed that created it, and the night of the data."""
        key = self._uid if self._kind.alias is None else self._display.key(self._uid)
        return {"record": self._kind.entity, "key": key, "created_by": self._record["created_by"], "as_of": self._night}

    def values(self) -> Part:
        """Each element of the record, whose value it is and where it stands; `state` owner, borrowed or missing."""
        rows = []
        for element, zh, en in self._rows(
            "select id, label_zh, label_en from lake.register.element where entity = $1", [self._kind.entity]
        ):
            name = element.partition(".")[2]
            if f"{name}_source" not in self._record:
                continue
            source = self._record[f"{name}_source"]
            feed = source.removesuffix(_BORROWED) if source else self._owner(element)
            state = "missing" if source is None else "borrowed" if source.endswith(_BORROWED) else "owner"
            value = self._display.value(element, self._record[name], self._types[name])
            place = self._places.get(str(feed), Place()) if source else Place()
            rows.append((element, zh, en, value, self._display.policy(element), state, feed, *place.values()))
        columns = ("element", "label_zh", "label_en", "value", "shown", "state", "feed", *PLACE_COLUMNS)
        return part("values", "Elements, with owner and source row of the value", columns, rows)

    def differences(self) -> Part:
        """The copies that differ, from the ledger; open ones first."""
        ledger_rows = self._ledger(
            "discrepancies",
            "select element_id, owner_source, owner_value, copy_source, copy_column, copy_value, first_seen, "
            "closed_on, _delivery_id, _row_number from lake.conformed.discrepancies "
            "where entity = $1 and record_uid = $2 order by closed_on is not null, element_id, copy_source, first_seen",
            [self._kind.entity, self._uid],
        )
        rows = [
            (
                element, "resolved" if closed else "open", owner, self._display.value(element, owner_value),
                copy, column, self._display.value(element, copy_value), since, closed,
                *self._exports.place(delivery, row).values(),
            )
            for element, owner, owner_value, copy, column, copy_value, since, closed, delivery, row in ledger_rows
        ]  # fmt: skip
        columns = (
            "element", "status", "owner", "owner_value", "copy", "copy_column", "copy_value", "since", "resolved",
            *PLACE_COLUMNS,
        )  # fmt: skip
        return part("differences", "Copies that differ", columns, rows)

    def problems(self) -> Part:
        """The open problems of the record's own rows."""
        problem_rows = self._ledger(
            "problems",
            "select feed, rule, severity, column_name, value, first_seen, remedy_zh, remedy_en, _delivery_id, "
            "_row_number from lake.conformed.problems where closed_on is null and list_contains($1, feed) "
            "and list_has_any(string_split(row_key, '|'), $2) order by all",
            [list(self._places), self._identifiers],
        )
        rule = "identified" if self._display.identified else "mask"
        rows = [
            (feed, rule_id, severity, column, self._display.by_policy(rule, value), since, zh, en,
             *self._exports.place(delivery, row).values())
            for feed, rule_id, severity, column, value, since, zh, en, delivery, row in problem_rows
        ]  # fmt: skip
        columns = ("feed", "rule", "severity", "column", "value", "since", "remedy_zh", "remedy_en")
        return part("problems", "Open problems", (*columns, *PLACE_COLUMNS), rows)

    def feeds(self) -> Part:
        """How many rows of each feed speak of the record, current ones and earlier ones, and how many are shown."""
        rows = []
        for feed, told in self._rows_by_feed.items():
            current = sum(row.known_to is None for row in told)
            rows.append((feed, current, len(told) - current, len(told[: self._display.limit])))
        return part("feeds", "Feeds that speak of it", ("feed", "current", "earlier", "shown"), rows)

    def records(self) -> Part:
        """The rows of all exports that speak of the record, the newest first, as many of each feed as are asked for."""
        rows = []
        for feed, told in self._rows_by_feed.items():
            shown = told[: self._display.limit]
            values = self._exports.values(feed, [row.key for row in shown])
            rows += [(row, read) for row in shown for read in values.get(row.key, [{}])]
        rows.sort(key=lambda told: str(told[0].known_from), reverse=True)
        columns = ("feed", "slice", "state", "until", *PLACE_COLUMNS, "read")
        records = [
            (row.feed, row.slice or None, "current" if row.known_to is None else "earlier", row.known_to,
             *self._exports.place(*row.key).values(), read or None)
            for row, read in rows
        ]  # fmt: skip
        left_off = sum(len(told) - len(told[: self._display.limit]) for told in self._rows_by_feed.values())
        return Part("records", "Rows of exports that speak of it", columns, tuple(records), left_off)

    def aliases(self) -> Part:
        """The namespaces of its identifiers; the identifiers themselves only where `identified`."""
        if self._kind.alias is None:
            return part("aliases", "Identifiers", (), ())
        alias_rows = self._rows(
            f"select namespace, identifier, feed, known_from from {aliases(self._connection, self._kind)} "
            f"where {self._kind.uid} = $1 order by known_from, namespace, identifier",
            [self._uid],
        )
        show_identifiers = self._display.identified
        rows = [
            (name, identifier if show_identifiers else None, feed, since)
            for name, identifier, feed, since in alias_rows
        ]
        return part("aliases", "Identifiers", ("namespace", "identifier", "feed", "since"), rows)

    def history(self) -> Part:
        """The spans of school, grade and class, as far as they are known."""
        table = f"conformed.{self._kind.entity}_spans"
        names = [name for name in self._tables.get(table, ()) if name != self._kind.uid]
        if not names:
            return part("history", "History", (), ())
        column_list = ", ".join(f'"{name}"' for name in names)
        span_rows = self._rows(
            f"select {column_list} from lake.{table} where {self._kind.uid} = $1 order by known_from", [self._uid]
        )
        rows = [[self._of_span(name, value) for name, value in zip(names, row, strict=True)] for row in span_rows]
        return part("history", "History", names, rows)

    def _of_span(self, name: str, value: Any) -> Any:
        if name.startswith(("known_", "valid_")):
            return value
        return self._display.value(f"{self._kind.entity}.{name.removesuffix('_code')}", value)

    @cached_property
    def _record(self) -> dict[str, Any]:
        (row,) = self._rows(f"select * from lake.conformed.{self._kind.table} where {self._kind.uid} = $1", [self._uid])
        return dict(zip(self._types, row, strict=True))

    @cached_property
    def _types(self) -> dict[str, str]:
        column_rows = self._rows(f"describe lake.conformed.{self._kind.table}", [])
        return {name: kind for name, kind, *_ in column_rows}

    @cached_property
    def _places(self) -> dict[str, Place]:
        """The place of the record's row in each feed."""
        places = {}
        for feed, place in self._record["provenance"].items():
            if place is not None:
                delivery, _, row = place.rpartition("#")
                places[feed] = self._exports.place(delivery, int(row))
        return places

    @cached_property
    def _rows_by_feed(self) -> dict[str, list[ToldRow]]:
        """The rows that speak of the record, of each feed the newest first: of a school, and in a lake of an older
        program, those from which it is made.
        """
        if self._kind.alias is None or not has_table(self._connection, _PERSON_ROWS):
            return {
                feed: [ToldRow(feed, None, place.loaded, None, RowKey(str(place.delivery), place.row or 0))]
                for feed, place in sorted(self._places.items())
            }
        rows_by_feed: dict[str, list[ToldRow]] = {}
        for feed, part_, known_from, known_to, delivery, row in self._rows(
            f"select distinct feed, slice, known_from, known_to, _delivery_id, _row_number from {_PERSON_ROWS} "
            "where entity = $1 and uid = $2 order by feed, known_from desc, slice desc, _row_number",
            [self._kind.entity, self._uid],
        ):
            told = ToldRow(feed, part_, known_from, known_to, RowKey(delivery, row))
            rows_by_feed.setdefault(feed, []).append(told)
        return rows_by_feed

    @cached_property
    def _identifiers(self) -> list[str]:
        if self._kind.alias is None:
            return [self._uid]
        query = f"select identifier from {aliases(self._connection, self._kind)} where {self._kind.uid} = $1"
        return [identifier for (identifier,) in self._rows(query, [self._uid])]

    @cached_property
    def _night(self) -> Any:
        """The last night that was built."""
        if "marts.completeness" not in self._tables:
            return None
        return self._rows("select max(night) from lake.marts.completeness", [])[0][0]

    def _owner(self, element: str) -> str | None:
        """The owner of an element on the night, where no value names it."""
        query = "select owners from lake.conformed.element_owners where element_id = $1"
        return next((owners for (owners,) in self._ledger("element_owners", query, [element])), None)

    def _ledger(self, table: str, sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
        return self._rows(sql, values) if f"conformed.{table}" in self._tables else []

    def _rows(self, sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, values).fetchall()
