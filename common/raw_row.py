"""Columns of a raw table: the delivered values as text, their provenance and their known time.

Stays out: creating and filling raw tables (`warehouse.tables.raw_tables`, `ingest.committing.raw_table`).
"""

from __future__ import annotations

from typing import Final

from registry.model import Feed

PROVENANCE: Final = {
    "_delivery_id": "varchar",
    "_row_number": "bigint",  # 1-based, header rows counted: as a person counts in the file
    "_slice": "varchar",
    "_row_hash": "varchar",
    "_known_from": "date",  # the first night that delivered it
    "_known_to": "date",  # the first night that no longer delivered it; null: current
}
"""Provenance columns of every raw row, and their SQL types."""


def raw_columns(feed: Feed) -> dict[str, str]:
    """Names and SQL types of a raw table's columns, in order. Delivered values are text."""
    delivered = {column.name: "varchar" for column in feed.loaded_columns}
    rest = {feed.rest: "map(varchar, varchar)"} if feed.rest else {}
    return delivered | rest | PROVENANCE
