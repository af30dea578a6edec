"""The guard of rows: a fall, a rise, a slice that is gone or empty, too many rows in quarantine.

Stays out: values by column (`ingest.guarding.columns`), the limits (the register).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from common.delivered_text import delivered
from ingest.committing.intake_tables import SliceHistory
from ingest.contract.value_account import MARKS
from ingest.deliveries import Delivery
from ingest.guarding.finding import Finding
from ingest.guarding.slice_counts import SliceCounts
from registry.model import Feed, Register

_LISTED = 3  # names that a sentence shows


def findings(
    feed: Feed, counts: SliceCounts, part: str, history: Mapping[str, SliceHistory], *, max_fall: float
) -> Iterator[Finding]:
    """What is wrong with the number of a slice's rows."""
    before = history.get(part)
    if part in counts.several_lists:
        yield Finding(counts.several_lists[part].rstrip("."), None)
    if not _has_the_same_marks(feed, counts, part, before, max_fall):
        yield from fall(feed, counts, part, before.rows or 0 if before else 0, max_fall=max_fall)
        yield from _rise(feed, counts, part, history)
    yield from _spike(feed, counts, part)


def _has_the_same_marks(
    feed: Feed, counts: SliceCounts, part: str, before: SliceHistory | None, max_fall: float
) -> bool:
    """Whether a score sheet has the marks that it had: a row for each pupil and subject, or for each pupil, is a matter
    of its form.
    """
    if feed.grammar != "marks" or before is None or not before.filled.get(MARKS):
        return False
    had, has = before.filled[MARKS], counts.filled[part][MARKS] if part in counts.filled else 0
    return had * (1 - max_fall) <= has <= had * (1 + feed.guard.max_rise)


def without_slice(feed: Feed, counts: SliceCounts) -> Iterator[Finding]:
    """A file with too many rows of no slice: it would empty every slice."""
    if not counts.replaces_all or feed.slice.column is None:
        return
    unattributed, rows = counts.quarantined[""], counts.accepted.total() + counts.quarantined.total()
    if rows >= feed.guard.min_rows and unattributed > feed.guard.max_quarantined * rows:
        yield Finding(
            f"{unattributed} of {rows} rows do not name the {feed.slice.column} they are of: correct that column at "
            "the source, and send the file again",
            None,
        )


def max_fall(register: Register, feed: Feed, before: SliceHistory | None, night: date) -> float:
    """The share by which a slice may fall: higher where a school year has ended since an earlier night loaded it."""
    if feed.guard.rollover_fall is None or before is None or not year_has_turned(register, before, night):
        return feed.guard.max_fall
    return feed.guard.rollover_fall


def year_has_turned(register: Register, before: SliceHistory, night: date) -> bool:
    """Whether a school year has ended since an earlier night loaded the slice."""
    year_of = register.calendar.school_year_of
    return before.before is not None and year_of(before.before) != year_of(night)


def fall(feed: Feed, counts: SliceCounts, part: str, rows_before: int, *, max_fall: float) -> Iterator[Finding]:
    """A slice that falls by more than its limit, where it was not too small for a share to mean anything: or to
    nothing, or a list of schools, on each of whose rows the rows of other feeds hang.
    """
    rows_after = rows_before - counts.deleted[part] if part in counts.changed else counts.accepted[part]
    lists_schools = any(made.entity == "school" for made in feed.creates)
    if not rows_before or (rows_after and rows_before < feed.guard.min_rows and not lists_schools):
        return
    share = (rows_before - rows_after) / rows_before
    if share > max_fall:
        yield Finding(
            f"rows fell from {rows_before} to {rows_after} ({share:.0%}) and {max_fall:.0%} is allowed"
            f"{_damaged_names(counts.brought_by(part))}: send the complete list"
        )


def _damaged_names(deliveries: Iterable[Delivery]) -> str:
    """Why records of a json file are none: the names in them are damaged where a part of it is in another encoding."""
    damaged = sorted({name for delivery in deliveries for name in delivery.unknown if "\ufffd" in name})
    listed = ", ".join(map(delivered, damaged[:_LISTED]))
    return f" (a part of its file is in another encoding: {listed})" if damaged else ""


def _rise(feed: Feed, counts: SliceCounts, part: str, history: Mapping[str, SliceHistory]) -> Iterator[Finding]:
    """A slice that is many times as large as it was, or a new one as any of its kind was before."""
    kind = part.count("/")
    own = history[part].rows if part in history else None
    before = own or max((h.rows or 0 for name, h in history.items() if name.count("/") == kind), default=0)
    limit = before * (1 + feed.guard.max_rise)
    if before >= feed.guard.min_rows and counts.accepted[part] > limit:
        yield Finding(
            f"it has {counts.accepted[part]} rows, and {before} at most before (more than "
            f"{1 + feed.guard.max_rise:g} times as many): see whether the file is of this feed and of this time alone"
        )


def _spike(feed: Feed, counts: SliceCounts, part: str) -> Iterator[Finding]:
    rejected, rows = counts.quarantined[part], counts.accepted[part] + counts.quarantined[part]
    if rows >= feed.guard.min_rows and rejected > feed.guard.max_quarantined * rows:
        yield Finding(
            f"{rejected} of {rows} rows were quarantined ({rejected / rows:.0%}) and "
            f"{feed.guard.max_quarantined:.0%} is allowed: correct the rows in the problem list, and send them again"
        )
