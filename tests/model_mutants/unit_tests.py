"""dbt's unit tests of the models as plain SQL: compiled once by dbt, then run on a mutant without it.

Stays out: the other judges (`judges`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp

from registry.model import Register
from tests.model_mutants.change import Operator, parsed, words_of
from warehouse import build

_ACTUAL, _EXPECTED = "dbt_internal_unit_test_actual", "dbt_internal_unit_test_expected"
_GIVEN, _DUE = (f"select * exclude (actual_or_expected) from {side}" for side in (_ACTUAL, _EXPECTED))
_DIFFERENCE = f"({_GIVEN} except all {_DUE}) union all ({_DUE} except all {_GIVEN})"
_DAY = re.compile(r"CAST\('\d{4}-\d\d-\d\d' AS DATE\)")
_TABLE = re.compile(r'(?:"?\w+"?\.)?"?\w+"?\."?(\w+)"? AS|__dbt__cte__(?:[a-z]+__)?(\w+)')


@dataclass(frozen=True)
class UnitTest:
    """A unit test: its name, the model's name, and SQL of the rows that the model gives and of those expected."""

    name: str
    model: str
    sql: str

    def passes(self, connection: duckdb.DuckDBPyConnection, operator: Operator, change: str, number: int) -> bool:
        """Whether it passes on a mutant: the `number`-th of the changes of an operator that read alike. Where the
        test's SQL has no such place, it passes.
        """
        tree = sqlglot.parse_one(self.sql, read="duckdb")
        actual = next(cte for cte in tree.find_all(exp.CTE) if cte.alias == _ACTUAL).this.args["from_"].this
        model = parsed(actual.this.sql("duckdb"))
        alike = [c for c in operator(model) if plain(words_of(c)) == plain(change)]
        if len(alike) <= number:
            return True
        actual.set("this", alike[number].made_in(model))
        return self._passes(connection, tree)

    def passes_on_the_model(self, connection: duckdb.DuckDBPyConnection) -> bool:
        """Whether it passes on the model as it is, here as by dbt."""
        return self._passes(connection, sqlglot.parse_one(self.sql, read="duckdb"))

    def _passes(self, connection: duckdb.DuckDBPyConnection, tree: exp.Expr) -> bool:
        """Whether the rows given are those expected, in any order."""
        return not connection.execute(f"{tree.args['with_'].sql('duckdb')} {_DIFFERENCE}").fetchall()


def plain(words: str) -> str:
    """A change in words whose relations have no schema and whose days are no certain ones: the rows of a test have the
    name of the model that they stand for, and its night is another.
    """
    return _DAY.sub("night", _TABLE.sub(lambda found: found[1] or found[2], words))


def compiled(register: Register, folder: Path) -> list[UnitTest]:
    """The unit tests of all models, run by dbt in `folder`. Raises ValueError where one fails."""
    outcomes = build.unit_tests(None, register, folder)
    failed = [test.name for test in outcomes if not test.passed]
    if failed:
        raise ValueError(f"unit tests fail on the models as they are: {failed}")
    files = {path.stem: path for path in (folder / "target" / "run").rglob("*.sql")}
    return [UnitTest(test.name, test.model, files[test.name].read_text(encoding="utf-8")) for test in outcomes]
