"""What of a night must not pass in silence.

Lives here: feeds of which every file of the night was refused, and files on which a reader of this room has failed.
Add here: another sign that a night has lost a feed.
Stays out: reaching the person on duty (`dags.alarm`).
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from common.night_files import NightFiles
from ingest.deliveries import Delivery
from ingest.reading.read_feed import read_deliveries


def alarms(work: Path) -> list[str]:
    """Sentences about the deliveries that a night has left in `work`, by feed; none where all is well."""
    feeds: dict[str, list[Delivery]] = defaultdict(list)
    for files in NightFiles(work).read_feeds():
        for delivery in read_deliveries(files):
            feeds[delivery.feed].append(delivery)
    return [line for feed, found in sorted(feeds.items()) for line in (*_lost(feed, found), *_failed(found))]


def _lost(feed: str, found: list[Delivery]) -> list[str]:
    """Nothing that was sent of a feed could be read. (Files of no feed are told one by one.)"""
    refused = [d for d in found if d.status == "refused"]
    if not feed or not refused or len(refused) < len(found):
        return []
    files = len({d.file_name for d in refused})
    why = next((f"; the first: {d.reason}" for d in refused if not d.defect), ".")
    return [f"{feed}: every file of the night was refused ({files}), and its last good data stays{why}"]


def _failed(found: list[Delivery]) -> list[str]:
    return [
        f"{d.file_name}: its reader failed, which is a fault of the program: tell who maintains it, with the file."
        for d in found
        if d.defect
    ]
