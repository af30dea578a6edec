"""Committing a night: raw rows, problems and what arrived, in one transaction.

Lives here: the order of it, and what became of each delivery.
Add here: another step of a commit.
Stays out: which slices are applied (`slice_plan`), applying rows (`raw_table`) and problems (`problem_history`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb

from common.night_files import FeedFiles, NightFiles
from ingest import row_account, sql
from ingest.committing import deletions, intake_records, intake_tables, problem_history, slice_plan, unread_files
from ingest.committing.intake_records import SliceState
from ingest.committing.intake_tables import Slice
from ingest.committing.raw_table import RawTable
from ingest.committing.slice_plan import Plan
from ingest.deliveries import BY_KEY, Arrival, Delivery, Hold
from ingest.reading.read_feed import read_deliveries, write_deliveries
from registry.model import Feed, Register

UNPLACED = "unplaced"  # folder of the deliveries that no feed has


@dataclass
class _Done:
    """What has been applied so far."""

    deliveries: dict[str, list[Delivery]] = field(default_factory=dict)  # by folder
    states: list[SliceState] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)  # of problems
    replaced: set[tuple[str, str]] = field(default_factory=set)
    changed: set[tuple[str, str]] = field(default_factory=set)
    held: set[tuple[str, str]] = field(default_factory=set)
    corrected: set[tuple[str, str]] = field(default_factory=set)  # feed and place of a file


def commit(
    connection: duckdb.DuckDBPyConnection, register: Register, night: date, work: Path, holds: Sequence[Hold]
) -> None:
    """Bring what reading left in `work` into the lake, but for the held slices.

    Everything or nothing: on an error the lake is as it was. The deliveries in `work` then say what became of
    them. Raises IngestError where rows cannot be accounted for.
    """
    night_files = NightFiles(work)
    arrivals = _arrivals(night_files)
    done = _Done()
    with _transaction(connection):
        intake_tables.ensure(connection)
        history = intake_tables.history(connection, night)
        again = any(known.latest == night for feed in history.values() for known in feed.values())
        connection.execute("CREATE OR REPLACE TEMP TABLE changed_key (feed VARCHAR, _key VARCHAR)")
        for feed in register.feeds:
            if (files := night_files.feed(feed.table)).deliveries.exists():
                held = {hold.slice: hold.reason for hold in holds if hold.feed == feed.id}
                _commit_feed(connection, feed, night, files, held, history.get(feed.id, {}), done)
        for feed in register.feeds:
            if feed.deletes_from is not None and done.deliveries.get(feed.table):
                _take_out(connection, register, feed, night, night_files.feed(feed.table), done)
        if done.files:
            problem_history.apply(
                connection,
                night,
                done.files,
                replaced=done.replaced,
                changed=done.changed,
                corrected=done.corrected,
                held=done.held,
                again=again,
            )
        same, kept = unread_files.unchanged(connection, arrivals)
        done.states = _merged(done.states, kept)
        for delivery in same:
            done.deliveries.setdefault(delivery.feed.replace("/", "__"), []).append(delivery)
        done.deliveries[UNPLACED] = unread_files.unplaced(arrivals)
        intake_records.write_states(connection, night, done.states)
        told = [d for found in done.deliveries.values() for d in found]
        intake_records.write_deliveries(connection, night, arrivals, told)
    for folder, found in done.deliveries.items():
        if found:
            write_deliveries(night_files.feed(folder), found)


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    connection.execute("BEGIN")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _commit_feed(
    connection: duckdb.DuckDBPyConnection,
    feed: Feed,
    night: date,
    files: FeedFiles,
    held: Mapping[str, str],
    known: Mapping[str, Slice],
    done: _Done,
) -> None:
    """Apply the files of a feed that were read; whole slices first, then changes."""
    deliveries = [d for d in read_deliveries(files) if d.status != "unchanged"]
    done.deliveries[feed.table] = deliveries
    loaded = [d for d in deliveries if d.status == "loaded"]
    raw = RawTable(connection, feed, night)
    raw.ensure()
    if loaded:
        plan = slice_plan.plan(connection, feed, files, loaded, held, known)
        standing = raw.standing(free) if feed.accumulates and (free := plan.free(plan.changes)) else {}
        now = _apply(raw, night, plan)
        for delivery in loaded:
            row_account.skip(delivery, "unchanged_row", standing.get(delivery.delivery_id, 0))
        _hold(connection, loaded, held)
        done.states += plan.states(now)
        done.files.append(files.problems)
        done.replaced |= {(feed.id, part) for part in plan.replaced}
        done.changed |= {(feed.id, part) for part in plan.free(plan.changes)}
        done.held |= {(feed.id, part) for part in held}
        if places := {d.place for d in loaded if d.status == "loaded" and d.mode in BY_KEY}:
            done.corrected |= {(feed.id, place) for place in raw.corrected(places)}
    told = {state.slice for state in done.states if state.feed == feed.id}
    done.states += [
        SliceState(
            feed.id,
            d.scope,
            "refused",
            None,
            known[d.scope].rows if d.scope in known else None,
            (d.delivery_id,),
            d.reason,
        )
        for d in deliveries
        if d.status == "refused" and d.scope is not None and d.scope not in told
    ]


def _apply(raw: RawTable, night: date, plan: Plan) -> dict[str, int]:
    """Bring a plan into the raw table; rows of the slices that were changed by key."""
    again = any(known.latest == night for known in plan.known.values())
    fresh, standing = plan.free(plan.whole, known=False), plan.free(plan.whole, known=True)
    if fresh:
        raw.add(fresh, slice_plan.ids(plan.whole))
    if standing:
        raw.replace(standing, slice_plan.ids(plan.whole), again=again)
    changes = plan.free(plan.changes)
    if not changes:
        return {}
    raw.change(changes, slice_plan.ids(plan.changes), again=again)
    return raw.rows(changes)


def _take_out(
    connection: duckdb.DuckDBPyConnection, register: Register, feed: Feed, night: date, files: FeedFiles, done: _Done
) -> None:
    """Apply a feed's deletions to the feed whose rows go, after its own files of the night."""
    target = register.feed(feed.deletes_from or "")
    free = [d.delivery_id for d in done.deliveries[feed.table] if d.status == "loaded"]
    if not free:
        return
    RawTable(connection, target, night).ensure()
    done.files.append(deletions.unknown(connection, register, feed, target, files, night, free))
    held = [part for name, part in done.held if name == feed.id]
    left = RawTable(connection, target, night).take_out(deletions.keys(files, free, held))
    before = {(s.feed, s.slice): s for s in done.states}
    history = intake_tables.history(connection, night).get(target.id, {})
    done.states = [
        replace(s, rows=left[s.slice]) if s.feed == target.id and s.slice in left and s.status == "loaded" else s
        for s in done.states
    ]
    done.states += [
        SliceState(target.id, part, "unchanged", rows, history[part].rows if part in history else None, ())
        for part, rows in left.items()
        if (target.id, part) not in before
    ]


