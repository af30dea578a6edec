"""Who moves between schools on which night.

Lives here: the movers' new seats, night after night.
Add here: another way to change place (a class of the same school).
Stays out: who may move at all (`planted`).
"""

from __future__ import annotations

import numpy as np

from samples.city import City, Seats
from samples.truth.records import Move
from samples.world.randomness import stream


def first_seats(city: City) -> Seats:
    """Where everyone sits on night 1."""
    return Seats(city.students.klass.copy(), city.students.seat.copy())


def move(city: City, seats: Seats, night: int) -> tuple[Seats, list[Move]]:
    """The seats of `night` (2 or later), and the moves to a class of the same grade that led there."""
    plan, classes = city.plan, city.classes
    turn = (night - 2) * plan.moves_a_night + np.arange(min(plan.moves_a_night, len(plan.movers)))
    people = plan.movers[turn % len(plan.movers)]
    rng = stream(city.seed, "moves", night)
    klass, seat = seats.klass.copy(), seats.seat.copy()
    moves = []
    for person, number in zip(people, city.students.number.take(people).to_pylist(), strict=True):
        old = int(klass[person])
        fits = np.flatnonzero(
            (classes.grade == classes.grade[old])
            & (classes.school != classes.school[old])
            & city.schools.restless[classes.school]
        )
        new = int(rng.choice(fits))
        klass[person], seat[person] = new, seat[klass == new].max(initial=0) + 1
        moves.append(Move(night, number, *_place(city, old), *_place(city, new)))
    return Seats(klass, seat), moves


def _place(city: City, klass: int) -> tuple[str, str]:
    return city.schools.code[city.classes.school[klass]], city.classes.code[klass]
