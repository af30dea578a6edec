"""What tonight's files bring of each slice of a feed: rows by outcome, values by column, and the files themselves.

Stays out: judging it (`ingest.guarding.guard`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from common.night_files import FeedFiles
from ingest import sql
from ingest.contract import value_account
from ingest.deliveries import BY_KEY, Delivery


@dataclass
class SliceCounts:
    """Counts of a feed's files of a night, by slice. `replaces_all`: some file covers every slice, also those it does
    not name.
    """

    accepted: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    several_lists: dict[str, str] = field(default_factory=dict)  # what is said of slices of which several lists came
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

    def brought_by(self, part: str) -> list[Delivery]:
        """The deliveries that speak of a slice, with rows of it or without."""
        return [*self.deliveries[part].values(), *self.whole]


def slice_counts(connection: duckdb.DuckDBPyConnection, files: FeedFiles, delivered: Iterable[Delivery]) -> SliceCounts:
    """Count what a feed's files bring, by slice."""
    deliveries = {d.delivery_id: d for d in delivered if d.status == "loaded"}
    counts = SliceCounts(filled=value_account.filled(files))
    for part, delivery, rows in _row_counts(connection, files.accepted):
        if deliveries[delivery].mode in BY_KEY:
            counts.changed.add(part)
        counts.accepted[part] += rows
        if (said := deliveries[delivery].several_lists) is not None:
            counts.several_lists[part] = said
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


def _row_counts(connection: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[str, str, int]]:
    return connection.execute(
        f"SELECT _slice, _delivery_id, count(*) FROM read_parquet({sql.text(path)}) GROUP BY ALL"
    ).fetchall()
