"""What schools and offices have declared (`declarations/facts`): 'yes/no duties pass or fail as declared'.

Lives here: which declaration counts, and the figure of a clause that asks for one.
Stays out: what is bound by a clause (`binding`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache

from tests.second_computation import cells
from tests.second_computation.events import Events
from tests.second_computation.indicators.clauses import Clause, Figure

FEED = "declarations/facts"


@dataclass(frozen=True)
class Declaration:
    """One organisation's word on one fact."""

    declared_on: date
    holds: bool | None
    value: Decimal | None
    unit: str | None
    valid_to: date | None


@cache
def declarations(events: Events) -> dict[tuple[str, str], Declaration]:
    """By organisation and fact: the one declared last, where it has not ended."""
    last: dict[tuple[str, str], Declaration] = {}
    for row in events.rows(FEED):
        declared_on = cells.day(row["declared_on"])
        if declared_on is None or declared_on > events.last:
            continue
        key = str(cells.identifier(row["organisation_code"])), str(cells.code("declared_fact", row["fact"]))
        told = Declaration(
            declared_on, cells.yes(row["holds"]), cells.decimal(row["value"]), cells.text(row["unit"]),
            cells.day(row["valid_to"]),
        )  # fmt: skip
        if key not in last or last[key].declared_on < declared_on:
            last[key] = told
    return {key: told for key, told in last.items() if told.valid_to is None or told.valid_to >= events.last}


def figure(events: Events, clause: Clause, members: Sequence[str]) -> Figure | None:
    """Of one organisation what it declares, of several how many say yes: 'expected: all units count', and who is silent
    lowers the completeness; None where it binds nobody.
    """
    if not members:
        return None
    told = [declarations(events).get((code, clause["fact"])) for code in members]
    known = [d for d in told if d is not None and d.holds is not None]
    if not known:
        return Figure(None, len(members), Fraction(0))
    if clause["unit"] == "share":
        return _share(known[0])
    return Figure(sum(bool(d.holds) for d in known), len(members), Fraction(len(known), len(members)))


def _share(declared: Declaration) -> Figure:
    """A declared share, over one: of how many it is a share nobody has declared ('as declared')."""
    if declared.value is None:
        return Figure(None, 1, Fraction(0))
    return Figure(Fraction(declared.value) / (100 if declared.unit == "%" else 1), 1, Fraction(1))
