"""Refusals about what a release may show of people: coarsenings that nothing can map, broader codes, limits.

Lives here: what the `release` of an element asks of its type and code set, and `k_anonymity` of the register.
Add here: a rule on another policy that needs something of the register.
Stays out: who owns an element (`owners`), what a policy does to a value (`warehouse.disclosure.policy`).
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.model import CodeSet, Element, Register

_DATES = ("date", "date_mdy", "month", "datetime", "integer")


def refusals(register: Register) -> Iterator[str]:
    """Contradictions in what a release may show."""
    for code_set in register.code_sets:
        yield from _broader(code_set, register)
    for element in register.elements:
        yield from _coarsening(element, register)
    released = {element.entity for element in register.elements if element.tells_apart}
    for entity in register.bureau.k_anonymity.share_max:
        if entity not in released:
            yield f"bureau.yml: k_anonymity has a limit for `{entity}`, of which nothing is released; take it out."


def _broader(code_set: CodeSet, register: Register) -> Iterator[str]:
    at, of_broader = f"codes/{code_set.id}.csv", f"codes/{code_set.broader_set}.csv"
    narrower = [code for code in code_set.codes if code.broader_code is not None]
    broader = register.code_set(code_set.broader_set)
    if narrower and broader is None:
        yield f"{at} names broader codes, and {of_broader} is missing; add it, or take the column broader_code out."
        return
    known = {code.code for code in broader.codes} if broader else set()
    for code in narrower:
        if code.source is not None:
            yield f"{at}: code `{code.code}` of source `{code.source}` has a broader_code; leave that to its other row."
        elif code.broader_code not in known:
            yield f"{at}: code `{code.code}` falls under `{code.broader_code}`, which {of_broader} lacks; correct it."
    for name in sorted(known & {code.code for code in code_set.codes}):
        yield f"{of_broader}: `{name}` is a code of {at} too, and would be read as that; give it another code."


def _coarsening(element: Element, register: Register) -> Iterator[str]:
    at = f"elements/{element.entity}.yml: element `{element.id}`"
    if element.release == "generalise_to_year" and element.type not in _DATES:
        yield f"{at} is of type {element.type}, which has no year; release it otherwise."
    if element.release == "generalise_to_broader":
        code_set = register.code_set(element.code_set)
        if code_set is None:
            yield f"{at} is released by broader codes and has no code set; release it otherwise."
            return
        for code in dict.fromkeys(c.code for c in code_set.codes if c.code not in code_set.broader_codes):
            yield (
                f"{at} is released by broader codes, and code `{code}` of codes/{code_set.id}.csv has none; fill its "
                "broader_code, or release the element otherwise."
            )
