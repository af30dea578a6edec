"""What tonight's files bring of each slice of a feed: rows by outcome, values by column, and the files themselves.

Stays out: judging it (`ingest.guarding.guard`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from common.night_files import FeedFiles
from ingest import sql
from ingest.contract import value_account
from ingest.contract.repeated_keys import key_of
from ingest.deliveries import BY_KEY, Delivery
from ingest.reading.read_feed import read_deliveries
from registry.model import Feed


@dataclass
class SliceCounts:
    """Counts of a feed's files of a night, by slice. `replaces_all`: some file covers every slice, also those it does
    not name.
    """

    accepted: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    repeated: Counter[str] = field(default_factory=Counter)  # of the quarantined rows, those whose key another file has
    deliveries: dict[str, dict[str, Delivery]] = field(default_factory=lambda: defaultdict(dict))  # by slice and id
    deleted: Counter[str] = field(default_factory=Counter)
    filled: Mapping[str, Counter[str]] = field(default_factory=dict)  # values by slice and column
    changed: set[str] = field(default_factory=set)  # slices that are changed by key
    scopes: set[str] = field(default_factory=set)
    whole: list[Delivery] = field(default_factory=list)  # those that cover every slice

    @property
    def replaces_all(self) -> bool:
        """Whether some file covers every slice."""
        return bool(self.whole)

    def files(self, part: str) -> list[str]:
        """Names of the files with rows of a slice."""
        return sorted({delivery.file_name for delivery in self.deliveries[part].values()})

    def brought_by(self, part: str) -> list[Delivery]:
        """The deliveries that speak of a slice, with rows of it or without."""
        return [*self.deliveries[part].values(), *self.whole]


def slice_counts(connection: duckdb.DuckDBPyConnection, feed: Feed, files: FeedFiles) -> SliceCounts:
    """Count what a feed's files bring, by slice."""
    deliveries = {d.delivery_id: d for d in read_deliveries(files) if d.status == "loaded"}
    counts = SliceCounts(filled=value_account.filled(files))
    for part, delivery, rows in _row_counts(connection, files.accepted):
        if deliveries[delivery].mode in BY_KEY:
            counts.changed.add(part)
        counts.accepted[part] += rows
        counts.deliveries[part][delivery] = deliveries[delivery]
    quarantined = connection.execute(
        "SELECT slice, delivery_id, count(DISTINCT row_number) "
        "FROM read_parquet(?) WHERE severity = 'row' GROUP BY ALL",
        [str(files.problems)],
    ).fetchall()
    for part, delivery, rows in quarantined:
        counts.quarantined[part] += rows
        if delivery in deliveries:
            counts.deliveries[part][delivery] = deliveries[delivery]
    if any(len(counts.files(part)) > 1 and is_spike(feed, counts, part) for part in [*counts.quarantined]):
        counts.repeated.update(_repeated_across_files(connection, feed, files))
    for part, delivery, rows in _row_counts(connection, files.deleted):
        if deliveries[delivery].mode in BY_KEY:
            counts.changed.add(part)
            counts.deleted[part] += rows
            counts.deliveries[part][delivery] = deliveries[delivery]
    for scoped in (d for d in deliveries.values() if d.scope is not None):
        counts.scopes.add(scoped.scope or "")
        counts.deliveries[scoped.scope or ""][scoped.delivery_id] = scoped
    counts.whole = [d for d in deliveries.values() if d.replaces_all]
    return counts


def is_spike(feed: Feed, counts: SliceCounts, part: str) -> bool:
    """Whether too many rows of a slice were quarantined."""
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


def _row_counts(connection: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[str, str, int]]:
    return connection.execute(
        f"SELECT _slice, _delivery_id, count(*) FROM read_parquet({sql.text(path)}) GROUP BY ALL"
    ).fetchall()
