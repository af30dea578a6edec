"""The watch: a night that has not begun or is late is an alert, once; one that nobody asked for is none."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from common.settings import AlertSettings, Settings
from dags import alarm, alerts, outcome, watch
from dags.schedule import last_due
from dags.scratch import Night
from dags.watch import NightState
from tests.shuyuan.conftest import alone  # noqa: F401

SHANGHAI, URUMQI = ZoneInfo("Asia/Shanghai"), ZoneInfo("Asia/Urumqi")
DAY = date(2025, 10, 15)
DUE = datetime(2025, 10, 16, 2, tzinfo=SHANGHAI)
LONG_AGO = DUE - timedelta(days=30)


def at(hour: int, minute: int = 0, day: int = 16) -> datetime:
    return datetime(2025, 10, day, hour, minute, tzinfo=SHANGHAI)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "inbox").mkdir()
    return Settings(lake=tmp_path / "lake", inbox=tmp_path / "inbox", secret_file=tmp_path / "secret.key")


@pytest.fixture
def messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHUYUAN_ALERT_COMMAND", f"cat >> {tmp_path}/messages; echo >> {tmp_path}/messages")
    return tmp_path / "messages"


def statuses(messages: Path) -> list[tuple[str, str, str]]:
    texts = messages.read_text().splitlines() if messages.exists() else []
    return [(m["status"], m["kind"], m["night"]) for m in map(json.loads, texts)]


def begin(settings: Settings, day: date = DAY) -> Night:
    night = Night(day, settings)
    night.work.mkdir(parents=True)
    return night


def watch_until(settings: Settings, last: datetime, first: datetime = DUE, since: datetime = LONG_AGO) -> None:
    """Check every five minutes, from `first` to `last`."""
    for step in range(int((last - first) / timedelta(minutes=5)) + 1):
        watch.check(settings, first + step * timedelta(minutes=5), since)


@pytest.mark.parametrize(
    ("now", "since", "begun", "published", "expected"),
    [
        (at(2, 29), LONG_AGO, False, False, []),
        (at(2, 30), LONG_AGO, False, False, ["not_begun"]),
        (at(2, 30), LONG_AGO, True, False, []),
        (at(5, 59), LONG_AGO, True, False, []),
        (at(6), LONG_AGO, True, False, ["deadline"]),
        (at(6), LONG_AGO, False, False, ["not_begun", "deadline"]),
        (at(6), LONG_AGO, True, True, []),
        (at(9), at(8), False, False, []),  # the watch began after the night was due
        (at(9), at(3), True, False, ["deadline"]),  # a machine that was started again in the middle of the night
    ],
)
def test_what_is_late_follows_from_what_the_lake_shows(now, since, begun, published, expected):
    state = NightState(DAY, DUE, begun=begun, published=published)
    assert watch.late(state, now, since, AlertSettings(), SHANGHAI) == expected


def test_a_deadline_that_is_off_is_never_missed():
    state = NightState(DAY, DUE, begun=True, published=False)
    assert watch.late(state, at(23), LONG_AGO, AlertSettings(deadline="off"), SHANGHAI) == []


@pytest.mark.parametrize(
    ("zone", "deadline", "moment"),
    [
        (SHANGHAI, time(6), at(6)),
        (SHANGHAI, time(1), at(1, day=17)),  # before the night is due: of the next day
        (URUMQI, time(6), at(8)),  # two hours behind
        (ZoneInfo("America/New_York"), time(6), at(18, day=16)),  # due at 14:00 there on the 15th
        (ZoneInfo("Pacific/Auckland"), time(6), at(1, day=17)),
    ],
)
def test_a_deadline_is_a_time_of_the_bureau_s_own_clock(zone, deadline, moment):
    assert watch.deadline_of(DUE, deadline, zone) == moment


@pytest.mark.parametrize(
    ("now", "due"), [(at(2), at(2)), (at(1, 59), at(2, day=15)), (at(23, 59), at(2)), (at(0, day=17), at(2))]
)
def test_a_night_is_due_at_two_in_shanghai_whatever_the_clock_that_asks(now, due):
    for zone in (SHANGHAI, URUMQI, ZoneInfo("America/New_York"), ZoneInfo("UTC")):
        assert last_due(now.astimezone(zone)) == due


def test_a_night_that_is_not_begun_is_sent_once_and_mended_when_it_is_published(settings, messages):
    watch_until(settings, at(5, 55))
    assert statuses(messages) == [("open", "not_begun", "2025-10-15")]
    watch_until(settings, at(12), at(6))
    assert statuses(messages)[1:] == [("open", "deadline", "2025-10-15")]
    night = begin(settings)
    outcome.write(night, "published")
    alarm.night_published(night)
    watch_until(settings, at(1, 55, day=17), at(12))
    assert statuses(messages)[2:] == [("mended", kind, "2025-10-15") for kind in ("not_begun", "deadline")]


def test_a_night_that_failed_misses_its_deadline_too(settings, messages):
    night = begin(settings)
    alarm.raise_alarm(night, "read", None)
    watch_until(settings, at(7))
    assert [kind for _, kind, _ in statuses(messages)] == ["failed", "deadline"]


def test_a_good_night_is_silent(settings, messages):
    night = begin(settings)
    watch_until(settings, at(3))
    outcome.write(night, "published")
    alarm.night_published(night)
    watch_until(settings, at(12), at(3))
    assert statuses(messages) == []
    assert not (settings.lake / "outbox" / "alerts").exists()


def test_each_night_of_a_pause_is_named_and_all_are_mended_by_the_night_that_ends_it(settings, messages):
    for day in (16, 17, 18):
        watch_until(settings, at(4, day=day), at(2, day=day))
    nights = ["2025-10-15", "2025-10-16", "2025-10-17"]
    assert statuses(messages) == [("open", "not_begun", night) for night in nights]
    night = begin(settings, date(2025, 10, 17))
    outcome.write(night, "published")
    alarm.night_published(night)
    assert statuses(messages)[3:] == [("mended", "not_begun", night) for night in nights]


def test_a_watch_that_begins_after_two_does_not_ask_for_yesterday(settings, messages):
    watch_until(settings, at(1, 55, day=17), at(10), since=at(10))
    assert statuses(messages) == []
    watch_until(settings, at(3, day=17), at(2, day=17), since=at(10))
    assert statuses(messages) == [("open", "not_begun", "2025-10-16")]


def test_without_an_inbox_no_night_is_due(settings, messages):
    watch_until(settings.model_copy(update={"inbox": None}), at(7))
    assert statuses(messages) == []


def test_a_later_release_or_one_of_the_night_is_enough_whatever_a_second_run_left(settings):
    night = begin(settings)
    outcome.write(night, "refused")
    for release, published in (("2025-10-14-abc", False), ("2025-10-15-abc", True), ("2025-10-16-abc", True)):
        (night.lake.releases / release).mkdir(parents=True)
        current = night.lake.releases / "current"
        current.unlink(missing_ok=True)
        current.symlink_to(release)
        assert watch.is_published(night) == published


def test_a_night_that_is_published_at_the_last_moment_is_not_late(settings, messages, monkeypatch):
    night = begin(settings)
    calls: list[bool] = []

    def published(_: Night) -> bool:
        calls.append(True)
        return len(calls) > 1

    monkeypatch.setattr(watch, "is_published", published)
    watch.check(settings, at(6), LONG_AGO)
    assert alerts.open_alerts(night.lake) == []
    assert statuses(messages) == []


def test_the_night_of_a_bureau_in_another_zone_is_that_of_its_run(settings, messages):
    """02:00 in Shanghai is 00:00 in Urumqi and 14:00 of the day before in New York."""
    for zone, day in (("Asia/Urumqi", "2025-10-15"), ("America/New_York", "2025-10-14")):
        watch.check(settings.model_copy(update={"timezone": zone}), at(2, 45), LONG_AGO)
        assert statuses(messages)[-1] == ("open", "not_begun", day)
