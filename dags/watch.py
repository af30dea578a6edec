"""The watch on the clock: a night that has not begun, a night that is not published by its deadline.

Stays out: a step that failed (`dags.alarm`). It asks the lake's files alone, so that it also notices a dead scheduler.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from common.settings import AlertSettings, Settings, load_alert_settings
from dags import alerts, outcome, schedule
from dags.scratch import Night, day_before
from warehouse import release


@dataclass(frozen=True)
class NightState:
    """What a lake shows of the night that was due last."""

    night: date
    due: datetime
    begun: bool
    published: bool


def check(settings: Settings, now: datetime, watching_since: datetime) -> None:
    """Open the alerts of a night that is late, and send again what a channel has not taken; called once a minute.

    A night that was due before `watching_since`, when this watch began, is late only if it has begun. Without an inbox
    no night is due. Raises SettingsError for a setting of the alerts, OSError for an outbox that cannot be read.
    """
    alert_settings = load_alert_settings()
    night = _last_night(settings, now)
    alerts.retry_pending(night.lake, now)
    if settings.inbox is None:
        return
    state = state_of(night, schedule.last_due(now))
    for kind in late(state, now, watching_since, alert_settings, ZoneInfo(settings.timezone)):
        text = _text(kind, state, alert_settings)
        alerts.open_alert(night.lake, kind, night.date, text, mended=lambda: is_published(night))


def late(
    state: NightState, now: datetime, watching_since: datetime, settings: AlertSettings, zone: ZoneInfo
) -> list[alerts.Kind]:
    """The kinds of alert that a night deserves at `now`; the deadline is a time of day in `zone`."""
    if state.published or (state.due < watching_since and not state.begun):
        return []
    kinds: list[alerts.Kind] = []
    if not state.begun and now >= state.due + timedelta(minutes=settings.begin_within):
        kinds.append("not_begun")
    if settings.deadline is not None and now >= deadline_of(state.due, settings.deadline, zone):
        kinds.append("deadline")
    return kinds


def deadline_of(due: datetime, deadline: time, zone: ZoneInfo) -> datetime:
    """The first moment after `due` at which clocks in `zone` show the time of day `deadline`."""
    day = due.astimezone(zone).date()
    moment = datetime.combine(day, deadline, zone)
    return moment if moment > due else datetime.combine(day + timedelta(days=1), deadline, zone)


def state_of(night: Night, due: datetime) -> NightState:
    """What the lake shows of a night: it has begun when its scratch folder is there."""
    published = is_published(night)
    return NightState(night.date, due, begun=published or night.work.is_dir(), published=published)


def is_published(night: Night) -> bool:
    """Whether a night was published or kept the current release: its outcome says so, or the current release is of that
    night or a later one.
    """
    current = release.current(night.lake)
    if current is not None and current.name[:10] >= night.date.isoformat():
        return True
    content = None
    with suppress(ValueError):  # it is being written
        content = outcome.read(night)
    return outcome.is_good(content)


def _last_night(settings: Settings, now: datetime) -> Night:
    return Night(settings.night or day_before(schedule.last_due(now), settings.timezone), settings)


def _text(kind: alerts.Kind, state: NightState, settings: AlertSettings) -> str:
    if kind == "not_begun":
        return (
            f"The night of {state.night} was due at {state.due:%Y-%m-%d %H:%M} and has not begun "
            f"{settings.begin_within} minutes later: see on Airflow's page whether its scheduler is alive, "
            "nightly_load is switched on, and no other night holds the lake."
        )
    return (
        f"The night of {state.night} is not published at {settings.deadline:%H:%M}, and the current release stays as "
        "it is: see on Airflow's page which step is running or has failed."
    )
