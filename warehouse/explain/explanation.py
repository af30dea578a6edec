"""What is told of each kind of thing: the way back to its owners, and forward to what hangs on it.

Lives here: one method a kind.
Add here: a kind of thing that `names` has learnt to find.
Stays out: the tables (`report_parts`), following columns (`reach`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import Any

from registry.model import Indicator, Label, Register
from warehouse.explain import report_parts
from warehouse.explain.names import Thing
from warehouse.explain.origin import Origin
from warehouse.explain.reach import Reach
from warehouse.explain.report_parts import MARTS
from warehouse.lineage.names import Ref
from warehouse.lineage.project_cache import Project
from warehouse.lineage.proof import elements_of
from warehouse.report import Part, Report, part

_PARTS = "conformed.indicator_parts"


class Teller:
    """Tells of the things of one register and project, as of a day."""

    def __init__(self, register: Register, project: Project, day: date) -> None:
        self._register, self._project, self._day = register, project, day
        self._origin, self._reach = Origin(register), Reach(project.graph)

    def tell(self, thing: Thing) -> Report:
        """What there is to say of a thing."""
        tell = {
            "mart": self._mart, "column": self._column, "indicator": self._indicator, "element": self._element,
            "feed": self._feed, "feed_column": self._feed_column,
        }[thing.kind]  # fmt: skip
        report = tell(thing.id)
        said = {"name": thing.id, "kind": thing.kind.replace("_", " ")} | dict(report.said)
        return Report({k: v for k, v in said.items() if v is not None}, tuple(p for p in report.parts if p.rows))

    def _mart(self, relation: str) -> Report:
        doc = self._project.marts[relation.removeprefix(MARTS)]
        columns = [Ref(relation, name) for name in self._project.graph.columns(relation)]
        described = [(r.column, list(self._behind([r], rows=False)) or None, _said(doc, r.column)) for r in columns]
        columns_part = part("columns", "Its columns", ("column", "elements", "description"), described)
        users = self._forward(set(columns), relation)
        return Report({"description": doc.description}, (columns_part, *self._back(columns), *users))

    def _column(self, name: str) -> Report:
        relation, _, column = name.rpartition(".")
        here = Ref(relation, column)
        doc = self._project.marts.get(relation.removeprefix(MARTS)) if relation.startswith(MARTS) else None
        described = doc.columns.get(column) if doc else None
        said = {
            "description": described.description if described else None,
            "released_as": described.released_as if described else None,
            "release": described.release if described else None,
        }
        visited = self._reach.back([here], rows=False, until=self._origin.is_element) - {here}
        path = report_parts.path(self._origin, visited)
        return Report(said, (path, *self._back([here]), *self._forward({here}, itself=here)))

    def _indicator(self, name: str) -> Report:
        indicator = next(i for i in self._register.indicators if i.id == name)
        refs = self._measured(indicator)
        visited = self._reach.back(refs, rows=False, until=self._origin.is_element)
        said = {
            **_label(indicator.label), "document": indicator.document, "clause": indicator.clause,
            "formula_zh": indicator.formula.zh, "formula_en": indicator.formula.en, "steward": indicator.steward,
            "levels": list(indicator.levels), "threshold": indicator.threshold, "measure": indicator.measure,
            "waits_for": list(indicator.waits_for) or None,
        }  # fmt: skip
        declared = [e for e in indicator.elements if e in {x.id for x in self._register.elements}]
        return Report(said, (*self._back(refs, declared), report_parts.path(self._origin, visited)))

    def _element(self, name: str) -> Report:
        element = self._origin.element(name)
        said = {
            **_label(element.label), "description_zh": element.description.zh, "description_en": element.description.en,
            "standard": element.standard, "steward": element.steward, "sharing": element.sharing,
            "sensitivity": element.sensitivity, "release": element.release, "on_missing": element.on_missing,
        }  # fmt: skip
        back = (report_parts.owners(self._origin, [name]), report_parts.exports(self._origin, self._register, [name]))
        return Report(said, (*back, *self._forward(self._origin.columns(name), declared=[name])))

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
        held = elements_of(feed, column)
        said = {"headers": list(declared.headers) if declared else None, "type": declared.type if declared else None}
        roles = {e: role for e in held for f, c, role in self._origin.held(e) if (f, c) == (feed, column)}
        back = (report_parts.elements(self._origin, roles, self._day), report_parts.owners(self._origin, roles))
        owned = [element for element, role in roles.items() if role != "copy"]
        return Report(said, (*back, *self._forward({Ref(f"raw.{feed.table}", column)}, declared=owned)))

    def _back(self, refs: Iterable[Ref], declared: Iterable[str] = ()) -> Iterator[Part]:
        begin = list(refs)
        values, every = self._behind(begin, rows=False), self._behind(begin, rows=True)
        named = dict.fromkeys(declared, "declared")
        how = {e: "value" if e in values else "filter or join" for e in every}
        found = {**named, **how} | {e: f"declared, {how[e]}" for e in named if e in how}
        ordered = dict(sorted(found.items(), key=lambda item: "value" not in item[1]))
        yield report_parts.elements(self._origin, ordered, self._day)
        yield report_parts.owners(self._origin, ordered)
        yield report_parts.exports(self._origin, self._register, ordered)

    def _behind(self, refs: Iterable[Ref], *, rows: bool) -> list[str]:
        return self._origin.of(self._reach.back(refs, rows=rows, until=self._origin.is_element))

    def _forward(
        self, refs: set[Ref], mart: str | None = None, itself: Ref | None = None, declared: Iterable[str] = ()
    ) -> Iterator[Part]:
        """Marts and indicators that hang on columns; `mart` or `itself` is what is asked about."""
        values, every = self._reach.forward(refs, rows=False), self._reach.forward(refs, rows=True)
        if mart is not None:
            values, every = ({r for r in found if r.relation != mart} for found in (values, every))
        yield report_parts.marts(values, every, self._widths, itself)
        named = set(declared)
        found = []
        for indicator in self._register.indicators:
            how = ["declared"] if named & set(indicator.elements) else []
            how += ["computed"] if every & set(self._measured(indicator)) else []
            if how:
                found.append((indicator, " and ".join(how)))
        yield report_parts.indicators(found)

    def _measured(self, indicator: Indicator) -> list[Ref]:
        """The columns in which an indicator's parts are computed: of the models that name its measure."""
        if indicator.measure is None:
            return []
        # the variation of a measure over schools is computed beside it, under its name with cv_ before
        named = f"'{indicator.measure.removeprefix('cv_')}'"
        makers = [r for r in self._makers if named in self._project.sql.get(r, "")]
        return [Ref(relation, column) for relation in makers for column in ("numerator", "denominator")]

    @cached_property
    def _makers(self) -> list[str]:
        graph = self._project.graph
        return sorted({ref.relation for ref in graph.made_of(Ref(_PARTS, "numerator"))})

    @cached_property
    def _widths(self) -> dict[str, int]:
        graph = self._project.graph
        return {relation: len(graph.columns(relation)) for relation in graph.models if relation.startswith(MARTS)}


def _label(label: Label) -> dict[str, Any]:
    return {"label_zh": label.zh, "label_en": label.en}


def _said(doc: Any, column: str) -> str | None:
    described = doc.columns.get(column)
    return described.description if described else None
