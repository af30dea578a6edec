"""Objections (异议): which step may follow which, and by when.

Lives here: the way of an objection, and its terms.
Add here: a step, and its term.
Stays out: its file (`desk_files.objection_files`), the record and its value (`warehouse`), refusals
(`rules.objections`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from registry import working_days
from registry.errors import RegisterError
from registry.model import Objection, ObjectionState, Register

FOLDER: Final = "objections"
ENTITIES: Final = ("student", "teacher", "school")
FOLLOWS: Final[Mapping[ObjectionState, tuple[ObjectionState, ...]]] = {
    "raised": ("accepted", "rejected"),
    "accepted": ("verified",),
    "rejected": ("closed",),
    "verified": ("corrected", "maintained"),
    "corrected": ("closed",),
    "maintained": ("closed",),
    "closed": (),
}
FLAGGED: Final = ("accepted", "verified", "corrected", "maintained")
"""While an objection is in one of these states, its element is shown as disputed."""

_TERMS: Final = {"raised": "accept", "accepted": "verify", "verified": "settle"}


def due(objection: Objection, register: Register) -> date | None:
    """By when the next step is to be taken; None once it is closed."""
    if objection.state == "closed":
        return None
    days = getattr(register.bureau.objection_working_days, _TERMS.get(objection.state, "close"))
    return working_days.after(register.calendar, objection.steps[-1].day, days)


def known(register: Register, objection_id: str) -> Objection:
    """The objection with this id. Raises RegisterError."""
    found = next((o for o in register.objections if o.id == objection_id), None)
    if found is None:
        raise RegisterError(unknown(register, objection_id))
    return found


def unknown(register: Register, objection_id: str) -> str:
    """The sentence that there is no such objection, with those that are open."""
    some = ", ".join(o.id for o in register.objections if o.state != "closed") or "none is open"
    return f"There is no objection {objection_id}: give one that is there ({some})."
