"""Refusals about objections: a step that may not follow, a record that is named by what it must not be.

Lives here: rules on `objections/*.yml`.
Add here: another rule on a single objection.
Stays out: which step may follow which (`registry.objections`), whether a value was corrected (the lake knows).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from registry.model import Objection, Register
from registry.objections import ENTITIES, FOLLOWS

_KEY = re.compile(r"[0-9a-f]{64}")
_IDENTIFIER = re.compile(r"\d{11,}")


def refusals(register: Register) -> Iterator[str]:
    """Contradictions in the objections."""
    for objection in register.objections:
        yield from refusals_of(objection, register)


def refusals_of(objection: Objection, register: Register) -> Iterator[str]:
    """Contradictions in one objection."""
    at = f"objections/{objection.id}.yml"
    if not objection.steps or objection.steps[0].state != "raised":
        yield f"{at}: its first step must be `raised`; say who raised it, and on which day."
        return
    if objection.entity not in ENTITIES:
        yield f"{at}: `{objection.element}` is no element of a {', '.join(ENTITIES)}; object to one that is."
    elif objection.state != "closed" and objection.element not in {e.id for e in register.elements}:
        yield f"{at}: `{objection.element}` is an unknown element; correct it, or close the objection."
    if objection.entity != "school" and not _KEY.fullmatch(objection.record):
        yield (
            f"{at}: `record` must be the 64 hex digits that name the {objection.entity} in a release; "
            "never write an identifier there."
        )
    yield from _steps(at, objection)


def _steps(at: str, objection: Objection) -> Iterator[str]:
    for one, other in pairwise(objection.steps):
        if other.state not in FOLLOWS[one.state]:
            allowed = " or ".join(FOLLOWS[one.state]) or "nothing"
            yield f"{at}: `{other.state}` cannot follow `{one.state}`; after it comes {allowed}."
        if other.day < one.day:
            yield f"{at}: it was {other.state} on {other.day}, before it was {one.state} on {one.day}; correct a day."
    for step in objection.steps:
        if not step.by.strip():
            yield f"{at}: the step `{step.state}` says nobody in `by`; name who took it."
        if _IDENTIFIER.search(step.note or "") or _IDENTIFIER.search(step.by):
            yield (
                f"{at}: the step `{step.state}` holds what looks like a number of a person; "
                "leave it out, since the record is named by its key."
            )
