"""Guards: hold a slice whose rows fell, or were rejected, beyond its limits; its last good data stays.

Add here: another reason to hold a slice.
Stays out: the limits (the register), applying slices (`ingest.committing`), checks of content (`expectations`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from common.night_files import FeedFiles, NightFiles
from ingest import sql
from ingest.committing import deletions, intake_tables
from ingest.committing.intake_tables import SliceHistory
from ingest.contract.repeated_keys import key_of
from ingest.deliveries import BY_KEY, Hold
from ingest.reading.read_feed import read_deliveries
from registry.model import Feed, Register

_LISTED = 5  # files that a reason names


@dataclass
class SliceCounts:
    """Row counts of a feed's files of a night, by slice. `replaces_all`: some file covers every slice, also those it
    does not name.
    """

    accepted: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    repeated: Counter[str] = field(default_factory=Counter)  # of the quarantined rows, those whose key another file has
    files: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # with rows of the slice
    deleted: Counter[str] = field(default_factory=Counter)
    changed: set[str] = field(default_factory=set)  # slices that are changed by key
    scopes: set[str] = field(default_factory=set)
    replaces_all: bool = False


def guard(connection: duckdb.DuckDBPyConnection, register: Register, work: Path) -> list[Hold]:
    """The holds of the night. The lake is only read."""
    files = NightFiles(work)
    nights = {d.night for feed in register.feeds for d in read_deliveries(files.feed(feed.table))[:1]}
    history = intake_tables.slice_history(connection, date.fromisoformat(max(nights))) if nights else {}
    return [
        hold
        for feed in register.feeds
        for hold in [
            *_of_feed(connection, register, feed, files.feed(feed.table), history.get(feed.id, {})),
            *_of_deletions(connection, register, feed, files.feed(feed.table), history),
        ]
    ]


def slice_counts(connection: duckdb.DuckDBPyConnection, feed: Feed, files: FeedFiles) -> SliceCounts:
    """Count the rows in a feed's files, by slice."""
    deliveries = {d.delivery_id: d for d in read_deliveries(files) if d.status == "loaded"}
    counts = SliceCounts()
    for part, delivery, rows in _row_counts(connection, files.accepted, "_slice, _delivery_id"):
        if deliveries[delivery].mode in BY_KEY:
            counts.changed.add(part)
        counts.accepted[part] += rows
        counts.files[part].add(deliveries[delivery].file_name)
    quarantined = connection.execute(
        "SELECT slice, delivery_id, count(DISTINCT row_number) "
        "FROM read_parquet(?) WHERE severity = 'row' GROUP BY ALL",
        [str(files.problems)],
    ).fetchall()
    for part, delivery, rows in quarantined:
        counts.quarantined[part] += rows
        counts.files[part] |= {deliveries[delivery].file_name} if delivery in deliveries else set()
    if any(len(counts.files[part]) > 1 and _is_spike(feed, counts, part) for part in [*counts.quarantined]):
        counts.repeated.update(_repeated_across_files(connection, feed, files))
    for part, delivery, rows in _row_counts(connection, files.deleted, "_slice, _delivery_id"):
        if deliveries[delivery].mode in BY_KEY:
            counts.changed.add(part)
            counts.deleted[part] += rows
    counts.scopes = {d.scope for d in deliveries.values() if d.scope is not None}
    counts.replaces_all = any(d.replaces_all for d in deliveries.values())
    return counts


def _of_feed(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    feed: Feed,
    files: FeedFiles,
    history: Mapping[str, SliceHistory],
) -> list[Hold]:
    deliveries = read_deliveries(files)
    if not any(d.status == "loaded" for d in deliveries):
        return []
    night = date.fromisoformat(deliveries[0].night)
    counts = slice_counts(connection, feed, files)
    slices = {
        *counts.accepted,
        *counts.quarantined,
        *counts.changed,
        *counts.scopes,
        *(history if counts.replaces_all else ()),
    }
    unattributed = _without_slice(feed, counts)
    holds = []
    for part in sorted(slices):
        before = history.get(part)
        rows_before, max_fall = before.rows or 0 if before else 0, _max_fall(register, feed, before, night)
        reason = (
            _later_night(before, night) or unattributed or _fall(feed, counts, part, rows_before, max_fall=max_fall)
        )
        reason = reason or _spike(feed, counts, part)
        if reason:
            holds.append(Hold(feed.id, part, reason))
    return holds


def _of_deletions(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    feed: Feed,
    files: FeedFiles,
    history: Mapping[str, Mapping[str, SliceHistory]],
) -> list[Hold]:
    """Holds of a feed of deletions: slices that would lose too many rows, or that a later night has loaded."""
    deliveries = [d for d in read_deliveries(files) if d.status == "loaded"]
    if feed.deletes_from is None or not deliveries:
        return []
    target = register.feed(feed.deletes_from)
    history_of_target = history.get(target.id, {})
    night = date.fromisoformat(deliveries[0].night)
    holds = {}
    for own_slice, target_slice, rows in deletions.rows_to_delete(connection, target, files):
        before = history_of_target.get(target_slice)
        counts = SliceCounts(deleted=Counter({target_slice: rows}), changed={target_slice})
        rows_before = before.rows or 0 if before else 0
        reason = _later_night(before, night) or _fall(
            feed, counts, target_slice, rows_before, max_fall=feed.guard.max_fall
        )
        if reason:
            holds[own_slice] = Hold(feed.id, own_slice, reason)
    return list(holds.values())


