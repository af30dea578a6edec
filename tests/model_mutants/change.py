"""A change of a model's SQL: one node of its syntax tree and what stands in its place.

Lives here: `Change`, the form of an operator, and walking a model's own part of a tree.
Stays out: the operators (`operators`), choosing among changes (`choice`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import sqlglot
from sqlglot import exp

EPHEMERAL = "__dbt__cte__"  # dbt writes an ephemeral model as a CTE of this prefix into each model that reads it
LONG, AROUND = 160, 40  # characters of a change in words: longer ones show what differs, with so much around it
_Node = TypeVar("_Node", bound=exp.Expr)


@dataclass(frozen=True)
class Change:
    """A node and its replacement; None takes the node away."""

    node: exp.Expr
    replacement: exp.Expr | None

    def made_in(self, tree: exp.Expr) -> exp.Expr:
        """The tree in which it was found, changed."""
        if self.replacement is None:
            self.node.pop()
            return tree
        self.node.replace(self.replacement)
        return self.replacement if self.node is tree else tree


Operator = Callable[[exp.Expr], Iterator[Change]]
"""Every change that an operator can make in a tree, in the order in which the places stand. The tree stays as it is."""


def parsed(sql: str) -> exp.Expr:
    """The syntax tree of a compiled model. Raises sqlglot's ParseError."""
    return sqlglot.parse_one(sql, read="duckdb")


def own_nodes(tree: exp.Expr, *kinds: type[_Node]) -> Iterator[_Node]:
    """The nodes of some kinds, in the order in which they stand; not those of ephemeral models that dbt wrote in."""
    for node in tree.dfs(prune=lambda node: isinstance(node, exp.CTE) and node.alias.startswith(EPHEMERAL)):
        if isinstance(node, kinds) and not (isinstance(node, exp.CTE) and node.alias.startswith(EPHEMERAL)):
            yield node


def where_it_stands(node: exp.Expr) -> str:
    """The CTE in which a node stands, or `select` for the last select."""
    cte = node.find_ancestor(exp.CTE)
    return cte.alias if cte else "select"


def words_of(change: Change) -> str:
    """A change in words: the CTE in which it stands, what stood there, and what stands there now."""
    before, after = _sql(change.node), _sql(change.replacement) if change.replacement else "(nothing)"
    if len(before) > LONG:
        start = _common(before, after)
        end = _common(before[start:][::-1], after[start:][::-1])
        start, end = max(start - AROUND, 0), max(end - AROUND, 0)
        before, after = before[start : len(before) - end], after[start : len(after) - end]
    return f"{where_it_stands(change.node)}: {before} -> {after}"


def changed_sql(sql: str, operator: Operator, number: int) -> tuple[str, str]:
    """The SQL with the `number`-th change of an operator (from 0), and the change in words."""
    tree = parsed(sql)
    change = next(c for n, c in enumerate(operator(tree)) if n == number)
    words = words_of(change)
    return change.made_in(tree).sql("duckdb"), words


def _sql(node: exp.Expr) -> str:
    return node.sql("duckdb", comments=False)


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def with_ephemeral(sql: str, name: str, other: str) -> str:
    """The SQL of a model into which dbt wrote an ephemeral one, with other SQL of that."""
    tree = parsed(sql)
    for cte in tree.find_all(exp.CTE):
        if cte.alias == f"{EPHEMERAL}{name}":
            cte.set("this", _without_ephemeral(parsed(other)))
    return tree.sql("duckdb")


def _without_ephemeral(tree: exp.Expr) -> exp.Expr:
    """A query without the ephemeral models that stand before it in its reader too."""
    with_ = tree.args.get("with_")
    if with_ is not None:
        with_.set("expressions", [c for c in with_.expressions if not c.alias.startswith(EPHEMERAL)])
        if not with_.expressions:
            tree.set("with_", None)
    return tree
