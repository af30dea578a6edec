"""Following the column graph: what a column is made of, and what is made of it.

Lives here: the walk in both directions, through values alone or through filters and joins too.
Add here: another place at which a walk ends.
Stays out: what the columns mean (`origin`).

The alias table ends a walk: who somebody is comes from every system. A ledger passes only what it repeats of a copy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from warehouse.lineage.graph import ROWS, Graph
from warehouse.lineage.names import Ref


class Reach:
    """Both directions over one graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._uses: dict[Ref, set[Ref]] = defaultdict(set)
        for relation in graph.models:
            for column in (*graph.columns(relation), ROWS):
                here = Ref(relation, column)
                for source in graph.made_of(here):
                    self._uses[source].add(here)

    def back(self, begin: Iterable[Ref], *, rows: bool, until: Callable[[Ref], bool]) -> set[Ref]:
        """The columns on the way back from `begin`, up to those of which `until` is true, these included."""
        start = set(begin)
        seen, ahead = set(start), list(start)
        while ahead:
            here = ahead.pop()
            if here not in start and (until(here) or self._ends(here)):
                continue
            steps = set(self._graph.made_of(here))
            if rows and here.relation in self._graph.models:
                steps.add(Ref(here.relation, ROWS))
            ahead += steps - seen
            seen |= steps
        return {ref for ref in seen if ref.column != ROWS}

    def forward(self, begin: Iterable[Ref], *, rows: bool) -> set[Ref]:
        """The columns of models that are made of one of `begin`; with `rows` also those whose rows it decides on."""
        seen = set(begin)
        ahead = list(seen)
        while ahead:
            here = ahead.pop()
            uses = {use for use in self._uses[here] if (rows or use.column != ROWS) and not self._ends(use)}
            if here.column == ROWS:
                uses |= {Ref(here.relation, column) for column in self._graph.columns(here.relation)}
            ahead += uses - seen
            seen |= uses
        return seen

    def _ends(self, ref: Ref) -> bool:
        model = self._graph.models.get(ref.relation)
        return model is not None and model.ends is not None and ref.column not in model.values
