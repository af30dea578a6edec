"""What a register may not say: contradictions, each refused in one sentence.

Lives here: the order in which the rules are asked.
Add here: a module of rules for a new part of the register; each rule yields sentences that name file, thing,
scope and dates.
Stays out: wrong shapes (`documents`, `model`), and an owner that falls silent, which is no contradiction.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from registry.errors import RegisterError
from registry.model import Register
from registry.rules import (
    claims,
    creators,
    disclosure,
    feeds,
    fitness,
    holds,
    indicators,
    layouts,
    matching,
    objections,
    organisations,
    owners,
    performance,
    plans,
    references,
    vocabulary,
)


def refusals(register: Register) -> Iterator[str]:
    """Every contradiction of the register, one sentence each."""
    return chain(
        vocabulary.refusals(register),
        plans.refusals(register),
        feeds.refusals(register),
        references.refusals(register),
        layouts.refusals(register),
        creators.refusals(register),
        owners.refusals(register),
        matching.refusals(register),
        indicators.refusals(register),
        organisations.refusals(register),
        claims.refusals(register),
        objections.refusals(register),
        holds.refusals(register),
        disclosure.refusals(register),
        fitness.refusals(register),
        performance.refusals(register),
    )


def check(register: Register) -> None:
    """Raises RegisterError with the first contradiction of the register, if there is one."""
    for sentence in refusals(register):
        raise RegisterError(sentence)
