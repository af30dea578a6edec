"""A row of a raw table: what was delivered, as text, and where it came from and when it was known.

Stays out: making and filling raw tables (`warehouse.tables.raw_tables`, `ingest.committing.raw_table`).
"""

from __future__ import annotations

from typing import Final

from registry.model import Feed

PROVENANCE: Final = {
    "_delivery_id": "varchar",
    "_row_number": "bigint",  # 1-based, header rows counted: as a person counts in the file
    "_slice": "varchar",
    "_row_hash": "varchar",
    "_known_from": "date",  # the night that first said so
    "_known_to": "date",  # the first night that no longer did; null: current
}
"""The columns that every raw row carries beside what was delivered, and their SQL types."""


def raw_columns(feed: Feed) -> dict[str, str]:
    """Names and SQL types of a raw table's columns, in order. Everything delivered is text."""
    delivered = {column.name: "varchar" for column in feed.loaded_columns}
    rest = {feed.rest: "map(varchar, varchar)"} if feed.rest else {}
    return delivered | rest | PROVENANCE
