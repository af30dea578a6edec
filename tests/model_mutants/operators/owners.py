"""The operator on whose value it is, by what the register says of the feeds.

Stays out: operators that know no register (`rows`, `conditions`, `values`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from sqlglot import exp

import registry
from registry.derived.carriers import carriers
from tests.model_mutants.change import Change, own_nodes
from tests.model_mutants.project import NIGHT


def other_owner(tree: exp.Expr) -> Iterator[Change]:
    """A column of a feed that carries an element is taken from another feed of the select that carries it too: a copy's
    value stands for the owner's, or the owner's for a copy's. A feed is read under its name, as `source__table`.
    """
    for select in own_nodes(tree, exp.Select):
        first = select.args.get("from_")
        read = {
            source.alias_or_name for source in (*(select.args.get("joins") or ()), *([first.this] if first else ()))
        }
        for projected in select.expressions:
            for column in projected.find_all(exp.Column):
                for feed, name in _same_element().get((column.table, column.name), ()):
                    if feed in read:
                        yield Change(column, exp.column(name, feed))


@cache
def _same_element() -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
    """Feed and column of each element that several feeds carry, and the feeds and columns that carry it beside them."""
    found: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
    for of_entity in carriers(registry.load(registry.HOUSE), NIGHT).values():
        for one in of_entity:
            for element, column in one.elements.items():
                others = ((o.alias, o.elements[element]) for o in of_entity if o is not one and element in o.elements)
                found[one.alias, column] = tuple(others)
    return found
