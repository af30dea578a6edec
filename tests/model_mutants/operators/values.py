"""Operators on what is computed: aggregates, windows, defaults, and the branches of a case."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from tests.model_mutants.change import Change, own_nodes

_AGGREGATES: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.Sum: exp.Max, exp.Avg: exp.Median, exp.Max: exp.Min, exp.Min: exp.Max, exp.Median: exp.Avg,
    exp.ArgMax: exp.ArgMin, exp.ArgMin: exp.ArgMax, exp.LogicalOr: exp.LogicalAnd, exp.LogicalAnd: exp.LogicalOr,
    exp.StddevPop: exp.StddevSamp,
}  # fmt: skip


def other_aggregate(tree: exp.Expr) -> Iterator[Change]:
    """An aggregate gives way to another of the same arguments: `sum` to `max`, `avg` to `median`, `max` to `min`, …"""
    for node in own_nodes(tree, *_AGGREGATES):
        yield Change(node, _AGGREGATES[type(node)](**{k: _copied(v) for k, v in node.args.items() if v is not None}))


def count_distinct(tree: exp.Expr) -> Iterator[Change]:
    """`count(distinct x)` becomes `count(x)`, and the other way round."""
    for count in own_nodes(tree, exp.Count):
        if isinstance(count.this, exp.Distinct):
            yield Change(count.this, count.this.expressions[0].copy())
        elif not isinstance(count.this, exp.Star):
            yield Change(count.this, exp.Distinct(expressions=[count.this.copy()]))


def only_seen_units(tree: exp.Expr) -> Iterator[Change]:
    """The denominator of what happened to be seen: in a select that counts units and joins to them what was seen,
    `count(*)` counts the units that were.
    """
    for count in own_nodes(tree, exp.Count):
        select = count.parent_select
        for join in select.args.get("joins") or () if select is not None and isinstance(count.this, exp.Star) else ():
            seen = [c for c in join.find_all(exp.Column) if c.table == join.alias_or_name]
            if join.side == "LEFT" and seen:
                yield Change(count.this, seen[0].copy())


def drop_default(tree: exp.Expr) -> Iterator[Change]:
    """`coalesce` falls away, and with it what stands for a value that is missing."""
    return (Change(node, node.this.copy()) for node in own_nodes(tree, exp.Coalesce))


def other_default(tree: exp.Expr) -> Iterator[Change]:
    """The last of what stands for a missing value is asked first."""
    for node in own_nodes(tree, exp.Coalesce):
        *others, last = node.expressions
        yield Change(node, exp.Coalesce(this=last.copy(), expressions=[node.this.copy(), *(o.copy() for o in others)]))


def swap_branches(tree: exp.Expr) -> Iterator[Change]:
    """The results of two branches of a `case` that follow each other change places."""
    for case in own_nodes(tree, exp.Case):
        results = [branch.args["true"] for branch in case.args["ifs"]]
        results += [case.args["default"]] if case.args.get("default") else []
        for number in range(len(results) - 1):
            other = case.copy()
            there = [branch.args["true"] for branch in other.args["ifs"]] + [other.args.get("default")]
            there[number].replace(results[number + 1].copy())
            there[number + 1].replace(results[number].copy())
            yield Change(case, other)


def turn_order(tree: exp.Expr) -> Iterator[Change]:
    """An `order by` of a window or an aggregate runs the other way."""
    for ordered in own_nodes(tree, exp.Ordered):
        if not isinstance(ordered.find_ancestor(exp.Window, exp.AggFunc, exp.Select), exp.Select):
            other = ordered.copy()
            other.set("desc", not ordered.args.get("desc"))
            yield Change(ordered, other)


def drop_partition(tree: exp.Expr) -> Iterator[Change]:
    """A key of `partition by` falls away."""
    for window in own_nodes(tree, exp.Window):
        yield from (Change(key, None) for key in window.args.get("partition_by") or ())


def _copied(value: object) -> object:
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return value.copy() if isinstance(value, exp.Expr) else value
