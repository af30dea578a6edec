"""Applying a night to a raw table: new rows are inserted, rows no longer delivered are closed, others stay unchanged.

Whole slices (snapshot, additive) or changes by key (delta). A row keeps the delivery that first delivered it. After a
rerun of a night the table is as if the night had been run once, with the later files.
Stays out: which slices are applied (`ingest.committing.slice_plan`).
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
    """The raw table of a feed, on a night. `accepted` and `deleted` are views over the feed's files of the night."""

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
        self._insert(f"SELECT * FROM accepted WHERE {_is_in(slices, deliveries)}")

    def replace(self, slices: Collection[str], deliveries: Collection[str], *, is_rerun: bool) -> None:
        """Replace the current rows of slices by those of the deliveries. `is_rerun`: some were loaded this night."""
        self._create_delivered_rows(f"SELECT _slice, _row_hash FROM accepted WHERE {_is_in(slices, deliveries)}")
        in_slices = _is_in(slices)
        is_delivered = "EXISTS (SELECT 1 FROM delivered_row d WHERE d._slice = t._slice AND d._row_hash = t._row_hash)"
        if is_rerun:
            self._reopen(f"{in_slices} AND {is_delivered}")
        self._close(f"{in_slices} AND NOT {is_delivered}", is_rerun=is_rerun)
        self._insert(f"""
            SELECT * FROM accepted a WHERE {_is_in(slices, deliveries)} AND NOT EXISTS (
                SELECT 1 FROM (SELECT _slice, _row_hash FROM {self._table}
                               WHERE _known_to IS NULL AND {in_slices}) t
                WHERE t._slice = a._slice AND t._row_hash = a._row_hash)""")

    def change(self, slices: Collection[str], deliveries: Collection[str], *, is_rerun: bool) -> None:
        """Replace the rows of the keys that the deliveries name, and close those of deleted keys."""
        key, in_slices = key_of(self._feed), _is_in(slices, deliveries)
        self._create_delivered_rows(
            f"SELECT {key} AS _key, _row_hash FROM accepted WHERE {in_slices} "
            f"UNION ALL SELECT _key, NULL FROM deleted WHERE {in_slices}"
        )
        self._connection.execute("INSERT INTO changed_key SELECT DISTINCT ?, _key FROM delivered_row", [self._feed.id])
        has_named_key = f"{key} IN (SELECT _key FROM delivered_row)"
        is_same = "_row_hash IN (SELECT _row_hash FROM delivered_row WHERE _row_hash IS NOT NULL)"
        if is_rerun:
            self._reopen(f"{has_named_key} AND {is_same}")
        self._close(f"{has_named_key} AND NOT {is_same}", is_rerun=is_rerun)
        self._insert(f"""
            SELECT * FROM accepted WHERE {in_slices} AND _row_hash NOT IN (
                SELECT _row_hash FROM {self._table} WHERE _known_to IS NULL AND {has_named_key})""")

    def count_unchanged(self, slices: Collection[str]) -> dict[str, int]:
        """By delivery, the number of its rows of slices that earlier nights have loaded unchanged."""
        counts = self._connection.execute(f"""
            SELECT _delivery_id, count(*) FROM accepted WHERE {_is_in(slices)} AND _row_hash IN (
                SELECT _row_hash FROM {self._table} WHERE _known_to IS NULL AND _known_from < {self._night})
            GROUP BY ALL""")
        return dict(counts.fetchall())

    def corrected_paths(self, path_ids: Collection[str]) -> set[str]:
        """Of the path ids of tonight's files, those whose earlier file with a keyless problem is corrected.

        That is: some of its rows are delivered again, or none was ever accepted. Another day's file under the same
        path does not correct a row that lacked its key.
        """
        rows = self._connection.execute(
            f"""
            SELECT place FROM (
                SELECT DISTINCT split_part(row_key, '@', 2) AS place, delivery_id FROM lake.intake.problem
                WHERE feed = $1 AND row_key LIKE 'row:%@%' AND (known_to IS NULL OR known_to = {self._night})
            )
            LEFT JOIN (SELECT _delivery_id, {key_of(self._feed)} AS _key FROM {self._table})
                ON delivery_id = _delivery_id
            LEFT JOIN (SELECT _key, true AS named FROM changed_key WHERE feed = $1) USING (_key)
            WHERE place IN ({sql.texts(sorted(path_ids))})
            GROUP BY place HAVING count(_delivery_id) = 0 OR count(named) > 0""",
            [self._feed.id],
        )
        return {path_id for (path_id,) in rows.fetchall()}

    def delete_keys(self, keys: str) -> dict[str, int]:
        """Close the rows whose keys the query `keys` selects; their slices, and the rows left in each."""
        is_deleted = f"{key_of(self._feed)} IN ({keys})"
        slices = self._connection.execute(
            f"SELECT DISTINCT _slice FROM {self._table} WHERE _known_to IS NULL AND {is_deleted}"
        ).fetchall()
        if not slices:
            return {}
        self._close(is_deleted, is_rerun=True)
        return dict.fromkeys((part for (part,) in slices), 0) | self.rows([part for (part,) in slices])

    def rows(self, slices: Collection[str]) -> dict[str, int]:
        """Number of current rows, by slice."""
        counts = self._connection.execute(
            f"SELECT _slice, count(*) FROM {self._table} WHERE _known_to IS NULL AND {_is_in(slices)} GROUP BY _slice"
        )
        return dict(counts.fetchall())

    def _create_delivered_rows(self, select: str) -> None:
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE delivered_row AS {select}")

    def _reopen(self, condition: str) -> None:
        self._connection.execute(
            f"UPDATE {self._table} t SET _known_to = NULL WHERE _known_to = {self._night} AND {condition}"
        )

    def _close(self, condition: str, *, is_rerun: bool) -> None:
        """Close current rows; those known only since this night are deleted instead."""
        is_closed = f"_known_to IS NULL AND {condition}"
        if is_rerun:
            self._connection.execute(f"DELETE FROM {self._table} t WHERE _known_from = {self._night} AND {is_closed}")
        self._connection.execute(f"UPDATE {self._table} t SET _known_to = {self._night} WHERE {is_closed}")

    def _insert(self, select: str) -> None:
        self._connection.execute(
            f"INSERT INTO {self._table} BY NAME "
            f"SELECT *, {self._night} AS _known_from, NULL::DATE AS _known_to FROM ({select})"
        )


def _is_in(slices: Collection[str], deliveries: Collection[str] | None = None) -> str:
    """SQL condition on `_slice` (as a range too, which prunes files) and on `_delivery_id`."""
    first, last = sql.text(min(slices)), sql.text(max(slices))
    condition = f"_slice BETWEEN {first} AND {last} AND _slice IN ({sql.texts(sorted(slices))})"
    if deliveries is not None:
        condition += f" AND _delivery_id IN ({sql.texts(sorted(deliveries))})"
    return condition
