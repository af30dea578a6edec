"""Which arrivals of a night are read: the inbox compared with the lake, feed by feed.

A slice is made of all files of the night that cover it, so a new file makes the others of its slice be read again.
Stays out: walking the inbox (`ingest.finding.inbox`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.deliveries import Arrival, IntakeHistory
from ingest.finding import outdated_lists
from ingest.finding.slice_of_path import scope_or_none
from registry.model import Feed, Register

_EVERY_SLICE = None  # of a file that may cover every slice


def select_arrivals(register: Register, arrivals: Sequence[Arrival], history: IntakeHistory) -> list[Arrival]:
    """The arrivals to be handled, in order: new ones, unchanged ones, and committed ones to be read again beside new
    ones (`reread`).
    """
    feeds = {feed.id: feed for feed in register.feeds}
    selection: dict[int, Arrival] = {}
    for feed_id in {arrival.feed for arrival in arrivals}:
        indices = [n for n, arrival in enumerate(arrivals) if arrival.feed == feed_id]
        if feed_id in feeds:
            newer = outdated_lists.newer_exports(feeds[feed_id], {n: arrivals[n] for n in indices})
            selection |= {
                n: replace(arrivals[n], newer=path)
                for n, path in newer.items()
                if arrivals[n].arrival_id not in history
            }
            selection |= _of_feed(feeds[feed_id], arrivals, [n for n in indices if n not in newer], history)
        else:
            selection |= {n: arrivals[n] for n in indices if arrivals[n].arrival_id not in history}
    return [selection[n] for n in sorted(selection)]


def select_for_rereading(register: Register, arrivals: Sequence[Arrival], history: IntakeHistory) -> list[Arrival]:
    """The arrivals, to be read whatever the lake holds; older exports of a list stay outdated."""
    newer: dict[int, str] = {}
    for feed in register.feeds:
        newer |= outdated_lists.newer_exports(feed, {n: a for n, a in enumerate(arrivals) if a.feed == feed.id})
    return [
        replace(arrival, newer=newer[n])
        if n in newer
        else replace(arrival, reread=arrival.arrival_id in history and arrival.refusal is None)
        for n, arrival in enumerate(arrivals)
    ]


def _of_feed(
    feed: Feed, arrivals: Sequence[Arrival], indices: Sequence[int], history: IntakeHistory
) -> dict[int, Arrival]:
    if feed.accumulates:
        return _of_accumulating_feed(feed, arrivals, indices, history)
    unchanged = _unchanged(feed, arrivals, indices, history)
    affected_by_new = {
        _affected_slice(feed, arrivals[n])
        for n in indices
        if n not in unchanged and arrivals[n].arrival_id not in history and arrivals[n].refusal is None
    }
    selection: dict[int, Arrival] = {}
    for n in indices:
        arrival, committed = arrivals[n], arrivals[n].arrival_id in history
        if n in unchanged:
            if not committed:
                selection[n] = replace(arrival, same_as=unchanged[n])
        elif not committed:
            selection[n] = arrival
        elif _overlaps(_affected_slice(feed, arrival), affected_by_new):
            selection[n] = replace(arrival, reread=True)
    return selection


def _of_accumulating_feed(
    feed: Feed, arrivals: Sequence[Arrival], indices: Sequence[int], history: IntakeHistory
) -> dict[int, Arrival]:
    """Of a feed whose rows accumulate, the files of its last night are unchanged, whatever other files say; older bytes
    that return are read.
    """
    return {
        n: replace(
            arrivals[n],
            same_as=history.last.get((feed.id, arrivals[n].sha256)) if arrivals[n].refusal is None else None,
        )
        for n in indices
        if arrivals[n].arrival_id not in history
    }


def _unchanged(
    feed: Feed, arrivals: Sequence[Arrival], indices: Sequence[int], history: IntakeHistory
) -> dict[int, str]:
    """Files that are current in their slices, and whose slices no other file of the night may change; with the path
    under which the lake holds each.
    """
    hashes = {arrivals[n].sha256 for n in indices}
    unchanged: dict[int, str] = {}
    for n in indices:
        path = _known_path(feed, arrivals[n], history)
        if path is not None and all(
            history.parts[feed.id, part] <= hashes for part in _slices(arrivals[n], path, history)
        ):
            unchanged[n] = path
    while True:
        affected = {
            _affected_slice(feed, arrivals[n]) for n in indices if n not in unchanged and arrivals[n].refusal is None
        }
        affected_files = {
            n
            for n, path in unchanged.items()
            if any(_overlaps(part, affected) for part in _slices(arrivals[n], path, history))
        }
        if not affected_files:
            return unchanged
        unchanged = {n: path for n, path in unchanged.items() if n not in affected_files}


def _known_path(feed: Feed, arrival: Arrival, history: IntakeHistory) -> str | None:
    """The path under which an arrival's bytes are current in the lake, if it names the same slice: the same bytes in
    another school's folder are another delivery.
    """
    paths = history.current.get((feed.id, arrival.sha256), {}) if arrival.refusal is None else {}
    scope = scope_or_none(feed, arrival.path)
    matching = [path for path in sorted(paths) if path == arrival.path or scope_or_none(feed, path) == scope]
    return arrival.path if arrival.path in matching else next(iter(matching), None)


def _slices(arrival: Arrival, path: str, history: IntakeHistory) -> frozenset[str]:
    return history.current[arrival.feed, arrival.sha256][path]


def _affected_slice(feed: Feed, arrival: Arrival) -> str | None:
    """The slice that a plain file's path names, else `_EVERY_SLICE`."""
    return _EVERY_SLICE if arrival.path.lower().endswith(".zip") else scope_or_none(feed, arrival.path)


def _overlaps(part: str | None, affected: set[str | None]) -> bool:
    return bool(affected) and (part is _EVERY_SLICE or _EVERY_SLICE in affected or part in affected)
