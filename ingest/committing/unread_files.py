"""Deliveries of files that were not read: those of no feed, unchanged ones, and outdated ones.

Stays out: deciding which files are read (`ingest.finding`).
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from common.delivered_text import delivered
from ingest import row_account
from ingest.committing.intake_records import SliceState
from ingest.committing.intake_tables import IS_OUTDATED
from ingest.deliveries import Arrival, Delivery


def unplaced_deliveries(arrivals: Sequence[Arrival]) -> list[Delivery]:
    """Deliveries of files of no feed: refused ones, and manifests."""
    deliveries = []
    for arrival in arrivals:
        if arrival.feed:
            continue
        if arrival.refusal is not None:
            where = f"{arrival.path} ({arrival.member})" if arrival.member else arrival.path
            reason = f"{delivered(where, 'The file')} {arrival.refusal}"
            deliveries.append(Delivery.refused(arrival, arrival.member, reason))
        else:
            delivery = Delivery.of(arrival, arrival.member, rows_read=sum(arrival.skipped.values()))
            row_account.settle(delivery, 0, 0, arrival.skipped)
            deliveries.append(delivery)
    return deliveries


def outdated_deliveries(arrivals: Sequence[Arrival]) -> list[Delivery]:
    """Deliveries of older exports of lists of which a newer one came as well."""
    return [Delivery.outdated(arrival) for arrival in arrivals if arrival.newer is not None]


def unchanged_deliveries(
    connection: duckdb.DuckDBPyConnection, arrivals: Sequence[Arrival]
) -> tuple[list[Delivery], list[SliceState]]:
    """Deliveries and slice states of unchanged arrivals, as when their bytes were first loaded."""
    arrivals = [a for a in arrivals if a.unchanged]
    if not arrivals:
        return [], []
    slices_of_files = connection.execute(f"""
        SELECT DISTINCT d.feed, d.file_sha256, d.file_name, d.member, p.slice
        FROM lake.intake.delivery d LEFT JOIN lake.intake.slice_part p USING (delivery_id)
        WHERE d.status IN ('loaded', 'unchanged')
            AND d.delivery_id NOT IN (SELECT delivery_id FROM lake.intake.delivery WHERE {IS_OUTDATED})
        QUALIFY d.night = max(d.night) OVER (PARTITION BY d.feed, d.file_sha256, d.file_name)
        ORDER BY ALL""").fetchall()
    members: dict[tuple[str, str, str | None], dict[str, list[str]]] = {}
    for feed, sha256, path, member, part in slices_of_files:
        slices_of_member = members.setdefault((feed, sha256, path), {}).setdefault(member, [])
        slices_of_member += [part] if part is not None else []
    deliveries: list[Delivery] = []
    slices: dict[tuple[str, str], list[str]] = {}
    for arrival in arrivals:
        for member, slices_of_member in members.get((arrival.feed, arrival.sha256, arrival.same_as), {}).items():
            delivery = Delivery.of(arrival, member, status="unchanged")
            deliveries.append(delivery)
            for part in slices_of_member:
                slices.setdefault((arrival.feed, part), []).append(delivery.delivery_id)
    rows = _current_rows(connection)
    states = [
        SliceState(*key, "unchanged", rows.get(key), rows.get(key), tuple(delivery_ids))
        for key, delivery_ids in sorted(slices.items())
    ]
    return deliveries, states


def unchanged_slices(connection: duckdb.DuckDBPyConnection, arrivals: Sequence[Arrival]) -> frozenset[tuple[str, str]]:
    """The feed and slice of each slice that unchanged arrivals bring again. The lake is only read."""
    return frozenset((state.feed, state.slice) for state in unchanged_deliveries(connection, arrivals)[1])


def _current_rows(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    """Current row count of each slice."""
    rows_of_slices = connection.execute(
        "SELECT feed, slice, arg_max(rows, night) FROM lake.intake.slice_state "
        "WHERE status IN ('loaded', 'unchanged') GROUP BY ALL"
    ).fetchall()
    return {(feed, part): rows for feed, part, rows in rows_of_slices}
