"""The guard of columns: values that are gone, or fell beyond the limit, while their rows are there.

A slice is compared with itself as it was last loaded; one that is new (a day of a daily export, an exam) with the
slices of its feed that were loaded last. A column that was empty until then has nothing to be compared with, and gets
it with the first slice that brings values; one that is empty for a season is declared `seasonal` in its contract.
Stays out: counting values (`ingest.contract.value_account`), rows (`ingest.guarding.rows`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from common.delivered_text import delivered
from ingest.committing.intake_tables import SliceHistory
from ingest.contract.value_account import MARKS, ROWS
from ingest.deliveries import Delivery
from ingest.guarding.finding import Finding
from registry.model import Feed

_FEW = 5  # values of which a column must have had, and should have, more, to be missed when there are none
_MOSTLY_FILLED = 0.5  # share of the rows from which a fall, and not only an end, is judged


def findings(
    feed: Feed,
    part: str,
    now: Counter[str],
    history: Mapping[str, SliceHistory],
    deliveries: Iterable[Delivery],
    max_fall: float,
) -> Iterator[Finding]:
    """The columns of a slice whose values fell. `now`: rows and values by column."""
    own = history[part].filled if part in history else {}
    before = own or typical(history)
    if not (before.get(ROWS) and now[ROWS]):
        return
    for column, header in _guarded(feed):
        had = before.get(column, 0)
        expected = had / before[ROWS] * now[ROWS]
        if column == MARKS and own:
            expected = min(expected, had)  # a list of one row for each pupil and subject has more rows, not more marks
        is_gone = not now[column] and min(had, expected) > _FEW
        is_compared = (bool(own) or column not in (feed.rest, MARKS)) and had >= feed.guard.min_rows
        fell = now[column] < expected * (1 - max_fall) and had >= before[ROWS] * _MOSTLY_FILLED
        if is_gone or (is_compared and fell):
            yield Finding(
                f"{header} has a value in {now[column]} of {now[ROWS]} rows, and had in {had} of {before[ROWS]}"
                f"{_cause(feed, column, deliveries)}: send it with that column",
                header if column == MARKS else column,
            )


def unmeasured(feed: Feed, now: Counter[str]) -> Iterator[Finding]:
    """A slice whose rows lack what the feed is for, be it the first that ever came."""
    for group in feed.measures:
        if now[ROWS] and not any(now[name] for name in group):
            headers = " or ".join(column.headers[0] for column in feed.columns if column.name in group)
            yield Finding(
                f"none of its {now[ROWS]} rows has a value that can be read under {headers}: see whether the export "
                f"calls that column otherwise, and export it under this name, or add the name to {feed.id} in the "
                "register",
                group[0],
            )


def typical(history: Mapping[str, SliceHistory]) -> Counter[str]:
    """Rows and values by column of the slices of a feed that were loaded last."""
    known = [slice_history for slice_history in history.values() if slice_history.filled]
    last: date | None = max((h.before for h in known if h.before), default=None)
    return sum((Counter(h.filled) for h in known if h.before == last), Counter())


def _guarded(feed: Feed) -> list[tuple[str, str]]:
    """Columns and their headers, the map of the other columns included: of a score sheet, its marks."""
    rest = [(MARKS if feed.grammar == "marks" else feed.rest, feed.rest)] if feed.rest else []
    return [(c.name, c.headers[0]) for c in feed.loaded_columns if not c.seasonal] + rest


def _cause(feed: Feed, column: str, deliveries: Iterable[Delivery]) -> str:
    """What the files' headers say of it: those that are not understood, the likeliest first."""
    first = next((c.headers[0] for c in feed.columns if c.name == column), column)
    unknown = {header: near for delivery in deliveries for header, near in delivery.unknown.items()}
    likely = sorted(unknown, key=lambda header: (unknown[header] != first, header))
    listed = ", ".join(map(delivered, likely[:_FEW]))
    return f" (its file has headers that are not understood: {listed})" if likely else ""
