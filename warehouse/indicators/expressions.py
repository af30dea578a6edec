"""Expressions of indicators, held to the contracts of the marts.

Lives here: what an expression may not say, and whether DuckDB can evaluate it over the columns of its mart.
Add here: another thing that makes a figure depend on more than the rows of its mart.
Stays out: adding up (dbt_project), which elements a column is made of (`warehouse.lineage`).

A side is an expression of one row, so it cannot join, add up or look at another row; and the functions are a list, so
that none can ask for the time, a random number, a file or a setting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
import yaml
from sqlglot import exp

from registry.model import Counted, Indicator, Register
from warehouse.errors import BuildFailed
from warehouse.indicators.counted import sides

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_REF = re.compile(r"""ref\(\s*['"](\w+)['"]\s*\)""")
_PARTS = "counted_measures"  # what is made of it is made of indicators
_MEASURE = r"""['"]{}['"]"""
_BOOLEAN = "BOOLEAN"
_NUMBERS = ("DECIMAL", "DOUBLE", "FLOAT", "REAL", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT")
_FUNCTIONS = frozenset({
    "abs", "array_contains", "case", "cast", "ceil", "coalesce", "concat", "concat_ws", "contains", "date_trunc",
    "datediff", "day", "extract", "floor", "greatest", "if", "least", "left", "length", "lower", "month", "nullif",
    "regexp_like", "replace", "right", "round", "split_part", "starts_with", "substring", "time_to_str",
    "timestamp_trunc", "trim", "try_cast", "upper", "year",
})  # fmt: skip
_REFUSED = {
    exp.Query: "asks a question of its own",
    exp.Window: "looks at other rows",
    exp.AggFunc: "adds up rows, which the night does",
    exp.Star: "names every column",
    exp.Parameter: "asks for a parameter",
    exp.Placeholder: "asks for a parameter",
}  # fmt: skip
_SIDES = "numerator double, denominator double"


def refuse_wrong(register: Register, *models: Path) -> None:
    """Hold every counted indicator of the register to the marts that stand below `models`, folders of dbt models.

    Raises BuildFailed with a sentence for each that is wrong.
    """
    problems = [*_problems(register, _Marts(models))]
    if problems:
        raise BuildFailed("\n".join(problems))


def columns_of(counted: Counted) -> tuple[str, ...]:
    """The columns of its mart that a side of an indicator reads, in the order of their first mention."""
    texts = (counted.organisation, counted.period, counted.where, counted.each)
    trees = (sqlglot.parse_one(text, dialect="duckdb") for text in texts if text)
    return tuple(dict.fromkeys(column.name.lower() for tree in trees for column in tree.find_all(exp.Column)))


def _problems(register: Register, marts: _Marts) -> Iterator[str]:
    for side in sides(register):
        at = f"indicators/{side.indicator.partition('.')[0]}.yml: {side.side} of `{side.indicator}`"
        yield from _of_side(at, side.counted, marts)
    for indicator in register.indicators:
        at = f"indicators/{indicator.id.partition('.')[0]}.yml: indicator `{indicator.id}`"
        if indicator.value is not None:
            yield from _of_expression(f"{at}: `value`", indicator.value, _SIDES, (*_NUMBERS, _BOOLEAN))
        yield from _of_measure(at, indicator, marts)


def _of_measure(at: str, indicator: Indicator, marts: _Marts) -> Iterator[str]:
    if indicator.measure is not None and not marts.names(indicator.measure):
        yield f"{at} asks for the measure `{indicator.measure}`, which no model counts; correct it, or count a mart."


def _of_side(at: str, counted: Counted, marts: _Marts) -> Iterator[str]:
    if counted.mart not in marts.columns:
        nearest = _nearest(counted.mart, marts.columns)
        yield f"{at} counts rows of `{counted.mart}`, which is no mart{nearest}; name one."
        return
    if counted.mart in marts.of_indicators:
        yield f"{at} counts rows of {counted.mart}, which is made of indicators itself; count what that is made of."
        return
    columns = marts.columns[counted.mart]
    yield from _of_expression(f"{at}: `each`", counted.each, columns, (*_NUMBERS, _BOOLEAN))
    if counted.where is not None:
        yield from _of_expression(f"{at}: `where`", counted.where, columns, (_BOOLEAN,))
    yield from _of_expression(f"{at}: `organisation`", counted.organisation, columns, ("VARCHAR",))
    if counted.period is not None:
        yield from _of_expression(f"{at}: `period`", counted.period, columns, ("VARCHAR",))


def _of_expression(at: str, text: str, columns: str, kinds: Iterable[str]) -> Iterator[str]:
    try:
        tree = sqlglot.parse_one(text, dialect="duckdb")
    except sqlglot.ParseError as error:
        reason = error.errors[0]["description"].rstrip(".") if error.errors else "it ends too early"
        yield f"{at} is no expression of SQL ({reason}): `{text}`."
        return
    wrong = _refused(tree)
    if wrong:
        yield f"{at} {wrong}: `{text}`. Write an expression of one row over the columns of one mart."
        return
    with duckdb.connect() as connection:
        connection.execute(f"create table mart ({columns})")
        try:
            kind = connection.execute(f"describe select ({text}) from mart").fetchall()[0][1]
        except duckdb.Error as error:
            yield f"{at} cannot be evaluated: {_first_line(error)}"
            return
    if kind.partition("(")[0] not in kinds:
        wanted = " or ".join(("a number", "yes or no")[k == _BOOLEAN] for k in (_NUMBERS[0], _BOOLEAN) if k in kinds)
        yield f"{at} is {kind.lower()} and not {wanted or 'a text'}: `{text}`."


def _refused(tree: exp.Expr) -> str | None:
    """What an expression says that none may say; None where it is sound."""
    for kind, why in _REFUSED.items():
        if tree.find(kind):
            return why
    for node in tree.walk():
        if isinstance(node, exp.Func) and not isinstance(node, exp.Connector):
            name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
            if name.lower() not in _FUNCTIONS:
                return f"calls {name.lower()}, which is none of the functions of a row that are known to be exact"
        if isinstance(node, exp.Column) and node.table:
            return f"names the column {node.sql(dialect='duckdb')} of something else"
    return None


class _Marts:
    """The marts of a project: their columns as DDL by name, and those that are made of indicators."""

    def __init__(self, folders: Iterable[Path]) -> None:
        folders = [folder for folder in folders if folder.is_dir()]
        texts = {file: file.read_text(encoding="utf-8") for folder in folders for file in sorted(folder.rglob("*.sql"))}
        self._sql = "\n".join(texts.values())
        self._macros = "\n".join(
            file.read_text(encoding="utf-8") for folder in folders for file in (folder.parent / "macros").rglob("*.sql")
        )
        self.columns = dict(_contracts(folders))
        self.of_indicators = _descendants({file.stem: set(_REF.findall(text)) for file, text in texts.items()})

    def names(self, measure: str) -> bool:
        """Whether some model or macro counts a measure."""
        return re.search(_MEASURE.format(re.escape(measure)), self._sql + self._macros) is not None


def _contracts(folders: Iterable[Path]) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for file in sorted((folder / "marts").rglob("*.yml")):
            for model in (yaml.load(file.read_text(encoding="utf-8"), _LOADER) or {}).get("models", ()):  # noqa: S506 - a safe loader
                columns = [f'"{c["name"]}" {c["data_type"]}' for c in model["columns"] if "data_type" in c]
                yield model["name"], ", ".join(columns)


def _descendants(refs: Mapping[str, set[str]]) -> set[str]:
    """Every model that is made of counted indicators."""
    found = {_PARTS}
    while more := {name for name, parents in refs.items() if name not in found and parents & found}:
        found |= more
    return found


def _nearest(name: str, names: Iterable[str]) -> str:
    near = get_close_matches(name, list(names), 1)
    return f" (the nearest is {near[0]})" if near else ""


def _first_line(error: duckdb.Error) -> str:
    return " ".join(str(error).partition("\n\n")[0].split()).partition(": ")[2] or str(error)
