"""When a night is due: the time of day, the zone of that clock, and the same as a cron line.

Stays out: the DAG (`dags.nightly_load`), when a night is late (`dags.watch`).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BEGIN = time(2, 0)
ZONE = ZoneInfo("Asia/Shanghai")
CRON = f"{BEGIN.minute} {BEGIN.hour} * * *"


def due_of(night: date) -> datetime:
    """The moment at which a night is due: in the early morning of the day after."""
    return datetime.combine(night + timedelta(days=1), BEGIN, ZONE)


def last_due(now: datetime) -> datetime:
    """The last moment up to `now` at which a night was due, in the schedule's zone."""
    local = now.astimezone(ZONE)
    due = datetime.combine(local.date(), BEGIN, ZONE)
    return due if due <= local else datetime.combine(local.date() - timedelta(days=1), BEGIN, ZONE)
