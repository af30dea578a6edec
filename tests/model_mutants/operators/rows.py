"""Operators on which rows there are: filters, joins, distinct, set operations."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from tests.model_mutants.change import Change, own_nodes


def drop_filter(tree: exp.Expr) -> Iterator[Change]:
    """A condition of a `where`, `having`, `qualify` or `filter` falls away, but that a value is there."""
    return (change for condition, change in _conditions(tree) if not _asks_for_a_value(condition))


def drop_null_filter(tree: exp.Expr) -> Iterator[Change]:
    """`x is not null` falls away."""
    return (change for condition, change in _conditions(tree) if _asks_for_a_value(condition))


def drop_join_condition(tree: exp.Expr) -> Iterator[Change]:
    """One of several conditions or columns of a join falls away."""
    for join in own_nodes(tree, exp.Join):
        on = join.args.get("on")
        yield from (change for _, change in _conjuncts(on) if change is not None)
        using = join.args.get("using") or []
        if len(using) > 1:
            yield from (Change(name, None) for name in using)


def other_join_key(tree: exp.Expr) -> Iterator[Change]:
    """A column in a join's equality gives way to the next column that the select names of the same relation."""
    for join in own_nodes(tree, exp.Join):
        on, select = join.args.get("on"), join.parent_select
        for equality in on.find_all(exp.EQ) if on is not None and select is not None else ():
            for column in (c for c in (equality.left, equality.right) if isinstance(c, exp.Column) and c.table):
                names = sorted({c.name for c in select.find_all(exp.Column) if c.table == column.table})
                if len(names) > 1:
                    other = names[(names.index(column.name) + 1) % len(names)]
                    yield Change(column, exp.column(other, column.table))


def left_or_inner_join(tree: exp.Expr) -> Iterator[Change]:
    """A left join becomes an inner one and an inner one a left; `semi` and `anti` change places."""
    for join in own_nodes(tree, exp.Join):
        if not (join.args.get("on") or join.args.get("using")):
            continue
        other = join.copy()
        if join.kind in ("SEMI", "ANTI"):
            other.set("kind", "ANTI" if join.kind == "SEMI" else "SEMI")
        elif join.side in ("", "LEFT"):
            other.set("side", None if join.side else "LEFT")
            other.set("kind", None)
        else:
            continue
        yield Change(join, other)


def drop_distinct(tree: exp.Expr) -> Iterator[Change]:
    """`select distinct` keeps its doubles."""
    for select in own_nodes(tree, exp.Select):
        if select.args.get("distinct"):
            yield Change(select.args["distinct"], None)


def union_or_union_all(tree: exp.Expr) -> Iterator[Change]:
    """`union all` becomes `union`, and the other way round."""
    for union in own_nodes(tree, exp.Union):
        other = union.copy()
        other.set("distinct", not union.args.get("distinct"))
        yield Change(union, other)


def _conditions(tree: exp.Expr) -> Iterator[tuple[exp.Expr, Change]]:
    """Every condition of a filter with the change by which it falls away."""
    for clause in own_nodes(tree, exp.Where, exp.Having, exp.Qualify):
        whole = clause.parent if isinstance(clause.parent, exp.Filter) else clause
        gone = Change(whole, whole.this if isinstance(whole, exp.Filter) else None)
        yield from ((condition, change or gone) for condition, change in _conjuncts(clause.this))


def _conjuncts(condition: exp.Expr | None) -> Iterator[tuple[exp.Expr, Change | None]]:
    """The parts of an `and`, each with the change by which it falls away; alone, a condition has none."""
    if not isinstance(condition, exp.And):
        if condition is not None:
            yield condition, None
        return
    for part, other in ((condition.left, condition.right), (condition.right, condition.left)):
        if isinstance(part, exp.And):
            yield from _conjuncts(part)
        else:
            yield part, Change(condition, other)


def _asks_for_a_value(condition: exp.Expr) -> bool:
    return isinstance(condition, exp.Not) and isinstance(condition.this, exp.Is)
