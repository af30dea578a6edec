"""Outdated lists: where exports of one list of several days lie together, the newest counts.

Stays out: lists whose names tell no order (the guard holds them), which other files are read
(`ingest.finding.unchanged_files`).

An inbox for all days keeps yesterday's file beside today's. Both are whole lists of one slice; read together, each row
of the older one repeats a key.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ingest.archives import format_of_file, members_of_feed, zip_files
from ingest.deliveries import Arrival
from ingest.errors import Refused
from ingest.finding.slice_of_path import scope_of
from registry.model import Feed

_EVERY_SLICE = None  # of a file that covers every slice
# 20251015, 2025-10-15, 2025_10_15, 2025.10.15, 2025年9月5日; perhaps with a time of day behind it. A class is no day
# (20250901班), and a hyphen or blank before the date is no part of the list's name. Four digits alone are no time: 1101
# is class 1 of grade 11 as well.
_MOMENT = re.compile(
    r"[-_. ]?(?<!\d)(?:"
    r"(?P<year>20\d\d)(?P<mark>[-_.]?)(?P<month>0[1-9]|1[0-2])(?P=mark)(?P<day>0[1-9]|[12]\d|3[01])"
    r"|(?P<zh_year>20\d\d)年(?P<zh_month>0?[1-9]|1[0-2])月(?P<zh_day>0?[1-9]|[12]\d|3[01])日"
    r")(?:[-_T ]?(?P<hour>[01]\d|2[0-3])(?:(?P<minute>[0-5]\d)(?P<second>[0-5]\d)"
    r"|[-_:时](?P<marked_minute>[0-5]\d)分?(?:[-_:]?(?P<marked_second>[0-5]\d)秒?)?))?(?![\d班级])"
)
_TIME = ("hour", "minute", "marked_minute", "second", "marked_second")
_CLASS_OR_DAY = re.compile(r"(?:.*/)?\d{8}\.[^/]*")


@dataclass(frozen=True)
class _Export:
    """A file of a list, with the day (and the time, else '') in its path, and the slices it covers."""

    number: int
    path: str
    day: date
    time: str
    slices: frozenset[str | None]
    is_whole_list: bool  # and no changes to one

    def replaces(self, older: _Export) -> bool:
        """Whether it is newer and holds the list of every slice that the other one covers."""
        is_newer = self.day > older.day or (self.day == older.day and bool(older.time) and self.time > older.time)
        return is_newer and self.is_whole_list and (_EVERY_SLICE in self.slices or older.slices <= self.slices)


def newer_exports(feed: Feed, arrivals: Mapping[int, Arrival]) -> dict[int, str]:
    """The arrivals that are older exports of a list, by number, with the path of the newest one.

    Exports of one list have paths that differ in their date alone, and the newer one covers the slices of the older.
    Only of feeds whose files are whole lists (`batch: snapshot`) of all, or of a school. A zip of changes replaces
    nothing, and is itself replaced by a newer whole list.
    """
    if feed.batch != "snapshot" or not _holds_whole_lists(feed):
        return {}
    lists: dict[str, list[tuple[int, date, str]]] = defaultdict(list)
    for number, arrival in arrivals.items():
        if arrival.refusal is None and (moment := _moment(arrival.path)):
            lists[_MOMENT.sub("{date}", arrival.path)].append((number, *moment))
    return {
        number: newest
        for exports in lists.values()
        if len(exports) > 1
        for number, newest in _replaced(
            [e for n, day, time in exports for e in _export(feed, n, arrivals[n], day, time)]
        )
    }


def _holds_whole_lists(feed: Feed) -> bool:
    return (feed.slice.column is None and feed.slice.path is None) or feed.slice.by_school


def _moment(path: str) -> tuple[date, str] | None:
    """The day that a path names, and the time of that day or ''; None where it names no day, or several.

    Nor where a file is called by eight digits alone: 20250902.csv may be a class as well. Such files are read as parts,
    and held with their names where they are several days' lists after all.
    """
    if _CLASS_OR_DAY.fullmatch(path):
        return None
    moments = set()
    for match in _MOMENT.finditer(path):
        named = match.groupdict()
        year, month, day = (int(named[part] or named[f"zh_{part}"]) for part in ("year", "month", "day"))
        try:
            moments.add((date(year, month, day), "".join(named[part] or "" for part in _TIME)))
        except ValueError:  # the 30th of February
            return None
    return max(moments) if len({day for day, _ in moments}) == 1 else None


def _replaced(exports: Sequence[_Export]) -> list[tuple[int, str]]:
    newest_first = sorted(exports, key=lambda export: (export.day, export.time, export.path), reverse=True)
    replaced = []
    for older in exports:
        newer = next((export for export in newest_first if export.replaces(older)), None)
        if newer is not None:
            replaced.append((older.number, newer.path))
    return replaced


def _export(feed: Feed, number: int, arrival: Arrival, day: date, time: str) -> list[_Export]:
    """The export, or none where its slices cannot be told: whoever reads the file says why."""
    try:
        slices, is_whole_list = _slices_and_wholeness(feed, arrival)
    except (Refused, OSError):
        return []
    return [_Export(number, arrival.path, day, time, slices, is_whole_list)]


def _slices_and_wholeness(feed: Feed, arrival: Arrival) -> tuple[frozenset[str | None], bool]:
    """The slices that a file covers, and whether it holds them whole. Raises Refused where its path names none."""
    path = Path(arrival.file)
    if format_of_file.kind_of(path) != "zip":
        return frozenset({scope_of(feed, arrival.path)}), members_of_feed.mode_of_loose(feed, path) == "snapshot"
    with zip_files.open_zip(path) as zipped:
        members = zip_files.members(zipped)
        own_members = members_of_feed.members_of(feed, arrival, members)
        slices = frozenset(scope_of(feed, arrival.path, member.name) for member in own_members)
        manifests = members_of_feed.manifests_of(feed, members)
        modes = {members_of_feed.mode_of(feed, zipped, manifests, member) for member in own_members}
        return slices, modes == {"snapshot"}
