"""The sample city's school days.

Lives here: which days are taught, holidays and exchanged weekends of 2024 to 2026 among them.
Add here: the holidays of another school year.
Stays out: the register's calendar, which the city's bureau keeps for itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

_DAYS_OFF = (  # first and last day, both off
    (date(2024, 9, 15), date(2024, 9, 17)),
    (date(2024, 10, 1), date(2024, 10, 7)),
    (date(2025, 1, 1), date(2025, 1, 1)),
    (date(2025, 1, 18), date(2025, 2, 9)),
    (date(2025, 4, 4), date(2025, 4, 6)),
    (date(2025, 5, 1), date(2025, 5, 5)),
    (date(2025, 5, 31), date(2025, 6, 2)),
    (date(2025, 7, 1), date(2025, 8, 31)),
    (date(2025, 10, 1), date(2025, 10, 8)),
    (date(2026, 1, 1), date(2026, 1, 3)),
    (date(2026, 1, 31), date(2026, 2, 23)),
    (date(2026, 4, 4), date(2026, 4, 6)),
    (date(2026, 5, 1), date(2026, 5, 5)),
    (date(2026, 6, 19), date(2026, 6, 21)),
    (date(2026, 7, 4), date(2026, 8, 31)),
)
_WORKDAYS = frozenset(
    {  # weekend days that are taught instead
        date(2024, 9, 14),
        date(2024, 9, 29),
        date(2024, 10, 12),
        date(2025, 4, 27),
        date(2025, 9, 28),
        date(2025, 10, 11),
        date(2026, 1, 4),
        date(2026, 2, 28),
        date(2026, 5, 9),
    }
)


def is_school_day(day: date) -> bool:
    """Whether there are lessons on `day`."""
    if day in _WORKDAYS:
        return True
    return day.weekday() < 5 and not any(first <= day <= last for first, last in _DAYS_OFF)


def school_days_before(day: date, limit: int, span: int = 14) -> list[date]:
    """The last `limit` school days within the `span` days before `day`, in order."""
    days = [d for d in _before(day, span) if is_school_day(d)]
    return days[:limit][::-1]


def _before(day: date, span: int) -> Iterator[date]:
    return (day - timedelta(days=n) for n in range(1, span + 1))
