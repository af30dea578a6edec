"""Applying a night to a raw table: what is new is inserted, what is no longer said is closed, the rest stays
as it is.

Lives here: that for whole slices (snapshot, additive) and for changes by key (delta). A row stays with the
delivery that first said it. A night that is run again ends as if it had been run once, with the later files.
Add here: another kind of batch.
Stays out: which slices are applied (`commit`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import duckdb

from common.raw_row import raw_columns
from ingest import sql
from ingest.contract.repeated_keys import key_of
from registry.model import Feed


class RawTable:
    """The raw table of a feed, on a night. `accepted` and `deleted` are views over what reading left."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, feed: Feed, night: date) -> None:
        self._connection = connection
        self._feed = feed
        self._table = f"lake.raw.{sql.name(feed.table)}"
        self._night = f"DATE {sql.text(night.isoformat())}"

    def ensure(self) -> None:
        """Create the table where it is missing."""
        columns = ", ".join(f"{sql.name(name)} {kind}" for name, kind in raw_columns(self._feed).items())
        self._connection.execute(f"CREATE TABLE IF NOT EXISTS {self._table} ({columns})")

    def add(self, slices: Collection[str], deliveries: Collection[str]) -> None:
        """Insert the deliveries' rows of slices that were never loaded."""
        self._insert(f"SELECT * FROM accepted WHERE {_among(slices, deliveries)}")

    def replace(self, slices: Collection[str], deliveries: Collection[str], *, again: bool) -> None:
        """Make the current rows of slices those of the deliveries. `again`: some were loaded this night."""
        self._said(f"SELECT _slice, _row_hash FROM accepted WHERE {_among(slices, deliveries)}")
        theirs = _among(slices)
        said = "EXISTS (SELECT 1 FROM said WHERE said._slice = t._slice AND said._row_hash = t._row_hash)"
        if again:
            self._reopen(f"{theirs} AND {said}")
        self._close(f"{theirs} AND NOT {said}", again=again)
        self._insert(f"""
            SELECT * FROM accepted a WHERE {_among(slices, deliveries)} AND NOT EXISTS (
                SELECT 1 FROM (SELECT _slice, _row_hash FROM {self._table}
                               WHERE _known_to IS NULL AND {theirs}) t
                WHERE t._slice = a._slice AND t._row_hash = a._row_hash)""")

    def change(self, slices: Collection[str], deliveries: Collection[str], *, again: bool) -> None:
        """Replace the rows of the keys that the deliveries name, and close those of deleted keys."""
        key, mine = key_of(self._feed), _among(slices, deliveries)
        self._said(
            f"SELECT {key} AS _key, _row_hash FROM accepted WHERE {mine} "
            f"UNION ALL SELECT _key, NULL FROM deleted WHERE {mine}"
        )
        self._connection.execute("INSERT INTO changed_key SELECT DISTINCT ?, _key FROM said", [self._feed.id])
        named = f"{key} IN (SELECT _key FROM said)"
        same = "_row_hash IN (SELECT _row_hash FROM said WHERE _row_hash IS NOT NULL)"
        if again:
            self._reopen(f"{named} AND {same}")
        self._close(f"{named} AND NOT {same}", again=again)
        self._insert(f"""
            SELECT * FROM accepted WHERE {mine} AND _row_hash NOT IN (
                SELECT _row_hash FROM {self._table} WHERE _known_to IS NULL AND {named})""")

    def standing(self, slices: Collection[str]) -> dict[str, int]:
        """For each delivery, how many of its rows of slices earlier nights have left exactly so."""
        found = self._connection.execute(f"""
            SELECT _delivery_id, count(*) FROM accepted WHERE {_among(slices)} AND _row_hash IN (
                SELECT _row_hash FROM {self._table} WHERE _known_to IS NULL AND _known_from < {self._night})
            GROUP BY ALL""")
        return dict(found.fetchall())

    def corrected(self, places: Collection[str]) -> set[str]:
        """Of the places of tonight's files, those whose earlier file with a keyless problem is said again.

        That is: some of its rows are named again, or none of them ever counted. Another day's file that lies under
        the same name says nothing of the row that lacked its key.
        """
        found = self._connection.execute(
            f"""
            SELECT place FROM (
                SELECT DISTINCT split_part(row_key, '@', 2) AS place, delivery_id FROM lake.intake.problem
                WHERE feed = $1 AND row_key LIKE 'row:%@%' AND (known_to IS NULL OR known_to = {self._night})
            )
            LEFT JOIN (SELECT _delivery_id, {key_of(self._feed)} AS _key FROM {self._table})
                ON delivery_id = _delivery_id
            LEFT JOIN (SELECT _key, true AS named FROM changed_key WHERE feed = $1) USING (_key)
            WHERE place IN ({sql.texts(sorted(places))})
            GROUP BY place HAVING count(_delivery_id) = 0 OR count(named) > 0""",
            [self._feed.id],
        )
        return {place for (place,) in found.fetchall()}

    def take_out(self, keys: str) -> dict[str, int]:
        """Close the rows whose key the query `keys` gives; the slices they were of, and what is left of each."""
        named = f"{key_of(self._feed)} IN ({keys})"
        slices = self._connection.execute(
            f"SELECT DISTINCT _slice FROM {self._table} WHERE _known_to IS NULL AND {named}"
        ).fetchall()
        if not slices:
            return {}
        self._close(named, again=True)
        return dict.fromkeys((part for (part,) in slices), 0) | self.rows([part for (part,) in slices])

    def rows(self, slices: Collection[str]) -> dict[str, int]:
        """Current rows of slices."""
        counted = self._connection.execute(
            f"SELECT _slice, count(*) FROM {self._table} WHERE _known_to IS NULL AND {_among(slices)} GROUP BY _slice"
        )
        return dict(counted.fetchall())

    def _said(self, select: str) -> None:
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE said AS {select}")

    def _reopen(self, condition: str) -> None:
        self._connection.execute(
            f"UPDATE {self._table} t SET _known_to = NULL WHERE _known_to = {self._night} AND {condition}"
        )

    def _close(self, condition: str, *, again: bool) -> None:
        """Close current rows; those that are known only since this night are taken out instead."""
        gone = f"_known_to IS NULL AND {condition}"
        if again:
            self._connection.execute(f"DELETE FROM {self._table} t WHERE _known_from = {self._night} AND {gone}")
        self._connection.execute(f"UPDATE {self._table} t SET _known_to = {self._night} WHERE {gone}")

    def _insert(self, select: str) -> None:
        self._connection.execute(
            f"INSERT INTO {self._table} BY NAME "
            f"SELECT *, {self._night} AS _known_from, NULL::DATE AS _known_to FROM ({select})"
        )


def _among(slices: Collection[str], deliveries: Collection[str] | None = None) -> str:
    """A condition on `_slice` (as a range too, by which files are passed over) and on `_delivery_id`."""
    first, last = sql.text(min(slices)), sql.text(max(slices))
    condition = f"_slice BETWEEN {first} AND {last} AND _slice IN ({sql.texts(sorted(slices))})"
    if deliveries is not None:
        condition += f" AND _delivery_id IN ({sql.texts(sorted(deliveries))})"
    return condition
