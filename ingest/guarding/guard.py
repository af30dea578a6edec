"""The guard of a night: which slices are held, for which reason, and how a hold is lifted.

Add here: the place of another kind of reason (its rule in a module of its own).
Stays out: the limits (the register), applying slices (`ingest.committing`), checks of content (`expectations`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from common.delivered_text import delivered
from common.night_files import FeedFiles, NightFiles
from ingest.committing import deletions, intake_tables
from ingest.committing.intake_tables import SliceHistory
from ingest.deliveries import Delivery, Hold
from ingest.guarding import columns, held_together, lifted, organisations, renewed_ids, rows
from ingest.guarding.finding import Finding
from ingest.guarding.slice_counts import SliceCounts, slice_counts
from ingest.reading.read_feed import read_deliveries
from registry.derived import words
from registry.model import Feed, Register


@dataclass(frozen=True)
class _Sent:
    """What a night brought of a feed."""

    files: FeedFiles
    deliveries: list[Delivery]
    counts: SliceCounts | None  # None where no file was loaded


def guard(connection: duckdb.DuckDBPyConnection, register: Register, work: Path) -> list[Hold]:
    """The holds of the night. The lake is only read."""
    sent = {feed.id: _sent(connection, NightFiles(work).feed(feed.table)) for feed in register.feeds}
    nights = {of_feed.deliveries[0].night for of_feed in sent.values() if of_feed.deliveries}
    if not nights:
        return []
    night = date.fromisoformat(max(nights))
    history = intake_tables.slice_history(connection, night)
    said = words.words(register)
    holds = [
        hold
        for feed in register.feeds
        for hold in [
            *_of_feed(connection, register, said, feed, sent[feed.id], history.get(feed.id, {}), night),
            *_of_deletions(connection, register, said, feed, sent[feed.id], history, night),
        ]
    ]
    return [*holds, *_of_feeds_taken_together(register, holds, sent, {*history})]


def _sent(connection: duckdb.DuckDBPyConnection, files: FeedFiles) -> _Sent:
    deliveries = read_deliveries(files)
    is_loaded = any(d.status == "loaded" for d in deliveries)
    return _Sent(files, deliveries, slice_counts(connection, files, deliveries) if is_loaded else None)


def _of_feed(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    said: Collection[str],
    feed: Feed,
    sent: _Sent,
    history: Mapping[str, SliceHistory],
    night: date,
) -> Iterator[Hold]:
    counts = sent.counts
    if counts is None:
        return
    slices = {
        *counts.accepted,
        *counts.quarantined,
        *counts.changed,
        *counts.scopes,
        *(history if counts.replaces_all else ()),
    }
    known = [part for part in slices if part in history and part not in counts.changed]
    missing = organisations.missing(connection, register, feed, sent.files, known, night)
    renewed = renewed_ids.findings(connection, register, feed, sent.files, history, known, night)
    unattributed = list(rows.without_slice(feed, counts))
    left_out = _left_out(connection, feed, sent.deliveries, history)
    yield from (Hold(feed.id, part, reason) for part, reason in left_out.items() if part not in slices)
    for part in sorted(slices):
        filled = counts.filled.get(part, Counter())
        max_fall = rows.max_fall(register, feed, history.get(part), night)
        own = [
            *_later_night(history.get(part), night),
            *unattributed,
            *_lost(counts.brought_by(part)),
            *_nothing_to_change(feed, counts, part, history.get(part)),
            *rows.findings(feed, counts, part, history, max_fall=max_fall),
            *([missing[part]] if part in missing else []),
            *([renewed[part]] if part in renewed else []),
            *columns.unmeasured(feed, filled),
            *columns.findings(feed, part, filled, history, counts.brought_by(part), max_fall),
        ]
        if reason := lifted.reason(register, said, feed, part, own, counts.brought_by(part)):
            yield Hold(feed.id, part, reason)


def _of_deletions(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    said: Collection[str],
    feed: Feed,
    sent: _Sent,
    history: Mapping[str, Mapping[str, SliceHistory]],
    night: date,
) -> list[Hold]:
    """Holds of a feed of deletions: slices that would lose too many rows, or that a later night has loaded."""
    deliveries = [d for d in sent.deliveries if d.status == "loaded"]
    if feed.deletes_from is None or not deliveries:
        return []
    target = register.feed(feed.deletes_from)
    holds = {}
    for own_slice, target_slice, deleted in deletions.rows_to_delete(connection, target, sent.files):
        before = history.get(target.id, {}).get(target_slice)
        counts = SliceCounts(deleted=Counter({target_slice: deleted}), changed={target_slice})
        rows_before = before.rows or 0 if before else 0
        own = [
            *_later_night(before, night),
            *rows.fall(feed, counts, target_slice, rows_before, max_fall=feed.guard.max_fall),
        ]
        if reason := lifted.reason(register, said, feed, own_slice, own, deliveries):
            holds[own_slice] = Hold(feed.id, own_slice, reason)
    return list(holds.values())


def _of_feeds_taken_together(
    register: Register, holds: list[Hold], sent: Mapping[str, _Sent], in_lake: Collection[str]
) -> list[Hold]:
    feeds = [feed for source in register.sources for feed in source.together]
    deliveries = {feed: sent[feed].deliveries for feed in feeds}
    slices = {
        feed: {*counts.accepted, *counts.changed, *counts.scopes, *([""] if counts.replaces_all else [])}
        for feed in feeds
        if (counts := sent[feed].counts) is not None
    }
    return held_together.holds_beside(register, holds, deliveries, slices, in_lake)


def _left_out(
    connection: duckdb.DuckDBPyConnection,
    feed: Feed,
    deliveries: Sequence[Delivery],
    history: Mapping[str, SliceHistory],
) -> dict[str, str]:
    """The slices that a file of several has lost but one, with the reason to hold them: on its last night it held
    them, under a name that differs in digits alone.
    """
    reasons: dict[str, str] = {}
    for delivery in deliveries:
        if delivery.placed_by_rows and history:
            lost = intake_tables.slices_of_list(connection, feed.id, delivery.file_name, delivery.night)
            reasons |= {
                part: f"{delivered(delivery.file_name, 'the file')} held it before and has rows of "
                f"{delivered(delivery.scope)} alone: send the complete list, or the list of "
                f"{delivered(delivery.scope)} under its own name."
                for part in lost
                if part in history and history[part].rows
            }
    return reasons


def _later_night(before: SliceHistory | None, night: date) -> Iterator[Finding]:
    """A slice that a later night has loaded: nights are loaded in order."""
    if before is not None and before.latest > night:
        yield Finding(
            f"the night of {before.latest} is loaded already: run the nights in order, in a separate lake if necessary",
            None,
        )


def _nothing_to_change(feed: Feed, counts: SliceCounts, part: str, before: SliceHistory | None) -> Iterator[Finding]:
    """Changes to a list that never came: alone they would pass for the whole of it."""
    if feed.batch == "snapshot" and before is None and part in counts.changed and not counts.replaces_all:
        yield Finding(
            f"{feed.id} came as changes (delta), and there is nothing to change yet, since no whole list of it was "
            "ever loaded: send a bulk export of all its files first",
            None,
        )


def _lost(deliveries: list[Delivery]) -> Iterator[Finding]:
    """A file of which values have no outcome: a fault of the program, and no reason to give up good data."""
    for delivery in deliveries:
        if delivery.values_lost:
            columns_lost = ", ".join(f"{delivered(column)} {count:+d}" for column, count in delivery.lost.items())
            yield Finding(
                f"of {delivered(delivery.file_name, 'a file')} {delivery.values_lost} values have no outcome "
                f"({columns_lost}), which is a fault of the program: send the file to whoever maintains it",
                None,
            )
