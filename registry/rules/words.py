"""Words that the rules share: duplicates, scopes and days in a sentence.

Lives here: small helpers that find or name what is refused.
Add here: a wording that two rule modules need.
Stays out: rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from datetime import date
from typing import TypeVar

from registry.model import Scope

H = TypeVar("H", bound=Hashable)


def twice(values: Iterable[H]) -> list[H]:
    """Values that occur more than once, in order of first occurrence."""
    return [value for value, count in Counter(values).items() if count > 1]


def where(scope: Scope) -> str:
    """A scope in words: `everywhere`, `stages primary, junior in districts 329901`."""
    parts = []
    if scope.stages:
        parts.append(f"stages {', '.join(scope.stages)}")
    if scope.districts:
        parts.append(f"districts {', '.join(scope.districts)}")
    return " in ".join(parts) or "everywhere"


def when(first: date, until: date | None) -> str:
    """A span of nights in words; `until` is the first night after it."""
    return f"from {first} until {until}" if until else f"from {first} on"


def shared(one: Scope, other: Scope) -> Scope | None:
    """Where both scopes hold; None where they never meet."""
    stages = _common(one.stages, other.stages)
    districts = _common(one.districts, other.districts)
    return None if stages is None or districts is None else Scope(stages=stages, districts=districts)


def _common(one: tuple[H, ...], other: tuple[H, ...]) -> tuple[H, ...] | None:
    """Intersection where an empty tuple means everything; None where nothing is common."""
    if not one or not other:
        return one or other
    return tuple(v for v in one if v in other) or None
