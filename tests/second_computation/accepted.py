"""Differences that a person has looked at and accepted for now, each with its reason; whatever else differs is wrong.

Add here: a reviewed difference, and take it out when the release no longer has it (a test asks for that).
Stays out: a difference that nobody can explain.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.second_computation.comparison import Difference

ACCEPTED: dict[tuple[str, object], str] = {}  # mart, and the first part of the key, to the reason


def unexplained(differences: Sequence[Difference]) -> list[Difference]:
    """Differences that nobody has accepted."""
    return [d for d in differences if (d.mart, d.key[0]) not in ACCEPTED]
