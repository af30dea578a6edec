"""Rules about single values: for each column the conditions under which its value is wrong.

All rules are first evaluated in one aggregate; only violated ones are searched for rows.
Add here: another rule about a single value.
Stays out: parsing of a type (`registry.types`), rules about several rows (`ingest.contract.repeated_keys`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import duckdb

from ingest import sql
from registry.authority import may_own
from registry.codes import code_of
from registry.damaged_names import is_damaged
from registry.model import Column, Feed, Register, Severity
from registry.reading import MEASURES, as_written, names_person, other_document, says_none, tells_grades
from registry.types import (
    CLEAN,
    CODE_KEY,
    GRADE_KEY,
    IDENTITY_DOCUMENT,
    RELATIVE_GRADE,
    TYPE_MACROS,
    UNREAD_CELL,
)

SURPLUS = "surplus_cells"
# An 18-digit number truncated by a spreadsheet: 15 digits, or scientific notation.
_TRUNCATED_PATTERN = r"\d{15}000|\d{18}\.0+|\d(\.\d+)?[eE]\+?\d+"
_SCHOOL_AS_NUMBER_PATTERN = r"\d{9,10}\.0+|\d(\.\d+)?[eE]\+?\d+"
_SCIENTIFIC_PATTERN = r"\d(\.\d+)?[eE]\+\d+"
_NUMBER_TYPES = ("id_number", "student_number")
# Types that are cheaper to parse than to deduplicate.
_CHEAP_TYPES = ("integer", "decimal", "boolean")
_TEXT_TYPES = ("text", "name", "identifier")
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
    unless: str = ""  # condition over the row under which the rule does not hold

    def condition_of(self, value: str) -> str:
        """The condition on another expression than the column."""
        return self.condition.replace(self.value, value)

    @property
    def distinct_values(self) -> str:
        """Subquery of the distinct values."""
        return f"(SELECT DISTINCT {self.value} FROM src)"

    def row_condition(self, *, use_distinct: bool) -> str:
        """The condition on a row of `src`."""
        condition = self.condition
        if self.expensive and use_distinct:
            condition = f"{self.value} IN (SELECT {self.value} FROM {self.distinct_values} WHERE {self.condition})"
        return f"{condition} AND NOT {self.unless}" if self.unless else condition


def rules_of(feed: Feed, register: Register, columns: Collection[str]) -> list[Rule]:
    """The rules about single values of those columns of a feed that some file has.

    Raises RegisterError where a code set is missing.
    """
    rules = [Rule(SURPLUS, "row", "", "_surplus", "_surplus IS NOT NULL")]
    for column in (c for c in feed.loaded_columns if c.name in columns):
        value_rules = [
            *_unread(column),
            *_damaged(column, register, feed),
            *_typed(column, register, feed),
            *_coded(column, register, feed),
            *_ranged(column, register, feed),
        ]
        rules += _filled(column, register)
        rules += [_except_no_value(rule, says_none(register, column)) for rule in value_rules]
    return rules


def _except_no_value(rule: Rule, none: str | None) -> Rule:
    """A cell that says that there is no value has no wrong one."""
    if none is None:
        return rule
    return replace(rule, unless=f"({rule.unless} OR {none})" if rule.unless else none)


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
    """The rules that some value breaks, skipped rows and cells without a value included."""
    cheap = [rule for rule in rules if not (rule.expensive and use_distinct)]
    groups = [[rule] for rule in cheap] if use_distinct else _alike(cheap)
    found = _broken_groups(connection, groups)
    broken = {group[0] for group in found if len(group) == 1}
    broken |= {rule for (rule,) in _broken_groups(connection, [[r] for g in found if len(g) > 1 for r in g])}
    for rule in rules:
        if rule.expensive and use_distinct and _broken_groups(connection, [[rule]], rule.distinct_values):
            broken.add(rule)
    return [rule for rule in rules if rule in broken]


def _alike(rules: Iterable[Rule]) -> list[list[Rule]]:
    """The rules by what they say of a value: DuckDB takes longer to bind a condition than to try it on some rows."""
    groups: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        groups[rule.condition_of("_value")].append(rule)
    return [*groups.values()]


def _broken_groups(
    connection: duckdb.DuckDBPyConnection, groups: Sequence[list[Rule]], rows: str = "src"
) -> list[list[Rule]]:
    """The groups of rules that are alike of which one is broken."""
    if not groups:
        return []
    query = f"SELECT {', '.join(f'count_if({_any_of(group)}) > 0' for group in groups)} FROM {rows}"
    return [group for group, found in zip(groups, connection.execute(query).fetchone() or (), strict=True) if found]


def _any_of(alike: Sequence[Rule]) -> str:
    if len(alike) == 1:
        return alike[0].condition
    values = ", ".join(rule.value for rule in alike)
    return f"len(list_filter([{values}], lambda _value: {alike[0].condition_of('_value')})) > 0"


def _unread(column: Column) -> list[Rule]:
    """Of a type that any text satisfies, for others find such cells anyway (`unread_cells` names them)."""
    if column.type not in _TEXT_TYPES:
        return []
    value = sql.name(column.name)
    return [Rule("cell_error", column.severity, column.name, value, f"{UNREAD_CELL}({value}) IS NOT NULL")]


def _filled(column: Column, register: Register) -> list[Rule]:
    if not column.filled:
        return []
    value = sql.name(column.name)
    has_text = " OR ".join(
        f"({value} >= chr({first}) AND {value} < chr({last + 1}))" for first, last in _TEXT_CHARACTER_RANGES
    )
    blank = f"CASE WHEN {value} IS NULL THEN true WHEN {has_text} THEN false ELSE {CLEAN}({value}) IS NULL END"
    none = says_none(register, column)
    if none is not None and not column.not_applicable:  # a word for a blank is one
        blank = f"({blank} OR {none})"
    return [Rule("filled", column.severity, column.name, value, blank)]


def _typed(column: Column, register: Register, feed: Feed) -> list[Rule]:
    if column.type in ("text", "name", "code"):
        return []
    value = sql.name(column.name)
    truncation_severity: Severity = "row" if column.name in feed.key else "cell"
    is_scientific = _lazy_and(
        value, f"contains({value}, '+')", f"regexp_full_match({CLEAN}({value}), '{_SCIENTIFIC_PATTERN}')"
    )
    scientific = Rule("id_truncated", truncation_severity, column.name, value, is_scientific)
    if column.type == "identifier":
        return [scientific]
    is_filled = f"{CLEAN}({value}) IS NOT NULL"
    if column.type == "school_code":
        is_number = f"regexp_full_match({CLEAN}({value}), '{_SCHOOL_AS_NUMBER_PATTERN}')"
        number = _lazy_and(value, f"contains({value}, '.') OR contains(upper({value}), 'E')", is_number)
        is_wrong = _lazy_and(
            value, f"{as_written(register, feed, column)} IS NULL", f"{is_filled} AND NOT {is_number}"
        )
        return [
            Rule("id_truncated", column.severity, column.name, value, number),
            Rule("type_school_code", column.severity, column.name, value, is_wrong, expensive=True),
        ]
    if column.type not in _NUMBER_TYPES:
        is_wrong = _lazy_and(value, f"{as_written(register, feed, column)} IS NULL", is_filled)
        expensive = column.type not in _CHEAP_TYPES
        return [Rule(f"type_{column.type}", column.severity, column.name, value, is_wrong, expensive)]
    is_truncated = f"regexp_full_match({CLEAN}({value}), '{_TRUNCATED_PATTERN}')"
    may_be_truncated = f"contains({value}, '000') OR contains(upper({value}), 'E') OR contains({value}, '.0')"
    other = other_document(register, feed, column)
    macro = TYPE_MACROS[column.type] if other is None else IDENTITY_DOCUMENT
    is_wrong = _lazy_and(value, f"{macro}({value}) IS NULL", f"{is_filled} AND NOT {is_truncated}")
    rules = [
        Rule(
            "id_truncated", truncation_severity, column.name, value,
            _lazy_and(value, may_be_truncated, is_truncated), unless=other or "",
        ),
        Rule(f"type_{column.type}", column.severity, column.name, value, is_wrong, expensive=True, unless=other or ""),
    ]  # fmt: skip
    return rules if other is None else [*rules, replace(scientific, condition=f"{is_scientific} AND {other}")]


def _damaged(column: Column, register: Register, feed: Feed) -> list[Rule]:
    """A damaged name becomes no owner's value; a copy of one may still tell who is meant, and is only listed."""
    if not names_person(column):
        return []
    severity: Severity = "cell" if may_own(register, feed, column) else "warn"
    value = sql.name(column.name)
    return [Rule("damaged_name", severity, column.name, value, is_damaged(register, column), expensive=True)]


