"""What a night does to a feed's slices: which deliveries speak for which slice, and how.

Lives here: that plan, from what reading left and what is held.
Add here: another way in which a delivery speaks for slices.
Stays out: applying it (`commit`), reasons to hold (`guard`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from common.night_files import FeedFiles
from ingest import sql
from ingest.committing.intake_records import SliceState
from ingest.committing.intake_tables import Slice
from ingest.deliveries import BY_KEY, Delivery
from registry.model import Feed


@dataclass
class Plan:
    """For each slice the deliveries that replace it (`whole`) and those that change it by key (`changes`)."""

    feed: Feed
    held: Mapping[str, str]  # slice -> reason
    known: Mapping[str, Slice]
    whole: dict[str, list[Delivery]] = field(default_factory=lambda: defaultdict(list))
    changes: dict[str, list[Delivery]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # accepted
    speaks_for_all: bool = False

    def free(self, slices: Mapping[str, Sequence[Delivery]], *, known: bool | None = None) -> list[str]:
        """Those of `slices` that are not held; with `known`, that were (or were never) loaded before."""
        return [s for s in slices if s not in self.held and (known is None or (s in self.known) == known)]

    @property
    def replaced(self) -> set[str]:
        """Slices whose problems are those of tonight and no others."""
        return {*self.free(self.whole), *([""] if self.speaks_for_all else [])}

    def states(self, now: Mapping[str, int]) -> list[SliceState]:
        """The state of each slice tonight. `now`: rows of slices that were changed by key."""
        return [
            SliceState(
                self.feed.id,
                part,
                "held" if part in self.held else "loaded",
                now.get(part, self.rows.get(part, 0)),
                self.known[part].rows if part in self.known else None,
                tuple(d.delivery_id for d in [*self.whole.get(part, ()), *self.changes.get(part, ())]),
                self.held.get(part),
            )
            for part in {**self.whole, **self.changes, **self.held}
        ]


def plan(
    connection: duckdb.DuckDBPyConnection,
    feed: Feed,
    files: FeedFiles,
    deliveries: Sequence[Delivery],
    held: Mapping[str, str],
    known: Mapping[str, Slice],
) -> Plan:
    """Plan a feed's night. Leaves the views `accepted` and `deleted` over what reading left in `files`."""
    found = Plan(feed, held, known)
    named: dict[str, set[str]] = defaultdict(set)
    for view, path in (("accepted", files.accepted), ("deleted", files.deleted)):
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS FROM read_parquet({sql.text(path)})")
        for part, delivery, rows in connection.execute(
            f"SELECT _slice, _delivery_id, count(*) FROM {view} GROUP BY ALL"
        ).fetchall():
            named[delivery].add(part)
            found.rows[part] += rows if view == "accepted" else 0
    for delivery in (d for d in deliveries if d.is_table):
        slices = named[delivery.delivery_id]
        if delivery.scope is not None:
            slices |= {delivery.scope}
        elif delivery.replaces_all:
            found.speaks_for_all = True
            slices |= {*known} if feed.slice.column else {""}
        for part in sorted(slices):
            (found.changes if delivery.mode in BY_KEY else found.whole)[part].append(delivery)
    return found


def ids(slices: Mapping[str, Sequence[Delivery]]) -> set[str]:
    """The deliveries of slices."""
    return {d.delivery_id for found in slices.values() for d in found}
