"""What a release says instead of a person's identifier: a keyed hash under the bureau's secret, or, of a value, under
the key that is derived for its element (docs/decisions.md, "One key a use").

Lives here: the key of a record, and the value of an element as a release may show it.
Stays out: the hash itself, which is the product's own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hmac import digest

from tests.second_computation import register
from tests.second_computation.events import Events
from warehouse.disclosure.pseudonyms import hmac_sm3

_NAMESPACES = {"student": ("student_number",), "teacher": ("staff_number",)}  # of people, who have several numbers


@cache
def _hash(secret: bytes) -> Callable[[str], str]:
    return cache(hmac_sm3(secret))


def student_key(events: Events, number: str) -> str:
    """Of the student's first namespaced identifier."""
    return _hash(events.secret)(f"student_number:{number}")


def record_key(events: Events, entity: str, record: tuple[str, ...]) -> str:
    """Of a record of any entity: of a class its key is 'school and class code', of a school its code."""
    return _hash(events.secret)(":".join((*_NAMESPACES.get(entity, ()), *record)))


def shown(events: Events, element: str, value: str) -> str:
    """A value where the element is released as it is, else its pseudonym."""
    if register.elements()[element]["release"] == "keep":
        return value
    return _hash(digest(events.secret, b"\xffpseudonym of " + element.encode(), "sm3"))(value)
