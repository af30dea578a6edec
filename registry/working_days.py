"""Working days of the bureau: which days are, and when a term of some of them ends.

Lives here: the Python twin of `day_type`, `is_working_day` and `mend_by` in the model `calendar_days`.
Add here: another question to the calendar that the desk asks.
Stays out: the days themselves (`calendar.yml`).
"""

from __future__ import annotations

from datetime import date, timedelta

from registry.model import Calendar


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Monday to Friday and the weekend days that are worked, but for holidays."""
    return (day.isoweekday() < 6 or day in calendar.workdays) and day not in calendar.holidays


def is_school_day(calendar: Calendar, day: date) -> bool:
    """A working day within a term."""
    return is_working_day(calendar, day) and any(term.first_day <= day <= term.last_day for term in calendar.terms)


def after(calendar: Calendar, day: date, working_days: int) -> date:
    """The day on which a term of so many working days ends, which begins with the day after `day`."""
    while working_days > 0:
        day += timedelta(days=1)
        working_days -= is_working_day(calendar, day)
    return day
