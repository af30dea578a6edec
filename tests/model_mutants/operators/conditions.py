"""Operators on conditions: their limits, their signs, what joins them, and the numbers in them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from tests.model_mutants.change import Change, own_nodes

_LIMITS: dict[type[exp.Expr], type[exp.Expr]] = {exp.LT: exp.LTE, exp.LTE: exp.LT, exp.GT: exp.GTE, exp.GTE: exp.GT}
_SIGNS: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.EQ: exp.NEQ, exp.NEQ: exp.EQ, exp.NullSafeEQ: exp.NullSafeNEQ, exp.NullSafeNEQ: exp.NullSafeEQ,
}  # fmt: skip
_JUNCTIONS: dict[type[exp.Expr], type[exp.Expr]] = {exp.And: exp.Or, exp.Or: exp.And}


def shift_limit(tree: exp.Expr) -> Iterator[Change]:
    """`<` becomes `<=`, `>` becomes `>=`, and the other way round; of a `between` the upper end falls outside."""
    yield from _other_class(tree, _LIMITS)
    for between in own_nodes(tree, exp.Between):
        value, low, high = (between.args[name].copy() for name in ("this", "low", "high"))
        below = exp.LT(this=value.copy(), expression=high)
        inside = exp.And(this=exp.GTE(this=value, expression=low), expression=below)
        yield Change(between, exp.paren(inside))


def turn_equality(tree: exp.Expr) -> Iterator[Change]:
    """`=` becomes `<>`, `is distinct from` becomes `is not distinct from`, and the other way round; not in a join."""
    for change in _other_class(tree, _SIGNS):
        join = change.node.find_ancestor(exp.Join, exp.Select)
        if not isinstance(join, exp.Join):
            yield change


def and_or(tree: exp.Expr) -> Iterator[Change]:
    """`and` becomes `or`, and the other way round; not in a join."""
    for change in _other_class(tree, _JUNCTIONS):
        if not isinstance(change.node.find_ancestor(exp.Join, exp.Select), exp.Join):
            yield Change(change.node, exp.paren(change.replacement))


def drop_negation(tree: exp.Expr) -> Iterator[Change]:
    """`not` falls away: of `exists`, `in`, `is null`."""
    return (Change(node, node.this.copy()) for node in own_nodes(tree, exp.Not))


def shift_constant(tree: exp.Expr) -> Iterator[Change]:
    """A whole number is one more; not the width of a type."""
    for literal in own_nodes(tree, exp.Literal):
        if literal.is_int and not literal.find_ancestor(exp.DataType):
            yield Change(literal, exp.Literal.number(int(literal.this) + 1))


def _other_class(tree: exp.Expr, classes: dict[type[exp.Expr], type[exp.Expr]]) -> Iterator[Change]:
    for node in own_nodes(tree, *classes):
        other = classes[type(node)]
        yield Change(node, other(this=node.this.copy(), expression=node.expression.copy()))
