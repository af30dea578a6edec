"""The records of a night in `lake.intake`: arrivals, deliveries, and the state of each slice.

Lives here: writing them, also for files whose bytes the lake holds already.
Add here: a column of these records (its type in `intake`).
Stays out: raw rows and problems.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from ingest import sql
from ingest.records import Arrival, Delivery, Status
from registry.model import Feed


@dataclass(frozen=True)
class SliceState:
    """What became of a slice on a night. `deliveries` are all that speak for it; the last one is named."""

    slice: str
    status: Status
    rows: int | None
    rows_before: int | None
    deliveries: tuple[str, ...]
    reason: str | None = None


def write_deliveries(
    connection: duckdb.DuckDBPyConnection, night: date, arrivals: Sequence[Arrival], deliveries: Sequence[Delivery]
) -> None:
    """Enter arrivals and deliveries; those of an earlier run of the night are replaced."""
    wanted = {d.arrival_id for d in deliveries}
    came = list({a.arrival_id: a for a in arrivals if a.arrival_id in wanted}.values())
    _write(connection, "arrival", "arrival_id", {
        "arrival_id": [a.arrival_id for a in came], "night": [night] * len(came), "source": [a.source for a in came],
        "feed": [a.feed for a in came], "path": [a.path for a in came], "sha256": [a.sha256 for a in came],
        "bytes": [a.bytes for a in came],
    })
    columns: dict[str, list[object]] = {
        name: [getattr(d, name) for d in deliveries]
        for name in ("delivery_id", "arrival_id", "source", "feed", "file_name", "member", "file_sha256", "rows_read",
                     "rows_loaded", "rows_quarantined", "rows_held", "rows_skipped", "status", "reason")
    }
    columns["night"] = [night] * len(deliveries)
    columns["skipped"] = [None if d.skipped is None else list(d.skipped.items()) for d in deliveries]
    _write(connection, "delivery", "arrival_id", columns)


def write_states(
    connection: duckdb.DuckDBPyConnection, feed: Feed, night: date, states: Sequence[SliceState]
) -> None:
    """Enter the state of a feed's slices.

    An earlier run's of the night is replaced, and with it what the slice was made of; but where that run has loaded
    the slice, a later file that is held or refused does not undo it.
    """
    tonight = f"night = DATE {sql.text(night.isoformat())} AND feed = {sql.text(feed.id)}"
    loaded = connection.execute(
        f"SELECT slice FROM lake.intake.slice_state WHERE {tonight} AND status IN ('loaded', 'unchanged')"
    ).fetchall()
    states = [s for s in states if s.status in ("loaded", "unchanged") or (s.slice,) not in loaded]
    if not states:
        return
    told = f"{tonight} AND slice IN ({sql.texts(s.slice for s in states)})"
    connection.execute(f"DELETE FROM lake.intake.slice_state WHERE {told}")
    _write(connection, "slice_state", None, {
        "night": [night] * len(states), "feed": [feed.id] * len(states), "slice": [s.slice for s in states],
        "delivery_id": [s.deliveries[-1] if s.deliveries else None for s in states],
        "status": [s.status for s in states], "rows": [s.rows for s in states],
        "rows_before": [s.rows_before for s in states], "reason": [s.reason for s in states],
    })
    parts = [(s.slice, d) for s in states if s.status in ("loaded", "unchanged") for d in s.deliveries]
    connection.execute(f"DELETE FROM lake.intake.slice_part WHERE {told}")
    _write(connection, "slice_part", None, {
        "night": [night] * len(parts), "feed": [feed.id] * len(parts), "slice": [part for part, _ in parts],
        "delivery_id": [delivery for _, delivery in parts],
    })


def unchanged(
    connection: duckdb.DuckDBPyConnection, feed: Feed, arrivals: Sequence[Arrival]
) -> tuple[list[Delivery], list[SliceState]]:
    """Deliveries and slices of files whose bytes the lake holds: their members and slices are those of before."""
    deliveries: list[Delivery] = []
    slices: dict[str, list[str]] = {}
    for arrival in arrivals:
        found = connection.execute("""
            SELECT DISTINCT d.member, p.slice
            FROM lake.intake.delivery d LEFT JOIN lake.intake.slice_part p USING (delivery_id)
            WHERE d.feed = ? AND d.file_sha256 = ? AND d.status IN ('loaded', 'unchanged')
            QUALIFY d.night = max(d.night) OVER () ORDER BY ALL""", [feed.id, arrival.sha256]).fetchall()
        members = {member: Delivery.of(arrival, member, status="unchanged") for member, _ in found}
        deliveries += members.values()
        for member, part in found:
            if part is not None:
                slices.setdefault(part, []).append(members[member].delivery_id)
    rows = _rows(connection, feed)
    return deliveries, [
        SliceState(part, "unchanged", rows.get(part), rows.get(part), tuple(ids)) for part, ids in sorted(slices.items())
    ]


def _rows(connection: duckdb.DuckDBPyConnection, feed: Feed) -> dict[str, int]:
    return dict(connection.execute(
        "SELECT slice, arg_max(rows, night) FROM lake.intake.slice_state "
        "WHERE feed = ? AND status IN ('loaded', 'unchanged') GROUP BY slice", [feed.id],
    ).fetchall())


_TYPES = {
    "night": pa.date32(), "bytes": pa.int64(), "rows": pa.int64(), "rows_before": pa.int64(), "rows_read": pa.int64(),
    "rows_loaded": pa.int64(), "rows_quarantined": pa.int64(), "rows_held": pa.int64(), "rows_skipped": pa.int64(),
    "skipped": pa.map_(pa.string(), pa.int64()),
}


def _write(
    connection: duckdb.DuckDBPyConnection, table: str, replaced: str | None, columns: dict[str, list[object]]
) -> None:
    """Insert rows given as columns; rows that have one of their values in column `replaced` go first."""
    told = pa.table({name: pa.array(values, _TYPES.get(name, pa.string())) for name, values in columns.items()})
    if not told.num_rows:
        return
    connection.register("arrow_rows", told)
    if replaced:
        connection.execute(
            f"DELETE FROM lake.intake.{table} WHERE {replaced} IN (SELECT {replaced} FROM arrow_rows)"
        )
    connection.execute(f"INSERT INTO lake.intake.{table} BY NAME FROM arrow_rows")
    connection.unregister("arrow_rows")
