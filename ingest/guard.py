"""Guards: a slice that fell too far, or of which too much was rejected, waits; its last good data stays.

Lives here: comparing what a night brings of each slice with what the lake holds.
Add here: another reason to hold a slice.
Stays out: the shares themselves (the register), applying (`commit`), checks of content (`expectations`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from common.night_files import FeedFiles, NightFiles
from ingest import sql
from ingest.committing import deletions, intake_tables
from ingest.committing.intake_tables import Slice
from ingest.deliveries import BY_KEY, Hold
from ingest.reading.read_feed import read_deliveries
from registry.model import Feed, Register


@dataclass
class Brought:
    """What a night brings of a feed, by slice. `whole`: some file speaks for every slice, also those it does
    not name.
    """

    accepted: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    deleted: Counter[str] = field(default_factory=Counter)
    changed: set[str] = field(default_factory=set)  # slices of which only changes came
    scopes: set[str] = field(default_factory=set)
    whole: bool = False


def guard(connection: duckdb.DuckDBPyConnection, register: Register, work: Path) -> list[Hold]:
    """The slices that must wait tonight. The lake is only read."""
    files = NightFiles(work)
    nights = {d.night for feed in register.feeds for d in read_deliveries(files.feed(feed.table))[:1]}
    known = intake_tables.history(connection, date.fromisoformat(max(nights))) if nights else {}
    return [
        hold
        for feed in register.feeds
        for hold in [
            *_of_feed(connection, register, feed, files.feed(feed.table), known.get(feed.id, {})),
            *_of_deletions(connection, register, feed, files.feed(feed.table), known),
        ]
    ]


def brought(connection: duckdb.DuckDBPyConnection, files: FeedFiles) -> Brought:
    """Count what reading left of a feed, by slice."""
    deliveries = {d.delivery_id: d for d in read_deliveries(files) if d.status == "loaded"}
    found = Brought()
    for part, delivery, rows in _counted(connection, files.accepted, "_slice, _delivery_id"):
        if deliveries[delivery].mode in BY_KEY:
            found.changed.add(part)
        found.accepted[part] += rows
    quarantined = connection.execute(
        "SELECT slice, count(DISTINCT (delivery_id, row_number)) FROM read_parquet(?) "
        "WHERE severity = 'row' GROUP BY ALL",
        [str(files.problems)],
    ).fetchall()
    for part, rows in quarantined:
        found.quarantined[part] += rows
    for part, delivery, rows in _counted(connection, files.deleted, "_slice, _delivery_id"):
        if deliveries[delivery].mode in BY_KEY:
            found.changed.add(part)
            found.deleted[part] += rows
    found.scopes = {d.scope for d in deliveries.values() if d.scope is not None}
    found.whole = any(d.replaces_all for d in deliveries.values())
    return found


def _of_feed(
    connection: duckdb.DuckDBPyConnection, register: Register, feed: Feed, files: FeedFiles, known: Mapping[str, Slice]
) -> list[Hold]:
    deliveries = read_deliveries(files)
    if not any(d.status == "loaded" for d in deliveries):
        return []
    night = date.fromisoformat(deliveries[0].night)
    found = brought(connection, files)
    slices = {
        *found.accepted,
        *found.quarantined,
        *found.changed,
        *found.scopes,
        *(known if found.whole else ()),
    }
    lost = _unplaced(feed, found)
    holds = []
    for part in sorted(slices):
        before = known.get(part)
        standing, allowed = before.rows or 0 if before else 0, _allowed(register, feed, before, night)
        reason = _later(before, night) or lost or _fall(feed, found, part, standing, allowed=allowed)
        reason = reason or _spike(feed, found, part)
        if reason:
            holds.append(Hold(feed.id, part, reason))
    return holds


def _of_deletions(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    feed: Feed,
    files: FeedFiles,
    known: Mapping[str, Mapping[str, Slice]],
) -> list[Hold]:
    """The slices of a feed of deletions that would take out too much, or what a later night has loaded."""
    deliveries = [d for d in read_deliveries(files) if d.status == "loaded"]
    if feed.deletes_from is None or not deliveries:
        return []
    target = register.feed(feed.deletes_from)
    before = known.get(target.id, {})
    night = date.fromisoformat(deliveries[0].night)
    holds = {}
    for mine, theirs, rows in deletions.counted(connection, target, files):
        there = before.get(theirs)
        gone = Brought(deleted=Counter({theirs: rows}), changed={theirs})
        standing = there.rows or 0 if there else 0
        reason = _later(there, night) or _fall(feed, gone, theirs, standing, allowed=feed.guard.max_fall)
        if reason:
            holds[mine] = Hold(feed.id, mine, reason)
    return list(holds.values())


def _later(before: Slice | None, night: date) -> str | None:
    """A slice is loaded night by night: what was known later is not undone by an earlier night."""
    if before is None or before.latest <= night:
        return None
    return (
        f"the night of {before.latest} is loaded already: run the nights in their order, "
        "in a lake of their own if need be."
    )


def _unplaced(feed: Feed, found: Brought) -> str | None:
    """A file whose rows do not say whose they are would empty every slice."""
    if not found.whole or feed.slice.column is None:
        return None
    lost, rows = found.quarantined[""], found.accepted.total() + found.quarantined.total()
    if rows < feed.guard.min_rows or lost <= feed.guard.max_quarantined * rows:
        return None
    return (
        f"{lost} of {rows} rows do not say which {feed.slice.column} they are of: mend that column at the "
        "source, and send the file again."
    )


def _allowed(register: Register, feed: Feed, before: Slice | None, night: date) -> float:
    """The share by which a slice may fall: more where a school year has ended since an earlier night loaded it."""
    last = before.before if before else None
    year_of = register.calendar.school_year_of
    if feed.guard.rollover_fall is None or last is None or year_of(last) == year_of(night):
        return feed.guard.max_fall
    return feed.guard.rollover_fall


def _fall(feed: Feed, found: Brought, part: str, before: int, *, allowed: float) -> str | None:
    if before < feed.guard.min_rows and not (before and _emptied(feed, found, part)):
        return None
    after = before - found.deleted[part] if part in found.changed else found.accepted[part]
    fall = (before - after) / before
    if fall <= allowed:
        return None
    return (
        f"rows fell from {before} to {after} ({fall:.0%}) and {allowed:.0%} is allowed: send the "
        f"whole list, or raise max_fall of {feed.id} in the register if it is right."
    )


def _emptied(feed: Feed, found: Brought, part: str) -> bool:
    """Whether a roster's file that speaks for every slice says nothing of this one: a list of one school that lies
    where the whole city's belongs would take all others away, the small ones too.
    """
    named = part in found.scopes or part in found.changed or found.accepted[part] > 0
    return bool(feed.creates) and feed.slice.column is not None and found.whole and not named


def _spike(feed: Feed, found: Brought, part: str) -> str | None:
    rejected, rows = found.quarantined[part], found.accepted[part] + found.quarantined[part]
    if rows < feed.guard.min_rows or rejected <= feed.guard.max_quarantined * rows:
        return None
    return (
        f"{rejected} of {rows} rows were quarantined ({rejected / rows:.0%}) and "
        f"{feed.guard.max_quarantined:.0%} is allowed: mend the rows in the problem list, and send it again."
    )


def _counted(connection: duckdb.DuckDBPyConnection, path: Path, columns: str) -> list[tuple[str, str, int]]:
    return connection.execute(f"SELECT {columns}, count(*) FROM read_parquet({sql.text(path)}) GROUP BY ALL").fetchall()
