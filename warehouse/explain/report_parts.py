"""The tables of an explanation, one function each.

Stays out: which tables belong to which kind of item (`explanation`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from registry.model import Indicator, Register
from warehouse.explain.origin import Origin
from warehouse.lineage.models import ENTITIES
from warehouse.lineage.names import Ref
from warehouse.report import Part, part

MARTS = "marts."
_PATH_LAYERS = ("conformed.", MARTS, "staging.")


def elements(origin: Origin, reach_by_element: Mapping[str, str], day: date) -> Part:
    """The elements behind an item; `reach_by_element`: each element and how it is reached."""
    rows = []
    for element_id, reach in reach_by_element.items():
        element = origin.element(element_id)
        owner = ", ".join(dict.fromkeys(a.source for a in element.authority if a.holds(day))) or None
        rows.append((element_id, element.label.zh, element.label.en, reach, owner, element.steward, element.standard))
    columns = ("element", "label_zh", "label_en", "how", "owner", "steward", "standard")
    return part("elements", "Elements it comes from", columns, rows)


def owners(origin: Origin, element_ids: Iterable[str]) -> Part:
    """Who owned each element from when until when, and for whom; who lends where the owner is silent."""
    rows: list[Sequence[object]] = []
    for element_id in element_ids:
        element = origin.element(element_id)
        for a in element.authority:
            scope = [*a.scope.stages, *a.scope.districts]
            rows.append((element_id, a.source, scope or None, a.from_, a.until, "owner"))
        if element.on_missing.startswith("borrow:"):
            rows.append((element_id, element.on_missing.partition(":")[2], None, None, None, "lender"))
    return part("owners", "Owners over time", ("element", "feed", "scope", "from", "until", "as"), rows)


def exports(origin: Origin, register: Register, element_ids: Iterable[str]) -> Part:
    """The columns of exports that hold each element, with the headers under which they are looked for."""
    offices = {source.id: source.office for source in register.sources}
    rows = []
    for element_id in element_ids:
        for feed, name, role in origin.columns_holding(element_id):
            headers = next((list(c.headers) for c in feed.columns if c.name == name), ["(every other header)"])
            rows.append((element_id, feed.id, name, headers, role, offices[feed.source]))
    columns = ("element", "feed", "column", "headers", "role", "office")
    return part(
        "exports", "Columns of exports that hold it", columns, sorted(rows, key=lambda r: (r[0], r[4] == "copy", r[1]))
    )


def path(origin: Origin, refs: Iterable[Ref]) -> Part:
    """The columns between a mart and the exports, those of the conformed layer with their element."""
    rows = [
        (f"{ref.relation}.{ref.column}", next(iter(origin.elements_behind([ref])), None))
        for ref in sorted(refs)
        if ref.relation.startswith(_PATH_LAYERS) and not (ref.relation in ENTITIES and not origin.is_element(ref))
    ]
    return part("path", "Columns it is computed from", ("column", "element"), rows)


def marts(by_value: set[Ref], by_rows: set[Ref], widths: Mapping[str, int], without: Ref | None = None) -> Part:
    """The marts that change: the columns computed from the item, and those filtered or joined by it."""
    made_from, filtered = _by_mart(by_value, without), _by_mart(by_rows - by_value, without)
    rows = []
    for mart in sorted({*made_from, *filtered}):
        values, filtered_columns = sorted(made_from[mart]), sorted(filtered[mart])
        is_complete = len(values) + len(filtered_columns) >= widths[mart] - (
            without is not None and without.relation == mart
        )
        rows.append(
            (
                mart.removeprefix(MARTS),
                values,
                ["every other"] if filtered_columns and is_complete else filtered_columns,
            )
        )
    return part("marts", "Marts that change with it", ("mart", "made_of_it", "filtered_or_joined_by_it"), rows)


def _by_mart(refs: set[Ref], without: Ref | None) -> defaultdict[str, set[str]]:
    columns_by_mart: defaultdict[str, set[str]] = defaultdict(set)
    for ref in refs:
        if ref.relation.startswith(MARTS) and ref.column != "*" and ref != without:
            columns_by_mart[ref.relation].add(ref.column)
    return columns_by_mart


def indicators(reasons_by_indicator: Iterable[tuple[Indicator, str]]) -> Part:
    """The indicators that change; the reason is declared (by the register), computed, or both."""
    rows = [
        (i.id, i.label.zh, i.label.en, reasons, i.document)
        for i, reasons in reasons_by_indicator
    ]
    columns = ("indicator", "label_zh", "label_en", "how", "document")
    return part("indicators", "Indicators that change with it", columns, rows)
