"""Committing a night: raw rows, problems and what arrived, in one transaction.

Lives here: which slices are applied and how, and the records of deliveries and slices.
Add here: another record of a night.
Stays out: applying rows (`raw_rows`) and problems (`problems`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from ingest import accounting, intake, intake_rows, problems, sql
from ingest.contract import outputs
from ingest.feeds import DELIVERIES, accepted, read_deliveries, write_deliveries
from ingest.guard import speaks_for_all
from ingest.intake_rows import SliceState
from ingest.raw_rows import RawTable
from ingest.records import Arrival, Delivery, Hold
from registry.model import Feed, Register

UNPLACED = "unplaced"                   # folder of the deliveries that no feed has


@dataclass
class _Night:
    """What a night does to the slices of one feed: for each slice its deliveries, whole ones and changes apart."""

    whole: dict[str, list[Delivery]] = field(default_factory=lambda: defaultdict(list))
    changes: dict[str, list[Delivery]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def deliveries(self, part: str) -> tuple[str, ...]:
        """All deliveries that speak for a slice."""
        return tuple(d.delivery_id for d in [*self.whole.get(part, ()), *self.changes.get(part, ())])


def commit(
    connection: duckdb.DuckDBPyConnection, register: Register, night: date, work: Path, holds: Sequence[Hold]
) -> None:
    """Bring what reading left in `work` into the lake, but for the held slices.

    Everything or nothing: on an error the lake is as it was. The deliveries in `work` then say what became of them.
    Raises IngestError where rows cannot be accounted for.
    """
    arrivals = _arrivals(work)
    settled: dict[str, list[Delivery]] = {}
    connection.execute("BEGIN")
    try:
        intake.ensure(connection)
        for feed in register.feeds:
            if (work / feed.table / DELIVERIES).exists():
                held = {hold.slice: hold.reason for hold in holds if hold.feed == feed.id}
                settled[feed.table] = _commit_feed(connection, feed, night, work / feed.table, held, arrivals)
        settled[UNPLACED] = _unplaced(arrivals)
        deliveries = [d for found in settled.values() for d in found]
        intake_rows.write_deliveries(connection, night, arrivals, deliveries)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    for folder, found in settled.items():
        if found:
            write_deliveries(work / folder, found)


def _commit_feed(
    connection: duckdb.DuckDBPyConnection, feed: Feed, night: date, folder: Path, held: Mapping[str, str],
    arrivals: Sequence[Arrival],
) -> list[Delivery]:
    """Apply one feed; its deliveries as they ended."""
    deliveries = read_deliveries(folder)
    unchanged = {d.arrival_id for d in deliveries if d.status == "unchanged"}
    deliveries = [d for d in deliveries if d.status != "unchanged"]
    connection.execute(f"CREATE OR REPLACE TEMP VIEW accepted AS FROM read_parquet({sql.text(accepted(folder))})")
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW deleted AS FROM read_parquet({sql.text(folder / outputs.DELETED)})"
    )
    before = intake.rows_before(connection, feed.id, night)
    plan = _plan(connection, feed, deliveries, before)
    states = _apply(connection, feed, night, folder, plan, held, before)
    _hold(connection, deliveries, held)
    states += _refused(deliveries, states, before)
    same, kept = intake_rows.unchanged(connection, feed, [a for a in arrivals if a.arrival_id in unchanged])
    intake_rows.write_states(connection, feed, night, [*states, *kept])
    return [*deliveries, *same]


def _plan(
    connection: duckdb.DuckDBPyConnection, feed: Feed, deliveries: Sequence[Delivery], before: Mapping[str, int]
) -> _Night:
    """Which slices each delivery speaks for."""
    plan = _Night()
    read = {d.delivery_id: d for d in deliveries if d.status == "loaded"}
    named: dict[str, set[str]] = defaultdict(set)
    for relation in ("accepted", "deleted"):
        for part, delivery, rows in connection.execute(
            f"SELECT _slice, _delivery_id, count(*) FROM {relation} GROUP BY ALL"
        ).fetchall():
            named[delivery].add(part)
            plan.rows[part] += rows if relation == "accepted" else 0
    for delivery_id, delivery in read.items():
        slices = set(named[delivery_id])
        if delivery.scope is not None:
            slices.add(delivery.scope)
        elif speaks_for_all(feed, delivery):
            slices |= {*before} if feed.slice.column else {""}
        for part in sorted(slices):
            (plan.changes if delivery.mode == "delta" else plan.whole)[part].append(delivery)
    return plan


def _apply(
    connection: duckdb.DuckDBPyConnection, feed: Feed, night: date, folder: Path, plan: _Night,
    held: Mapping[str, str], before: Mapping[str, int],
) -> list[SliceState]:
    """Apply the slices that are not held: whole ones first, then changes."""
    latest = intake.latest_night(connection, feed.id)
    again = night in latest.values()
    raw = RawTable(connection, feed, night)
    raw.ensure()
    connection.execute("CREATE OR REPLACE TEMP TABLE changed_key (_key VARCHAR)")
    whole = {part: found for part, found in plan.whole.items() if part not in held}
    changes = {part: found for part, found in plan.changes.items() if part not in held}
    fresh = [part for part in whole if part not in latest]
    known = [part for part in whole if part in latest]
    if fresh:
        raw.add(fresh, _ids(whole))
    if known:
        raw.replace(known, _ids(whole), again=again)
    if changes:
        raw.change(list(changes), _ids(changes), again=again)
    lost = {""} if any(speaks_for_all(feed, d) for found in plan.whole.values() for d in found) else set()
    problems.apply(connection, feed, night, folder, replaced={*whole, *lost}, changed=[*changes], again=again)
    rows = {**plan.rows, **(raw.rows(list(changes)) if changes else {})}
    return [
        SliceState(
            part, "held" if part in held else "loaded", rows.get(part, 0), before.get(part), plan.deliveries(part),
            held.get(part),
        )
        for part in {**plan.whole, **plan.changes, **held}
    ]


def _hold(connection: duckdb.DuckDBPyConnection, deliveries: Sequence[Delivery], held: Mapping[str, str]) -> None:
    """Count the held rows of each delivery; one of which nothing else was loaded is held itself."""
    rows: dict[str, int] = {}
    if held:
        rows = dict(connection.execute(
            f"SELECT _delivery_id, count(*) FROM accepted WHERE _slice IN ({sql.texts(held)}) GROUP BY ALL"
        ).fetchall())
    for delivery in deliveries:
        if delivery.status != "loaded":
            continue
        accounting.hold(delivery, rows.get(delivery.delivery_id, 0))
        own = held.get(delivery.scope) if delivery.scope is not None else None
        if own is not None or (delivery.rows_held and not delivery.rows_loaded):
            delivery.status, delivery.reason = "held", own or next(iter(held.values()))
        elif delivery.rows_held:
            delivery.reason = f"{delivery.rows_held} rows of held slices wait."


def _refused(
    deliveries: Sequence[Delivery], states: Sequence[SliceState], before: Mapping[str, int]
) -> list[SliceState]:
    """Slices whose only file of the night was refused."""
    told = {state.slice for state in states}
    found = {
        d.scope: SliceState(d.scope, "refused", None, before.get(d.scope), (d.delivery_id,), d.reason)
        for d in deliveries if d.status == "refused" and d.scope is not None and d.scope not in told
    }
    return list(found.values())


def _arrivals(work: Path) -> list[Arrival]:
    path = work / "arrivals.json"
    return [Arrival(**found) for found in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def _unplaced(arrivals: Sequence[Arrival]) -> list[Delivery]:
    """Deliveries of what no feed takes: refused files, and the manifests of zips."""
    found = []
    for arrival in arrivals:
        if arrival.feed:
            continue
        if arrival.refusal is not None:
            where = f"{arrival.path} ({arrival.member})" if arrival.member else arrival.path
            found.append(Delivery.refused(arrival, arrival.member, f"{where} {arrival.refusal}"))
        else:
            rows = sum(arrival.skipped.values())
            delivery = Delivery.of(arrival, arrival.member, rows_read=rows)
            accounting.settle(delivery, 0, 0, arrival.skipped)
            found.append(delivery)
    return found


def _ids(slices: Mapping[str, Sequence[Delivery]]) -> set[str]:
    return {d.delivery_id for found in slices.values() for d in found}
