"""The explanation of each kind of named item: upstream to its owners, downstream to its dependents.

Add here: a kind of item that `names` can resolve.
Stays out: the tables (`report_parts`), following columns (`reach`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import Any

from registry.model import Indicator, Label, Register
from warehouse.explain import report_parts
from warehouse.explain.names import NamedItem
from warehouse.explain.origin import Origin
from warehouse.explain.reach import ColumnReach
from warehouse.explain.report_parts import MARTS
from warehouse.indicators.expressions import columns_of
from warehouse.lineage.names import Ref
from warehouse.lineage.project_cache import Project
from warehouse.lineage.proof import elements_of
from warehouse.report import Part, Report, part

_PARTS = "conformed.indicator_parts"
_MODELS = {  # by the field of an indicator that says how it gets its figure
    "conditions": "conformed.condition_measures", "variation_of": "conformed.variation_measures",
    "count_met": "conformed.composed_figures", "all_met": "conformed.composed_figures",
    "fact": "conformed.declared_measures",
}  # fmt: skip


class Explainer:
    """Explains the named items of one register and project, as of a day."""

    def __init__(self, register: Register, project: Project, day: date) -> None:
        self._register, self._project, self._day = register, project, day
        self._origin, self._reach = Origin(register), ColumnReach(project.graph)

    def report_on(self, item: NamedItem) -> Report:
        """The explanation of an item, without empty facts and tables."""
        report_of_kind = {
            "mart": self._mart, "column": self._column, "indicator": self._indicator, "element": self._element,
            "feed": self._feed, "feed_column": self._feed_column,
        }[item.kind]  # fmt: skip
        report = report_of_kind(item.id)
        facts = {"name": item.id, "kind": item.kind.replace("_", " ")} | dict(report.facts)
        return Report({k: v for k, v in facts.items() if v is not None}, tuple(p for p in report.parts if p.rows))

    def _mart(self, relation: str) -> Report:
        doc = self._project.marts[relation.removeprefix(MARTS)]
        columns = [Ref(relation, name) for name in self._project.graph.columns(relation)]
        column_rows = [
            (r.column, list(self._elements_behind([r], rows=False)) or None, _description(doc, r.column))
            for r in columns
        ]
        columns_part = part("columns", "Its columns", ("column", "elements", "description"), column_rows)
        dependents = self._forward(set(columns), relation)
        return Report({"description": doc.description}, (columns_part, *self._back(columns), *dependents))

    def _column(self, name: str) -> Report:
        relation, _, column = name.rpartition(".")
        column_ref = Ref(relation, column)
        doc = self._project.marts.get(relation.removeprefix(MARTS)) if relation.startswith(MARTS) else None
        column_doc = doc.columns.get(column) if doc else None
        facts = {
            "description": column_doc.description if column_doc else None,
            "released_as": column_doc.released_as if column_doc else None,
            "release": column_doc.release if column_doc else None,
        }
        visited = self._reach.upstream([column_ref], rows=False, until=self._origin.is_element) - {column_ref}
        path = report_parts.path(self._origin, visited)
        return Report(facts, (path, *self._back([column_ref]), *self._forward({column_ref}, itself=column_ref)))

    def _indicator(self, name: str) -> Report:
        indicator = next(i for i in self._register.indicators if i.id == name)
        refs = self._measured(indicator)
        visited = self._reach.upstream(refs, rows=False, until=self._origin.is_element)
        facts = {
            **_label(indicator.label), "document": indicator.document, "clause": indicator.clause,
            "formula_zh": indicator.formula.zh, "formula_en": indicator.formula.en, "steward": indicator.steward,
            "levels": list(indicator.levels), "threshold": indicator.threshold, "measure": indicator.measure,
            "no_value": indicator.no_value and f"{indicator.no_value.zh} / {indicator.no_value.en}",
        }  # fmt: skip
        declared = [e for e in indicator.elements if e in {x.id for x in self._register.elements}]
        return Report(facts, (*self._back(refs, declared), report_parts.path(self._origin, visited)))

    def _element(self, name: str) -> Report:
        element = self._origin.element(name)
        facts = {
            **_label(element.label), "description_zh": element.description.zh, "description_en": element.description.en,
            "standard": element.standard, "steward": element.steward, "sharing": element.sharing,
            "sensitivity": element.sensitivity, "release": element.release, "on_missing": element.on_missing,
        }  # fmt: skip
        sources = (
            report_parts.owners(self._origin, [name]),
            report_parts.exports(self._origin, self._register, [name]),
        )
        return Report(facts, (*sources, *self._forward(self._origin.columns(name), declared=[name])))

    def _feed(self, name: str) -> Report:
        feed = self._register.feed(name)
        rows = [(c.name, list(c.headers), list(c.elements) or None) for c in feed.columns]
        columns = part("columns", "Its columns", ("column", "headers", "elements"), rows)
        refs = {Ref(f"raw.{feed.table}", c.name) for c in feed.columns} | {Ref(f"raw.{feed.table}", feed.rest or "")}
        return Report(_label(feed.label) | {"grain": feed.grain.en}, (columns, *self._forward(refs)))

    def _feed_column(self, name: str) -> Report:
        feed_id, _, column = name.rpartition(".")
        feed = self._register.feed(feed_id)
        declared = next((c for c in feed.columns if c.name == column), None)
        elements = elements_of(feed, column)
        facts = {"headers": list(declared.headers) if declared else None, "type": declared.type if declared else None}
        roles = {
            e: role for e in elements for f, c, role in self._origin.columns_holding(e) if (f, c) == (feed, column)
        }
        sources = (report_parts.elements(self._origin, roles, self._day), report_parts.owners(self._origin, roles))
        owned_elements = [element for element, role in roles.items() if role != "copy"]
        return Report(facts, (*sources, *self._forward({Ref(f"raw.{feed.table}", column)}, declared=owned_elements)))

    def _back(self, refs: Iterable[Ref], declared: Iterable[str] = ()) -> Iterator[Part]:
        start = list(refs)
        values, all_elements = self._elements_behind(start, rows=False), self._elements_behind(start, rows=True)
        declared_elements = dict.fromkeys(declared, "declared")
        reach = {e: "value" if e in values else "filter or join" for e in all_elements}
        reach_by_element = {**declared_elements, **reach} | {
            e: f"declared, {reach[e]}" for e in declared_elements if e in reach
        }
        ordered = dict(sorted(reach_by_element.items(), key=lambda item: "value" not in item[1]))
        yield report_parts.elements(self._origin, ordered, self._day)
        yield report_parts.owners(self._origin, ordered)
        yield report_parts.exports(self._origin, self._register, ordered)

    def _elements_behind(self, refs: Iterable[Ref], *, rows: bool) -> list[str]:
        return self._origin.elements_behind(self._reach.upstream(refs, rows=rows, until=self._origin.is_element))

    def _forward(
        self, refs: set[Ref], mart: str | None = None, itself: Ref | None = None, declared: Iterable[str] = ()
    ) -> Iterator[Part]:
        """Marts and indicators that depend on columns; `mart` or `itself` is the item that is explained."""
        values, by_rows = self._reach.downstream(refs, rows=False), self._reach.downstream(refs, rows=True)
        if mart is not None:
            values, by_rows = ({r for r in refs_ if r.relation != mart} for refs_ in (values, by_rows))
        yield report_parts.marts(values, by_rows, self._widths, itself)
        declared_elements = set(declared)
        dependents = []
        for indicator in self._register.indicators:
            reasons = ["declared"] if declared_elements & set(indicator.elements) else []
            reasons += ["computed"] if by_rows & set(self._measured(indicator)) else []
            if reasons:
                dependents.append((indicator, " and ".join(reasons)))
        yield report_parts.indicators(dependents)

    def _measured(self, indicator: Indicator) -> list[Ref]:
        """The columns in which an indicator's parts are computed: of models that name its measure or make its kind."""
        literals = [f"'{measure}'" for measure in (indicator.measure, indicator.administrative) if measure]
        sql = self._project.sql
        models = [r for r in self._measure_models if any(literal in sql.get(r, "") for literal in literals)]
        models += [_MODELS[way] for way in indicator.way if _MODELS.get(way) in sql]
        counted = [side for side in (indicator.numerator, indicator.denominator) if side is not None]
        return [
            *(Ref(relation, column) for relation in models for column in ("numerator", "denominator")),
            *(Ref(f"{MARTS}{side.mart}", column) for side in counted for column in columns_of(side)),
        ]

    @cached_property
    def _measure_models(self) -> list[str]:
        graph = self._project.graph
        return sorted({ref.relation for ref in graph.inputs_of(Ref(_PARTS, "numerator"))})

    @cached_property
    def _widths(self) -> dict[str, int]:
        graph = self._project.graph
        return {relation: len(graph.columns(relation)) for relation in graph.models if relation.startswith(MARTS)}


def _label(label: Label) -> dict[str, Any]:
    return {"label_zh": label.zh, "label_en": label.en}


def _description(doc: Any, column: str) -> str | None:
    column_doc = doc.columns.get(column)
    return column_doc.description if column_doc else None
