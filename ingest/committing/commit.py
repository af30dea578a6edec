"""The commit of a night in one transaction: its order, and the final status of each delivery.

Stays out: which slices are applied (`ingest.committing.slice_plan`), raw rows (`ingest.committing.raw_table`), problems
(`ingest.committing.problem_history`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb

from common.lake_transaction import transaction
from common.night_files import FeedFiles, NightFiles
from ingest import row_account, sql
from ingest.committing import deletions, intake_records, intake_tables, problem_history, slice_plan, unread_files
from ingest.committing.intake_records import SliceState
from ingest.committing.intake_tables import SliceHistory
from ingest.committing.raw_table import RawTable
from ingest.committing.slice_plan import Plan
from ingest.deliveries import BY_KEY, Delivery, Hold, read_arrivals
from ingest.reading.read_feed import read_deliveries, write_deliveries
from registry.model import Feed, Register

UNPLACED = "unplaced"  # folder of the deliveries of no feed
_WHOLE_FEED = ""  # the slice of a feed that has no other


@dataclass
class _Progress:
    """What the commit has applied so far."""

    deliveries: dict[str, list[Delivery]] = field(default_factory=dict)  # by folder
    states: list[SliceState] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)  # Parquet files of problems
    replaced: set[tuple[str, str]] = field(default_factory=set)
    changed: set[tuple[str, str]] = field(default_factory=set)
    held: set[tuple[str, str]] = field(default_factory=set)
    corrected: set[tuple[str, str]] = field(default_factory=set)  # feed and path id of a file


def commit(
    connection: duckdb.DuckDBPyConnection, register: Register, night: date, work: Path, holds: Sequence[Hold]
) -> None:
    """Commit the files in `work` to the lake, except for the held slices.

    All or nothing: on an error the lake is unchanged. The deliveries in `work` are updated with their final status.
    Raises IngestError where rows cannot be accounted for.
    """
    night_files = NightFiles(work)
    arrivals = read_arrivals(night_files)
    progress = _Progress()
    with transaction(connection):
        intake_tables.ensure(connection)
        history = intake_tables.slice_history(connection, night)
        is_rerun = any(slice_history.latest == night for feed in history.values() for slice_history in feed.values())
        connection.execute("CREATE OR REPLACE TEMP TABLE changed_key (feed VARCHAR, _key VARCHAR)")
        for feed in register.feeds:
            if (files := night_files.feed(feed.table)).deliveries.exists():
                held = {hold.slice: hold.reason for hold in holds if hold.feed == feed.id}
                _commit_feed(connection, feed, night, files, held, history.get(feed.id, {}), progress)
        for feed in register.feeds:
            if feed.deletes_from is not None and progress.deliveries.get(feed.table):
                _apply_deletions(connection, register, feed, night, night_files.feed(feed.table), progress)
        if progress.files:
            problem_history.apply(
                connection,
                night,
                progress.files,
                replaced=progress.replaced,
                changed=progress.changed,
                corrected=progress.corrected,
                held=progress.held,
                is_rerun=is_rerun,
            )
        unchanged, unchanged_states = unread_files.unchanged_deliveries(connection, arrivals)
        progress.states = _merge_states(progress.states, unchanged_states)
        for delivery in [*unchanged, *unread_files.outdated_deliveries(arrivals)]:
            progress.deliveries.setdefault(delivery.feed.replace("/", "__"), []).append(delivery)
        progress.deliveries[UNPLACED] = unread_files.unplaced_deliveries(arrivals)
        intake_records.write_states(connection, night, progress.states)
        deliveries = [d for deliveries_of_folder in progress.deliveries.values() for d in deliveries_of_folder]
        intake_records.write_deliveries(connection, night, arrivals, deliveries)
    for folder, deliveries_of_folder in progress.deliveries.items():
        if deliveries_of_folder:
            write_deliveries(night_files.feed(folder), deliveries_of_folder)


def _commit_feed(
    connection: duckdb.DuckDBPyConnection,
    feed: Feed,
    night: date,
    files: FeedFiles,
    held: Mapping[str, str],
    history: Mapping[str, SliceHistory],
    progress: _Progress,
) -> None:
    """Apply the files of a feed; whole slices first, then changes by key."""
    deliveries = [d for d in read_deliveries(files) if d.status != "unchanged"]
    progress.deliveries[feed.table] = deliveries
    loaded = [d for d in deliveries if d.status == "loaded"]
    raw = RawTable(connection, feed, night)
    raw.ensure()
    if loaded:
        plan = slice_plan.plan(connection, feed, files, loaded, held, history)
        unchanged_rows = raw.count_unchanged(free) if feed.accumulates and (free := plan.unheld(plan.changes)) else {}
        changed_rows = _apply(raw, night, plan)
        for delivery in loaded:
            row_account.skip(delivery, "unchanged_row", unchanged_rows.get(delivery.delivery_id, 0))
        _mark_held(connection, loaded, held)
        progress.states += plan.states(changed_rows)
        progress.files.append(files.problems)
        progress.replaced |= {(feed.id, part) for part in plan.replaced}
        progress.changed |= {(feed.id, part) for part in plan.unheld(plan.changes)}
        progress.held |= {(feed.id, part) for part in held}
        if path_ids := {d.path_id for d in loaded if d.status == "loaded" and d.mode in BY_KEY}:
            progress.corrected |= {(feed.id, path_id) for path_id in raw.corrected_paths(path_ids)}
    applied_slices = {state.slice for state in progress.states if state.feed == feed.id}
    progress.states += [
        SliceState(
            feed.id,
            d.scope,
            "refused",
            None,
            history[d.scope].rows if d.scope in history else None,
            (d.delivery_id,),
            d.reason,
        )
        for d in deliveries
        if d.status == "refused" and d.scope is not None and d.scope not in applied_slices
    ]


def _apply(raw: RawTable, night: date, plan: Plan) -> dict[str, int]:
    """Apply a plan to the raw table; the row counts of slices that were changed by key."""
    is_rerun = any(slice_history.latest == night for slice_history in plan.history.values())
    new_slices = plan.unheld(plan.replacements, in_lake=False)
    known_slices = plan.unheld(plan.replacements, in_lake=True)
    if new_slices:
        raw.add(new_slices, slice_plan.delivery_ids(plan.replacements))
    if known_slices:
        raw.replace(known_slices, slice_plan.delivery_ids(plan.replacements), is_rerun=is_rerun)
    changed_slices = plan.unheld(plan.changes)
    if not changed_slices:
        return {}
    raw.change(changed_slices, slice_plan.delivery_ids(plan.changes), is_rerun=is_rerun)
    return raw.rows(changed_slices)


def _apply_deletions(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    feed: Feed,
    night: date,
    files: FeedFiles,
    progress: _Progress,
) -> None:
    """Apply a feed's deletions to its target feed, after the target's own files of the night."""
    target = register.feed(feed.deletes_from or "")
    applied = [d.delivery_id for d in progress.deliveries[feed.table] if d.status == "loaded"]
    if not applied:
        return
    RawTable(connection, target, night).ensure()
    progress.files.append(deletions.write_unknown_keys(connection, register, feed, target, files, night, applied))
    held = [part for name, part in progress.held if name == feed.id]
    rows_left = RawTable(connection, target, night).delete_keys(deletions.keys_to_delete(files, applied, held))
    applied_slices = {(s.feed, s.slice): s for s in progress.states}
    history = intake_tables.slice_history(connection, night).get(target.id, {})
    progress.states = [
        replace(s, rows=rows_left[s.slice])
        if s.feed == target.id and s.slice in rows_left and s.status == "loaded"
        else s
        for s in progress.states
    ]
    progress.states += [
        SliceState(target.id, part, "unchanged", rows, history[part].rows if part in history else None, ())
        for part, rows in rows_left.items()
        if (target.id, part) not in applied_slices
    ]


def _merge_states(applied: Sequence[SliceState], unchanged: Sequence[SliceState]) -> list[SliceState]:
    """All slice states; where a slice is in both, the applied state counts, with the deliveries of both."""
    deliveries_of_unchanged = {(s.feed, s.slice): s.deliveries for s in unchanged}
    merged = [
        replace(s, deliveries=(*deliveries_of_unchanged[s.feed, s.slice], *s.deliveries))
        if (s.feed, s.slice) in deliveries_of_unchanged
        else s
        for s in applied
    ]
    return merged + [s for s in unchanged if (s.feed, s.slice) not in {(d.feed, d.slice) for d in applied}]


def _mark_held(connection: duckdb.DuckDBPyConnection, loaded: Sequence[Delivery], held: Mapping[str, str]) -> None:
    """Count the held rows of each delivery; a delivery without loaded rows is held itself."""
    rows: dict[str, int] = {}
    if held:
        is_held = f"_slice IN ({sql.texts(held)})"
        counts = connection.execute(f"SELECT _delivery_id, count(*) FROM accepted WHERE {is_held} GROUP BY ALL")
        rows = dict(counts.fetchall())
    for delivery in loaded:
        row_account.hold(delivery, rows.get(delivery.delivery_id, 0))
        if held and delivery.mode == "delete":
            row_account.hold_skipped(delivery, "deleted")
        own_slice = delivery.scope if delivery.scope is not None else _WHOLE_FEED
        own_reason = held.get(own_slice) if delivery.scope is not None or not delivery.rows_loaded else None
        if own_reason is not None or (delivery.rows_held and not delivery.rows_loaded):
            delivery.status = "held"
            delivery.say(own_reason or next(iter(held.values())))
        elif delivery.rows_held:
            delivery.say(f"{delivery.rows_held} rows are on hold with their slices.")
