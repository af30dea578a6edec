"""The sides of the counted indicators, as the models are given them.

Stays out: whether an expression is sound (`expressions`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from registry.model import Counted, Register


class Side(NamedTuple):
    """The numerator or the denominator of an indicator."""

    indicator: str
    side: str
    counted: Counted


def sides(register: Register) -> Iterator[Side]:
    """Every side of every counted indicator, in the register's order."""
    for indicator in register.indicators:
        for side in ("numerator", "denominator"):
            counted_side = getattr(indicator, side)
            if counted_side is not None:
                yield Side(indicator.id, side, counted_side)


def counted(register: Register) -> dict[str, Any]:
    """What SQL is written by: `sides`, each with its expressions; `values`, the rule of each indicator that has one of
    its own; `feeds`, those that must have come.
    """
    counted_sides = [{"indicator": s.indicator, "side": s.side, **s.counted.model_dump()} for s in sides(register)]
    values = [{"indicator": i.id, "value": i.value} for i in register.indicators if i.value]
    feeds = sorted({feed for i in register.indicators for feed in i.feeds})
    return {"sides": counted_sides, "values": values, "feeds": feeds}
