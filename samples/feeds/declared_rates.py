"""The rates of `declarations/facts` that a district declares, in per cent.

Lives here: of whom each is the rate, counted in the rosters and lists of the district's schools, and how high it is.
Add here: another rate of the code set `declared_fact`.
Stays out: who declares, and what becomes of it (`declared_facts`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from samples.city import City
from samples.feeds.school_counts import is_compulsory
from samples.feeds.student_roster import is_disabled
from samples.world import pools
from samples.world.strings import Ints


@dataclass(frozen=True)
class _Rate:
    """Whose rate it is: `heads` has the school of each who is counted. They are all of whom the rate speaks, or, where
    `others` holds, those who are there beside some who are not. `usual` and `low` are how many per cent of them are the
    part, or the others.
    """

    heads: Callable[[City], Ints]
    usual: int
    low: int
    others: bool = False


def _teachers(city: City) -> Ints:
    school = city.teachers.school
    return school[is_compulsory(city)[school]]


def _pupils(*stages: str) -> Callable[[City], Ints]:
    """Students of these stages."""

    def schools(city: City) -> Ints:
        klass = city.students.klass
        return city.classes.school[klass[np.isin(city.classes.stage[klass], stages)]]

    return schools


def _disabled(city: City) -> Ints:
    return city.classes.school[city.students.klass[is_disabled(city, np.arange(len(city.students)))]]


RATES = {
    "teacher_exchange": _Rate(_teachers, 12, 4),
    "consolidation_rate": _Rate(_pupils("junior"), 2, 9, others=True),
    "disabled_enrolment": _Rate(_disabled, 2, 20, others=True),
    "satisfaction": _Rate(_pupils("primary", "junior"), 93, 71),
}


def heads(city: City, rate: str) -> dict[str, int]:
    """How many a rate counts in each district; districts that have nobody to count are not there."""
    count = np.bincount(city.schools.area[RATES[rate].heads(city)], minlength=len(pools.AREAS))
    return {area: int(n) for area, n in zip(pools.AREAS, count, strict=True) if n}


def percent(rate: str, count: int, *, too_low: bool) -> float:
    """The rate of so many heads, with two decimals."""
    told = RATES[rate]
    share = count * (told.low if too_low else told.usual) / 100
    part = math.ceil(share) if told.others == too_low else math.floor(share)  # of few heads, on the side that is meant
    return round(100 * count / (count + part) if told.others else 100 * part / count, 2)