def _merged(done: Sequence[SliceState], kept: Sequence[SliceState]) -> list[SliceState]:
    """All states; of a slice that is in both what was done counts, and the deliveries of both make it up."""
    same = {(s.feed, s.slice): s.deliveries for s in kept}
    told = [
        replace(s, deliveries=(*same[s.feed, s.slice], *s.deliveries)) if (s.feed, s.slice) in same else s for s in done
    ]
    return told + [s for s in kept if (s.feed, s.slice) not in {(d.feed, d.slice) for d in done}]


def _hold(connection: duckdb.DuckDBPyConnection, loaded: Sequence[Delivery], held: Mapping[str, str]) -> None:
    """Count the held rows of each delivery; one of which nothing was loaded is held itself."""
    rows: dict[str, int] = {}
    if held:
        among = f"_slice IN ({sql.texts(held)})"
        counted = connection.execute(f"SELECT _delivery_id, count(*) FROM accepted WHERE {among} GROUP BY ALL")
        rows = dict(counted.fetchall())
    for delivery in loaded:
        row_account.hold(delivery, rows.get(delivery.delivery_id, 0))
        if held and delivery.mode == "delete":
            row_account.put_off(delivery, "deleted")
        own = held.get(delivery.scope) if delivery.scope is not None else None
        if own is not None or (delivery.rows_held and not delivery.rows_loaded):
            delivery.status, delivery.reason = "held", own or next(iter(held.values()))
        elif delivery.rows_held:
            delivery.reason = f"{delivery.rows_held} rows of held slices wait."


def _arrivals(files: NightFiles) -> list[Arrival]:
    path = files.arrivals
    return [Arrival(**found) for found in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []
