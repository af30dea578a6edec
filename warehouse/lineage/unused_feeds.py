"""Which marts a feed gives values to, and whether a feed that gives none says why.

Lives here: the feeds of a register, each with the marts whose columns reach one of its delivered columns.
Stays out: following columns (`graph`), what a column may be made of (`proof`).

A ledger of what was delivered, and the marts that show it, tell of every feed and are no use of one; filters, joins and
counts of rows are none either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from registry.model import Register
from warehouse.lineage.graph import Graph
from warehouse.lineage.names import Ref
from warehouse.lineage.proof import MARTS
from warehouse.lineage.standing import Standing


def marts_of_feeds(graph: Graph, register: Register) -> dict[str, frozenset[str]]:
    """By the id of each feed of the register that gives a mart a value, the names of these marts."""
    standing = Standing(register)
    marts: dict[str, set[str]] = defaultdict(set)
    for relation, model in graph.models.items():
        if relation.startswith(MARTS) and not model.is_ledger:
            for feed in _feeds_of(graph, standing, relation):
                marts[feed].add(relation.removeprefix(MARTS))
    return {feed: frozenset(names) for feed, names in marts.items()}


def _feeds_of(graph: Graph, standing: Standing, relation: str) -> Iterator[str]:
    for column in graph.columns(relation):
        for end in graph.ends(Ref(relation, column), lambda ref: graph.models[ref.relation].ends is not None):
            feed = standing.feed(end)
            if feed is not None:
                yield feed.id


def unexplained(register: Register, marts: Mapping[str, frozenset[str]]) -> list[str]:
    """A sentence for each feed that gives no mart a value and does not say why (`no_mart`), and for each that says so
    and gives one. `marts`: as `marts_of_feeds` gives them, of all ways in which the project compiles.
    """
    sentences = []
    for feed in register.feeds:
        where = f"registry/sources/{feed.source}.yml: feed `{feed.id}`"
        reached = sorted(marts.get(feed.id, ()))
        if not reached and feed.no_mart is None:
            sentences.append(f"{where} gives no mart a value; build one of it, or say in `no_mart` why there is none.")
        elif reached and feed.no_mart is not None:
            sentences.append(f"{where} says `no_mart`, and gives {', '.join(reached)} values; take the line out.")
    return sentences
