"""The plan of a feed's night: which deliveries replace or change which slices, and which slices are held.

Stays out: applying it (`ingest.committing.commit`), reasons to hold (`ingest.guarding`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from common.night_files import FeedFiles
from ingest import sql
from ingest.committing.intake_records import SliceState
from ingest.committing.intake_tables import SliceHistory
from ingest.contract import value_account
from ingest.deliveries import BY_KEY, Delivery
from registry.model import Feed


@dataclass
class Plan:
    """For each slice the deliveries that replace it (`replacements`) and those that change it by key (`changes`)."""

    feed: Feed
    held: Mapping[str, str]  # slice -> reason
    history: Mapping[str, SliceHistory]
    replacements: dict[str, list[Delivery]] = field(default_factory=lambda: defaultdict(list))
    changes: dict[str, list[Delivery]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # accepted
    filled: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # of the files, by slice
    covers_every_slice: bool = False

    def unheld(self, slices: Mapping[str, Sequence[Delivery]], *, in_lake: bool | None = None) -> list[str]:
        """Those of `slices` that are not held; with `in_lake`, only those that were (or were not) loaded before."""
        return [s for s in slices if s not in self.held and (in_lake is None or (s in self.history) == in_lake)]

    @property
    def replaced(self) -> set[str]:
        """Slices whose problems are replaced by those of the night."""
        return {*self.unheld(self.replacements), *([""] if self.covers_every_slice else [])}

    def states(self, changed_rows: Mapping[str, int]) -> list[SliceState]:
        """The state of each slice. `changed_rows`: row counts of slices that were changed by key."""
        return [
            SliceState(
                self.feed.id,
                part,
                "held" if part in self.held else "loaded",
                changed_rows.get(part, self.rows.get(part, 0)),
                self.history[part].rows if part in self.history else None,
                tuple(d.delivery_id for d in [*self.replacements.get(part, ()), *self.changes.get(part, ())]),
                self.held.get(part),
                self.filled.get(part) if part in self.replacements and part not in self.changes else None,
            )
            for part in {**self.replacements, **self.changes, **self.held}
        ]


def plan(
    connection: duckdb.DuckDBPyConnection,
    feed: Feed,
    files: FeedFiles,
    deliveries: Sequence[Delivery],
    held: Mapping[str, str],
    history: Mapping[str, SliceHistory],
) -> Plan:
    """Plan a feed's night. Creates the views `accepted` and `deleted` over its `files`."""
    result = Plan(feed, held, history, filled=value_account.filled(files))
    slices_of: dict[str, set[str]] = defaultdict(set)
    for view, path in (("accepted", files.accepted), ("deleted", files.deleted)):
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS FROM read_parquet({sql.text(path)})")
        for part, delivery, rows in connection.execute(
            f"SELECT _slice, _delivery_id, count(*) FROM {view} GROUP BY ALL"
        ).fetchall():
            slices_of[delivery].add(part)
            result.rows[part] += rows if view == "accepted" else 0
    for delivery in (d for d in deliveries if d.is_table):
        slices = slices_of[delivery.delivery_id]
        if delivery.scope is not None:
            slices |= {delivery.scope}
        elif delivery.replaces_all:
            result.covers_every_slice = True
            slices |= {*history} if feed.slice.column else {""}
        for part in sorted(slices):
            (result.changes if delivery.mode in BY_KEY else result.replacements)[part].append(delivery)
    return result


def delivery_ids(slices: Mapping[str, Sequence[Delivery]]) -> set[str]:
    """Ids of the deliveries of slices."""
    return {d.delivery_id for deliveries in slices.values() for d in deliveries}
