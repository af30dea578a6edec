"""What several feeds state of a school, counted in the city.

Lives here: students and classes of each school, and which schools are compulsory.
Add here: another count of a school that two feeds or more state.
Stays out: counts of one feed alone (its own module).
"""

from __future__ import annotations

import numpy as np

from samples.city import City
from samples.world.strings import Bools, Ints


def pupils(city: City) -> Ints:
    """Students of each school by the rosters of night 1, and the children of a kindergarten."""
    enrolled = np.bincount(city.classes.school, city.classes.size, len(city.schools.code)).astype(np.int64)
    return enrolled + city.schools.children


def class_count(city: City) -> Ints:
    """Classes of each school by the list of classes."""
    return np.bincount(city.classes.school, minlength=len(city.schools.code))


def is_compulsory(city: City) -> Bools:
    """Schools with a primary or junior stage."""
    return np.array([any(s in ("primary", "junior") for s, *_ in kind.stages) for kind in city.schools.kind])
