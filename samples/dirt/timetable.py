"""The nights of each mishap; the timetable repeats every fortnight. But for the platform that is late, mishaps are of a
city with all dirt.

Add here: another mishap's nights.
Stays out: writing the files (`misdeliveries`, `sending`, `homework_sending`).
"""

from __future__ import annotations

from samples.world.schools import Schools

_ROUND = 14  # nights
_HALF, _OLDER, _LATE, _MISSING = 2, 3, 2, 3


def _is(night: int, turn: int) -> bool:
    return night > 1 and (night - 1) % _ROUND == turn - 1


def half_school(schools: Schools) -> int:
    """The school whose roster comes by half: of usual size, and nobody moves there or away."""
    return int((schools.has_full_classes & ~schools.restless).nonzero()[0][-1])


def is_half(night: int) -> bool:
    """Whether half a roster comes; the next night brings the whole one."""
    return _is(night, _HALF)


def is_older(night: int) -> bool:
    """Whether the bytes of an earlier workbook of marks come back; the next night brings the corrected one."""
    return _is(night, _OLDER)


def homework_night(night: int, platform: int, *, dirt: bool) -> int | None:
    """The night on which a platform sends the day that `night` should bring; None where it never comes."""
    if platform == 2 and _is(night, _LATE):
        return night + 1
    return None if dirt and platform == 1 and _is(night, _MISSING) else night
