"""The responsibility list (责任清单): who answers for which element on a day, and whether the office has said so.

Lives here: the register's elements, owners and claims as rows.
Add here: a column of the list.
Stays out: printing (the desk's), judging claims (`rules.claims`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from registry.model import Authority, Claim, Element, Register
from registry.rules.words import shared, where


@dataclass(frozen=True)
class Responsibility:
    """One element, the owner of one scope, and what its office has said. `claimed` is claimed, refused or unclaimed."""

    element: str
    label: str
    standard: str | None
    owner: str
    office: str
    steward: str
    scope: str
    since: date
    claimed: str
    claimed_on: date | None
    claimed_by: str | None
    evidence: str | None
    also_claimed_by: str | None  # feeds of other offices that claim it too


def responsibilities(register: Register, day: date, office: str | None = None) -> Iterator[Responsibility]:
    """A row for each element and each of its owners on the day, of one office or of all, in the register's order."""
    offices = {f.id: s.office for s in register.sources for f in s.feeds}
    for element in register.elements:
        for spell in element.authority:
            if spell.holds(day):
                row = _row(element, spell, register, day, offices[spell.source])
                if office is None or row.office == office:
                    yield row


def _row(element: Element, spell: Authority, register: Register, day: date, office: str) -> Responsibility:
    said = [
        claim
        for claim in register.claims
        if element.id in claim.elements and claim.from_ <= day and shared(claim.scope, spell.scope) is not None
    ]
    own = _last(c for c in said if spell.source in (c.source, c.to))
    others = sorted({c.source for c in said if c.action == "claim" and c.source != spell.source})
    return Responsibility(
        element=element.id,
        label=element.label.zh,
        standard=element.standard,
        owner=spell.source,
        office=office,
        steward=element.steward,
        scope=where(spell.scope),
        since=spell.from_,
        claimed=_word(own, spell.source),
        claimed_on=own.from_ if own else None,
        claimed_by=own.by if own else None,
        evidence=own.evidence if own else None,
        also_claimed_by=", ".join(o for o in others if own is None or o != own.source) or None,
    )


def _last(claims: Iterator[Claim]) -> Claim | None:
    return max(claims, key=lambda c: c.from_, default=None)


def _word(claim: Claim | None, owner: str) -> str:
    if claim is None:
        return "unclaimed"
    if claim.action == "hand_on":
        return "taken over" if claim.to == owner else "handed on"
    return {"claim": "claimed", "refuse": "refused"}[claim.action]