def _coded(column: Column, register: Register, feed: Feed) -> list[Rule]:
    if column.type != "code" or column.code_set is None:
        return []
    value, codes = sql.name(column.name), sql.texts(sorted(code_of(register, column.code_set, feed.source)))
    is_said = f"{CLEAN}({value}) IS NOT NULL"
    if tells_grades(register, column):
        is_said += f" AND {GRADE_KEY}({value}) NOT IN ({codes}) AND {RELATIVE_GRADE}({value}) IS NULL"
    is_unknown = _lazy_and(value, f"{CODE_KEY}({value}) NOT IN ({codes})", is_said)
    if column.separator:
        parts = f"string_split({value}, {sql.text(column.separator)})"
        is_unknown_part = f"{CLEAN}(_said) IS NOT NULL AND {CODE_KEY}(_said) NOT IN ({codes})"
        is_unknown = _lazy_and(value, f"len(list_filter({parts}, lambda _said: {is_unknown_part})) > 0", "true")
    return [Rule("code", column.severity, column.name, value, is_unknown, expensive=True)]


def _ranged(column: Column, register: Register, feed: Feed) -> list[Rule]:
    value = sql.name(column.name)
    number = as_written(register, feed, column) if column.type in MEASURES else f"{TYPE_MACROS['decimal']}({value})"
    if column.minimum is None and column.maximum is None:
        return []
    least = "'-infinity'::DOUBLE" if column.minimum is None else repr(column.minimum)
    most = "'infinity'::DOUBLE" if column.maximum is None else repr(column.maximum)
    is_outside = f"coalesce({number} NOT BETWEEN {least} AND {most}, false)"
    return [Rule("range", column.severity, column.name, value, is_outside)]


def _lazy_and(value: str, first: str, second: str) -> str:
    """Both conditions of a value, the second evaluated only where the first holds (CASE is lazy, AND is not)."""
    return f"CASE WHEN {value} IS NULL THEN false WHEN {first} THEN {second} ELSE false END"
