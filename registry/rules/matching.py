"""Refusals about matching: composite keys, weights, thresholds and reviewed lines.

Lives here: what `matching.yml` and `reviewed_matches.csv` may not say, and references that nothing bears out.
Add here: another rule on how records find their person.
Stays out: rules on columns (`feeds`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from registry.authority import declares
from registry.model import Composite, Feed, Identifies, Matching, PersonEntity, Register, Weight
from registry.rules.words import twice

_PEOPLE = get_args(PersonEntity)
_EVIDENCE = ("name", "school", "class")


def refusals(register: Register) -> Iterator[str]:
    """Contradictions in how people are matched."""
    for entity in twice(m.entity for m in register.matching):
        yield f"matching.yml: entity `{entity}` stands twice; make one entry of the two."
    for matching in register.matching:
        at = f"matching.yml: entity `{matching.entity}`"
        if matching.entity not in _PEOPLE:
            yield f"{at} is not matched by evidence; only {' and '.join(_PEOPLE)} are."
        yield from _thresholds(at, matching)
        yield from _weights(at, matching)
        for composite in matching.composites:
            yield from _composite(at, matching, composite, register)
    yield from _verdicts(register)
    for feed in register.feeds:
        for named in feed.identifies:
            yield from _alone(feed, named, register)


def _thresholds(at: str, matching: Matching) -> Iterator[str]:
    if not 0 < matching.prior < 1:
        yield f"{at}: `prior` is {matching.prior:g}; a probability lies between 0 and 1."
    if not 0 < matching.queue <= matching.join < 1:
        yield (
            f"{at}: `queue` is {matching.queue:g} and `join` {matching.join:g}; both lie between 0 and 1, and what "
            "joins must be at least as likely as what is queued."
        )
    if matching.margin < 1:
        yield f"{at}: `margin` is {matching.margin:g}; a candidate cannot be less likely than the next."


def _weights(at: str, matching: Matching) -> Iterator[str]:
    by_evidence: dict[str, list[Weight]] = {}
    for weight in matching.weights:
        by_evidence.setdefault(weight.evidence, []).append(weight)
    for evidence, weights in by_evidence.items():
        here = f"{at}, evidence `{evidence}`"
        for degree in twice(w.degree for w in weights):
            yield f"{here} has two weights for `{degree}`; remove one."
        shares = {w.degree: w for w in weights}
        if len(shares) < 2 or "other" not in shares:
            yield f"{here} needs a weight for `other` and one for `same` or `near`; add their m and u."
        if any(not 0 < share < 1 for w in weights for share in (w.m, w.u)):
            yield f"{here} has an m or u that is no share; each lies between 0 and 1."
        for name, total in (("m", sum(w.m for w in weights)), ("u", sum(w.u for w in weights))):
            if abs(total - 1) > 0.01:
                yield f"{here}: the {name} of its degrees add up to {total:g}; they must make 1."
        if "same" in shares and shares["same"].m <= shares["same"].u:
            yield f"{here}: `same` is no likelier for one person than for two; exchange its m and u."


def _composite(at: str, matching: Matching, composite: Composite, register: Register) -> Iterator[str]:
    feeds = {f.id: f for f in register.feeds}
    here = f"{at}, composite of {', '.join(composite.elements)}"
    if len(composite.elements) < 2:
        yield f"{here}: one element is no composite key; name at least two, or an identifier in `identifies`."
    for name in composite.feeds:
        feed = feeds.get(name)
        if feed is None:
            yield f"{here} names `{name}`, which is not a declared feed; correct it."
            continue
        if matching.entity not in {i.entity for i in feed.identifies}:
            yield f"{here}: feed `{name}` says of no column that it identifies a {matching.entity}; add `identifies`."
        for element in composite.elements:
            if not declares(feed, f"{matching.entity}.{element}"):
                yield f"{here}: feed `{name}` declares no column for {matching.entity}.{element}; add it to `elements`."
    if not any(p.entity == matching.entity for n in composite.feeds if n in feeds for p in feeds[n].creates):
        yield f"{here}: none of its feeds creates a {matching.entity}, so that it joins nobody; name one that does."


def _verdicts(register: Register) -> Iterator[str]:
    for entity, record, person, since in twice((v.entity, v.record, v.person, v.since) for v in register.verdicts):
        yield (
            f"reviewed_matches.csv: {entity} record `{record}` and person `{person}` have two lines of {since}; "
            "leave the one that counts."
        )
    for verdict in register.verdicts:
        at = f"reviewed_matches.csv: line on `{verdict.record}`"
        if verdict.entity not in _PEOPLE:
            yield f"{at} is of entity `{verdict.entity}`; only {' and '.join(_PEOPLE)} are matched."
        if not (verdict.decided_by.strip() and verdict.reason.strip()):
            yield f"{at} does not say who decided and why; fill decided_by and reason."
        if ":" not in verdict.person:
            yield f"{at}: `{verdict.person}` is no key of a person; write <namespace>:<identifier>."
        if not verdict.record.startswith("#") and ":" not in verdict.record:
            yield f"{at}: a record is <namespace>:<identifier> or the #number that the queue shows; correct it."
        if verdict.verdict == "same" and verdict.record == verdict.person:
            yield f"{at} says that a record is itself; remove it, or name the other person."


def _alone(feed: Feed, named: Identifies, register: Register) -> Iterator[str]:
    """A reference that nothing bears out joins only where somebody has said so."""
    at = f"sources/{feed.source}.yml: feed `{feed.id}`"
    creates = any(p.entity == named.entity for p in feed.creates)
    if named.alone and creates:
        yield f"{at} creates a {named.entity}: what identifies its own rows need not be `alone`; remove it."
    if creates or named.entity not in _PEOPLE or named != _first(feed, named.entity):
        return
    said = [e for c in feed.columns for e in c.elements if e.split(".")[0] == named.entity]
    has_school = feed.slice.by_school or any(c.type == "school_code" for c in feed.columns)
    bearing = has_school or any(f"{named.entity}.{e}" in said for e in _EVIDENCE)
    several = len([i for i in feed.identifies if i.entity == named.entity]) > 1
    if said and not (bearing or several or named.alone or _private(named, feed, register)):
        yield (
            f"{at}: nothing bears out which {named.entity} its `{named.namespace}` names, since it has no name, school "
            "or class; name such a column in `elements`, or say `alone: true` in `identifies`."
        )


def _first(feed: Feed, entity: str) -> Identifies:
    return next(i for i in feed.identifies if i.entity == entity)


def _private(named: Identifies, feed: Feed, register: Register) -> bool:
    """Whether only this feed's own system uses the namespace, and creates by it."""
    wanted = (named.entity, named.namespace)
    users = [f for f in register.feeds for i in f.identifies if (i.entity, i.namespace) == wanted]
    return {f.source for f in users} == {feed.source} and any(f.creates for f in users)
