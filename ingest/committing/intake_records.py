"""Writing a night's records to `lake.intake`: arrivals, deliveries, and the state of each slice.

Add here: a column of these records (its type in `ingest.committing.intake_tables`).
Stays out: raw rows and problems.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from common.delivered_text import in_full
from ingest import sql
from ingest.committing import intake_tables
from ingest.deliveries import Arrival, Delivery, Status

_CURRENT_STATUSES = ("loaded", "unchanged")
_SAME_ARRIVAL = "arrival_id IN (SELECT arrival_id FROM arrow_rows)"


@dataclass(frozen=True)
class SliceState:
    """The state of a slice on a night. `deliveries`: all that make it up; the last is recorded as its delivery."""

    feed: str
    slice: str
    status: Status
    rows: int | None
    rows_before: int | None
    deliveries: tuple[str, ...]
    reason: str | None = None
    filled: Mapping[str, int] | None = None  # rows and values by column, of a slice that was loaded as a whole


def write_deliveries(
    connection: duckdb.DuckDBPyConnection,
    night: date,
    arrivals: Sequence[Arrival],
    deliveries: Sequence[Delivery],
) -> None:
    """Write arrivals and deliveries; those of an earlier run of the night are replaced."""
    arrival_ids = {d.arrival_id for d in deliveries}
    delivered = list({a.arrival_id: a for a in arrivals if a.arrival_id in arrival_ids}.values())
    _write(
        connection,
        "arrival",
        _SAME_ARRIVAL,
        {
            "arrival_id": [a.arrival_id for a in delivered],
            "night": [night] * len(delivered),
            "source": [a.source for a in delivered],
            "feed": [a.feed for a in delivered],
            "path": [a.path for a in delivered],
            "sha256": [a.sha256 for a in delivered],
            "bytes": [a.bytes for a in delivered],
        },
    )
    columns: dict[str, list[object]] = {
        name: [getattr(d, name) for d in deliveries]
        for name in (
            "delivery_id",
            "arrival_id",
            "source",
            "feed",
            "file_name",
            "member",
            "file_sha256",
            "rows_read",
            "rows_loaded",
            "rows_quarantined",
            "rows_held",
            "rows_skipped",
            "status",
            "reason",
            "reason_for_all",
            "layout",
            *intake_tables.VALUES,
        )
    }
    columns["night"] = [night] * len(deliveries)
    columns["skipped"] = [None if d.skipped is None else list(d.skipped.items()) for d in deliveries]
    _write(connection, "delivery", _SAME_ARRIVAL, columns)


def write_states(connection: duckdb.DuckDBPyConnection, night: date, states: Sequence[SliceState]) -> None:
    """Write the states of slices.

    States of an earlier run of the night are replaced, with the parts of the slice; but where that run has loaded the
    slice, a later file that is held or refused does not undo it.
    """
    is_tonight = f"night = DATE {sql.text(night.isoformat())}"
    loaded = set(
        connection.execute(
            f"SELECT feed, slice FROM lake.intake.slice_state "
            f"WHERE {is_tonight} AND status IN ({sql.texts(_CURRENT_STATUSES)})"
        ).fetchall()
    )
    states = [s for s in states if s.status in _CURRENT_STATUSES or (s.feed, s.slice) not in loaded]
    _write(
        connection,
        "slice_state",
        f"{is_tonight} AND (feed, slice) IN (SELECT (feed, slice) FROM arrow_rows)",
        {
            "night": [night] * len(states),
            "feed": [s.feed for s in states],
            "slice": [s.slice for s in states],
            "delivery_id": [s.deliveries[-1] if s.deliveries else None for s in states],
            "status": [s.status for s in states],
            "rows": [s.rows for s in states],
            "rows_before": [s.rows_before for s in states],
            "reason": [s.reason and in_full(s.reason) for s in states],
            "filled": [None if s.filled is None else list(s.filled.items()) for s in states],
        },
    )
    parts = [(s.feed, s.slice, d) for s in states if s.status in _CURRENT_STATUSES for d in s.deliveries]
    _write(
        connection,
        "slice_part",
        f"{is_tonight} AND (feed, slice) IN (SELECT (feed, slice) FROM arrow_rows)",
        {
            "night": [night] * len(parts),
            "feed": [feed for feed, _, _ in parts],
            "slice": [part for _, part, _ in parts],
            "delivery_id": [delivery for _, _, delivery in parts],
        },
    )


_ARROW_TYPES = {
    "night": pa.date32(),
    "bytes": pa.int64(),
    "rows": pa.int64(),
    "rows_before": pa.int64(),
    "rows_read": pa.int64(),
    "rows_loaded": pa.int64(),
    "rows_quarantined": pa.int64(),
    "rows_held": pa.int64(),
    "rows_skipped": pa.int64(),
    "skipped": pa.map_(pa.string(), pa.int64()),
    "filled": pa.map_(pa.string(), pa.int64()),
    **dict.fromkeys(intake_tables.VALUES, pa.int64()),
}


def _write(connection: duckdb.DuckDBPyConnection, table: str, condition: str, columns: dict[str, list[object]]) -> None:
    """Insert rows given as columns (`arrow_rows`), after deleting the rows of the table that meet `condition`."""
    rows = pa.table({name: pa.array(values, _ARROW_TYPES.get(name, pa.string())) for name, values in columns.items()})
    if not rows.num_rows:
        return
    connection.register("arrow_rows", rows)
    if connection.execute(f"SELECT 1 FROM lake.intake.{table} WHERE {condition} LIMIT 1").fetchone():
        connection.execute(f"DELETE FROM lake.intake.{table} WHERE {condition}")
    connection.execute(f"INSERT INTO lake.intake.{table} BY NAME FROM arrow_rows")
    connection.unregister("arrow_rows")
