"""Refusals about indicators.

Lives here: what `indicators/*.yml` may not say.
Add here: another rule on a clause.
Stays out: how an indicator is computed (`dbt_project`).
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.model import Indicator, Register
from registry.rules.words import twice


def refusals(register: Register) -> Iterator[str]:
    """Contradictions in the indicators."""
    areas = {a.code for a in register.bureau.areas}
    elements = {e.id for e in register.elements}
    for name in twice(i.id for i in register.indicators):
        yield f"{_file(name)}: indicator `{name}` stands twice; remove one."
    for indicator in register.indicators:
        at = f"{_file(indicator.id)}: indicator `{indicator.id}`"
        for district in indicator.binds.districts:
            if district not in areas:
                yield f"{at} binds area {district}, which bureau.yml has not; add the area or correct it."
        for element in indicator.elements:
            if element not in elements:
                yield f"{at} names the unknown element `{element}`; add it to elements/ or correct it."
        yield from _clause(at, indicator)


def _clause(at: str, indicator: Indicator) -> Iterator[str]:
    if not indicator.steward.strip():
        yield f"{at} has no steward; name the office that answers for it."
    if not indicator.levels:
        yield f"{at} has no levels; name those at which it is reported."
    if indicator.measure is None and not indicator.waits_for:
        yield f"{at} has neither a `measure` nor a feed it waits for; give one of them."
    if indicator.measure is not None and indicator.units is None:
        yield f"{at} does not say what its denominator counts; give `units`: expected or measured."
    for feed in indicator.waits_for:
        if feed.count("/") != 1:
            yield f"{at} waits for `{feed}`, which is no feed id; write `<source>/<name>`."
    if indicator.floor is not None and indicator.threshold is None:
        yield f"{at} has a floor without a threshold; add the threshold."
    first, last = indicator.valid_from, indicator.valid_to
    if first and last and last < first:
        yield f"{at} binds from {first} to {last}, which ends before it begins; correct its dates."


def _file(indicator_id: str) -> str:
    return f"indicators/{indicator_id.partition('.')[0]}.yml"
