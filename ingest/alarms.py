"""Alarms of a night: folders that were not looked into, feeds of which every file was refused, files on which a reader
failed.

Stays out: notifying the person on duty (`dags.alarm`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

from common.night_files import NightFiles
from ingest.deliveries import Delivery
from ingest.finding.inbox import UNREAD_FOLDER
from ingest.reading.read_feed import read_deliveries


def alarms(work: Path) -> list[str]:
    """One sentence for each alarm about the deliveries in `work`, by feed; none where all is well."""
    feeds: dict[str, list[Delivery]] = defaultdict(list)
    for files in NightFiles(work).read_feeds():
        for delivery in read_deliveries(files):
            feeds[delivery.feed].append(delivery)
    return _unread_folders(work) + [
        line
        for feed, deliveries in sorted(feeds.items())
        for line in (*_refused_feed(feed, deliveries), *_refused_zips(deliveries), *_reader_failures(deliveries))
    ]


def _unread_folders(work: Path) -> list[str]:
    """The alarm of each folder of the inbox of which nobody can tell what it holds."""
    path = NightFiles(work).arrivals
    arrivals = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return [f"{a['path']} {a['refusal']}" for a in arrivals if (a.get("refusal") or "").startswith(UNREAD_FOLDER)]


def _refused_feed(feed: str, deliveries: list[Delivery]) -> list[str]:
    """The alarm of a feed of which no file could be read. (Files of no feed are reported one by one.)"""
    refused = [d for d in deliveries if d.status == "refused"]
    if not feed or not refused or len(refused) < len(deliveries):
        return []
    files = len({d.file_name for d in refused})
    first_reason = next((f"; the first: {d.reason}" for d in refused if not d.defect), ".")
    return [f"{feed}: every file of the night was refused ({files}), and its last good data stays{first_reason}"]


def _refused_zips(deliveries: list[Delivery]) -> list[str]:
    """The alarm of a zip that was refused whole, so that nobody can tell which feeds it would have brought."""
    return [
        f"{d.source}: a zip was refused whole, and the last good data of all feeds that it holds stays: {d.reason}"
        for d in deliveries
        if not d.feed and d.status == "refused" and not d.member and d.file_name.lower().endswith(".zip")
    ]


def _reader_failures(deliveries: list[Delivery]) -> list[str]:
    return [
        f"{d.file_name}: its reader failed, which is a fault of the program: send the file to whoever maintains it."
        for d in deliveries
        if d.defect
    ]
