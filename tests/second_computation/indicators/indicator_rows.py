"""`indicator_value`, of the sets that are computed a second time: every clause for every organisation that it binds.

Lives here: by which computation a clause gets its figure, as the register says; clauses without one.
Add here: another way of the register, or another set.
Stays out: the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.second_computation import register
from tests.second_computation.events import Events
from tests.second_computation.indicators import balanced_development, binding, clauses, declarations, double_reduction
from tests.second_computation.indicators.clauses import Cells, Clause

SETS = ("sj2021", "yz2017")


def declared(events: Events, clause: Clause) -> Iterator[Cells]:
    """Of what each organisation declares: a share by the organisation itself, a yes or no by each school."""
    for code, level, members in binding.organisations(events, clause):
        asked = members if clause["unit"] == "yes_no" else [code]
        yield clauses.row(events, clause, code, level, declarations.figure(events, clause, asked))


def without_value(events: Events, clause: Clause) -> Iterator[Cells]:
    """'A clause without data is never guessed'."""
    for code, level in binding.everybody(events, clause):
        yield clauses.row(events, clause, code, level, None)


WAYS: dict[str, Callable[[Events, Clause], Iterator[Cells]]] = {
    "measure": double_reduction.measured,
    "conditions": balanced_development.resources,
    "variation_of": balanced_development.variations,
    "count_met": balanced_development.counts_met,
    "all_met": balanced_development.all_met,
    "fact": declared,
    "no_value": without_value,
}


def indicator_value(events: Events) -> Iterator[Cells]:
    """One row per indicator, organisation, stage and period."""
    for indicator_set in SETS:
        for clause in register.clauses(indicator_set).values():
            (way,) = (way for way in WAYS if way in clause)
            yield from WAYS[way](events, clause)
