"""Which mutants are tried: places of all operators in all models, in an order that a seed decides.

Stays out: the operators (`operators`), building a mutant (`bench`).
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from types import ModuleType

from tests.model_mutants.change import Operator, changed_sql, parsed, with_ephemeral, words_of
from tests.model_mutants.operators import conditions, owners, rows, values
from tests.model_mutants.project import Model, Project

LAYERS = ("conformed", "marts")
MODULES = rows, conditions, values, owners


def _operators(module: ModuleType) -> dict[str, Operator]:
    functions = inspect.getmembers(module, inspect.isfunction)
    return {n: f for n, f in functions if f.__module__ == module.__name__ and not n.startswith("_")}


OPERATORS: dict[str, Operator] = {n: f for module in MODULES for n, f in _operators(module).items()}


@dataclass(frozen=True)
class Mutant:
    """One change of one model: the `number`-th place of an operator."""

    model: str
    operator: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.model}-{self.operator}-{self.number}"

    def sql_of(self, sql: str) -> tuple[str, str]:
        """The model's SQL with the change, and the change in words."""
        return changed_sql(sql, OPERATORS[self.operator], self.number)


def mutants(project: Project, seed: int, many: int) -> list[Mutant]:
    """Mutants of conformed and marts, in an order that spreads over models and operators as evenly as it can."""
    draw = Random(seed)
    left: dict[tuple[str, str], list[Mutant]] = {}
    for mutant in _all(project):
        left.setdefault((mutant.model, mutant.operator), []).append(mutant)
    cells = sorted(left)
    draw.shuffle(cells)
    for cell in cells:
        draw.shuffle(left[cell])
    ordered: list[Mutant] = []
    of_model: Counter[str] = Counter()
    of_operator: Counter[str] = Counter()
    while cells and len(ordered) < many:
        model, operator = cell = min(cells, key=lambda c: of_model[c[0]] + of_operator[c[1]] / 6)
        ordered.append(left[cell].pop())
        of_model[model] += 1
        of_operator[operator] += 1
        if not left[cell]:
            cells.remove(cell)
    return ordered


def _all(project: Project) -> Iterator[Mutant]:
    for model in project.models.values():
        if model.folder.startswith(LAYERS) and model.sql:
            tree = parsed(model.sql)
            for name, operator in OPERATORS.items():
                yield from (Mutant(model.name, name, n) for n, _ in enumerate(operator(tree)))


def words_of_all(model: Model, operator: str) -> list[str]:
    """Every change of a model by an operator, in words."""
    return [words_of(change) for change in OPERATORS[operator](parsed(model.sql or ""))]


def written_in(mutant: Mutant, project: Project) -> tuple[dict[str, str], str]:
    """The SQL of each model of the build that holds the mutant, and the change in words."""
    model: Model = project.models[mutant.model]
    sql, words = mutant.sql_of(model.sql or "")
    if not model.is_ephemeral:
        return {model.name: sql}, words
    readers = project.readers(model.name)
    return {reader.name: with_ephemeral(reader.sql or "", model.name, sql) for reader in readers}, words