def _later_night(before: SliceHistory | None, night: date) -> str | None:
    """The reason to hold a slice that a later night has loaded: nights are loaded in order."""
    if before is None or before.latest <= night:
        return None
    return f"the night of {before.latest} is loaded already: run the nights in order, in a separate lake if necessary."


def _without_slice(feed: Feed, counts: SliceCounts) -> str | None:
    """The reason to hold a file with too many rows of no slice: it would empty every slice."""
    if not counts.replaces_all or feed.slice.column is None:
        return None
    unattributed, rows = counts.quarantined[""], counts.accepted.total() + counts.quarantined.total()
    if rows < feed.guard.min_rows or unattributed <= feed.guard.max_quarantined * rows:
        return None
    return (
        f"{unattributed} of {rows} rows do not name the {feed.slice.column} they are of: correct that column at the "
        "source, and send the file again."
    )


def _max_fall(register: Register, feed: Feed, before: SliceHistory | None, night: date) -> float:
    """The share by which a slice may fall: higher where a school year has ended since an earlier night loaded it."""
    last_night = before.before if before else None
    year_of = register.calendar.school_year_of
    if feed.guard.rollover_fall is None or last_night is None or year_of(last_night) == year_of(night):
        return feed.guard.max_fall
    return feed.guard.rollover_fall


def _fall(feed: Feed, counts: SliceCounts, part: str, rows_before: int, *, max_fall: float) -> str | None:
    if rows_before < feed.guard.min_rows and not (rows_before and _is_missing(feed, counts, part)):
        return None
    rows_after = rows_before - counts.deleted[part] if part in counts.changed else counts.accepted[part]
    fall = (rows_before - rows_after) / rows_before
    if fall <= max_fall:
        return None
    return (
        f"rows fell from {rows_before} to {rows_after} ({fall:.0%}) and {max_fall:.0%} is allowed: send the "
        f"complete list, or raise max_fall of {feed.id} in the register if the fall is right."
    )


def _is_missing(feed: Feed, counts: SliceCounts, part: str) -> bool:
    """Whether a roster for every slice has no row of this one: a list of one school in place of the whole city's would
    delete all others, the small ones too.
    """
    named = part in counts.scopes or part in counts.changed or counts.accepted[part] > 0
    return bool(feed.creates) and feed.slice.column is not None and counts.replaces_all and not named


def _spike(feed: Feed, counts: SliceCounts, part: str) -> str | None:
    if not _is_spike(feed, counts, part):
        return None
    rejected, rows = counts.quarantined[part], counts.accepted[part] + counts.quarantined[part]
    if len(counts.files[part]) > 1 and counts.repeated[part] > rejected / 2:
        names = sorted(counts.files[part])
        listed = ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")
        return (
            f"several whole lists of it came ({listed}), and {counts.repeated[part]} rows stand in more than one of "
            "them, differently: leave only the newest in the inbox, and start again."
        )
    return (
        f"{rejected} of {rows} rows were quarantined ({rejected / rows:.0%}) and "
        f"{feed.guard.max_quarantined:.0%} is allowed: correct the rows in the problem list, and send them again."
    )


def _is_spike(feed: Feed, counts: SliceCounts, part: str) -> bool:
    rejected, rows = counts.quarantined[part], counts.accepted[part] + counts.quarantined[part]
    return rows >= feed.guard.min_rows and rejected > feed.guard.max_quarantined * rows


def _repeated_across_files(connection: duckdb.DuckDBPyConnection, feed: Feed, files: FeedFiles) -> dict[str, int]:
    """By slice, the rows that were rejected for a key whose first row stands in another file of the slice."""
    rows = connection.execute(f"""
        SELECT p.slice, count(DISTINCT (p.delivery_id, p.row_number))
        FROM read_parquet({sql.text(files.problems)}) p
        JOIN (SELECT _slice, _delivery_id, {key_of(feed)} AS _key FROM read_parquet({sql.text(files.accepted)})) a
            ON p.slice = a._slice AND p.row_key = a._key AND p.delivery_id <> a._delivery_id
        WHERE p.rule = 'duplicate_key' GROUP BY ALL""").fetchall()
    return dict(rows)


def _row_counts(connection: duckdb.DuckDBPyConnection, path: Path, columns: str) -> list[tuple[str, str, int]]:
    return connection.execute(f"SELECT {columns}, count(*) FROM read_parquet({sql.text(path)}) GROUP BY ALL").fetchall()
