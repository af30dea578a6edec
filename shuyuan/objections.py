"""The texts and rows of `shuyuan objection`: status, list and details of objections.

Stays out: the options of the verb (`verbs.objection`), the rules of a step (`registry`), the values (`warehouse`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import registry
from common.settings import Settings, today
from registry.desk_files import objection_files
from registry.errors import RegisterError
from registry.model import Objection, ObjectionStep, Register
from registry.objections import due, known
from shuyuan.printing import Rows
from warehouse.errors import LakeError
from warehouse.lake import Lake, connect_lake
from warehouse.records import disputed_values

_COLUMNS = ("id", "element", "record", "state", "since", "waits_for", "of", "due", "overdue")


def take_step(settings: Settings, objection_id: str, step: ObjectionStep) -> str:
    """Take a step; returns the new status. Raises RegisterError, also where a corrected value is not delivered yet."""
    register = registry.load(settings.registry)
    objection = known(register, objection_id)
    if (
        objection.state == "corrected"
        and step.state == "closed"
        and objection_id not in _correction_nights(settings.lake)
    ):
        owners = " and ".join(_owners(register, objection, step.day)) or "its owner"
        raise RegisterError(
            f"The objection {objection_id} waits for the owner's delivery: the lake still holds the disputed "
            f"{objection.element}; close it once a night has loaded another value from {owners}."
        )
    return status_line(objection_files.stepped(register, settings.registry, objection_id, step), register)


def status_line(objection: Objection, register: Register) -> str:
    """The status of an objection, in one sentence."""
    by = due(objection, register)
    last = objection.steps[-1]
    until = f"; the next step is due by {by}" if by else ""
    return f"The objection {objection.id} to {objection.element} was {last.state} on {last.day} by {last.by}{until}."


def objection_rows(settings: Settings, on: date | None, *, closed: bool, only_overdue: bool) -> Rows:
    """The objections as rows, ordered by due date."""
    register, day = registry.load(settings.registry), on or today(settings)
    correction_nights = _correction_nights_if_open(settings.lake, register)
    rows = [
        _row(objection, register, day, correction_nights)
        for objection in register.objections
        if closed or objection.state != "closed"
    ]
    rows.sort(key=lambda row: (row["due"] or date.max, row["id"]))
    return Rows(_COLUMNS, (tuple(r[c] for c in _COLUMNS) for r in rows if r["overdue"] or not only_overdue))


def detail_text(settings: Settings, objection_id: str, on: date | None) -> str:
    """An objection with its steps, as lines of text."""
    register, day = registry.load(settings.registry), on or today(settings)
    objection = known(register, objection_id)
    row = _row(objection, register, day, _correction_nights_if_open(settings.lake, register))
    element = next((e for e in register.elements if e.id == objection.element), None)
    return "\n".join(_lines(objection, row, element.label.zh if element else ""))


def _lines(objection: Objection, row: dict[str, Any], label: str) -> Iterator[str]:
    yield f"{objection.id}  {objection.element}  {label}".rstrip()
    yield f"  record {objection.record}"
    late = ", overdue" if row["overdue"] else ""
    if row["waits_for"]:
        yield f"  {row['state']}; waits for {row['waits_for']} ({row['of']}), due {row['due']}{late}"
    for step in objection.steps:
        yield f"  {step.day}  {step.state:<10}  {step.by}{f'  {step.note}' if step.note else ''}"


def _row(
    objection: Objection, register: Register, day: date, correction_nights: dict[str, date] | None
) -> dict[str, Any]:
    by = due(objection, register)
    return {
        "id": objection.id,
        "element": objection.element,
        "record": objection.record[:12],
        "state": objection.state,
        "since": objection.steps[-1].day,
        "waits_for": _waits_for(objection, correction_nights),
        "of": " and ".join(_offices(register, objection, day)),
        "due": by,
        "overdue": by is not None and day > by,
    }


def _waits_for(objection: Objection, correction_nights: dict[str, date] | None) -> str | None:
    if objection.state == "corrected":
        if correction_nights is None:
            return "the lake, which cannot be read now"
        correction_night = correction_nights.get(objection.id)
        return f"closing: another value came on {correction_night}" if correction_night else "the owner's delivery"
    return {
        "raised": "acceptance",
        "accepted": "verification by the source",
        "verified": "correction, or that the source maintains it",
        "rejected": "closing",
        "maintained": "closing",
    }.get(objection.state)


def _owners(register: Register, objection: Objection, day: date) -> list[str]:
    element = next((e for e in register.elements if e.id == objection.element), None)
    authorities = element.authority if element else ()
    return sorted({a.source for a in authorities if a.holds(day)})


def _offices(register: Register, objection: Objection, day: date) -> list[str]:
    """The offices of the sources that own the element: they verify and correct."""
    owners = {owner.partition("/")[0] for owner in _owners(register, objection, day)}
    return sorted({source.office for source in register.sources if source.id in owners})


def _correction_nights(lake: Path) -> dict[str, date]:
    with connect_lake(Lake(lake), read_only=True) as connection:
        return disputed_values.correction_nights(connection)


def _correction_nights_if_open(lake: Path, register: Register) -> dict[str, date] | None:
    """The correction nights of the lake; None where it cannot be opened, such as while a night runs."""
    if all(objection.state != "corrected" for objection in register.objections):
        return {}
    try:
        return _correction_nights(lake)
    except LakeError:
        return None
