"""Values that are not what the contract says.

Lives here: for each column the conditions under which its value is wrong. All are first asked at once,
whether any value breaks them; only those that are broken cost a look for the rows.
Add here: another rule about a single value.
Stays out: how a type is read (`registry.types`), rules about several rows (`repeated_keys`).
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
# An 18-digit number as a spreadsheet leaves it: 15 digits kept, or scientific notation.
_CUT = r"\d{15}000|\d{18}\.0+|\d(\.\d+)?[eE]\+?\d+"
_SCIENTIFIC = r"\d(\.\d+)?[eE]\+\d+"
_NUMBERS = ("id_number", "student_number")
# Types that cost less to read than to sort out which values are different.
_CHEAP = ("integer", "decimal", "boolean")
_NUMERIC = ("integer", "decimal", "run_time")
_MANY = 20_000  # rows from which sorting out is worth a statement of its own
_INK = (
    (48, 57),
    (65, 90),
    (97, 122),
    (0x3400, 0x9FFF),
)  # most values begin with a digit, a letter or a Han character


@dataclass(frozen=True)
class Rule:
    """A way in which a value can be wrong: `condition` over the columns of `src`."""

    name: str
    severity: Severity
    column: str  # '' for a rule about the row
    value: str  # expression of the value to show
    condition: str
    dear: bool = False  # asked of each different value once

    @property
    def different(self) -> str:
        """Each different value once."""
        return f"(SELECT DISTINCT {self.value} FROM src)"

    def hits(self, *, many: bool) -> str:
        """The condition as it is asked of the rows."""
        if not (self.dear and many):
            return self.condition
        return f"{self.value} IN (SELECT {self.value} FROM {self.different} WHERE {self.condition})"


def rules_of(feed: Feed, register: Register, columns: Collection[str]) -> list[Rule]:
    """The rules about single values of those columns of a feed that some file has.

    Raises RegisterError where a code set is not there.
    """
    rules = [Rule(SURPLUS, "row", "", "_surplus", "_surplus IS NOT NULL")]
    for column in (c for c in feed.loaded_columns if c.name in columns):
        mine = _filled(column) + _typed(column, feed) + _coded(column, register, feed) + _ranged(column)
        rules += [_unless_none(rule, column) for rule in mine]
    return rules


def _unless_none(rule: Rule, column: Column) -> Rule:
    """A value that says that there is none breaks no rule."""
    if not column.not_applicable:
        return rule
    none = f"coalesce({CLEAN}({rule.value}) IN ({sql.texts(column.not_applicable)}), false)"
    return replace(rule, condition=f"CASE WHEN {none} THEN false ELSE {rule.condition} END")


def find(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], absent: dict[str, list[int]]) -> None:
    """Add to `found` every value that breaks a rule, of rows that are not in `skipped`.

    `absent`: column -> files that do not have it; its blanks there are no fault.
    """
    counted = connection.execute("SELECT count(*) FROM src").fetchone()
    many = counted is not None and counted[0] > _MANY
    for rule in _broken(connection, rules, many=many):
        files = absent.get(rule.column) or []
        there = f"AND _file NOT IN ({', '.join(map(str, files))})" if files else ""
        there += "" if rule.name == SURPLUS else " AND _surplus IS NULL"  # its cells stand in the wrong columns
        told = sql.texts([rule.name, rule.severity, rule.column])
        connection.execute(f"""
            INSERT INTO found SELECT _file, _row, {told}, {rule.value}
            FROM src ANTI JOIN skipped USING (_file, _row) WHERE {rule.hits(many=many)} {there}""")


def _broken(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], *, many: bool) -> list[Rule]:
    """The rules that some value breaks, of rows that are skipped too."""
    cheap, dear = [r for r in rules if not (r.dear and many)], [r for r in rules if r.dear and many]
    asked = ["SELECT " + ", ".join(f"count_if({rule.condition})" for rule in cheap) + " FROM src"]
    asked += [f"SELECT count_if({rule.condition}) FROM {rule.different}" for rule in dear]
    counts = [count for question in asked for count in connection.execute(question).fetchone() or ()]
    broken = {rule for rule, count in zip([*cheap, *dear], counts, strict=True) if count}
    return [rule for rule in rules if rule in broken]


def _filled(column: Column) -> list[Rule]:
    if not column.filled:
        return []
    value = sql.name(column.name)
    ink = " OR ".join(f"({value} >= chr({first}) AND {value} < chr({last + 1}))" for first, last in _INK)
    blank = f"CASE WHEN {value} IS NULL THEN true WHEN {ink} THEN false ELSE {CLEAN}({value}) IS NULL END"
    return [Rule("filled", column.severity, column.name, value, blank)]


def _typed(column: Column, feed: Feed) -> list[Rule]:
    macro = TYPE_MACROS.get(column.type)
    if macro is None or column.type in ("text", "name"):
        return []
    value = sql.name(column.name)
    damaged: Severity = "row" if column.name in feed.key else "cell"
    if column.type == "identifier":
        spoilt = _if(value, f"contains({value}, '+')", f"regexp_full_match({CLEAN}({value}), '{_SCIENTIFIC}')")
        return [Rule("id_truncated", damaged, column.name, value, spoilt)]
    wrong = f"{CLEAN}({value}) IS NOT NULL"
    rules = []
    if column.type in _NUMBERS:
        cut = f"regexp_full_match({CLEAN}({value}), '{_CUT}')"
        likely = f"contains({value}, '000') OR contains(upper({value}), 'E') OR contains({value}, '.0')"
        rules = [Rule("id_truncated", damaged, column.name, value, _if(value, likely, cut))]
        wrong += f" AND NOT {cut}"
    broken = _if(value, f"{macro}({value}) IS NULL", wrong)
    dear = column.type not in _CHEAP
    return [*rules, Rule(f"type_{column.type}", column.severity, column.name, value, broken, dear)]


def _coded(column: Column, register: Register, feed: Feed) -> list[Rule]:
    if column.type != "code" or column.code_set is None:
        return []
    value, known = sql.name(column.name), sql.texts(sorted(code_of(register, column.code_set, feed.source)))
    unknown = _if(value, f"{CODE_KEY}({value}) NOT IN ({known})", f"{CLEAN}({value}) IS NOT NULL")
    return [Rule("code", column.severity, column.name, value, unknown, dear=True)]


def _ranged(column: Column) -> list[Rule]:
    value = sql.name(column.name)
    number = f"{TYPE_MACROS[column.type if column.type in _NUMERIC else 'decimal']}({value})"
    outside = [f"{number} < {column.minimum!r}"] if column.minimum is not None else []
    outside += [f"{number} > {column.maximum!r}"] if column.maximum is not None else []
    if not outside:
        return []
    return [Rule("range", column.severity, column.name, value, f"coalesce({' OR '.join(outside)}, false)")]


def _if(value: str, first: str, then: str) -> str:
    """Both conditions of a value, the second asked only where the first holds (CASE is lazy, AND is not)."""
    return f"CASE WHEN {value} IS NULL THEN false WHEN {first} THEN {then} ELSE false END"
