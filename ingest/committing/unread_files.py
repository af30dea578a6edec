"""Deliveries of files that were not read: nobody's, and those whose bytes the lake holds.

Lives here: what they are entered as.
Add here: another reason not to read a file.
Stays out: deciding it (`inbox`, `unchanged_files`).
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from ingest import row_account
from ingest.committing.intake_records import SliceState
from ingest.deliveries import Arrival, Delivery


def unplaced(arrivals: Sequence[Arrival]) -> list[Delivery]:
    """Deliveries of what no feed takes: refused files, and the manifests of zips."""
    found = []
    for arrival in arrivals:
        if arrival.feed:
            continue
        if arrival.refusal is not None:
            where = f"{arrival.path} ({arrival.member})" if arrival.member else arrival.path
            found.append(Delivery.refused(arrival, arrival.member, f"{where} {arrival.refusal}"))
        else:
            delivery = Delivery.of(arrival, arrival.member, rows_read=sum(arrival.skipped.values()))
            row_account.settle(delivery, 0, 0, arrival.skipped)
            found.append(delivery)
    return found


def unchanged(
    connection: duckdb.DuckDBPyConnection, arrivals: Sequence[Arrival]
) -> tuple[list[Delivery], list[SliceState]]:
    """Deliveries and slices of the arrivals whose bytes the lake holds, by what those bytes were before."""
    arrivals = [a for a in arrivals if a.unchanged]
    if not arrivals:
        return [], []
    found = connection.execute("""
        SELECT DISTINCT d.feed, d.file_sha256, d.file_name, d.member, p.slice
        FROM lake.intake.delivery d LEFT JOIN lake.intake.slice_part p USING (delivery_id)
        WHERE d.status IN ('loaded', 'unchanged')
        QUALIFY d.night = max(d.night) OVER (PARTITION BY d.feed, d.file_sha256, d.file_name)
        ORDER BY ALL""").fetchall()
    members: dict[tuple[str, str, str | None], dict[str, list[str]]] = {}
    for feed, sha256, path, member, part in found:
        named = members.setdefault((feed, sha256, path), {}).setdefault(member, [])
        named += [part] if part is not None else []
    deliveries: list[Delivery] = []
    slices: dict[tuple[str, str], list[str]] = {}
    for arrival in arrivals:
        for member, parts in members.get((arrival.feed, arrival.sha256, arrival.same_as), {}).items():
            delivery = Delivery.of(arrival, member, status="unchanged")
            deliveries.append(delivery)
            for part in parts:
                slices.setdefault((arrival.feed, part), []).append(delivery.delivery_id)
    rows = _rows(connection)
    states = [
        SliceState(*key, "unchanged", rows.get(key), rows.get(key), tuple(told)) for key, told in sorted(slices.items())
    ]
    return deliveries, states


def _rows(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    """Rows of each slice as it stands."""
    found = connection.execute(
        "SELECT feed, slice, arg_max(rows, night) FROM lake.intake.slice_state "
        "WHERE status IN ('loaded', 'unchanged') GROUP BY ALL"
    ).fetchall()
    return {(feed, part): rows for feed, part, rows in found}
