"""Upstream and downstream columns in the column graph, through values alone or through filters and joins too.

Add here: another place at which the search ends.
Stays out: what the columns mean (`origin`).

The alias table ends a search, since identity comes from every system. A ledger passes only the values it repeats of a
copy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from warehouse.lineage.graph import ROWS, Graph
from warehouse.lineage.names import Ref


class ColumnReach:
    """Searches one column graph in both directions."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._uses: dict[Ref, set[Ref]] = defaultdict(set)
        for relation in graph.models:
            for column in (*graph.columns(relation), ROWS):
                ref = Ref(relation, column)
                for source in graph.inputs_of(ref):
                    self._uses[source].add(ref)

    def upstream(self, start: Iterable[Ref], *, rows: bool, until: Callable[[Ref], bool]) -> set[Ref]:
        """The columns upstream of `start`, up to and including those for which `until` is true."""
        start = set(start)
        visited, queue = set(start), list(start)
        while queue:
            ref = queue.pop()
            if ref not in start and (until(ref) or self._ends(ref)):
                continue
            steps = set(self._graph.inputs_of(ref))
            if rows and ref.relation in self._graph.models:
                steps.add(Ref(ref.relation, ROWS))
            queue += steps - visited
            visited |= steps
        return {ref for ref in visited if ref.column != ROWS}

    def downstream(self, start: Iterable[Ref], *, rows: bool) -> set[Ref]:
        """The columns of models that depend on `start`; with `rows` also through filters and joins."""
        visited = set(start)
        queue = list(visited)
        while queue:
            ref = queue.pop()
            uses = {use for use in self._uses[ref] if (rows or use.column != ROWS) and not self._ends(use)}
            if ref.column == ROWS:
                uses |= {Ref(ref.relation, column) for column in self._graph.columns(ref.relation)}
            queue += uses - visited
            visited |= uses
        return visited

    def _ends(self, ref: Ref) -> bool:
        model = self._graph.models.get(ref.relation)
        return model is not None and model.ends is not None and ref.column not in model.values
