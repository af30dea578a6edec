"""Which homework is sent on which night.

Lives here: the step of both platforms, and whose copies differ on them.
Add here: a third platform.
Stays out: what was set and done (`world.homework`), the platforms' files (`feeds.homework_files`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from samples.city import City
from samples.dirt import timetable
from samples.feeds import homework_files
from samples.files.accounts import Night
from samples.planted.copies import class_edits, format_edits, name_edits
from samples.planted.plan import DIFFERENT_SHARE, Drawer, Edit, amount
from samples.sender import Sender
from samples.truth.homework_sums import LoadedRecords, loaded_records
from samples.truth.records import ClassSize
from samples.world import homework
from samples.world.calendar import is_school_day, school_days_before
from samples.world.randomness import stream
from samples.world.strings import Bools


def send_homework(sender: Sender, night: Night, sizes: Sequence[ClassSize]) -> None:
    """On night 1 the school days of the two weeks before; later the day before, if it was one."""
    city = sender.city
    days = [homework.make_day(city, sender.habits, d) for d in _homework_days(len(city.students), night)]
    turn = {p: timetable.homework_night(night.number, p, dirt=night.dirt) for p in homework_files.FEEDS}
    sending_night = {p: n for p, n in turn.items() if n and n <= night.last}
    days_records = []
    for day in days:
        flaws = [f for p in sending_night for f in homework_files.day_flaws(city, day, p)]
        days_records.append(loaded_records(day, night.number, flaws, sending_night))
    if night.number == 1:
        sender.edits += _homework_edits(city, days_records)
    sender.homework_days += [(k, sizes) for k in days_records]
    for day in days:
        _send_day(sender, night, day, [p for p, n in sending_night.items() if n == night.number])
    for platform in homework_files.FEEDS:
        _send_late(sender, night, platform)


def _send_day(sender: Sender, night: Night, day: homework.Day, platforms: Sequence[int]) -> None:
    for platform in platforms:
        feed = homework_files.FEEDS[platform]
        flaws = homework_files.day_flaws(sender.city, day, platform)
        homework_files.write_day(night, sender.city, day, platform, sender.edits_of(feed, night.number), flaws)
    sender.progress(f"{night.day.isoformat()}: homework of {day.day.isoformat()}, {len(day.student)} records")


def _send_late(sender: Sender, night: Night, platform: int) -> None:
    """What the night before should have brought of a platform."""
    before = night.number - 1
    late = before > 1 and timetable.homework_night(before, platform, dirt=night.dirt) == night.number
    day = night.day - timedelta(days=2)
    if late and is_school_day(day):
        _send_day(sender, night, homework.make_day(sender.city, sender.habits, day), [platform])


def _homework_days(students: int, night: Night) -> list[date]:
    """Fewer days in large cities: a million students make four million records a day."""
    if night.number > 1:
        before = night.day - timedelta(days=1)
        return [before] if is_school_day(before) else []
    return school_days_before(night.day, 5 if students < 100_000 else 2 if students < 500_000 else 1)


def _homework_edits(city: City, days_records: Sequence[LoadedRecords]) -> list[Edit]:
    """Copies on the platforms that differ from the registry; each person has a loaded record from night 1."""
    edits: list[Edit] = []
    count = amount(len(city.students), DIFFERENT_SHARE, 6)
    for platform, feed in homework_files.FEEDS.items():
        has_record = np.zeros(len(city.students), bool)
        for k in days_records:
            has_record[k.day.student[k.from_a if platform == homework.A else k.from_b]] = True
        if has_record.any():
            edits += _platform_edits(city, feed, count, has_record)
    return edits


def _platform_edits(city: City, feed: str, count: int, has_record: Bools) -> list[Edit]:
    drawer = Drawer(stream(city.seed, "plan", feed), city.plan.free)
    return [
        *name_edits(feed, drawer.draw(count, has_record), city.students),
        *class_edits(feed, drawer.draw(count, has_record), city.students, city.classes),
        *format_edits(feed, drawer.draw(max(2, count // 2), has_record), city.students),
    ]
