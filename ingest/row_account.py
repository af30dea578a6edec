"""No row is lost: what was read is what was loaded, quarantined, held or skipped.

Lives here: that sum, for each file and member.
Add here: another fate of a row, if there ever is one.
Stays out: counting (`read_files` where the bytes are read, `contract` where the rows go).
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
    "superseded",
    "total",
    "unchanged_row",
)
"""Why a row that was read is neither loaded nor quarantined nor held."""


def settle(delivery: Delivery, accepted: int, quarantined: int, skipped: dict[str, int]) -> None:
    """Enter what became of a delivery's rows. Raises IngestError where rows are missing or too many."""
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
    """Move accepted rows that the lake has already from loaded to skipped. Raises IngestError where there are fewer."""
    if rows:
        delivery.rows_loaded = (delivery.rows_loaded or 0) - rows
        delivery.skipped = (delivery.skipped or {}) | {reason: rows}
        check(delivery)


def put_off(delivery: Delivery, reason: str) -> None:
    """Move skipped rows of held slices to held: what they say has not been done."""
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
        where = f"{delivery.file_name} {delivery.member}".strip()
        raise IngestError(
            f"{where}: {delivery.rows_read} rows were read, and {parts} were loaded, quarantined, held and "
            "skipped; nothing is committed; tell who maintains the program, with the file."
        )
