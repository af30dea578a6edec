"""How the models and macros of a build depend on the date of its night: what each says of it in its `meta.night`.

Stays out: the days that they name (dbt_project: the model due_dates).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from warehouse.unchanged import declared
from warehouse.unchanged.declared import Declared

STAMP = "stamp"  # it only says which night wrote a row
ASKED = "asked"  # a night without a build asks it itself
_ASKS = re.compile(r"\b(?:night|in_force)\(\)|\bvar\(\s*['\"]night['\"]\s*\)")


def night_uses(manifest: Mapping[str, Any]) -> Iterator[Declared]:
    """The models and macros of dbt's manifest that ask for the night, and how they depend on it: `STAMP`, `ASKED`,
    reasons of `due_dates`. `night` itself is what they ask.
    """
    return declared.declared(manifest, "night", _ASKS, leave_out="night")


def undeclared(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """The models and macros that ask for the night and do not say how they depend on it."""
    return declared.undeclared(night_uses(manifest))
