"""Alarms of what came: folders that were not looked into, feeds and zips that were refused whole, files on which a
reader failed.

Stays out: what did not come or says nothing (`warehouse.missing`), notifying the person on duty (`dags.alarm`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from common.delivered_text import for_all
from common.night_files import NightFiles
from ingest.deliveries import Delivery, read_arrivals
from ingest.finding.inbox import UNREAD_FOLDER
from ingest.reading.read_feed import read_deliveries
from registry.model import Register


def alarms(work: Path, register: Register) -> list[str]:
    """One sentence for each alarm about the deliveries in `work`, by feed; none where all is well.

    It names whose the feed is, and the night of the last good data (`NightFiles.last_loaded`).
    """
    files = NightFiles(work)
    feeds: dict[str, list[Delivery]] = defaultdict(list)
    for feed_files in files.read_feeds():
        for delivery in read_deliveries(feed_files):
            feeds[delivery.feed].append(delivery)
    last = json.loads(files.last_loaded.read_text()) if files.last_loaded.exists() else {}
    return _unread_folders(files) + [
        line
        for feed, deliveries in sorted(feeds.items())
        for line in (
            *_refused_feed(register, feed, deliveries, last),
            *_refused_zips(register, deliveries, last),
            *_reader_failures(deliveries),
        )
    ]


def _unread_folders(files: NightFiles) -> list[str]:
    """The alarm of each folder of the inbox of which nobody can tell what it holds."""
    return [
        f"{arrival.source or 'The inbox'}: what its problem list names {for_all(arrival.refusal)}"
        for arrival in read_arrivals(files)
        if arrival.refusal and arrival.refusal.startswith(UNREAD_FOLDER)
    ]


def _refused_feed(register: Register, feed: str, deliveries: list[Delivery], last: Mapping[str, str]) -> list[str]:
    """The alarm of a feed of which no file could be read. (Files of no feed are reported one by one.)"""
    refused = [d for d in deliveries if d.status == "refused"]
    if not feed or not refused or len(refused) < len(deliveries):
        return []
    files, good = len({d.file_name for d in refused}), _good(last.get(feed))
    first_reason = next((f"; the first: {d.reason_for_all}" for d in refused if not d.defect), ".")
    said = f"every file of the night was refused ({files}), and its {good} stays{first_reason}"
    return [f"{register.called(feed)}: {said}"]


def _refused_zips(register: Register, deliveries: list[Delivery], last: Mapping[str, str]) -> list[str]:
    """The alarm of a zip that was refused whole, so that nobody can tell which feeds it would have brought."""
    refused = [
        d
        for d in deliveries
        if not d.feed and d.status == "refused" and not d.member and d.file_name.lower().endswith(".zip")
    ]
    return [
        f"{register.called(d.source) or 'A folder of no source'}: a zip was refused whole, and of all feeds that it "
        f"holds the {_good(_last_of_source(d.source, last))} stays: {d.reason_for_all}"
        for d in refused
    ]


def _last_of_source(source: str, last: Mapping[str, str]) -> str | None:
    return max((night for feed, night in last.items() if feed.startswith(f"{source}/")), default=None)


def _good(night: str | None) -> str:
    """The data that stays, and of which night."""
    return f"last good data ({f'of {night}' if night else 'none yet'})"


def _reader_failures(deliveries: list[Delivery]) -> list[str]:
    return [
        f"{d.feed}: the reader of a file (delivery {d.delivery_id}) failed, which is a fault of the program: send the "
        "file, which the problem list names, to whoever maintains it."
        for d in deliveries
        if d.defect
    ]
