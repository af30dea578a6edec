"""The account of each file's rows: rows read = loaded + quarantined + held + skipped; no row is lost.

Stays out: counting (`ingest.reading` counts rows read, `ingest.contract` their outcomes).
"""

from __future__ import annotations

from typing import Final

from ingest.deliveries import Delivery
from ingest.errors import IngestError

REASONS: Final = (
    "blank",
    "companion",
    "deleted",
    "duplicate_row",
    "example",
    "header",
    "index",
    "manifest",
    "note",
    "numbered",
    "other_sheet",
    "passed_over",
    "passed_over_sheet",
    "superseded",
    "total",
    "unchanged_row",
)
"""Reasons for which a row is skipped: neither loaded nor quarantined nor held."""


def settle(delivery: Delivery, accepted: int, quarantined: int, skipped: dict[str, int]) -> None:
    """Enter the outcomes of a delivery's rows. Raises IngestError where they do not add up to the rows read."""
    delivery.rows_loaded = accepted
    delivery.rows_quarantined = quarantined
    delivery.rows_held = 0
    reasons = [*(delivery.skipped or {}), *skipped]
    delivery.skipped = {r: (delivery.skipped or {}).get(r, 0) + skipped.get(r, 0) for r in sorted(set(reasons))}
    check(delivery)


def hold(delivery: Delivery, rows: int) -> None:
    """Move accepted rows of held slices from loaded to held. Raises IngestError where there are fewer."""
    delivery.rows_loaded = (delivery.rows_loaded or 0) - rows
    delivery.rows_held = (delivery.rows_held or 0) + rows
    check(delivery)


def skip(delivery: Delivery, reason: str, rows: int) -> None:
    """Move accepted rows that the lake holds already to skipped. Raises IngestError where there are fewer."""
    if rows:
        delivery.rows_loaded = (delivery.rows_loaded or 0) - rows
        delivery.skipped = (delivery.skipped or {}) | {reason: rows}
        check(delivery)


def hold_skipped(delivery: Delivery, reason: str) -> None:
    """Move skipped rows (deletions) of held slices to held: they have not been applied."""
    rows = (delivery.skipped or {}).pop(reason, 0)
    delivery.rows_held = (delivery.rows_held or 0) + rows
    check(delivery)


def check(delivery: Delivery) -> None:
    """Raises IngestError where the counts of a delivery do not add up."""
    parts = (delivery.rows_loaded, delivery.rows_quarantined, delivery.rows_held, delivery.rows_skipped)
    if delivery.rows_read is None and all(part is None for part in parts):
        return
    numbers = [part for part in parts if part is not None]
    unknown = set(delivery.skipped or {}) - set(REASONS)
    if unknown or len(numbers) < len(parts) or min(numbers) < 0 or sum(numbers) != delivery.rows_read:
        where = f"the delivery {delivery.delivery_id} of {delivery.feed}"  # and no name, which is for its addressee
        raise IngestError(
            f"Of {where} {delivery.rows_read} rows were read, and {parts} were loaded, quarantined, held and "
            "skipped; nothing is committed; send this message and its file to whoever maintains the program."
        )
