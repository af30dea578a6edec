"""The kinds of rule: for each the GX expectations, and the SQL that selects the failing rows.

Add here: a new kind (and its name in `suite.KINDS`).
Stays out: running (`engine`), reading the failing rows (`evidence`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from expectations.suite import Rule

# An ID number or 学籍号, or a mobile phone number, standing alone in a text. A full stop before it is a
# decimal fraction; 64 characters are a key or a checksum.
IDENTIFIER = r"(^|[^0-9A-Za-z.])([GJLgjl]?\d{17}[\dXx]|1[3-9]\d{9})([^0-9A-Za-z.]|$)"


@dataclass(frozen=True)
class Table:
    """A table at a door: its name, and its columns with their DuckDB types."""

    schema: str
    name: str
    columns: dict[str, str]

    @property
    def sql(self) -> str:
        """Its name in SQL."""
        return f'"{self.schema}"."{self.name}"'


@dataclass(frozen=True)
class Plan:
    """A rule ready to run: GX class names with their arguments, and where its failing rows are.

    `where` is a SQL predicate over the table, None for a rule about the table as a whole.
    `shows` are the columns that explain a failing row.
    """

    expectations: tuple[tuple[str, dict[str, Any]], ...]
    where: str | None = None
    shows: tuple[str, ...] = field(default=())


def plan(rule: Rule, table: Table) -> Plan:
    """Translate a rule. Raises KeyError where an argument is missing."""
    return _KINDS[rule.kind](rule.arguments, table)


def columns_of(rule: Rule) -> tuple[str, ...]:
    """The columns that a rule needs; a rule about the presence of columns needs none."""
    if rule.kind in ("filled", "unique"):
        return tuple(rule.arguments)
    if rule.kind in ("between", "one_of"):
        return (rule.arguments["column"],)
    return tuple(rule.arguments["shows"]) if rule.kind == "none" else ()


def _filled(columns: list[str], _: Table) -> Plan:
    parts = tuple(("ExpectColumnValuesToNotBeNull", {"column": c}) for c in columns)
    return Plan(parts, " or ".join(f'"{c}" is null' for c in columns), tuple(columns))


def _unique(columns: list[str], table: Table) -> Plan:
    names = ", ".join(f'"{c}"' for c in columns)
    if len(columns) == 1:
        where = f"{names} in (select {names} from {table.sql} group by all having count(*) > 1)"
        return Plan((("ExpectColumnValuesToBeUnique", {"column": columns[0]}),), where, tuple(columns))
    # GX's expectation of compound columns treats two nulls as different; a grain treats them as equal
    same = " and ".join(f'twice."{c}" is not distinct from {table.sql}."{c}"' for c in columns)
    doubles = f"select {names} from {table.sql} group by all having count(*) > 1"
    expectation = _unexpected("group by all having count(*) > 1", table, names)
    return Plan((expectation,), f"exists (select 1 from ({doubles}) as twice where {same})", tuple(columns))


def _between(arguments: dict[str, Any], _: Table) -> Plan:
    column, low, high = arguments["column"], arguments.get("min"), arguments.get("max")
    part = ("ExpectColumnValuesToBeBetween", {"column": column, "min_value": low, "max_value": high})
    outside = [f'"{column}" < {low}'] * (low is not None) + [f'"{column}" > {high}'] * (high is not None)
    return Plan((part,), " or ".join(outside), (column,))


def _one_of(arguments: dict[str, Any], _: Table) -> Plan:
    column, values = arguments["column"], [str(v) for v in arguments["values"]]
    literals = ", ".join("'" + v.replace("'", "''") + "'" for v in values)
    part = ("ExpectColumnValuesToBeInSet", {"column": column, "value_set": values})
    return Plan((part,), f'"{column}" not in ({literals})', (column,))


def _columns(columns: list[str], _: Table) -> Plan:
    # GX's expectation of a set of columns fails on a surplus one too, so each is asked for on its own
    return Plan(tuple(("ExpectColumnToExist", {"column": c}) for c in columns))


def _rows(arguments: dict[str, Any], _: Table) -> Plan:
    limits = {"min_value": arguments.get("min"), "max_value": arguments.get("max")}
    return Plan((("ExpectTableRowCountToBeBetween", limits),))


def _none(arguments: dict[str, Any], table: Table) -> Plan:
    return _no_rows(arguments["where"], table, tuple(arguments["shows"]))


def _no_identifiers(_: Any, table: Table) -> Plan:
    text_columns = [c for c, kind in table.columns.items() if kind.startswith("VARCHAR")]
    conditions = [
        f'(length("{c}"::varchar) between 11 and 63 or length("{c}"::varchar) > 64)'
        f""" and regexp_matches("{c}"::varchar, '{IDENTIFIER}')"""
        for c in text_columns
    ]
    return _no_rows(" or ".join(conditions) or "false", table, ())


def _no_rows(where: str, table: Table, shows: tuple[str, ...]) -> Plan:
    return Plan((_unexpected(f"where {where}", table),), where, shows)


def _unexpected(clause: str, table: Table, select: str = "1") -> tuple[str, dict[str, Any]]:
    """GX's expectation that a query finds nothing. GX formats the query: its own braces are doubled."""
    escaped = clause.replace("{", "{{").replace("}", "}}")
    query = f'select {select} from (select * from {{batch}}) as "{table.name}" {escaped}'
    return "UnexpectedRowsExpectation", {"unexpected_rows_query": query}


_KINDS: dict[str, Callable[[Any, Table], Plan]] = {
    "filled": _filled,
    "unique": _unique,
    "between": _between,
    "one_of": _one_of,
    "columns": _columns,
    "rows": _rows,
    "none": _none,
    "no_identifiers": _no_identifiers,
}
