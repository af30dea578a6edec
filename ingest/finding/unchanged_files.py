"""Which arrivals of a night need to be read.

Lives here: comparing what is in the inbox with what the lake holds, feed by feed. A slice is made of all
files of the night that speak for it, so one new file brings the others of its slice along.
Stays out: finding files (`inbox`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.deliveries import Arrival, Seen
from ingest.finding.slice_of_path import scope_or_none
from registry.model import Feed, Register

_ALL = None  # a file that may speak for every slice


def settle(register: Register, found: Sequence[Arrival], seen: Seen) -> list[Arrival]:
    """The arrivals to be handled, in their order: new ones, unchanged ones, and `again` those read beside new
    ones.
    """
    feeds = {feed.id: feed for feed in register.feeds}
    kept: dict[int, Arrival] = {}
    for feed_id in {arrival.feed for arrival in found}:
        mine = [n for n, arrival in enumerate(found) if arrival.feed == feed_id]
        if feed_id in feeds:
            kept |= _of_feed(feeds[feed_id], found, mine, seen)
        else:
            kept |= {n: found[n] for n in mine if found[n].arrival_id not in seen}
    return [kept[n] for n in sorted(kept)]


def again(arrival: Arrival, seen: Seen) -> Arrival:
    """The arrival as one that is read whatever the lake holds."""
    return replace(arrival, again=arrival.arrival_id in seen and arrival.refusal is None)


def _of_feed(feed: Feed, found: Sequence[Arrival], mine: Sequence[int], seen: Seen) -> dict[int, Arrival]:
    if feed.accumulates:
        return _on_top(feed, found, mine, seen)
    stable = _stable(feed, found, mine, seen)
    new = {
        _touched(feed, found[n])
        for n in mine
        if n not in stable and found[n].arrival_id not in seen and found[n].refusal is None
    }
    kept: dict[int, Arrival] = {}
    for n in mine:
        arrival, committed = found[n], found[n].arrival_id in seen
        if n in stable:
            if not committed:
                kept[n] = replace(arrival, same_as=stable[n])
        elif not committed:
            kept[n] = arrival
        elif _meets(_touched(feed, arrival), new):
            kept[n] = replace(arrival, again=True)
    return kept


def _on_top(feed: Feed, found: Sequence[Arrival], mine: Sequence[int], seen: Seen) -> dict[int, Arrival]:
    """Of files whose rows come on top of others, those that the feed's last night had are unchanged. Others' rows do
    not bear on them; older bytes that return are read.
    """
    return {
        n: replace(found[n], same_as=seen.last.get((feed.id, found[n].sha256)) if found[n].refusal is None else None)
        for n in mine
        if found[n].arrival_id not in seen
    }


def _stable(feed: Feed, found: Sequence[Arrival], mine: Sequence[int], seen: Seen) -> dict[int, str]:
    """Files whose bytes make up their slices now, and whose slices no other file of the night may change; with each
    the path under which the lake took it.
    """
    here = {found[n].sha256 for n in mine}
    stable: dict[int, str] = {}
    for n in mine:
        path = _as_taken(feed, found[n], seen)
        if path is not None and all(seen.parts[feed.id, part] <= here for part in _slices(found[n], path, seen)):
            stable[n] = path
    while True:
        touched = {_touched(feed, found[n]) for n in mine if n not in stable and found[n].refusal is None}
        meeting = {
            n for n, path in stable.items() if any(_meets(part, touched) for part in _slices(found[n], path, seen))
        }
        if not meeting:
            return stable
        stable = {n: path for n, path in stable.items() if n not in meeting}


def _as_taken(feed: Feed, arrival: Arrival, seen: Seen) -> str | None:
    """The path under which the lake took an arrival's bytes and has them still, if that says the same of them: the
    same bytes in another school's place are another delivery.
    """
    paths = seen.current.get((feed.id, arrival.sha256), {}) if arrival.refusal is None else {}
    named = scope_or_none(feed, arrival.path)
    same = [path for path in sorted(paths) if path == arrival.path or scope_or_none(feed, path) == named]
    return arrival.path if arrival.path in same else next(iter(same), None)


def _slices(arrival: Arrival, path: str, seen: Seen) -> frozenset[str]:
    return seen.current[arrival.feed, arrival.sha256][path]


def _touched(feed: Feed, arrival: Arrival) -> str | None:
    """The slice that a plain file's path names, else `_ALL`."""
    return _ALL if arrival.path.lower().endswith(".zip") else scope_or_none(feed, arrival.path)


def _meets(part: str | None, touched: set[str | None]) -> bool:
    return bool(touched) and (part is _ALL or _ALL in touched or part in touched)
