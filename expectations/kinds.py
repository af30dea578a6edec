"""The kinds of rule: for each the GX expectations, and the SQL that selects the failing rows.

Add here: a new kind (and its name in `suite.KINDS`).
Stays out: running (`engine`), reading the failing rows (`evidence`), the SQL of rules between figures (`between_sql`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from expectations import between, between_sql
from expectations.report import Text
from expectations.suite import PEOPLE, Rule
from registry.types import PERSONAL_NUMBER, PERSONAL_NUMBER_LENGTH

NO_ROWS = "NoRows"  # the class of `no_rows`; the others are GX's


@dataclass(frozen=True)
class Table:
    """A table at a door: its name, and its columns with their DuckDB types; `source` is SQL that reads it elsewhere."""

    schema: str
    name: str
    columns: dict[str, str]
    source: str = ""

    @property
    def sql(self) -> str:
        """Its name in SQL."""
        return self.source or f'"{self.schema}"."{self.name}"'


@dataclass(frozen=True)
class Plan:
    """A rule ready to run: GX class names with their arguments, and where its failing rows are.

    `where` is a SQL predicate over the table, None for a rule about the table as a whole.
    `shows` are the columns that explain a failing row. `figures` is the SQL of one row of counts, for a rule on
    people, which is judged by that row: a person sees them, whether the rule fails or not, and never the rows.
    `failing` is SQL that selects what fails, for a rule between figures: it has `figures` too, and judges nothing where
    one of these is below `least`. `not_judged` says why a rule cannot be judged at all.
    """

    expectations: tuple[tuple[str, dict[str, Any]], ...]
    where: str | None = None
    shows: tuple[str, ...] = field(default=())
    figures: str | None = None
    failing: str | None = None
    least: Mapping[str, int] = field(default_factory=dict)
    not_judged: Text | None = None


NOTHING_BEFORE: Mapping[str, Table] = {}


def plan(rule: Rule, table: Table, before: Mapping[str, Table] = NOTHING_BEFORE) -> Plan:
    """Translate a rule. `before`: the marts of the release before. Raises KeyError where an argument is missing."""
    if rule.kind in between.BETWEEN:
        return _between_figures(rule, table, before)
    return _KINDS[rule.kind](rule.arguments, table)


def columns_of(rule: Rule) -> tuple[str, ...]:
    """The columns that a rule needs; a rule about the presence of columns needs none."""
    if rule.kind in ("filled", "unique"):
        return tuple(rule.arguments)
    if rule.kind in ("between", "one_of"):
        return (rule.arguments["column"],)
    if rule.kind == PEOPLE:
        return (rule.arguments["key"], *rule.arguments["columns"])
    if rule.kind in between.BETWEEN:
        return between.columns_here(rule.kind, rule.arguments)
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
    # one expectation: each costs GX as much as a query
    return Plan((("ExpectTableColumnsToMatchSet", {"column_set": list(columns), "exact_match": False}),))


def _rows(arguments: dict[str, Any], _: Table) -> Plan:
    limits = {"min_value": arguments.get("min"), "max_value": arguments.get("max")}
    return Plan((("ExpectTableRowCountToBeBetween", limits),))


def _none(arguments: dict[str, Any], table: Table) -> Plan:
    return _no_rows(arguments["where"], table, tuple(arguments["shows"]))


def _no_identifiers(_: Any, table: Table) -> Plan:
    text_columns = [c for c, kind in table.columns.items() if kind.startswith("VARCHAR")]
    conditions = [
        f'(length("{c}"::varchar) between {PERSONAL_NUMBER_LENGTH} and 63 or length("{c}"::varchar) > 64)'
        f""" and regexp_matches("{c}"::varchar, '{PERSONAL_NUMBER}')"""
        for c in text_columns
    ]
    return _no_rows(" or ".join(conditions) or "false", table, ())


def _groups_of_at_least(arguments: dict[str, Any], table: Table) -> Plan:
    """`key` names a person, `columns` may tell who it is; `max_share` is that of people in groups of fewer than `k`.

    `joined`, where it is given: the columns of other marts, by mart, which the key joins to a person of this one.
    """
    key, columns, k = arguments["key"], arguments["columns"], arguments["k"]
    joined: dict[str, list[str]] = arguments.get("joined", {})
    shows = (*columns, *(f"{mart}.{column}" for mart, names in joined.items() for column in names))
    figures = _people(table.sql, key, columns, k, joined)
    condition = f"in_small_groups > people * {arguments['max_share']}"
    query = f"select 1 from (select * from {{batch}}) as judged where {condition}"
    return Plan(((NO_ROWS, {"unexpected_rows_query": query}),), shows=shows, figures=figures)


def _people(table: str, key: str, columns: list[str], k: int, joined: dict[str, list[str]]) -> str:
    """The SQL of one row: people, those whom nobody is like, and those in groups of fewer than `k` who are alike."""
    alike = _alike_in_all(table, key, columns, joined) if joined else _alike(table, key, columns)
    return f"""
        select *, {k} as k, coalesce(round(in_small_groups / nullif(people, 0), 4), 0) as share from (
            select count(*) as people, count(*) filter (where alike = 1) as alone,
                count(*) filter (where alike < {k}) as in_small_groups
            from ({alike}) as persons
        ) as counted"""


def _alike(table: str, key: str, columns: list[str]) -> str:
    """SQL that gives for each person how many have the same values, by the rarest of his rows. Blanks are equal."""
    values = _names(columns) or "true"
    return f"""
        select min(alike) as alike from (
            select "{key}", count(*) over (partition by {values}) as alike
            from (select distinct "{key}", {values} from {table} where "{key}" is not null) as told
        ) as grouped
        group by "{key}"
    """


def _alike_in_all(table: str, key: str, columns: list[str], joined: dict[str, list[str]]) -> str:
    """SQL that gives for each person of `table` how many have the same values in all their rows there and in `joined`.

    What is known of a person is one number: the hashes of his values in each mart, taken together in any order.
    """
    marts = {"": (table, columns)} | {mart: (f'marts."{mart}"', names) for mart, names in joined.items()}
    told = " union all ".join(
        f"""select distinct "{key}", hash('{mart}', {_names(names)}) as value from {place}"""
        for mart, (place, names) in marts.items()
    )
    return f"""
        select count(*) over (partition by known) as alike from (
            select "{key}", bit_xor(value) as known from ({told}) as told
            where "{key}" in (select "{key}" from {table}) group by "{key}"
        ) as grouped"""


def _names(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


_NO_RELEASE = {"zh": "没有更早一夜的发布可比。", "en": "There is no release of an earlier night to compare with."}
_NOT_THERE = {
    "zh": "更早一夜的发布没有 {mart} 或其列 {columns}，无可比较。",
    "en": "The release before has no {mart} with {columns} to compare with.",
}


def _between_figures(rule: Rule, table: Table, before: Mapping[str, Table]) -> Plan:
    arguments = rule.arguments
    if "of" in arguments:
        first, second = arguments["figure"], arguments["of"]
        condition = f'"{first}" > "{second}"'
        where = f"({arguments['where']}) and {condition}" if "where" in arguments else condition
        return _no_rows(where, table, (first, second))
    if between.looks_back(rule.kind, arguments):
        if not before:
            return Plan((), not_judged=_NO_RELEASE)
        needed = [c for c in columns_of(rule) if table.name not in before or c not in before[table.name].columns]
        if needed:
            words = {"mart": table.name, "columns": ", ".join(needed)}
            return Plan((), not_judged={language: text.format(**words) for language, text in _NOT_THERE.items()})
    sources = {name: mart.sql for name, mart in before.items()}
    made = between_sql.between(rule.kind, arguments, table.sql, sources, table.name)
    batch = "\0"  # of the query that GX formats: its own braces are doubled first
    failing = between_sql.between(rule.kind, arguments, batch, sources, table.name).failing
    query = failing.replace("{", "{{").replace("}", "}}").replace(batch, "(select * from {batch})")
    part = (NO_ROWS, {"unexpected_rows_query": f"select 1 from ({query}) as failing"})
    return Plan((part,), figures=made.figures, failing=made.failing, least=made.least)


def _no_rows(where: str, table: Table, shows: tuple[str, ...]) -> Plan:
    return Plan((_unexpected(f"where {where}", table),), where, shows)


def _unexpected(clause: str, table: Table, select: str = "1") -> tuple[str, dict[str, Any]]:
    """GX's expectation that a query finds nothing. GX formats the query: its own braces are doubled."""
    escaped = clause.replace("{", "{{").replace("}", "}}")
    query = f'select {select} from (select * from {{batch}}) as "{table.name}" {escaped}'
    return NO_ROWS, {"unexpected_rows_query": query}


_KINDS: dict[str, Callable[[Any, Table], Plan]] = {
    "filled": _filled,
    "unique": _unique,
    "between": _between,
    "one_of": _one_of,
    "columns": _columns,
    "rows": _rows,
    "none": _none,
    "no_identifiers": _no_identifiers,
    PEOPLE: _groups_of_at_least,
}
