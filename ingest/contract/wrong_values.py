"""Rules about single values: for each column the conditions under which its value is wrong.

Of many rows, all rules are first evaluated in one aggregate, and only violated ones searched for rows; of few rows,
all are searched at once.
Add here: another rule about a single value.
Stays out: parsing of a type (`registry.types`), rules about several rows (`ingest.contract.repeated_keys`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from ingest import sql
from registry.authority import may_own
from registry.codes import code_of
from registry.damaged_names import is_damaged
from registry.derived.free_texts import shown_as_written
from registry.model import Column, Feed, Register, Severity
from registry.reading import MEASURES, as_written, names_person, other_document, says_none, tells_grades
from registry.types import (
    CLEAN,
    CODE_KEY,
    GRADE_KEY,
    IDENTITY_DOCUMENT,
    PERSONAL_NUMBER,
    PERSONAL_NUMBER_LENGTH,
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
MIN_ROWS_FOR_DISTINCT = 20_000  # below this, evaluating each row is cheaper
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
    def labels(self) -> str:
        """What a violation says of the rule: its name, its severity and the column."""
        return sql.texts([self.name, self.severity, self.column])

    @property
    def distinct_values(self) -> str:
        """Subquery of the distinct values."""
        return f"(SELECT DISTINCT {self.value} FROM src)"

    @property
    def row_condition(self) -> str:
        """The condition on a row of `src`, tried once for each distinct value where it is expensive: by an aggregate,
        since DuckDB would try a WHERE on every row, before it looks for distinct ones.
        """
        if not self.expensive:
            return self.condition
        wrong = f"SELECT unnest(list({self.value}) FILTER ({self.condition})) FROM {self.distinct_values}"
        return f"{self.value} IN ({wrong})"


def rules_of(feed: Feed, register: Register, columns: Collection[str]) -> list[Rule]:
    """The rules about single values of those columns of a feed that some file has.

    Raises RegisterError where a code set is missing.
    """
    rules = [Rule(SURPLUS, "row", "", "_surplus", "_surplus IS NOT NULL")]
    for column in (c for c in feed.loaded_columns if c.name in columns):
        value_rules = [
            *_unread(column),
            *_damaged(column, register, feed),
            *_misplaced(column, register, feed),
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
    connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], files_without_column: Mapping[str, Sequence[int]]
) -> None:
    """Enter in `violation` every value that breaks a rule, of rows that are not in `skipped_row`.

    `files_without_column`: column -> files that do not have it; its blanks there break no rule.
    """
    row_count = connection.execute("SELECT count(*) FROM src").fetchone()
    enter = _enter_of_many if row_count is not None and row_count[0] > MIN_ROWS_FOR_DISTINCT else _enter_of_few
    enter(connection, rules, files_without_column)


def _enter_of_many(
    connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], files_without_column: Mapping[str, Sequence[int]]
) -> None:
    """Enter the wrong values of many rows, which are searched for the rules alone that some value breaks."""
    cheap = [rule for rule in rules if not rule.expensive]
    broken = _broken(connection, cheap, "src")
    for rule in rules:
        if rule.expensive:
            broken |= _broken(connection, [rule], rule.distinct_values)
    for rule in (rule for rule in rules if rule in broken):
        connection.execute(f"""
            INSERT INTO violation SELECT _file, _row, {rule.labels}, {rule.value}
            FROM src ANTI JOIN skipped_row USING (_file, _row)
            WHERE {rule.row_condition} AND NOT ({_excused(rule, files_without_column)})""")


def _broken(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], rows: str) -> set[Rule]:
    """The rules that some value breaks, skipped rows and cells without a value included."""
    query = f"SELECT {', '.join(f'count_if({rule.condition}) > 0' for rule in rules)} FROM {rows}"
    return {rule for rule, found in zip(rules, connection.execute(query).fetchone() or (), strict=True) if found}


def _enter_of_few(
    connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], files_without_column: Mapping[str, Sequence[int]]
) -> None:
    """Enter the wrong values of few rows: DuckDB takes longer to bind a condition than to try it on them, so that each
    is bound once, for all columns of which it says the same.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for number, rule in enumerate(rules):
        groups[rule.condition_of("_value")].append(number)
    broken = ", ".join(
        f"list_transform([{', '.join(rules[number].value for number in numbers)}], "
        f"lambda _value, _place: if({condition}, {numbers}[_place], NULL))"
        for condition, numbers in groups.items()
    )
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE broken_rule AS
        SELECT _file, _row, unnest(list_filter(flatten([{broken}]), lambda _rule: _rule IS NOT NULL)) AS _rule
        FROM src ANTI JOIN skipped_row USING (_file, _row)""")
    found = [n for (n,) in connection.execute("SELECT DISTINCT _rule FROM broken_rule ORDER BY _rule").fetchall()]
    if not found:
        return
    labels = ", ".join(f"({n}, {rules[n].labels})" for n in found)
    values = " ".join(f"WHEN {n} THEN {rules[n].value}" for n in found)
    excused = " ".join(f"WHEN {n} THEN {_excused(rules[n], files_without_column)}" for n in found)
    connection.execute(f"""
        INSERT INTO violation SELECT _file, _row, _name, _severity, _column, CASE _rule {values} END
        FROM src JOIN broken_rule USING (_file, _row)
        JOIN (VALUES {labels}) AS labels (_rule, _name, _severity, _column) USING (_rule)
        WHERE NOT CASE _rule {excused} END
        ORDER BY _rule, _file, _row""")


def _excused(rule: Rule, files_without_column: Mapping[str, Sequence[int]]) -> str:
    """SQL that is true in a row where the rule does not hold."""
    if rule.name == SURPLUS:
        return "false"
    files = files_without_column.get(rule.column)
    conditions = [
        "_surplus IS NOT NULL",  # cells of a row with surplus cells are in the wrong columns
        *([f"_file IN ({', '.join(map(str, files))})"] if files else []),
        *([rule.unless] if rule.unless else []),
    ]
    return " OR ".join(conditions)


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
        is_wrong = _lazy_and(value, f"{as_written(register, feed, column)} IS NULL", f"{is_filled} AND NOT {is_number}")
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


def _misplaced(column: Column, register: Register, feed: Feed) -> list[Rule]:
    """Somebody's number in a text that a release shows as it is: left in, it would make door 2 refuse the release."""
    if not shown_as_written(register, column):
        return []
    severity: Severity = "row" if column.severity == "row" or column.name in feed.key else "cell"
    value = sql.name(column.name)
    has_number = _lazy_and(
        value,
        f"length({value}) >= {PERSONAL_NUMBER_LENGTH}",
        f"coalesce(regexp_matches({CLEAN}({value}), {sql.text(PERSONAL_NUMBER)}), false)",
    )
    return [Rule("personal_number", severity, column.name, value, has_number)]


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
