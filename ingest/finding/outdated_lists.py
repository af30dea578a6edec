"""Outdated lists: where exports of one list of several days lie together, the newest counts.

Stays out: lists whose names tell no order (the guard holds them), which other files are read
(`ingest.finding.unchanged_files`).

An inbox for all days keeps yesterday's file beside today's. Both are whole lists of one slice; read together, each row
of the older one repeats a key.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from ingest.deliveries import Arrival
from ingest.finding.slice_of_path import scope_or_none
from registry.model import Feed

# 20251015, 2025-10-15, 2025_10_15, 2025.10.15, 2025年10月15日; perhaps with a time of day behind it
_MOMENT = re.compile(
    r"(?<!\d)(20\d\d)[-_.年]?(0[1-9]|1[0-2])[-_.月]?(0[1-9]|[12]\d|3[01])日?"
    r"(?:[-_T ]?([01]\d|2[0-3])[-_:时]?([0-5]\d)[-_:分]?([0-5]\d)?秒?)?(?!\d)"
)


def newer_exports(feed: Feed, arrivals: Mapping[int, Arrival]) -> dict[int, str]:
    """The arrivals that are older exports of a list, by number, with the path of the newest one.

    Exports of one list have paths that differ in one date alone, and cover the same slice. Only of feeds whose files
    are whole lists (`batch: snapshot`) of all, or of a school.
    """
    if feed.batch != "snapshot" or not _holds_whole_lists(feed):
        return {}
    exports: dict[tuple[str, str | None], list[tuple[str, str, int]]] = defaultdict(list)
    for number, arrival in arrivals.items():
        moments = _MOMENT.findall(arrival.path)
        if arrival.refusal is None and len(moments) == 1:
            name = _MOMENT.sub("{date}", arrival.path)
            exports[name, scope_or_none(feed, arrival.path)].append(("".join(moments[0]), arrival.path, number))
    return {
        number: newest
        for exports_of_list in exports.values()
        for newest_moment, newest, _ in [max(exports_of_list)]
        for moment, _, number in exports_of_list
        if moment < newest_moment
    }


def _holds_whole_lists(feed: Feed) -> bool:
    return (feed.slice.column is None and feed.slice.path is None) or feed.slice.by_school
