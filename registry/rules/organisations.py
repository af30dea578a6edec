"""Refusals about the life of schools: merges, splits, former codes and names.

Lives here: what `organisations.yml` may not say.
Add here: another fact of an organisation that can contradict the rest.
Stays out: whether a code is in the school registry (the night knows), areas (`plans`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from registry.model import Organisation, Register
from registry.rules.words import twice


def refusals(register: Register) -> Iterator[str]:
    """Contradictions in the facts of organisations."""
    organisations = {o.code: o for o in register.organisations}
    for code in twice(_codes(register)):
        yield f"organisations.yml: code {code} stands twice, as a code or a former code; a code is never used again."
    grades = {c.code for c in register.codes("grade")}
    for organisation in register.organisations:
        at = f"organisations.yml: organisation `{organisation.code}`"
        yield from _itself(at, organisation)
        yield from _names(at, organisation)
        yield from _parts(at, organisation, grades)
        yield from _successors(at, organisation, organisations)


def _codes(register: Register) -> Iterator[str]:
    for organisation in register.organisations:
        yield organisation.code
        yield from (former.code for former in organisation.former_codes)


def _itself(at: str, organisation: Organisation) -> Iterator[str]:
    ends = [name for name in ("merged_into", "split_into") if getattr(organisation, name)]
    if len(ends) > 1:
        yield f"{at} is merged and split; leave one, since it ends once."
    if bool(ends) != (organisation.ended is not None):
        yield f"{at} must say in `ended` the day exactly where it is merged or split; add or remove it."
    if organisation.ended and organisation.founded and organisation.ended <= organisation.founded:
        yield f"{at} ends on {organisation.ended}, but was founded on {organisation.founded}; correct the days."
    if not organisation.evidence.strip():
        yield f"{at}: `evidence` is blank; name the order in which it stands."
    if not ends and not organisation.former_codes and not organisation.former_names and not organisation.founded:
        yield f"{at} says nothing of it; add a fact or remove it."


def _names(at: str, organisation: Organisation) -> Iterator[str]:
    for what, days in (
        ("name", [former.until for former in organisation.former_names]),
        ("code", [former.until for former in organisation.former_codes]),
    ):
        for one, other in pairwise(days):
            if other <= one:
                yield f"{at}: a former {what} ends on {other}, not after the one before it on {one}; put them in order."
        for day in days:
            if organisation.ended and day > organisation.ended:
                yield f"{at}: a former {what} ends on {day}, after the school on {organisation.ended}; correct a day."


def _parts(at: str, organisation: Organisation, grades: set[str]) -> Iterator[str]:
    parts = organisation.split_into
    if len(parts) == 1:
        yield f"{at} is split into one; name at least two, or write `merged_into`."
    for part in parts:
        if not part.grades and not part.classes:
            yield f"{at}: the part into {part.into} names no grades and no classes; say what went there."
        for grade in part.grades:
            if grades and grade not in grades:
                yield f"{at}: the part into {part.into} names the unknown grade `{grade}`; use one of codes/grade.csv."
    for what, given in (
        ("grade", [g for part in parts for g in part.grades]),
        ("class", [c for part in parts for c in part.classes]),
    ):
        for value in twice(given):
            yield f"{at}: {what} `{value}` goes into two parts; leave it to one."


def _successors(at: str, organisation: Organisation, known: dict[str, Organisation]) -> Iterator[str]:
    if organisation.ended is None:
        return
    for code in dict.fromkeys((organisation.merged_into or "", *(part.into for part in organisation.split_into))):
        successor = known.get(code)
        if code == organisation.code and organisation.merged_into:
            yield f"{at} is merged into itself; name the organisation that goes on."
        elif successor and successor.ended and successor.ended <= organisation.ended and code != organisation.code:
            yield (
                f"{at} passes to {code} on {organisation.ended}, but that one ends on {successor.ended}; "
                "name the organisation that goes on."
            )
        elif successor and successor.founded and successor.founded > organisation.ended:
            yield (
                f"{at} passes to {code} on {organisation.ended}, before that one was founded on {successor.founded}; "
                "correct a day."
            )
