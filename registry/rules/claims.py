"""Refusals about claims: what an office says of its elements, and whether `authority` agrees.

Lives here: rules on `claims/*.yml`.
Add here: another way in which an office and the register may contradict each other.
Stays out: two owners and days without one (`spells`).
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.authority import declares
from registry.model import Authority, Claim, Element, Feed, Register
from registry.rules.words import shared, twice, when, where


def refusals(register: Register) -> Iterator[str]:
    """Contradictions in the claims."""
    for claim in register.claims:
        yield from _itself(_at(claim), claim, register)
    named = [(c.source, e, c.from_, c.scope) for c in register.claims for e in c.elements]
    for source, name, first, scope in twice(named):
        yield (
            f"{_file(source)}: `{source}` says twice of element `{name}` {where(scope)} what it does "
            f"from {first} on; leave one."
        )
    elements = {e.id: e for e in register.elements}
    for claim in register.claims:
        if claim.action == "hand_on" and claim.to:
            for name in claim.elements:
                if name in elements:
                    yield from _handed_on(_at(claim), claim, elements[name])
    for element in register.elements:
        for spell in element.authority:
            yield from _refused(element, spell, register)


def _itself(at: str, claim: Claim, register: Register) -> Iterator[str]:
    feeds = {f.id: f for f in register.feeds}
    feed = feeds.get(claim.source)
    if feed is None:
        yield f"{at}: `{claim.source}` is not a declared feed; name one of sources/*.yml."
        return
    office = next(s.office for s in register.sources if s.id == feed.source)
    if claim.office != office:
        yield f"{at}: it is signed by {claim.office}, but the office of `{feed.source}` is {office}; correct one."
    if not claim.elements:
        yield f"{at} names no elements; list them."
    for text, field in ((claim.by, "by"), (claim.evidence, "evidence")):
        if not text.strip():
            yield f"{at}: `{field}` is blank; fill it."
    yield from _named(at, claim, feed, register)
    if (claim.action == "hand_on") != (claim.to is not None):
        yield f"{at} must name in `to` who takes over exactly where its action is hand_on; it is {claim.action}."
    elif claim.to is not None and (claim.to not in feeds or claim.to == claim.source):
        yield f"{at} hands on to `{claim.to}`, which is not another declared feed; name the feed that takes over."


def _named(at: str, claim: Claim, feed: Feed, register: Register) -> Iterator[str]:
    for name in claim.elements:
        if name not in {e.id for e in register.elements}:
            yield f"{at} names the unknown element `{name}`; add it to elements/ or correct it."
        elif claim.action != "refuse" and not declares(feed, name):
            yield f"{at}: `{feed.id}` declares no column for `{name}`; correct the claim or the feed's contract."


def _handed_on(at: str, claim: Claim, element: Element) -> Iterator[str]:
    """From the day of a hand-on the register names who took over, and until then who gave."""
    for spell in element.authority:
        scope = shared(spell.scope, claim.scope)
        if scope is None:
            continue
        if spell.holds(claim.from_) and spell.source != claim.to:
            yield (
                f"{at} hands `{element.id}` on to `{claim.to}`, but elements/{element.entity}.yml names "
                f"`{spell.source}` as its owner {where(scope)} from {claim.from_} on; "
                "let `authority` follow the hand-on."
            )
        if spell.until == claim.from_ and spell.source != claim.source:
            yield (
                f"{at} hands `{element.id}` on, but elements/{element.entity}.yml names `{spell.source}` as its owner "
                f"{where(scope)} until {claim.from_}; who does not own an element cannot hand it on."
            )
        if spell.source == claim.to and spell.from_ < claim.from_:
            yield (
                f"{at} hands `{element.id}` on to `{claim.to}` on {claim.from_}, but elements/{element.entity}.yml "
                f"names it as the owner {where(scope)} from {spell.from_} on; make the dates the same."
            )


def _refused(element: Element, spell: Authority, register: Register) -> Iterator[str]:
    """An owner whose office has said no stays the owner of nothing."""
    said = [c for c in register.claims if element.id in c.elements and shared(c.scope, spell.scope) is not None]
    own = sorted((c for c in said if c.source == spell.source), key=lambda c: c.from_)
    refusing = [c for c in own if c.action == "refuse" and (spell.until is None or c.from_ < spell.until)]
    if not refusing or own[-1].action == "claim":
        return
    refusal = refusing[-1]
    others = [c.source for c in said if c.source != spell.source and c.action == "claim"]
    what = (
        f"`{others[0]}` has claimed it: name that feed in `authority` from then on"
        if others
        else "nobody has claimed it: name another owner in `authority`, or let an office claim it"
    )
    yield (
        f"elements/{element.entity}.yml: element `{element.id}` is owned by `{spell.source}` "
        f"{where(spell.scope)} {when(max(spell.from_, refusal.from_), spell.until)}, but {refusal.office} "
        f"refused it on {refusal.from_} ({_file(refusal.source)}) and {what}."
    )


def _file(source: str) -> str:
    return f"claims/{source.partition('/')[0]}.yml"


def _at(claim: Claim) -> str:
    return f"{_file(claim.source)}: the {claim.action.replace('_', '-')} of `{claim.source}` from {claim.from_}"
