"""Rules about single values: for each column the conditions under which its value is wrong.

All rules are first evaluated in one aggregate; only violated ones are searched for rows.
Add here: another rule about a single value.
Stays out: parsing of a type (`registry.types`), rules about several rows (`ingest.contract.repeated_keys`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import duckdb

from ingest import sql
from registry.codes import code_of
from registry.model import Column, Feed, Register, Severity
from registry.types import CLEAN, CODE_KEY, TYPE_MACROS

SURPLUS = "surplus_cells"
# An 18-digit number truncated by a spreadsheet: 15 digits, or scientific notation.
_TRUNCATED_PATTERN = r"\d{15}000|\d{18}\.0+|\d(\.\d+)?[eE]\+?\d+"
_SCIENTIFIC_PATTERN = r"\d(\.\d+)?[eE]\+\d+"
_NUMBER_TYPES = ("id_number", "student_number")
# Types that are cheaper to parse than to deduplicate.
_CHEAP_TYPES = ("integer", "decimal", "boolean")
_NUMERIC_TYPES = ("integer", "decimal", "run_time")
_MIN_ROWS_FOR_DISTINCT = 20_000  # below this, evaluating each row is cheaper
# First characters of most values: digits, letters, Han characters.
_TEXT_CHARACTER_RANGES = ((48, 57), (65, 90), (97, 122), (0x3400, 0x9FFF))


@dataclass(frozen=True)
class Rule:
    """A rule: `condition` over the columns of `src` is true where a value is wrong."""

    name: str
    severity: Severity
    column: str  # '' for a rule about the row
    value: str  # expression of the value to show
    condition: str
    expensive: bool = False  # evaluated once per distinct value

    @property
    def distinct_values(self) -> str:
        """Subquery of the distinct values."""
        return f"(SELECT DISTINCT {self.value} FROM src)"

    def row_condition(self, *, use_distinct: bool) -> str:
        """The condition on a row of `src`."""
        if not (self.expensive and use_distinct):
            return self.condition
        return f"{self.value} IN (SELECT {self.value} FROM {self.distinct_values} WHERE {self.condition})"


def rules_of(feed: Feed, register: Register, columns: Collection[str]) -> list[Rule]:
    """The rules about single values of those columns of a feed that some file has.

    Raises RegisterError where a code set is missing.
    """
    rules = [Rule(SURPLUS, "row", "", "_surplus", "_surplus IS NOT NULL")]
    for column in (c for c in feed.loaded_columns if c.name in columns):
        own_rules = _filled(column) + _typed(column, feed) + _coded(column, register, feed) + _ranged(column)
        rules += [_except_not_applicable(rule, column) for rule in own_rules]
    return rules


def _except_not_applicable(rule: Rule, column: Column) -> Rule:
    """A value that means "not applicable" breaks no rule."""
    if not column.not_applicable:
        return rule
    is_not_applicable = f"coalesce({CLEAN}({rule.value}) IN ({sql.texts(column.not_applicable)}), false)"
    return replace(rule, condition=f"CASE WHEN {is_not_applicable} THEN false ELSE {rule.condition} END")


def find_wrong_values(
    connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], files_without_column: dict[str, list[int]]
) -> None:
    """Enter in `violation` every value that breaks a rule, of rows that are not in `skipped_row`.

    `files_without_column`: column -> files that do not have it; its blanks there break no rule.
    """
    row_count = connection.execute("SELECT count(*) FROM src").fetchone()
    use_distinct = row_count is not None and row_count[0] > _MIN_ROWS_FOR_DISTINCT
    for rule in _broken(connection, rules, use_distinct=use_distinct):
        files = files_without_column.get(rule.column) or []
        conditions = [rule.row_condition(use_distinct=use_distinct)]
        if files:
            conditions.append(f"_file NOT IN ({', '.join(map(str, files))})")
        if rule.name != SURPLUS:  # cells of a row with surplus cells are in the wrong columns
            conditions.append("_surplus IS NULL")
        labels = sql.texts([rule.name, rule.severity, rule.column])
        connection.execute(f"""
            INSERT INTO violation SELECT _file, _row, {labels}, {rule.value}
            FROM src ANTI JOIN skipped_row USING (_file, _row) WHERE {" AND ".join(conditions)}""")


def _broken(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], *, use_distinct: bool) -> list[Rule]:
    """The rules that some value breaks, skipped rows included."""
    cheap = [r for r in rules if not (r.expensive and use_distinct)]
    expensive = [r for r in rules if r.expensive and use_distinct]
    queries = ["SELECT " + ", ".join(f"count_if({rule.condition})" for rule in cheap) + " FROM src"]
    queries += [f"SELECT count_if({rule.condition}) FROM {rule.distinct_values}" for rule in expensive]
    counts = [count for query in queries for count in connection.execute(query).fetchone() or ()]
    broken = {rule for rule, count in zip([*cheap, *expensive], counts, strict=True) if count}
    return [rule for rule in rules if rule in broken]


def _filled(column: Column) -> list[Rule]:
    if not column.filled:
        return []
    value = sql.name(column.name)
    has_text = " OR ".join(
        f"({value} >= chr({first}) AND {value} < chr({last + 1}))" for first, last in _TEXT_CHARACTER_RANGES
    )
    blank = f"CASE WHEN {value} IS NULL THEN true WHEN {has_text} THEN false ELSE {CLEAN}({value}) IS NULL END"
    return [Rule("filled", column.severity, column.name, value, blank)]


def _typed(column: Column, feed: Feed) -> list[Rule]:
    macro = TYPE_MACROS.get(column.type)
    if macro is None or column.type in ("text", "name"):
        return []
    value = sql.name(column.name)
    truncation_severity: Severity = "row" if column.name in feed.key else "cell"
    if column.type == "identifier":
        is_truncated = _lazy_and(
            value, f"contains({value}, '+')", f"regexp_full_match({CLEAN}({value}), '{_SCIENTIFIC_PATTERN}')"
        )
        return [Rule("id_truncated", truncation_severity, column.name, value, is_truncated)]
    is_filled = f"{CLEAN}({value}) IS NOT NULL"
    rules = []
    if column.type in _NUMBER_TYPES:
        is_truncated = f"regexp_full_match({CLEAN}({value}), '{_TRUNCATED_PATTERN}')"
        may_be_truncated = f"contains({value}, '000') OR contains(upper({value}), 'E') OR contains({value}, '.0')"
        truncated = _lazy_and(value, may_be_truncated, is_truncated)
        rules = [Rule("id_truncated", truncation_severity, column.name, value, truncated)]
        is_filled += f" AND NOT {is_truncated}"
    is_wrong = _lazy_and(value, f"{macro}({value}) IS NULL", is_filled)
    expensive = column.type not in _CHEAP_TYPES
    return [*rules, Rule(f"type_{column.type}", column.severity, column.name, value, is_wrong, expensive)]


def _coded(column: Column, register: Register, feed: Feed) -> list[Rule]:
    if column.type != "code" or column.code_set is None:
        return []
    value, codes = sql.name(column.name), sql.texts(sorted(code_of(register, column.code_set, feed.source)))
    is_unknown = _lazy_and(value, f"{CODE_KEY}({value}) NOT IN ({codes})", f"{CLEAN}({value}) IS NOT NULL")
    if column.separator:
        parts = f"string_split({value}, {sql.text(column.separator)})"
        is_unknown_part = f"{CLEAN}(said) IS NOT NULL AND {CODE_KEY}(said) NOT IN ({codes})"
        is_unknown = _lazy_and(value, f"len(list_filter({parts}, lambda said: {is_unknown_part})) > 0", "true")
    return [Rule("code", column.severity, column.name, value, is_unknown, expensive=True)]


def _ranged(column: Column) -> list[Rule]:
    value = sql.name(column.name)
    number = f"{TYPE_MACROS[column.type if column.type in _NUMERIC_TYPES else 'decimal']}({value})"
    bounds = [f"{number} < {column.minimum!r}"] if column.minimum is not None else []
    bounds += [f"{number} > {column.maximum!r}"] if column.maximum is not None else []
    if not bounds:
        return []
    return [Rule("range", column.severity, column.name, value, f"coalesce({' OR '.join(bounds)}, false)")]


def _lazy_and(value: str, first: str, second: str) -> str:
    """Both conditions of a value, the second evaluated only where the first holds (CASE is lazy, AND is not)."""
    return f"CASE WHEN {value} IS NULL THEN false WHEN {first} THEN {second} ELSE false END"
