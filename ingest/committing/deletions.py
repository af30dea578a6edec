"""Feeds of deletions: keys to delete from a target feed, the rows concerned, and keys that the target does not have.

Stays out: deleting rows (`ingest.committing.raw_table`), holds (`ingest.guarding`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from common import catalog
from common.night_files import FeedFiles
from ingest import sql
from ingest.contract.remedies import remedy
from ingest.contract.repeated_keys import key_of
from registry.model import Feed, Register


def keys_to_delete(files: FeedFiles, deliveries: Sequence[str], held: Sequence[str]) -> str:
    """SQL query of the keys in deliveries, except for those of held slices."""
    not_held = f" AND _slice NOT IN ({sql.texts(held)})" if held else ""
    return f"SELECT _key FROM {_deleted_keys(files)} WHERE _delivery_id IN ({sql.texts(deliveries)}){not_held}"


def rows_to_delete(connection: duckdb.DuckDBPyConnection, target: Feed, files: FeedFiles) -> list[tuple[str, str, int]]:
    """Rows to delete: slice of the deletions, slice of `target`, count; none in a lake without its table."""
    if not catalog.has_table(connection, f"lake.raw.{sql.name(target.table)}"):
        return []
    return connection.execute(f"""
        SELECT d._slice, t._slice, count(DISTINCT t._key)
        FROM (SELECT _slice, {key_of(target)} AS _key FROM lake.raw.{sql.name(target.table)} WHERE _known_to IS NULL) t
        JOIN {_deleted_keys(files)} d USING (_key) GROUP BY ALL ORDER BY ALL""").fetchall()


def write_unknown_keys(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    feed: Feed,
    target: Feed,
    files: FeedFiles,
    night: date,
    deliveries: Sequence[str],
) -> Path:
    """Write the keys that `target` does not hold, as problems like those of `ingest.contract.outputs`; the path."""
    label = remedy(register, feed, "unknown_key", "")
    connection.execute(f"""
        COPY (
            SELECT {sql.text(feed.id)} AS feed, _slice AS slice, _delivery_id AS delivery_id,
                _row_number AS row_number, _key AS row_key, 'unknown_key' AS rule, 'warn' AS severity,
                {sql.text(feed.key[-1])} AS column_name, _key AS value, {sql.text(label.zh)} AS remedy_zh,
                {sql.text(label.en)} AS remedy_en, NULL::MAP(VARCHAR, VARCHAR) AS row, NULL::VARCHAR AS candidate
            FROM {_deleted_keys(files)} WHERE _delivery_id IN ({sql.texts(deliveries)}) AND _key NOT IN (
                SELECT coalesce({key_of(target)}, '') FROM lake.raw.{sql.name(target.table)}
                WHERE _known_to IS NULL OR _known_to = DATE {sql.text(night.isoformat())})
            ORDER BY ALL
        ) TO {sql.text(files.unknown_keys)} (FORMAT parquet)""")
    return files.unknown_keys


def _deleted_keys(files: FeedFiles) -> str:
    return f"read_parquet({sql.text(files.deleted)})"
