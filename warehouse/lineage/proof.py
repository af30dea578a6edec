"""The proof: each released column is made of what its YAML declares, and by the owners of that.

Add here: another way in which a declaration can be wrong.
Stays out: finding columns (`graph`), what a raw column may stand for (`standing`), reading declarations (`models`).

A column that is declared is proved once, where it is written: whoever reads it reads what it is declared to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from registry.model import Register
from warehouse.lineage.graph import ROWS, Graph
from warehouse.lineage.models import ENTITIES, IDENTITY, Declaration, Model
from warehouse.lineage.names import Ref, Refs
from warehouse.lineage.standing import INDICATORS, Standing, elements_of

MARTS = "marts."
_ROW_REMEDY = (
    "take it out of filters and joins, or declare at the model what selects its rows "
    "(`config: {meta: {selected_by: […]}}`)."
)


@dataclass(frozen=True)
class Finding:
    """What is wrong with a column of a model, or with the choice of its rows (`*`); as text one sentence."""

    relation: str
    column: str
    problem: str

    def __str__(self) -> str:
        is_choice = self.column == ROWS
        subject = f"The choice of rows of {self.relation}" if is_choice else f"{self.relation}.{self.column}"
        return f"{subject} {self.problem}"


class Declared(NamedTuple):
    """A name that a column of a model, or the choice of its rows (`*`), declares."""

    relation: str
    column: str
    name: str


def prove(graph: Graph, register: Register) -> list[Finding]:
    """Everything in which the marts, and the declared columns that they read, are not what they are declared to be.

    A column is held to the owners over time, the lender and the events of its elements; the columns that decide which
    rows there are to those of the mart's `selected_by`. A mart's column that declares nothing is made of nothing
    delivered. A model that is a ledger itself may tell of copies. A bureau's own model may declare nothing that it does
    not reach; for those of the product `support` asks, under each register.
    """
    proof = _Proof(graph, Standing(register))
    models = [graph.models[relation] for relation in sorted(graph.models)]
    wrong = [finding for model in models for finding in proof.findings(model)]
    own = (
        declared for model in models if model.is_own for declared, is_reached in proof.support(model) if not is_reached
    )
    return [*wrong, *map(unsupported, own)]


def support(graph: Graph, register: Register) -> dict[Declared, bool]:
    """Each name that a model declares and some feed delivers, and whether anything that is reached is that."""
    proof = _Proof(graph, Standing(register))
    return {declared: is_reached for model in graph.models.values() for declared, is_reached in proof.support(model)}


def unsupported(declared: Declared) -> Finding:
    """What is wrong with a name that nothing supports."""
    problem = f"declares {declared.name}, and nothing that it reaches is that: correct the declaration or the model."
    return Finding(declared.relation, declared.column, problem)


class _Proof:
    def __init__(self, graph: Graph, standing: Standing) -> None:
        self._graph = graph
        self._standing = standing

    def findings(self, model: Model) -> Iterator[Finding]:
        is_mart = model.relation.startswith(MARTS)
        for column in self._graph.columns(model.relation):
            ref = Ref(model.relation, column)
            if is_mart or self._declaration(ref):
                yield from self._of_column(ref, model)
        if is_mart or model.selected_by is not None:
            yield from self._of_rows(Ref(model.relation, ROWS), model)

    def _spelt_out(self, names: Sequence[str]) -> Sequence[str]:
        """The names of a declaration: what indicators are made of is what the register says of those over marts, and
        whatever selects the rows of these marts.
        """
        if INDICATORS not in names:
            return names
        marts = (self._graph.models.get(f"{MARTS}{mart}") for mart in self._standing.counted_marts)
        selecting = (name for mart in marts if mart is not None for name in mart.selected_by or ())
        return (*names, *self._standing.counted_elements, *selecting)

    def _declaration(self, ref: Ref) -> Declaration | None:
        """What a column is declared to be. A column of an entity is the element of its name; `sex_source`, which says
        whose the value is, is of what `sex` is.
        """
        declared = self._graph.models[ref.relation].declared
        entity = ENTITIES.get(ref.relation)
        for name in (ref.column, ref.column.removesuffix("_source")):
            if name in declared:
                return declared[name]
            if entity and self._standing.knows(f"{entity}.{name}"):
                return Declaration(f"{entity}.{name}")
        return None

    def _declared(self, ref: Ref) -> Declaration:
        return self._declaration(ref) or Declaration()

    def _of_column(self, ref: Ref, model: Model) -> Iterator[Finding]:
        declaration = self._declared(ref)
        for end in sorted(self._ends(ref, model, rows=False)):
            # an event's own time and subject, of which there is no element, may stand wherever its rows do
            has_element = not self._is_delivered(end) or any("." in name for name in self._stands_for(end))
            declared = declaration.names if has_element else (*declaration.names, *(model.selected_by or ()))
            yield from self._wrong(ref, end, self._spelt_out(declared), _column_remedy(declaration))

    def _of_rows(self, ref: Ref, model: Model) -> Iterator[Finding]:
        for end in sorted(self._selectors(model)):
            yield from self._wrong(ref, end, self._spelt_out(model.selected_by or ()), _ROW_REMEDY)

    def support(self, model: Model) -> Iterator[tuple[Declared, bool]]:
        """Each name that the model declares and some feed delivers, and whether anything reached is that."""
        for column, declaration in model.declared.items():
            ref = Ref(model.relation, column)
            yield from self._support(ref, declaration.names, self._ends(ref, model, rows=False) - {ref})
        yield from self._support(Ref(model.relation, ROWS), model.selected_by or (), self._selectors(model))

    def _support(self, ref: Ref, names: Iterable[str], reached: Refs) -> Iterator[tuple[Declared, bool]]:
        found = {name for end in reached for name in self._stands_for(end)}
        for name in names:
            if self._standing.has_source_of(name):
                yield Declared(*ref, name), any(_covers(name, other) for other in found)

    def _selectors(self, model: Model) -> Refs:
        """The columns that decide which rows a model has, but for those that may decide on any mart's."""
        ends = self._ends(Ref(model.relation, ROWS), model, rows=True)
        return frozenset(end for end in ends if not self._may_select(end))

    def _ends(self, start: Ref, model: Model, *, rows: bool) -> Refs:
        """The columns at which a trace ends that say what they are: delivered ones, declared ones, and keys."""

        def is_end(ref: Ref) -> bool:
            reached = self._graph.models[ref.relation]
            if reached.ends is not None and (model.is_ledger or ref.column not in reached.values):
                return True
            if ref.column == ROWS:
                return reached.selected_by is not None and reached is not model
            return self._declaration(ref) is not None

        return frozenset(end for end in self._graph.ends(start, is_end, rows=rows) if self._says_what_it_is(end))

    def _says_what_it_is(self, ref: Ref) -> bool:
        """Whether it is not one of the house's own: of the register, the lake, a ledger."""
        model = self._graph.models.get(ref.relation)
        return self._standing.feed(ref) is not None if model is None else model.ends != "ledger"

    def _is_delivered(self, ref: Ref) -> bool:
        return ref.relation not in self._graph.models

    def _stands_for(self, ref: Ref) -> frozenset[str]:
        """What a column at which a trace ends is; nothing for a copy, and for one that no element names."""
        model = self._graph.models.get(ref.relation)
        if model is None:
            return self._standing.names(ref)
        if model.ends is not None:
            return frozenset({IDENTITY})
        return frozenset(model.selected_by or () if ref.column == ROWS else self._declared(ref).stands_for)

    def _may_select(self, ref: Ref) -> bool:
        if self._standing.feed(ref):
            return self._standing.may_select(ref)
        return IDENTITY in self._stands_for(ref)

    def _wrong(self, ref: Ref, end: Ref, declared: Sequence[str], remedy: str) -> Iterator[Finding]:
        """A column that reaches what it is not declared to be. A delivered one may be either of what it stands for."""
        names = self._stands_for(end)
        others = sorted(name for name in names if not any(_covers(other, name) for other in declared))
        if self._is_delivered(end) and not names:
            yield Finding(*ref, f"reaches {self._name(end)}, {self._copied(end)}")
        elif others and (len(others) == len(names) or not self._is_delivered(end)):
            yield Finding(*ref, f"reaches {self._name(end)}, which is {' and '.join(others)}: {remedy}")

    def _copied(self, ref: Ref) -> str:
        feed = self._standing.feed(ref)
        elements = elements_of(feed, ref.column) if feed else ()
        if not elements:
            return "which no element of the register names: declare it, or remove it from the model."
        owners = " and ".join(self._standing.owners(elements[0])) or None
        return (
            f"a copy of {elements[0]}, which {owners} owns: take it from the owner (owned(…) in the model), or declare "
            "a borrow."
        )

    def _name(self, ref: Ref) -> str:
        feed = self._standing.feed(ref)
        if ref.column == ROWS:
            return f"the rows of {ref.relation}"
        return f"{feed.id if feed else ref.relation}.{ref.column}"


def _covers(declared: str, name: str) -> bool:
    """Whether a declared name covers another: itself, or any element of that entity or event."""
    return declared in (name, name.partition(".")[0])


def _column_remedy(declaration: Declaration) -> str:
    if declaration.names:
        names = ", ".join(declaration.names)
        return f"it is declared to be of {names}; correct the model, or what the column declares (`made_of`)."
    return (
        "the column declares nothing; say whose value it is (`config: {meta: {element: …}}`), or of what it is made "
        "(`config: {meta: {made_of: […]}}`)."
    )
