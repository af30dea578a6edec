"""What offices govern: projects and what they have to do with, the security of networks.

Lives here: `project_graph`, `network_risk`.
Stays out: findings and how long they last (`improvement`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date

from tests.second_computation import cells, register, rosters
from tests.second_computation.events import Events, Row
from tests.second_computation.indicators import declarations

SYSTEMS = ("site", "system", "app")  # 'sites, systems and apps'
UNGRADED, NO_RISK = "0", "0"
HIGH = ("3", "4")  # 'high or critical'
GRAVE = ("1", "2", "3")  # 'considerable or graver'
NETWORKS, INCIDENTS = "assets/networks", "security/incidents"


def level_of(events: Events, code: str) -> str | None:
    """'Level of the organisation; null where the tree has none such.'"""
    if code in rosters.schools(events):
        return "school"
    return register.areas()[code]["level"] if code in register.areas() else None


def _names(events: Events) -> dict[str, str | None]:
    """Of schools as their register calls them, of areas as the bureau does."""
    schools = {str(cells.text(r["school_code"])): cells.name(r["name"]) for r in events.rows("school_registry/schools")}
    return {**schools, **{code: area["name"] for code, area in register.areas().items()}}


def project_graph(events: Events) -> Iterator[dict[str, object]]:
    """One row per project, relation and what it leads to; 'a project that is not classified' says that it is not."""
    names = _names(events)
    for row in events.rows("projects/records"):
        if cells.yes(row.get("classified")) is not False:
            continue
        about = _listing(row)
        for relation, code, words in sorted(set(_edges(row, names)), key=str):
            yield {**about, "relation": relation, "related_code": code, "related": words}


def _edges(row: Row, names: dict[str, str | None]) -> Iterator[tuple[str, str, str | None]]:
    unit = str(cells.identifier(row["organisation_code"]))
    yield "unit", unit, names.get(unit) or cells.text(row.get("organisation"))
    if content := cells.text(row.get("content")):
        yield "content", content, content
    supplier, code = cells.text(row.get("supplier")), cells.identifier(row.get("supplier_uscc"))
    if supplier or code:
        yield "supplier", str(code or supplier), supplier
    if field := cells.code("project_field", row.get("field")):
        yield "field", field, _label("project_field", field)
    for method in re.split("[;；、,，|/]", cells.text(row.get("methods")) or ""):
        if method.strip():
            yield "method", method.strip(), method.strip()


def _label(code_set: str, code: str) -> str:
    with (cells.REGISTRY / "codes" / f"{code_set}.csv").open(encoding="utf-8", newline="") as file:
        return next(line["label_zh"] for line in csv.DictReader(file) if line["code"] == code)


def _listing(row: Row) -> dict[str, object]:
    amounts = {name: cells.decimal(row.get(name)) for name in ("budget", "contract_amount", "paid")}
    days = {name: cells.day(row.get(name)) for name in ("approved_on", "started_on", "accepted_on")}
    return {
        "project_id": cells.identifier(row["project_id"]),
        "name": cells.text(row.get("name")),
        "organisation_code": cells.identifier(row["organisation_code"]),
        "field": cells.code("project_field", row.get("field")),
        "status": cells.code("project_status", row.get("status")),
        "procurement": cells.code("procurement", row.get("procurement")),
        **amounts,
        **days,
    }


def network_risk(events: Events) -> Iterator[dict[str, object]]:
    """'Of each school; and of each other organisation that has assets or incidents.'"""
    assets, incidents = _by_organisation(events, NETWORKS), _by_organisation(events, INCIDENTS)
    names = _names(events)
    knows_incidents = INCIDENTS in events.deliveries and bool(events.deliveries[INCIDENTS])
    year = register.school_year(events.last)
    recent = {c for c, rows in incidents.items() if any(_year(row) == year for row in rows)}
    for code in {*rosters.schools(events), *assets, *recent}:
        duty = declarations.declarations(events).get((code, "duty_list"))
        yield {
            "organisation_code": code,
            "name": names.get(code),
            "level": level_of(events, code),
            **_of_assets(assets.get(code)),
            "has_duty_list": duty.holds if duty else None,
            **_of_incidents(incidents.get(code, []) if knows_incidents else None, events.last),
            "as_of_date": events.last,
        }


def _year(incident: Row) -> str | None:
    at = cells.moment(incident["occurred_at"])
    return register.school_year(at.date()) if at else None


def _by_organisation(events: Events, feed: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in events.rows(feed):
        found.setdefault(str(cells.identifier(row["organisation_code"])), []).append(row)
    return found


def _of_assets(rows: list[Row] | None) -> dict[str, object]:
    """'Null where no list was sent.'"""
    counts = (
        "assets", "systems", "systems_graded", "assets_without_officer", "risks", "risks_open", "high_risks_open",
        "assets_unchecked",
    )  # fmt: skip
    if rows is None:
        return dict.fromkeys((*counts, "checked_on"))
    told: dict[str, object] = dict.fromkeys(counts, 0)
    for row in rows:
        for count in _counts_of(row):
            told[count] = int(str(told[count])) + 1
    return {**told, "checked_on": max((d for r in rows if (d := cells.day(r.get("checked_on")))), default=None)}


def _counts_of(row: Row) -> Iterator[str]:
    """The counts to which an asset adds one."""
    yield "assets"
    if cells.code("network_asset_kind", row.get("kind")) in SYSTEMS:
        yield "systems"
        if cells.code("protection_level", row.get("protection_level")) not in (None, UNGRADED):
            yield "systems_graded"
    if not cells.name(row.get("duty_officer")):
        yield "assets_without_officer"
    level = cells.code("risk_level", row.get("risk_level"))
    if level is None:
        yield "assets_unchecked"
    elif level != NO_RISK:
        yield "risks"
        if cells.day(row.get("mended_on")) is None:
            yield "risks_open"
            if level in HIGH:
                yield "high_risks_open"


def _of_incidents(rows: list[Row] | None, night: date) -> dict[str, object]:
    """'Of this school year; null where no list ever came.'"""
    if rows is None:
        return dict.fromkeys(("incidents", "grave_incidents", "incidents_open"))
    moments = ((row, cells.moment(row["occurred_at"])) for row in rows)
    year = register.school_year(night)
    these = [row for row, at in moments if at and register.school_year(at.date()) == year]
    return {
        "incidents": len(these),
        "grave_incidents": sum(cells.code("incident_severity", r.get("severity")) in GRAVE for r in these),
        "incidents_open": sum(cells.day(r.get("closed_on")) is None for r in these),
    }
